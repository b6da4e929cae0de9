import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { jpeg2000AsPdf } from './jpeg2000.ts';
import { pdfPage } from './pdf-pages.ts';

/** A drawn face of 120 by 160 pixels, made by OpenJPEG's `opj_compress`. */
const face = new Uint8Array(readFileSync(new URL('../../test/rigs/fixtures/face.jp2', import.meta.url)));

it.each([
  ['a JP2 file', face],
  ['a bare codestream', face.subarray(Buffer.from(face).indexOf(Uint8Array.of(0xff, 0x4f, 0xff, 0x51)))],
])('draws %s as it is', async (_what, picture) => {
  const pdf = jpeg2000AsPdf(picture);
  if (pdf === null) throw new Error('no size');
  const drawn = await pdfPage(pdf, 0, 160);
  if (!drawn.ok) throw new Error(drawn.error.code);
  expect(drawn.value).toMatchObject({ width: 120, height: 160, pages: 1 });
  const { data, info } = await sharp(drawn.value.bytes).raw().toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number) => [...data.subarray((y * 120 + x) * info.channels).subarray(0, 3)];
  const isNear = (found: number[], wanted: number[]) =>
    found.every((value, index) => Math.abs(value - (wanted[index] ?? 0)) < 16);
  // The face in the middle, the ground in a corner.
  expect(isNear(pixel(60, 65), [0xc9, 0xa5, 0x8b]), String(pixel(60, 65))).toBe(true);
  expect(isNear(pixel(3, 3), [0xdf, 0xe7, 0xee]), String(pixel(3, 3))).toBe(true);
});

it('draws nothing that tells no size, or one that is too large', () => {
  const huge = Uint8Array.from(face);
  huge.set([0x7f, 0xff, 0xff, 0xff], Buffer.from(huge).indexOf(Uint8Array.of(0xff, 0x4f, 0xff, 0x51)) + 8);
  for (const picture of [new Uint8Array(), face.subarray(0, 40), huge])
    expect(jpeg2000AsPdf(picture)).toBeNull();
});
