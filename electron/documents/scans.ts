import PDFDocument from 'pdfkit';
import { err, ok, type Result } from '../values/result.ts';
import { type DocumentFailure, type FileFailure, failure } from './failures.ts';
import { type Coded, type EncodedPage, encodePage, type ScanPage } from './page-coding.ts';
import type { Rotation } from './pictures.ts';
import { PRODUCER } from './rendering/draw.ts';
import type { Fonts } from './rendering/fonts.ts';
import { type Box, type TextLayer, textLayer } from './texts/text-layer.ts';

type BoundPages = { bytes: Uint8Array; pages: number };

export type ScanMeta = { createdAt: Date };

export const MAX_SCAN_PAGES = 1000;

const A4 = { width: 595.28, height: 841.89 };
const FIT_MARGIN = 28;

type Pdf = InstanceType<typeof PDFDocument>;

/**
 * Binds pictures into one PDF/A-2b in their order: page size from pixels and resolution; black and white in Group 4, without loss, the rest as
 * JPEG, and a scanner's own JPEG as it was coded. A picture is turned on its page, not in its pixels. The title is generic and the pictures'
 * own metadata are dropped: both may say who was there. No mark is put on scans, in training either: they are the client's papers, not our
 * prints.
 * @param fonts asked for where a page has text
 */
export async function pagesToPdf(
  pages: readonly ScanPage[],
  meta: ScanMeta,
  fonts: () => Promise<Fonts>,
): Promise<Result<BoundPages, DocumentFailure | FileFailure>> {
  const encoded: EncodedPage[] = [];
  for (const page of pages) {
    const one = await encodePage(page);
    if (!one.ok) return one;
    encoded.push(one.value);
  }
  return bindPages(encoded, meta, fonts);
}

/** The same of pages that were encoded before. */
export async function bindPages(
  pages: readonly EncodedPage[],
  meta: ScanMeta,
  fonts: () => Promise<Fonts>,
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
  let layText: TextLayer | undefined;
  for (const page of pages) {
    const { width, height } = page.picture;
    const isLying = page.rotation % 180 === 90;
    const { paper, ...box } = placeOnPaper(isLying ? height : width, isLying ? width : height, page.dpi);
    pdf.addPage({ size: [paper.width, paper.height], margin: 0 });
    drawPicture(pdf, page.picture, box, page.rotation);
    if (page.text === undefined) continue;
    layText ??= textLayer(pdf, (await fonts()).regular);
    layText(page.text, box);
  }
  pdf.end();
  await ended;
  return ok({ bytes: new Uint8Array(Buffer.concat(chunks)), pages: pages.length });
}

/** pdfkit knows pictures of PNG and JPEG only, and codes none anew that it does not know. */
function drawPicture(
  pdf: Pdf,
  { bytes, width, height, dictionary }: Coded,
  box: Box,
  rotation: Rotation,
): void {
  const image = pdf.ref({ Type: 'XObject', Subtype: 'Image', Width: width, Height: height, ...dictionary });
  image.end(bytes);
  pdf.page.xobjects.Picture = image;
  pdf.save();
  turned(pdf, box, rotation);
  pdf.addContent('/Picture Do').restore();
}

/** Lets the unit square of a picture cover the box, turned clockwise (ISO 32000-1, 8.9.5). pdfkit counts downwards. */
function turned(pdf: Pdf, { x, y, width, height }: Box, rotation: Rotation): Pdf {
  switch (rotation) {
    case 0:
      return pdf.transform(width, 0, 0, -height, x, y + height);
    case 90:
      return pdf.transform(0, height, width, 0, x, y);
    case 180:
      return pdf.transform(-width, 0, 0, height, x + width, y);
    case 270:
      return pdf.transform(0, -height, -width, 0, x + width, y + height);
  }
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
