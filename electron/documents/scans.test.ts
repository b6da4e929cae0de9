import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectFile } from './inspect.ts';
import { thumbnail } from './pictures.ts';
import { pagesToPdf, type ScanPage } from './scans.ts';

const createdAt = new Date('2026-04-01T12:00:00Z');

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
  const result = await pagesToPdf(pages, { createdAt });
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

  it('keeps black and white in one bit and small', async () => {
    const [colour, bw] = [await bound([await page()]), await bound([await page({ mode: 'bw' })])];
    expect(latin(bw)).toMatch(/BitsPerComponent 1\b/);
    expect(bw.length).toBeLessThan(colour.length);
  });

  it('drops what the picture says of its maker', async () => {
    for (const mode of ['colour', 'grey', 'bw'] as const) {
      expect(latin(await bound([await page({ image: await sheet('jpeg'), mode })]))).not.toContain('Tajn');
    }
  });

  it('names a page that is no picture, and a picture that is too large', async () => {
    const broken = await page({ image: Buffer.from('not a picture') });
    expect(await pagesToPdf([await page(), broken], { createdAt })).toEqual({
      ok: false,
      error: { code: 'file.not-an-image' },
    });
    const huge = await sharp({
      create: { width: 12_000, height: 12_000, channels: 3, background: '#fff' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect(await pagesToPdf([await page({ image: huge })], { createdAt })).toMatchObject({
      ok: false,
      error: { code: 'file.too-many-pixels', params: { limit: 100 } },
    });
    expect(await pagesToPdf([], { createdAt })).toMatchObject({ ok: false, error: { code: 'file.empty' } });
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
