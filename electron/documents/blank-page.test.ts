import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { preparePage } from './preparation.ts';

const isBlank = async (image: Uint8Array) => {
  const wanted = { crop: false, straighten: false, separators: false };
  const looked = await preparePage({ image, mode: 'grey', dpi: 200 }, wanted);
  return looked.ok ? { ok: true, value: looked.value.found.blank } : looked;
};

const width = 1654;
const height = 2339;

/** A page of A4 at 200 dpi: paper, then what is drawn on it; repeatable noise as of a sensor on top. */
async function page(paper: (x: number, y: number) => number, draw: (put: Put) => void = () => {}) {
  const samples = Buffer.alloc(width * height);
  let state = 7;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      samples[y * width + x] = Math.min(255, paper(x, y) + (state >>> 29) - 4);
    }
  draw((x, y, w, h, level) => {
    for (let row = y; row < y + h; row += 1) samples.fill(level, row * width + x, row * width + x + w);
  });
  const picture = sharp(samples, { raw: { width, height, channels: 1 } });
  return new Uint8Array(await picture.toColourspace('b-w').jpeg({ quality: 80 }).toBuffer());
}
type Put = (x: number, y: number, w: number, h: number, level: number) => void;

const white = () => 245;
/** A seven of 12 points: two strokes. */
const digit: (put: Put) => void = (put) => {
  put(800, 2200, 18, 4, 40);
  put(812, 2200, 4, 26, 40);
};

describe('a page on which nothing seems to be', () => {
  it.each<[string, boolean, Promise<Uint8Array>]>([
    ['white paper', true, page(white)],
    ['grey paper that gets darker to one side', true, page((x) => 215 - x / 40)],
    ['the shadow along an edge', true, page(white, (put) => put(0, 0, 30, height, 60))],
    [
      'what shines through from the other side',
      true,
      page(white, (put) => {
        for (let y = 300; y < 2000; y += 40) put(200, y, 1200, 18, 228);
      }),
    ],
    [
      'dust',
      true,
      page(white, (put) => {
        for (let at = 1; at < 80; at += 1) put(100 + ((at * 377) % 1400), 100 + at * 27, 1, 1, 0);
      }),
    ],
    ['a page number', false, page(white, digit)],
    [
      'a page number on yellow paper',
      false,
      page(
        () => 205,
        (put) => put(800, 2200, 4, 26, 40),
      ),
    ],
    ['one pale line of a pencil', false, page(white, (put) => put(300, 900, 400, 5, 190))],
    ['a pale stamp', false, page(white, (put) => put(900, 1700, 300, 300, 205))],
    ['a picture over a part of it', false, page(white, (put) => put(200, 200, 800, 800, 120))],
    ['a shading from white to black', false, page((x) => 240 - x / 9)],
    ['a page that is dark on one side', false, page((x) => (x < width / 2 ? 240 : 90))],
  ])('%s: %s', async (_, blank, made) => {
    expect(await isBlank(await made)).toEqual({ ok: true, value: blank });
  });

  it('is not told of what is no picture, nor of a scrap', async () => {
    expect(await isBlank(new Uint8Array([1, 2, 3]))).toMatchObject({ ok: false });
    const scrap = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect(await isBlank(new Uint8Array(scrap))).toEqual({ ok: true, value: false });
  });
});
