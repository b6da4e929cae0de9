import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { err, ok, type Result } from '../values/result.ts';
import { type FileFailure, failure } from './failures.ts';

/** A page as a picture for the window: a PNG with both sides at most so long as was asked. */
export type PagePicture = { bytes: Uint8Array; width: number; height: number; pages: number };

/** No page is drawn larger than this, whatever its size claims to be. */
const MAX_SIDE = 4000;

let library: ReturnType<typeof PDFiumLibrary.init> | undefined;

/**
 * Draws one page of a PDF (from 0) so that a person can look at it. PDFium runs as WebAssembly: a hostile file stays in
 * its box. What is drawn is never stored or printed; the file's own bytes are.
 */
export async function pdfPage(
  bytes: Uint8Array,
  page: number,
  maxPx: number,
): Promise<Result<PagePicture, FileFailure>> {
  library ??= PDFiumLibrary.init();
  const pdfium = await library;
  const document = await pdfium.loadDocument(bytes).catch((error: unknown) => String(error));
  if (typeof document === 'string')
    return err(failure(/password/i.test(document) ? 'file.encrypted' : 'file.damaged'));
  try {
    const pages = document.getPageCount();
    if (page >= pages) return err(failure('file.damaged'));
    const drawn = document.getPage(page);
    const { originalWidth, originalHeight } = drawn.getOriginalSize();
    const scale = Math.min(maxPx, MAX_SIDE) / Math.max(originalWidth, originalHeight);
    if (!Number.isFinite(scale) || scale <= 0) return err(failure('file.damaged'));
    const { data, width, height } = await drawn.render({
      scale,
      // Signatures stand in form fields; what they show belongs to the page.
      renderFormFields: true,
      render: ({ data: pixels, width: across, height: down }) =>
        sharp(pixels, { raw: { width: across, height: down, channels: 4 } })
          .flatten({ background: '#ffffff' })
          .png({ compressionLevel: 4 })
          .toBuffer(),
    });
    return ok({ bytes: data, width, height, pages });
  } catch {
    return err(failure('file.damaged'));
  } finally {
    document.destroy();
  }
}
