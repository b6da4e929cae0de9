import { expect, it } from 'vitest';
import { ChipFault } from './fault.ts';
import { readHead, readObject, readObjects, tlv } from './tlv.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

it('reads tags of one to three bytes and lengths of each size', () => {
  expect(readObjects(bytes('5F1F0101 7F490103 DF812A0100'.replaceAll(' ', '')))).toMatchObject([
    { tag: 0x5f1f, content: bytes('01') },
    { tag: 0x7f49, content: bytes('03') },
    { tag: 0xdf812a, content: bytes('00') },
  ]);
  for (const length of [0, 127, 128, 255, 256, 65_535, 65_536]) {
    const written = tlv(0x61, new Uint8Array(length));
    expect(readObject(written, 0x61).content).toHaveLength(length);
  }
});

it('tells how long a file is before it is all there', () => {
  expect(readHead(bytes('61820100'))).toEqual({ tag: 0x61, contentAt: 4, end: 260 });
});

it.each([
  ['nothing', ''],
  ['a tag alone', '61'],
  ['a tag without end', '5FFFFFFF0100'],
  ['an indefinite length', '6180000000'],
  ['a length of five bytes', '6185010000000000'],
  ['less than the length says', '610301'],
  ['a length beyond everything', '6184FFFFFFFF'],
  ['another tag', '7F4901AA'],
])('refuses %s', (_what, hex) => {
  expect(() => readObject(bytes(hex), 0x61)).toThrow(ChipFault);
});

it('refuses objects without number', () => {
  expect(() => readObjects(new Uint8Array(2000).fill(0))).toThrow(ChipFault);
});
