import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { err, ok, type Result } from '../values/result.ts';
import { type DocumentFailure, type FileFailure, failure } from './failures.ts';
import { type BareJpeg, bareJpeg } from './images/bare-jpeg.ts';
import { encodeG4 } from './images/g4.ts';
import { darkOf, isTwoTones } from './images/two-tones.ts';
import {
  isAsScanned,
  MAX_PIXELS,
  preparedPicture,
  type RawPage,
  type Rotation,
  unpack,
  unpackGrey,
} from './pictures.ts';
import { PRODUCER } from './rendering/draw.ts';
import type { Fonts } from './rendering/fonts.ts';
import type { PageText } from './texts/page-text.ts';
import { type Box, type TextLayer, textLayer } from './texts/text-layer.ts';

export type ScanPage = RawPage & {
  /** Resolution of the scan. Left out, the picture has no true size (a photograph) and is fitted on A4. */
  dpi?: number;
  /** The most that is to be kept of it: colour always stays colour; grey that is ink on paper and nothing else becomes black and white. */
  mode: 'colour' | 'grey' | 'bw';
  /** What was read on it, to be found and copied. */
  text?: PageText;
};

type BoundPages = { bytes: Uint8Array; pages: number };

export type ScanMeta = { createdAt: Date };

export const MAX_SCAN_PAGES = 1000;

const JPEG_QUALITY = { colour: 80, grey: 78 } as const;
const A4 = { width: 595.28, height: 841.89 };
const FIT_MARGIN = 28;

type Pdf = InstanceType<typeof PDFDocument>;

/**
 * Binds pictures into one PDF/A-2b in their order: page size from pixels and resolution; black and white in Group 4, without loss, the rest as
 * JPEG, and a scanner's own JPEG as it was coded. A picture that stays as it was coded is turned on its page, not in its pixels. The title is generic and the pictures'
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

/** A picture as an image of a PDF: its size in pixels, its coded data and what its dictionary says of them. */
type Coded = { width: number; height: number; bytes: Uint8Array; dictionary: object };

const jpeg = (bytes: Uint8Array, width: number, height: number, components: 1 | 3): Coded => ({
  width,
  height,
  bytes,
  dictionary: {
    ColorSpace: components === 1 ? 'DeviceGray' : 'DeviceRGB',
    BitsPerComponent: 8,
    Filter: 'DCTDecode',
  },
});

/** A page ready to be bound. */
export type EncodedPage = Pick<ScanPage, 'rotation' | 'dpi' | 'text'> & { picture: Coded };

/** Makes of a page's picture what is bound of it; one page of a batch after the other, for as they came they fill all memory. */
export async function encodePage(page: ScanPage): Promise<Result<EncodedPage, FileFailure>> {
  const own = await ownCoding(page);
  const coded = await encode(page, own);
  if (!coded.ok) return coded;
  const { dpi, text } = page;
  // libvips' own memory cannot be handed to another thread.
  const picture = { ...coded.value, bytes: new Uint8Array(coded.value.bytes) };
  const rotation = coded.value.isOwn ? page.rotation : 0;
  return ok({ picture, rotation, ...(dpi !== undefined && { dpi }), ...(text && { text }) });
}

/** `isOwn`: it lies as the scanner gave it; else it is upright. */
type Encoded = Coded & { isOwn: boolean };

async function encode(page: ScanPage, own: BareJpeg | undefined): Promise<Result<Encoded, FileFailure>> {
  if (page.mode === 'colour' && own) return ok(ownJpeg(own));
  const picture = await preparedPicture(page);
  if (!picture.ok) return picture;
  if (page.mode === 'colour') {
    const made = picture.value
      .toColourspace('srgb')
      .jpeg({ quality: JPEG_QUALITY.colour, chromaSubsampling: '4:2:0' });
    const coded = await unpack(made);
    if (!coded.ok) return coded;
    const { width, height } = await sharp(coded.value).metadata();
    return ok({ ...jpeg(coded.value, width, height, 3), isOwn: false });
  }
  const grey = await unpackGrey(picture.value);
  if (!grey.ok) return grey;
  const { data, width, height } = grey.value;
  if (page.mode === 'bw' || isTwoTones(grey.value)) {
    const dictionary = {
      ColorSpace: 'DeviceGray',
      BitsPerComponent: 1,
      Filter: 'CCITTFaxDecode',
      DecodeParms: { K: -1, Columns: width, Rows: height },
    };
    return ok({ width, height, bytes: encodeG4(darkOf(grey.value)), dictionary, isOwn: false });
  }
  if (own?.components === 1) return ok(ownJpeg(own));
  const coded = await unpack(
    sharp(data, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: JPEG_QUALITY.grey }),
  );
  return coded.ok ? ok({ ...jpeg(coded.value, width, height, 1), isOwn: false }) : coded;
}

const ownJpeg = ({ bytes, width, height, components }: BareJpeg): Encoded => ({
  ...jpeg(bytes, width, height, components),
  isOwn: true,
});

/** The scanner's own JPEG where it can stay as it is. What has no true size is no scan: a camera's is larger than it needs to be. */
async function ownCoding({ image, dpi, look }: ScanPage): Promise<BareJpeg | undefined> {
  const own = dpi === undefined || !isAsScanned(look) ? undefined : bareJpeg(image);
  if (!own) return undefined;
  // What is spoilt must not be found out by whom it is sent to.
  const strict = sharp(image, { limitInputPixels: MAX_PIXELS, failOn: 'warning' });
  return (await unpack(strict.raw({ depth: 'uchar' }))).ok ? own : undefined;
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
