import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { czechPage, czechParagraphs } from '../../../test/rigs/czech-page.ts';
import { fonts as fontList, preflight2b, qpdfCheck, withPdf } from '../../../test/rigs/pdf-checks.ts';
import { createDocumentPool, type DocumentPool, type Incident } from '../pool.ts';

const workerUrl = new URL('../worker.ts', import.meta.url);
const fontsFolder = fileURLToPath(new URL('../../../resources/fonts', import.meta.url));
const incidents: Incident[] = [];
let pool: DocumentPool;
let page: Awaited<ReturnType<typeof czechPage>>;
beforeAll(async () => {
  pool = createDocumentPool({ workerUrl, size: 1, fontsFolder, onIncident: (one) => incidents.push(one) });
  page = await czechPage(czechParagraphs);
});
afterAll(() => pool.close());

type Place = { word: string; x: number; y: number };

/** Words of the first page and their middles, in points from its top left corner, as pdftotext finds them. */
async function places(bytes: Uint8Array): Promise<Place[]> {
  const found = await withPdf(bytes, (file) => promisify(execFile)('pdftotext', ['-bbox', file, '-']));
  return [...found.stdout.matchAll(/xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g)].map(
    ([, x0, y0, x1, y1, word = '']) => ({
      word,
      x: (Number(x0) + Number(x1)) / 2,
      y: (Number(y0) + Number(y1)) / 2,
    }),
  );
}

describe('the text of a scan', () => {
  it('lies over the words it was read from, on a turned page too, in a sound PDF/A', async () => {
    const rotation = 270;
    // As it came from the scanner; turned by `rotation` it is upright.
    const image = new Uint8Array(
      await sharp(page.scan)
        .rotate(360 - rotation)
        .png()
        .toBuffer(),
    );
    const text = await pool.readText({ image, rotation, dpi: 200 });
    if (!text.ok) throw new Error(text.error.code);
    const scan = { image, rotation, dpi: 200, mode: 'grey' } as const;
    const meta = { createdAt: new Date(0) };
    const bound = await pool.pagesToPdf({ pages: [{ ...scan, text: text.value }], meta });
    if (!bound.ok) throw new Error(bound.error.code);
    await withPdf(bound.value.bytes, async (file) => {
      expect(await preflight2b(file)).toEqual([]);
      await qpdfCheck(file);
      expect(await fontList(file)).toMatchObject({ notEmbedded: [] });
    });
    const [printed, read] = [await places(page.pdf), await places(bound.value.bytes)];
    expect(printed.length).toBeGreaterThan(50);
    const near = printed.filter(({ word, x, y }) =>
      read.some((one) => one.word === word && Math.hypot(one.x - x, one.y - y) < 3),
    );
    expect(near.length / printed.length).toBeGreaterThan(0.95);

    const mute = await pool.pagesToPdf({ pages: [scan], meta });
    expect(mute.ok && (await places(mute.value.bytes))).toEqual([]);
  });

  it('says which turn sets a page upright, and nothing of a page that does not tell', async () => {
    for (const turn of [0, 90, 180, 270] as const) {
      const image = new Uint8Array(
        await sharp(page.scan)
          .rotate(360 - turn)
          .jpeg()
          .toBuffer(),
      );
      expect(await pool.turnOf({ image, rotation: 0 })).toEqual({ ok: true, value: turn });
    }
    const blank = { create: { width: 1654, height: 2339, channels: 3, background: '#fafafa' } } as const;
    const image = new Uint8Array(await sharp(blank).png().toBuffer());
    expect(await pool.turnOf({ image, rotation: 0 })).toEqual({ ok: true, value: null });
    expect(await pool.readText({ image, rotation: 0, dpi: 200 })).toMatchObject({
      ok: true,
      value: { lines: [] },
    });
  });

  it('is never waited for by other work, and can be called off', async () => {
    const calling = new AbortController();
    const image = new Uint8Array(page.scan);
    let isRead = false;
    const reading = pool
      .readText({ image, rotation: 0, dpi: 200 }, { signal: calling.signal })
      .finally(() => {
        isRead = true;
      });
    expect(await pool.thumbnail({ image, rotation: 0, maxPx: 50 })).toMatchObject({ ok: true });
    expect(isRead).toBe(false);
    calling.abort();
    expect(await reading).toMatchObject({ ok: false, error: { code: 'documents.cancelled' } });
    expect(incidents).toEqual([]);
  });

  it('costs nobody else anything where it kills its worker', async () => {
    const workerUrl = new URL('../../../test/fixtures/pdf/killing-reader.ts', import.meta.url);
    const told: Incident[] = [];
    const fragile = createDocumentPool({
      workerUrl,
      size: 1,
      fontsFolder,
      onIncident: (one) => told.push(one),
    });
    const image = new Uint8Array(page.scan);
    const [read, small] = await Promise.all([
      fragile.readText({ image, rotation: 0 }),
      fragile.thumbnail({ image, rotation: 0, maxPx: 50 }),
    ]);
    expect(read).toMatchObject({ ok: false, error: { code: 'documents.worker-crashed' } });
    expect(small).toMatchObject({ ok: true });
    expect(told).toMatchObject([{ job: 'readText', code: 'documents.worker-crashed' }]);
    await fragile.close();
  });
});
