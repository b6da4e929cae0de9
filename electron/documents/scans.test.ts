import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectFile } from './inspect.ts';
import type { ScanPage } from './page-coding.ts';
import { pdfPage } from './pdf-pages.ts';
import { thumbnail } from './pictures.ts';
import { loadFonts } from './rendering/fonts.ts';
import { pagesToPdf } from './scans.ts';

const createdAt = new Date('2026-04-01T12:00:00Z');
const fonts = () => loadFonts(fileURLToPath(new URL('../../resources/fonts', import.meta.url)));

/** An A4 sheet at 200 dpi with a red corner at its top left. */
async function sheet(format: 'png' | 'jpeg' | 'tiff' = 'png'): Promise<Uint8Array> {
  const corner = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#c00000' } })
    .png()
    .toBuffer();
  return sharp({ create: { width: 1654, height: 2339, channels: 3, background: '#ffffff' } })
    .composite([{ input: corner, left: 0, top: 0 }])
    .withExif({ IFD0: { Artist: 'Jana Tajná' } })
    .toFormat(format)
    .toBuffer();
}

/** A sheet of strokes of one colour, as wide as those of letters. */
async function drawn(colour: string, draw: (page: Sharp) => Sharp = (same) => same): Promise<Uint8Array> {
  const strokes = Array.from({ length: 60 }, (_, i) => `<path d="M200 ${200 + i * 30}h${900 + i * 5}"/>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1654" height="2339"><rect width="100%" height="100%" fill="#fcfcfc"/><g stroke="${colour}" stroke-width="4">${strokes.join('')}</g></svg>`;
  const flat = await sharp(Buffer.from(svg)).flatten().png().toBuffer();
  return draw(sharp(flat)).png().toBuffer();
}
const shade = { create: { width: 80, height: 80, channels: 3, background: '#909090' } } as const;

const page = async (more: Partial<ScanPage> = {}): Promise<ScanPage> => ({
  image: await sheet(),
  rotation: 0,
  dpi: 200,
  mode: 'colour',
  ...more,
});
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const mediaBoxes = (bytes: Uint8Array) =>
  [...latin(bytes).matchAll(/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((match) => [
    Math.round(Number(match[1])),
    Math.round(Number(match[2])),
  ]);

async function bound(pages: ScanPage[]): Promise<Uint8Array> {
  const result = await pagesToPdf(pages, { createdAt }, fonts);
  if (!result.ok) throw new Error(result.error.code);
  expect(result.value.pages).toBe(pages.length);
  return result.value.bytes;
}

describe('pagesToPdf', () => {
  it('binds pictures of all kinds in their order, each in its true size', async () => {
    const bytes = await bound([
      await page(),
      await page({ image: await sheet('jpeg'), mode: 'grey', rotation: 90 }),
      await page({ image: await sheet('tiff'), mode: 'bw', dpi: 400 }),
    ]);
    expect(mediaBoxes(bytes)).toEqual([
      [595, 842],
      [842, 595],
      [298, 421],
    ]);
    expect(await inspectFile(bytes)).toMatchObject({
      ok: true,
      value: { pages: 3, claimsPdfA: '2b', warnings: [] },
    });
  });

  it('fits a picture without a true size on A4, as it lies', async () => {
    const lying = await sharp(await sheet())
      .rotate(90)
      .jpeg()
      .toBuffer();
    expect(mediaBoxes(await bound([{ image: lying, rotation: 0, mode: 'colour' }]))).toEqual([[842, 595]]);
  });

  it('gives the same bytes for the same pages', async () => {
    const pages = [await page(), await page({ mode: 'bw' })];
    expect(await bound(pages)).toEqual(await bound(pages));
  });

  it('codes a page by what is on it, and takes no colour from one that was to have it', async () => {
    const ink = (draw: (page: Sharp) => Sharp = (same) => same) => drawn('#202020', draw);
    const codec = async (image: Uint8Array, mode: ScanPage['mode']) =>
      latin(await bound([await page({ image, mode })])).match(/Filter \/(CCITTFaxDecode|DCTDecode)/)?.[1];
    expect(await codec(await ink(), 'bw')).toBe('CCITTFaxDecode');
    expect(await codec(await ink(), 'grey')).toBe('CCITTFaxDecode');
    expect(await codec(await ink(), 'colour')).toBe('DCTDecode');
    const withTones = [
      await drawn('#b0b0b0'),
      await ink((page) => page.composite([{ input: shade, left: 300, top: 300 }])),
      await ink((page) => page.linear(0.5)),
    ];
    for (const image of withTones) expect(await codec(image, 'grey')).toBe('DCTDecode');
  });

  it('keeps what a scanner coded byte for byte, and drops the rest of its file', async () => {
    const image = await sharp(await drawn('#202020'))
      .jpeg({ quality: 60, progressive: true })
      .toBuffer();
    const note = Buffer.from('\xff\xfe\x00\x0cJana Nova1', 'latin1');
    const noted = Buffer.concat([image.subarray(0, 2), note, image.subarray(2), Buffer.from('Jana Nova2')]);
    const bytes = Buffer.from(await bound([await page({ image: noted, rotation: 270 })]));
    expect(bytes.includes(image)).toBe(true);
    expect(latin(bytes)).not.toContain('Jana');
    const broken = Buffer.concat([image.subarray(0, 5_000), Buffer.from('ffd9', 'hex')]);
    expect(Buffer.from(await bound([await page({ image: broken })])).includes(broken)).toBe(false);
  });

  it.each(['png', 'jpeg'] as const)('turns the page clockwise: %s', async (format) => {
    const image = await sheet(format);
    const turns = [0, 90, 180, 270] as const;
    const bytes = await bound(await Promise.all(turns.map((rotation) => page({ image, rotation }))));
    const corners = [];
    for (const [index] of turns.entries()) {
      const picture = await pdfPage(bytes, index, 400);
      if (!picture.ok) throw new Error(picture.error.code);
      const { data, info } = await sharp(picture.value.bytes)
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const isRed = (x: number, y: number) => (data[(y * info.width + x) * 3 + 1] ?? 255) < 60;
      const [right, bottom] = [info.width - 9, info.height - 9];
      corners.push([isRed(8, 8), isRed(right, 8), isRed(right, bottom), isRed(8, bottom)].indexOf(true));
    }
    expect(corners).toEqual([0, 1, 2, 3]);
  });

  it('drops what the picture says of its maker', async () => {
    for (const mode of ['colour', 'grey', 'bw'] as const) {
      expect(latin(await bound([await page({ image: await sheet('jpeg'), mode })]))).not.toContain('Tajn');
    }
  });

  it('names a page that is no picture, and a picture that is too large', async () => {
    const broken = await page({ image: Buffer.from('not a picture') });
    expect(await pagesToPdf([await page(), broken], { createdAt }, fonts)).toEqual({
      ok: false,
      error: { code: 'file.not-an-image' },
    });
    const huge = await sharp({
      create: { width: 12_000, height: 12_000, channels: 3, background: '#fff' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect(await pagesToPdf([await page({ image: huge })], { createdAt }, fonts)).toMatchObject({
      ok: false,
      error: { code: 'file.too-many-pixels', params: { limit: 100 } },
    });
    expect(await pagesToPdf([], { createdAt }, fonts)).toMatchObject({
      ok: false,
      error: { code: 'file.empty' },
    });
  });
});

describe('thumbnail', () => {
  it('shows the page as it is turned', async () => {
    const result = await thumbnail({ image: await sheet(), rotation: 90 }, 200);
    if (!result.ok) throw new Error(result.error.code);
    const { data, info } = await sharp(result.value).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([200, 141]);
    const pixel = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
    ];
    expect(pixel(190, 10)[1]).toBeLessThan(60);
    expect(pixel(10, 10)[1]).toBeGreaterThan(200);
  });

  it('names what is no picture', async () => {
    expect(await thumbnail({ image: new Uint8Array([1, 2, 3]), rotation: 0 }, 100)).toMatchObject({
      ok: false,
      error: { code: 'file.not-an-image' },
    });
  });
});
