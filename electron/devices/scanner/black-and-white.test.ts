import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { blackAndWhite } from './black-and-white.ts';

const greyPng = (samples: Uint8Array, width: number, adaptive: boolean): Promise<Buffer> =>
  sharp(samples, { raw: { width, height: samples.length / width, channels: 1 } })
    .toColourspace('b-w')
    .withDensity(200)
    .png({ adaptiveFiltering: adaptive })
    .toBuffer();

describe('black and white of a grey page', () => {
  it('is what an image library makes of the same threshold, for any picture and every row filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.nat(255)),
        fc.boolean(),
        async (width, height, stream, adaptive) => {
          const samples = Uint8Array.from([...stream.take(width * height)]);
          const bits = await blackAndWhite(await greyPng(samples, width, adaptive));
          expect(bits?.[24]).toBe(1);
          const seen = await sharp(bits).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
          expect([seen.info.width, seen.info.height]).toEqual([width, height]);
          const step = seen.info.channels;
          const got = Array.from(samples, (_, index) => seen.data[index * step]);
          expect(got).toEqual(Array.from(samples, (value) => (value >= 160 ? 255 : 0)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the resolution', async () => {
    const bits = await blackAndWhite(await greyPng(new Uint8Array(100).fill(200), 10, false));
    expect((await sharp(bits).metadata()).density).toBe(200);
  });

  it('is not made of colour, of half a file or of anything else', async () => {
    const grey = await greyPng(new Uint8Array(100).fill(200), 10, false);
    const colour = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#777' } })
      .png()
      .toBuffer();
    expect(await blackAndWhite(colour)).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.nat(grey.length - 1), fc.nat(255), async (at, byte) => {
        expect(await blackAndWhite(grey.subarray(0, at))).toBeUndefined();
        const changed = Buffer.from(grey);
        changed[at] = byte;
        await blackAndWhite(changed);
      }),
    );
  });
});
