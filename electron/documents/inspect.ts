import { PDF, PdfArray, PdfDict, type PdfObject, PdfRef, PdfStream } from '@libpdf/core';
import { err, ok, type Result } from '../values/result.ts';
import { type FileFailure, failure } from './failures.ts';
import { openPicture, unpack } from './pictures.ts';

/** What a clerk is told about a file before it is taken in; none of these refuses it by itself. */
export type FileWarning =
  /** JavaScript or an action that starts a program. */
  | 'programs'
  | 'embedded-files'
  /** A form whose pages are made by the reader (XFA): what is seen is not in the file. */
  | 'dynamic-form'
  /** Protected against changes, readable without a password. */
  | 'protected';

export type FileInspection =
  | {
      kind: 'pdf';
      pages: number;
      /** What the file says of itself, `2b`; never proof of it. */
      claimsPdfA?: string;
      /** Signatures and seals present; not judged here. Such a file must never be saved anew. */
      signatures: number;
      warnings: FileWarning[];
    }
  | {
      kind: 'png' | 'jpeg' | 'tiff';
      pages: number;
      width: number;
      height: number;
      /** Resolution, when the picture says one a scanner would. */
      dpi?: number;
      warnings: FileWarning[];
    };

/** What a desk takes in when nothing else is set. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

const MAX_OBJECTS = 300_000;
const MAX_PICTURE_PAGES = 500;

/**
 * Looks into a file that is to be taken in: what it is by its content (a name proves nothing), how many pages it has,
 * what a clerk should know. The bytes are only read; whoever keeps the file keeps exactly them. Meant for hostile
 * files: run it in the worker pool, which bounds its time and memory.
 */
export async function inspectFile(
  bytes: Uint8Array,
  maxBytes: number = MAX_FILE_BYTES,
): Promise<Result<FileInspection, FileFailure>> {
  if (bytes.length === 0) return err(failure('file.empty'));
  if (bytes.length > maxBytes) {
    return err(failure('file.too-large', { limitMib: Math.floor(maxBytes / 1024 / 1024) }));
  }
  const kind = kindOf(bytes);
  if (kind === undefined) return err(failure('file.not-a-document'));
  return kind === 'pdf' ? inspectPdf(bytes) : inspectPicture(bytes, kind);
}

function kindOf(bytes: Uint8Array): 'pdf' | 'png' | 'jpeg' | 'tiff' | undefined {
  const starts = (...magic: number[]) => magic.every((byte, index) => bytes[index] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg';
  if (starts(0x49, 0x49, 0x2a, 0x00) || starts(0x4d, 0x4d, 0x00, 0x2a)) return 'tiff';
  // Readers accept a header anywhere in the first kilobyte (ISO 32000-1, annex H, note 13).
  return Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-') ? 'pdf' : undefined;
}

async function inspectPicture(
  bytes: Uint8Array,
  kind: 'png' | 'jpeg' | 'tiff',
): Promise<Result<FileInspection, FileFailure>> {
  const damaged = (error: FileFailure) =>
    error.code === 'file.not-an-image' ? failure('file.damaged') : error;
  const picture = await openPicture(bytes);
  if (!picture.ok) return err(damaged(picture.error));
  const { width, height, pages = 1, density } = picture.value.metadata;
  if (pages > MAX_PICTURE_PAGES) return err(failure('file.damaged'));
  for (let page = 0; page < pages; page += 1) {
    // A header may promise what the data do not hold: each page is unpacked once, so that no broken one is taken in.
    const opened = await openPicture(bytes, page);
    const unpacked = opened.ok ? await unpack(opened.value.image.resize(32).jpeg()) : opened;
    if (!unpacked.ok) return err(damaged(unpacked.error));
  }
  // 72 and 96 are what cameras and drawing programs write without meaning it.
  const dpi = density !== undefined && density >= 100 && density <= 1200 ? { dpi: Math.round(density) } : {};
  return ok({ kind, pages, width, height, ...dpi, warnings: [] });
}

async function inspectPdf(bytes: Uint8Array): Promise<Result<FileInspection, FileFailure>> {
  try {
    // Strictly: what another reader would mend in its own way is no sound paper to take in, and the library's mending
    // runs without end on some broken files.
    const pdf = await PDF.load(bytes, { lenient: false });
    if (pdf.isEncrypted && !pdf.isAuthenticated) return err(failure('file.encrypted'));
    const pages = pdf.getPageCount();
    if (pages === 0) return err(failure('file.damaged'));
    const resolve = (ref: PdfRef) => pdf.context.resolve(ref);
    const catalog = pdf.context.catalog.getDict();
    const found = survey(catalog, resolve);
    if (found === undefined) return err(failure('file.damaged'));
    if (pdf.isEncrypted) found.warnings.add('protected');
    const claim = pdfAClaim(catalog, resolve);
    return ok({
      kind: 'pdf',
      pages,
      ...(claim === undefined ? {} : { claimsPdfA: claim }),
      signatures: found.signatures,
      warnings: [...found.warnings].sort(),
    });
  } catch {
    // The library tells whatever it cannot read by throwing; to us it is one thing: a file that cannot be read.
    return err(failure('file.damaged'));
  }
}

type Resolve = (ref: PdfRef) => PdfObject | null;

/** Walks everything the document reaches; undefined when there is more of it than any honest paper has. */
function survey(
  catalog: PdfDict,
  resolve: Resolve,
): { warnings: Set<FileWarning>; signatures: number } | undefined {
  const warnings = new Set<FileWarning>();
  let signatures = 0;
  const seen = new Set<string>();
  const waiting: PdfObject[] = [catalog];
  for (let visited = 0; waiting.length > 0; visited += 1) {
    if (visited > MAX_OBJECTS) return undefined;
    const object = waiting.pop();
    if (object instanceof PdfRef) {
      const key = `${object.objectNumber} ${object.generation}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const target = resolve(object);
      if (target !== null) waiting.push(target);
    } else if (object instanceof PdfArray) {
      for (let index = 0; index < object.length; index += 1) {
        const item = object.at(index);
        if (item !== undefined) waiting.push(item);
      }
    } else if (object instanceof PdfDict) {
      const action = object.getName('S', resolve)?.value;
      if (object.has('JS') || action === 'JavaScript' || action === 'Launch' || action === 'Rendition') {
        warnings.add('programs');
      }
      if (object.has('EF') || object.has('EmbeddedFiles')) warnings.add('embedded-files');
      if (object.has('XFA')) warnings.add('dynamic-form');
      if (object.getName('FT', resolve)?.value === 'Sig' && object.has('V')) signatures += 1;
      for (const [, value] of object) waiting.push(value);
    }
  }
  return { warnings, signatures };
}

function pdfAClaim(catalog: PdfDict, resolve: Resolve): string | undefined {
  const metadata = catalog.get('Metadata', resolve);
  if (!(metadata instanceof PdfStream)) return undefined;
  const xmp = new TextDecoder().decode(metadata.getDecodedData());
  const part = /pdfaid:part(?:>|\s*=\s*["'])\s*(\d)/.exec(xmp)?.[1];
  const level = /pdfaid:conformance(?:>|\s*=\s*["'])\s*([A-Za-z])/.exec(xmp)?.[1];
  return part === undefined ? undefined : `${part}${level?.toLowerCase() ?? ''}`;
}
