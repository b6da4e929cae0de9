import { describe, expect, it } from 'vitest';
import { knownAs, parseKnownDevices, readKnownDevices } from './known-devices.ts';

const known = await readKnownDevices(new URL('../../../resources', import.meta.url).pathname);

describe('the catalogue of known devices', () => {
  it('ships whole, each entry with where its identifiers are published', () => {
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter(({ source }) => !/usb\.ids|sane-backends/.test(source))).toEqual([]);
  });

  it('knows a device however the system writes its identifiers', () => {
    for (const { id, usb } of known) {
      expect(knownAs(known, usb)?.id).toBe(id);
      expect(
        knownAs(known, {
          vendorId: `0x${usb.vendorId.toUpperCase()}`,
          productId: usb.productId.toUpperCase(),
        })?.id,
      ).toBe(id);
    }
    expect(knownAs(known, { vendorId: '1d6b', productId: '0002' })).toBeUndefined();
  });

  it('is refused when two entries have the same identifiers, and when one says something it should not', () => {
    const [first] = known;
    expect(() => parseKnownDevices([first, { ...first, id: 'another' }])).toThrow('stands twice');
    expect(() => parseKnownDevices([{ ...first, command: 'rm' }])).toThrow();
    expect(() => parseKnownDevices([{ ...first, usb: { vendorId: '403', productId: '6001' } }])).toThrow();
  });
});
