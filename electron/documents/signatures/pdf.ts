import { createHash } from 'node:crypto';
import { PDF, PdfArray, PdfDict, PdfName, PdfNumber, type PdfObject, PdfRef, PdfString } from '@libpdf/core';
import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure, type SignatureFailure } from '../failures.ts';
import type { Fonts } from '../rendering/fonts.ts';
import { type Appearance, drawAppearance } from './appearance.ts';

/** What a signature says in the PDF itself; none of it is proved by anything but the signature over it. */
export type SignatureEntry = {
  /** The instant the signer claims; a timestamp proves another. */
  signedAt: Date;
  reason?: string;
  location?: string;
  /** Left out, the signature is invisible. */
  appearance?: Appearance;
};

export type SignatureRequest = {
  document: Uint8Array;
  entry: SignatureEntry;
  /** Room kept for the signature with all it carries, in bytes. */
  room: number;
};

/** A document that waits for its signature. */
export type PreparedDocument = {
  bytes: Uint8Array;
  /** SHA-256 of everything but the signature's place. */
  digest: Uint8Array;
  /** Where the signature's hexadecimal digits go, and how many there are. */
  place: { at: number; digits: number };
};

/** Material that lets a signature be judged when its authorities no longer answer; all DER. */
export type ValidationMaterial = {
  certificates: readonly Uint8Array[];
  crls: readonly Uint8Array[];
  ocspResponses: readonly Uint8Array[];
};

/** Never written out in a file we sign: found once, replaced once. */
const UNKNOWN = 9_999_999_999;
const BYTE_RANGE = `[0 ${UNKNOWN} ${UNKNOWN} ${UNKNOWN}]`;
const PRINTED_AND_LOCKED = 4 + 128;
const SIGNATURES_EXIST_AND_APPEND_ONLY = 3;

const name = PdfName.of;
const number = PdfNumber.of;

/**
 * Adds the field of a signature to a PDF as an incremental update and leaves the signature's place empty. The bytes that came
 * stay as they are, so earlier signatures stay valid. What is added keeps PDF/A: the widget has an appearance, is printed
 * and has no action.
 */
export async function prepareSignature(
  { document, entry, room }: SignatureRequest,
  fonts: () => Promise<Fonts>,
): Promise<Result<PreparedDocument, DocumentFailure | SignatureFailure>> {
  const opened = await openForUpdate(document);
  if (!opened.ok) return opened;
  const pdf = opened.value;
  const shown = await widgetLook(pdf, entry.appearance, fonts);
  if (!shown.ok) return shown;
  const { page, rectangle, appearance } = shown.value;

  const resolve = pdf.getObject.bind(pdf);
  const catalog = pdf.getCatalog();
  const form = catalog.getDict('AcroForm', resolve);
  const fields = form?.getArray('Fields', resolve)?.toArray() ?? [];
  const signature = pdf.createDict({
    Type: name('Sig'),
    Filter: name('Adobe.PPKLite'),
    SubFilter: name('ETSI.CAdES.detached'),
    ByteRange: new PdfArray([number(0), number(UNKNOWN), number(UNKNOWN), number(UNKNOWN)]),
    Contents: new PdfString(new Uint8Array(room), 'hex'),
    M: PdfString.fromString(pdfDate(entry.signedAt)),
    ...(entry.reason === undefined ? {} : { Reason: PdfString.fromString(entry.reason) }),
    ...(entry.location === undefined ? {} : { Location: PdfString.fromString(entry.location) }),
  });
  const field = pdf.createDict({
    Type: name('Annot'),
    Subtype: name('Widget'),
    FT: name('Sig'),
    T: PdfString.fromString(unusedName(fields, resolve)),
    V: signature,
    F: number(PRINTED_AND_LOCKED),
    P: page.ref,
    Rect: rectangle,
    AP: PdfDict.of({ N: appearance }),
  });
  page.dict.set('Annots', appended(page.dict.getArray('Annots', resolve), field));
  const newForm = form?.clone() ?? new PdfDict();
  newForm.set('Fields', new PdfArray([...fields, field]));
  newForm.set('SigFlags', number(SIGNATURES_EXIST_AND_APPEND_ONLY));
  catalog.set('AcroForm', newForm);

  const bytes = Buffer.from(await pdf.save({ incremental: true }));
  return ok(withByteRange(bytes, document.length, room));
}

/** Puts the signature into its place. */
export function placeSignature(
  { bytes, place }: PreparedDocument,
  cms: Uint8Array,
): Result<Uint8Array, SignatureFailure> {
  if (cms.length * 2 > place.digits) return err(failure('signature.does-not-fit', { bytes: cms.length }));
  const signed = Uint8Array.from(bytes);
  signed.set(Buffer.from(Buffer.from(cms).toString('hex'), 'latin1'), place.at);
  return ok(signed);
}

/** Adds the material to the document's security store (DSS), as an incremental update; what is there already stays. */
export async function addValidationMaterial({
  document,
  material,
}: {
  document: Uint8Array;
  material: ValidationMaterial;
}): Promise<Result<Uint8Array, SignatureFailure>> {
  const opened = await openForUpdate(document);
  if (!opened.ok) return opened;
  const pdf = opened.value;
  const resolve = pdf.getObject.bind(pdf);
  const catalog = pdf.getCatalog();
  const store = catalog.getDict('DSS', resolve)?.clone() ?? PdfDict.of({ Type: name('DSS') });
  for (const [key, items] of [
    ['Certs', material.certificates],
    ['CRLs', material.crls],
    ['OCSPs', material.ocspResponses],
  ] as const) {
    if (items.length === 0) continue;
    const streams = items.map((item) => pdf.createStream({}, item));
    store.set(key, new PdfArray([...(store.getArray(key, resolve)?.toArray() ?? []), ...streams]));
  }
  catalog.set('DSS', pdf.register(store));
  return ok(await pdf.save({ incremental: true }));
}

/** Only a sound file can be added to: the library would repair another by writing it anew, which breaks signatures. */
async function openForUpdate(document: Uint8Array): Promise<Result<PDF, SignatureFailure>> {
  const refused = err(failure('signature.document-unfit'));
  try {
    const pdf = await PDF.load(document);
    return pdf.isEncrypted || pdf.canSaveIncrementally() !== null ? refused : ok(pdf);
  } catch {
    return refused;
  }
}

async function widgetLook(
  pdf: PDF,
  appearance: Appearance | undefined,
  fonts: () => Promise<Fonts>,
): Promise<
  Result<
    { page: { dict: PdfDict; ref: PdfRef }; rectangle: PdfArray; appearance: PdfRef },
    DocumentFailure | SignatureFailure
  >
> {
  const page = pdf.getPage(appearance?.page ?? 0);
  if (page === null) return err(failure('signature.document-unfit'));
  const corners = (...values: number[]) => new PdfArray(values.map((value) => number(value)));
  if (appearance === undefined) {
    const empty = pdf.createStream(
      { Type: name('XObject'), Subtype: name('Form'), BBox: corners(0, 0, 0, 0) },
      new Uint8Array(),
    );
    return ok({ page, rectangle: corners(0, 0, 0, 0), appearance: empty });
  }
  const drawn = await drawAppearance(appearance, await fonts());
  if (!drawn.ok) return drawn;
  const { ref } = await pdf.embedPage(await PDF.load(drawn.value), 0);
  const box = page.getMediaBox();
  const left = box.x + appearance.x;
  const top = box.y + box.height - appearance.y;
  const rectangle = corners(left, top - appearance.height, left + appearance.width, top);
  return ok({ page, rectangle, appearance: ref });
}

function appended(array: PdfArray | undefined, item: PdfObject): PdfArray {
  return new PdfArray([...(array?.toArray() ?? []), item]);
}

/** `Podpis1`, `Podpis2`: names of fields are unique in a document. */
function unusedName(fields: readonly PdfObject[], resolve: (ref: PdfRef) => PdfObject | null): string {
  const taken = new Set(
    fields.map((item) => {
      const field = item instanceof PdfRef ? resolve(item) : item;
      return field instanceof PdfDict ? field.getString('T', resolve)?.asString() : undefined;
    }),
  );
  for (let count = 1; ; count += 1) {
    const candidate = `Podpis${count}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function pdfDate(instant: Date): string {
  return `D:${instant.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

/** Writes down which bytes are signed, now that they are all there. The searched parts are ours, after the old end. */
function withByteRange(bytes: Buffer, oldLength: number, room: number): PreparedDocument {
  const range = bytes.indexOf(BYTE_RANGE, oldLength, 'latin1');
  const contents = bytes.indexOf(`<${'0'.repeat(room * 2)}>`, oldLength, 'latin1');
  if (range < 0 || contents < 0) throw new Error('the signature has no place in what was written');
  const after = contents + room * 2 + 2;
  const written = `[0 ${contents} ${after} ${bytes.length - after}]`;
  bytes.write(written.padEnd(BYTE_RANGE.length), range, 'latin1');
  const digest = createHash('sha256')
    .update(bytes.subarray(0, contents))
    .update(bytes.subarray(after))
    .digest();
  return { bytes, digest, place: { at: contents + 1, digits: room * 2 } };
}
