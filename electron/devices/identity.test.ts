import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Identifiable, identityOf, presenceOf } from './identity.ts';

const id = fc.integer({ min: 1, max: 0xffff }).map((n) => n.toString(16).padStart(4, '0'));
const serial = fc.stringMatching(/^[G-W][0-9]{3,8}$/);
const path = fc.integer({ min: 0, max: 99 }).map((n) => `/dev/ttyUSB${n}`);
const reader = fc.record({
  kind: fc.constant('reader' as const),
  vendorId: id,
  productId: id,
  serialNumber: serial,
  path,
});
const printer = fc.record({
  kind: fc.constant('printer' as const),
  uri: fc.webUrl(),
  uuid: fc.uuid(),
});
const scanner = fc.record({
  kind: fc.constant('scanner' as const),
  device: fc.tuple(fc.nat(9), fc.nat(99)).map(([bus, at]) => `genesys:libusb:00${bus}:0${at}`),
  vendor: fc.constantFrom('Canon', 'Epson'),
  model: fc.constantFrom('LiDE 300', 'DS-530'),
});
const device = fc.oneof<fc.Arbitrary<Identifiable>[]>(reader, printer, scanner);

describe('the identity of a device', () => {
  it('stays when it is plugged in elsewhere, and when the system writes its identifiers otherwise', () => {
    fc.assert(
      fc.property(reader, path, (one, elsewhere) => {
        expect(
          identityOf({
            ...one,
            path: elsewhere,
            vendorId: `0x${one.vendorId.toUpperCase()}`,
            productId: one.productId.toUpperCase(),
          }),
        ).toEqual({ key: identityOf(one).key, by: 'itself' });
      }),
    );
    fc.assert(
      fc.property(printer, fc.webUrl(), (one, elsewhere) => {
        expect(identityOf({ ...one, uri: elsewhere, uuid: `urn:uuid:${one.uuid.toUpperCase()}` })).toEqual(
          identityOf(one),
        );
      }),
    );
  });

  it('differs between two pieces of one make as long as they have serial numbers', () => {
    fc.assert(
      fc.property(reader, serial, (one, other) => {
        fc.pre(one.serialNumber !== other);
        expect(identityOf({ ...one, serialNumber: other }).key).not.toBe(identityOf(one).key);
      }),
    );
  });

  it.each(['', '0', '00000000', 'FFFFFFFF', 'None', '123456789', '0123456789ABCDEF'])(
    'takes the serial number %j for none: every piece of the make says it',
    (serialNumber) => {
      const one = { kind: 'reader', vendorId: '0403', productId: '6001', path: 'COM3' } as const;
      expect(identityOf({ ...one, serialNumber })).toEqual({ key: 'reader:usb:0403:6001', by: 'make' });
    },
  );

  it('of what does not tell who it is is its place', () => {
    const nobody = { vendorId: null, productId: null, serialNumber: null };
    expect(identityOf({ kind: 'reader', ...nobody, path: '/dev/ttyS0' })).toEqual({
      key: 'reader:port:/dev/ttyS0',
      by: 'place',
    });
    expect(identityOf({ kind: 'printer', uri: 'ipp://a/ipp/print', uuid: null }).by).toBe('place');
    expect(identityOf({ kind: 'scanner', device: 'test:0', vendor: null, model: null }).by).toBe('place');
  });
});

describe('a remembered device', () => {
  const others = (one: Identifiable, all: readonly Identifiable[]) =>
    all.filter((other) => identityOf(other).key !== identityOf(one).key);

  it('is found among any others in any order, at its place or at another', () => {
    fc.assert(
      fc.property(device, fc.array(device), fc.nat(), (one, all, at) => {
        const found = others(one, all);
        found.splice(at % (found.length + 1), 0, { ...one });
        expect(presenceOf(one, found)).toEqual({ at: 'its-place', device: one });
      }),
    );
    fc.assert(
      fc.property(reader, path, fc.array(device), (one, elsewhere, all) => {
        fc.pre(elsewhere !== one.path);
        const moved = { ...one, path: elsewhere };
        expect(presenceOf(one, [...others(one, all), moved])).toEqual({ at: 'another-place', device: moved });
      }),
    );
  });

  it('is never another device, even one that now has its old place', () => {
    fc.assert(
      fc.property(reader, serial, fc.array(device), (one, other, all) => {
        fc.pre(other !== one.serialNumber);
        const stranger = { ...one, serialNumber: other };
        expect(presenceOf(one, [...others(one, all), stranger])).toEqual({ at: 'no-place' });
      }),
    );
  });

  it('is not guessed among several that cannot be told apart, unless one is where it was', () => {
    const at = (place: string) =>
      ({ kind: 'scanner', device: `genesys:libusb:${place}`, vendor: 'Canon', model: 'LiDE 300' }) as const;
    expect(presenceOf(at('001:004'), [at('001:005'), at('001:006')]).at).toBe('several-places');
    expect(presenceOf(at('001:004'), [at('001:004'), at('001:006')]).at).toBe('its-place');
  });
});
