import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRevocationList } from './revocation-list.ts';

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.of(tag, 0x84), length, body]);
};
const time = (text: string) => der(0x17, Buffer.from(text));
const algorithm = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const reason = der(0x30, der(0x30, der(0x06, Buffer.of(0x55, 0x1d, 0x15)), der(0x04, Buffer.of(0x0a, 1, 1))));
const serial = (index: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(0x1000000 + index);
  return bytes;
};

const listOf = (count: number, last = reason): Uint8Array => {
  const entries = Array.from({ length: count }, (_, index) =>
    der(0x30, der(0x02, serial(index)), time('260102030405Z'), index === count - 1 ? last : reason),
  );
  const signed = der(
    0x30,
    der(0x02, Buffer.of(1)),
    algorithm,
    der(0x30),
    time('260201000000Z'),
    time('260202000000Z'),
    der(0x30, ...entries),
  );
  return new Uint8Array(der(0x30, signed, algorithm, der(0x03, Buffer.of(0, 1, 2))));
};

test('a list of an authority of a whole country is looked through', () => {
  const list = readRevocationList(listOf(100_000));
  expect(list).toMatchObject({ thisUpdate: Date.UTC(2026, 1, 1), nextUpdate: Date.UTC(2026, 1, 2) });
  expect(list?.find(serial(99_999))).toEqual({ at: Date.UTC(2026, 0, 2, 3, 4, 5), reason: 1 });
  expect(list?.find(serial(100_000))).toBeUndefined();
});

test('a list with an entry that says something critical nobody here understands says nothing of any certificate', () => {
  const saying = (id: string, critical: number) =>
    der(
      0x30,
      der(
        0x30,
        der(0x06, Buffer.from(id, 'hex')),
        der(0x01, Buffer.of(critical)),
        der(0x04, Buffer.of(0x0a, 1, 1)),
      ),
    );
  const find = (last: Buffer, index: number) => readRevocationList(listOf(3, last))?.find(serial(index));
  // The issuer of a certificate, where it is another than the list's: critical, and not known here.
  for (const index of [0, 2, 9]) expect(() => find(saying('551d1d', 0xff), index)).toThrow();
  for (const last of [saying('551d15', 0xff), saying('551d1d', 0)]) {
    expect(find(last, 0)).toMatchObject({ reason: 1 });
    expect(find(last, 2)).toMatchObject({ at: Date.UTC(2026, 0, 2, 3, 4, 5) });
    expect(find(last, 9)).toBeUndefined();
  }
});

test('what is no list is none, and a spoilt one never throws', () => {
  const whole = listOf(3);
  fc.assert(
    fc.property(
      fc.nat(whole.length - 1),
      fc.integer({ min: 0, max: 255 }),
      fc.nat(whole.length),
      (at, byte, cut) => {
        const spoilt = whole.slice(0, cut);
        if (at < cut) spoilt[at] = byte;
        expect(() => readRevocationList(spoilt)).not.toThrow();
      },
    ),
  );
  expect(readRevocationList(Uint8Array.of(0x30, 0x80, 0, 0))).toBeUndefined();
});
