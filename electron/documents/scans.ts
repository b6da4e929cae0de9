import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { err, ok, type Result } from '../values/result.ts';
import { type DocumentFailure, type FileFailure, failure } from './failures.ts';
import { preparedPicture, type RawPage, unpack } from './pictures.ts';
import { PRODUCER } from './rendering/draw.ts';

export type ScanPage = RawPage & {
  /** Resolution of the scan. Left out, the picture has no true size (a photograph) and is fitted on A4. */
  dpi?: number;
  mode: 'colour' | 'grey' | 'bw';
};

type BoundPages = { bytes: Uint8Array; pages: number };

export type ScanMeta = { createdAt: Date };

export const MAX_SCAN_PAGES = 1000;

const JPEG_QUALITY = { colour: 80, grey: 78 } as const;
const A4 = { width: 595.28, height: 841.89 };
const FIT_MARGIN = 28;

/**
 * Bounds pictures into one PDF/A-2b in their order: page size from pixels and resolution, colour and grey as JPEG, black
 * and white lossless in one bit. The title is generic and the pictures' own metadata are dropped: both may say who was
 * there. No mark is put on scans, in training either: they are the client's papers, not our prints.
 */
export async function pagesToPdf(
  pages: readonly ScanPage[],
  meta: ScanMeta,
): Promise<Result<BoundPages, DocumentFailure | FileFailure>> {
  const encoded: EncodedPage[] = [];
  for (const page of pages) {
    const one = await encodePage(page);
    if (!one.ok) return one;
    encoded.push(one.value);
  }
  return bindPages(encoded, meta);
}

/** The same of pages that were encoded before. */
export async function bindPages(
  pages: readonly EncodedPage[],
  meta: ScanMeta,
): Promise<Result<BoundPages, DocumentFailure | FileFailure>> {
  if (pages.length === 0) return err(failure('file.empty'));
  if (pages.length > MAX_SCAN_PAGES)
    return err(failure('documents.too-many-pages', { limit: MAX_SCAN_PAGES }));
  const pdf = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    pdfVersion: '1.7',
    subset: 'PDF/A-2b',
    lang: 'cs-CZ',
    displayTitle: true,
    font: '',
    info: {
      Title: 'Naskenovaný dokument',
      Producer: PRODUCER,
      Creator: PRODUCER,
      CreationDate: meta.createdAt,
    },
  });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => pdf.on('end', resolve));
  for (const page of pages) {
    const { bytes, width, height } = page;
    const place = placeOnPaper(width, height, page.dpi);
    pdf.addPage({ size: [place.paper.width, place.paper.height], margin: 0 });
    pdf.image(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), place.x, place.y, {
      width: place.width,
      height: place.height,
    });
  }
  pdf.end();
  await ended;
  return ok({ bytes: new Uint8Array(Buffer.concat(chunks)), pages: pages.length });
}

/** A page ready to be bound: JPEG, or PNG of one bit. */
export type EncodedPage = { bytes: Uint8Array; width: number; height: number; dpi?: number };

/** Makes of a page's picture what is bound of it; one page of a batch after the other, for as they came they fill all memory. */
export async function encodePage(page: ScanPage): Promise<Result<EncodedPage, FileFailure>> {
  const picture = await preparedPicture(page);
  if (!picture.ok) return picture;
  const upright = picture.value;
  const encoded = await unpack(
    page.mode === 'colour'
      ? upright.toColourspace('srgb').jpeg({ quality: JPEG_QUALITY.colour, chromaSubsampling: '4:2:0' })
      : page.mode === 'grey'
        ? upright.greyscale().toColourspace('b-w').jpeg({ quality: JPEG_QUALITY.grey })
        : upright.toColourspace('b-w').png({ palette: true, colours: 2, compressionLevel: 9 }),
  );
  if (!encoded.ok) return encoded;
  const { width, height } = await sharp(encoded.value).metadata();
  // libvips' own memory cannot be handed to another thread.
  const bytes = new Uint8Array(encoded.value);
  return ok({ bytes, width, height, ...(page.dpi !== undefined && { dpi: page.dpi }) });
}

function placeOnPaper(widthPx: number, heightPx: number, dpi: number | undefined) {
  if (dpi !== undefined) {
    const paper = { width: (widthPx / dpi) * 72, height: (heightPx / dpi) * 72 };
    return { paper, x: 0, y: 0, ...paper };
  }
  const paper = widthPx > heightPx ? { width: A4.height, height: A4.width } : A4;
  const room = { width: paper.width - 2 * FIT_MARGIN, height: paper.height - 2 * FIT_MARGIN };
  const scale = Math.min(room.width / widthPx, room.height / heightPx);
  const width = widthPx * scale;
  const height = heightPx * scale;
  return { paper, x: (paper.width - width) / 2, y: (paper.height - height) / 2, width, height };
}
