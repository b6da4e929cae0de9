import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodeG4, type InkImage } from './g4.ts';

/** The least TIFF (revision 6.0) around coded data: libtiff decodes it. */
function tiff(coded: Uint8Array, { width, height }: InkImage): Buffer {
  const tags: [tag: number, type: 3 | 4, value: number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 1],
    [259, 3, 4],
    [262, 3, 0],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, coded.length],
  ];
  const folder = Buffer.alloc(2 + tags.length * 12 + 4);
  folder.writeUInt16LE(tags.length, 0);
  tags.forEach(([tag, type, value], index) => {
    const at = 2 + index * 12;
    folder.writeUInt16LE(tag, at);
    folder.writeUInt16LE(type, at + 2);
    folder.writeUInt32LE(1, at + 4);
    folder.writeUInt32LE(value, at + 8);
  });
  const padded = Buffer.alloc(coded.length + (coded.length % 2));
  padded.set(coded);
  const header = Buffer.from('49492a0000000000', 'hex');
  header.writeUInt32LE(8 + padded.length, 4);
  return Buffer.concat([header, padded, folder]);
}

async function decoded(image: InkImage): Promise<Uint8Array> {
  const { data, info } = await sharp(tiff(encodeG4(image), image), { failOn: 'warning' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([image.width, image.height, 1]);
  return data.map((light) => (light === 0 ? 1 : 0));
}

/** Rows made of runs: some like the one above but for a slip, as in writing, some like nothing. */
const pictures = fc
  .record({
    width: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 6000 })),
    rows: fc.array(
      fc.record({
        runs: fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3000 })), {
          maxLength: 12,
        }),
        black: fc.boolean(),
        slip: fc.option(fc.integer({ min: -5, max: 5 })),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ width, rows }): InkImage => {
    const data = new Uint8Array(width * rows.length);
    rows.forEach(({ runs, black, slip }, y) => {
      const row = data.subarray(y * width, (y + 1) * width);
      if (slip !== null && y > 0) {
        for (let x = 0; x < width; x += 1)
          row[x] = data[(y - 1) * width + Math.max(0, Math.min(width - 1, x + slip))] ?? 0;
        return;
      }
      let x = 0;
      runs.forEach((run, index) => {
        row.fill((index % 2 === 0) === black ? 1 : 0, x, x + run);
        x += run;
      });
    });
    return { data, width, height: rows.length };
  });

describe('encodeG4', () => {
  it('is read back by libtiff pixel by pixel', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, async (image) => {
        expect(Buffer.from(await decoded(image)).equals(image.data)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('has a code word for every run of either colour', async () => {
    // A run of each length in a row of its own, after a row that is its opposite: nothing of it can be told by the row above.
    const width = 2700;
    const data = new Uint8Array(width * width * 2);
    for (let run = 1; run < width; run += 1) {
      data.fill(1, 2 * run * width, 2 * run * width + run);
      data.fill(1, (2 * run + 1) * width + run, (2 * run + 2) * width);
    }
    const image = { data, width, height: width * 2 };
    expect(Buffer.from(await decoded(image)).equals(data)).toBe(true);
  });

  it('says a page of nothing in a bit a row', () => {
    expect(encodeG4({ data: new Uint8Array(800 * 80), width: 800, height: 80 })).toHaveLength(10 + 3);
  });
});
