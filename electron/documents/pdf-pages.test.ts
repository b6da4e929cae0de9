import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { deepNesting, pageLoop, rawPdf } from '../../test/fixtures/pdf/make.ts';
import { pdfPage } from './pdf-pages.ts';

/** Two pages, the second half black. */
const twoPages = rawPdf([
  '<< /Type /Catalog /Pages 2 0 R >>',
  '<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>',
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>',
  '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R >>',
  '<< /Length 20 >>\nstream\n0 0 595 421 re f    \nendstream',
]);

describe('a page of a PDF as a picture', () => {
  it('is as large as asked and shows what stands on the page', async () => {
    const drawn = await pdfPage(twoPages, 1, 600);
    expect(drawn).toMatchObject({ ok: true, value: { height: 600, pages: 2 } });
    if (!drawn.ok) return;
    const picture = sharp(Buffer.from(drawn.value.bytes));
    expect(await picture.metadata()).toMatchObject({ format: 'png', height: 600 });
    const { channels } = await picture.stats();
    expect(channels[0]?.mean).toBeGreaterThan(120);
    expect(channels[0]?.mean).toBeLessThan(135);
  });

  it('tells what cannot be shown', async () => {
    expect(await pdfPage(twoPages, 2, 600)).toEqual({ ok: false, error: { code: 'file.damaged' } });
    expect(await pdfPage(Buffer.from('%PDF-1.7 nothing'), 0, 600)).toEqual({
      ok: false,
      error: { code: 'file.damaged' },
    });
    for (const hostile of [pageLoop(), deepNesting(5000)])
      expect((await pdfPage(hostile, 0, 600)).ok).toBeTypeOf('boolean');
  });
});
