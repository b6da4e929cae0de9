import type { PdfFile, Revision } from './file.ts';
import {
  integerOf,
  isArray,
  isDictionary,
  isReference,
  nameOf,
  type PdfDictionary,
  PdfFault,
  type PdfReference,
  type PdfString,
  type PdfValue,
  textOf,
} from './syntax.ts';

const MAX_FIELDS = 20_000;
const MAX_FIELD_DEPTH = 32;

export type SignatureField = {
  name: string;
  reference: PdfReference;
  dictionary: PdfDictionary;
  /** What is signed into the field; undefined when it is still empty. */
  signature: PdfValue | undefined;
};

/** The form of a revision, flat: what is signed, and every other field. */
export type Form = { signatures: SignatureField[]; references: Set<string> };

export const keyOf = ({ number, generation }: PdfReference): string => `${number} ${generation}`;

export const catalogOf = (revision: Revision): PdfDictionary => {
  const catalog = revision.resolve(revision.trailer.entries.get('Root'));
  if (!isDictionary(catalog)) throw new PdfFault('no catalog');
  if (catalog.ambiguous) throw new PdfFault('an ambiguous catalog');
  return catalog;
};

/** Walks the form's fields; only what hangs there is a signature to any reader. */
export function readForm(revision: Revision): Form {
  const signatures: SignatureField[] = [];
  const references = new Set<string>();
  const form = revision.resolve(catalogOf(revision).entries.get('AcroForm'));
  if (!isDictionary(form)) return { signatures, references };
  if (form.ambiguous) throw new PdfFault('an ambiguous form');
  type Waiting = { value: PdfValue; name: string; kind: string | undefined; depth: number };
  const children = (value: PdfValue | undefined, name: string, kind: string | undefined, depth: number) => {
    const list = revision.resolve(value);
    return isArray(list) ? list.items.map((item): Waiting => ({ value: item, name, kind, depth })) : [];
  };
  const waiting = children(form.entries.get('Fields'), '', undefined, 0).reverse();
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    if (!isReference(item.value)) throw new PdfFault('a field that is no object of its own');
    const key = keyOf(item.value);
    if (references.has(key) || item.depth > MAX_FIELD_DEPTH || references.size > MAX_FIELDS) {
      throw new PdfFault('fields in a circle');
    }
    references.add(key);
    const field = revision.resolve(item.value);
    if (!isDictionary(field)) continue;
    const own = textOf(revision.resolve(field.entries.get('T')));
    const name = own === undefined ? item.name : item.name === '' ? own : `${item.name}.${own}`;
    const kind = nameOf(revision.resolve(field.entries.get('FT'))) ?? item.kind;
    waiting.push(...children(field.entries.get('Kids'), name, kind, item.depth + 1).reverse());
    // A child without a name is its parent's widget and no field.
    if (kind === 'Sig' && (own !== undefined || item.name === '')) {
      if (field.ambiguous) throw new PdfFault('an ambiguous field');
      const signature = field.entries.get('V');
      signatures.push({ name, reference: item.value, dictionary: field, signature });
    }
  }
  return { signatures, references };
}

export type RangeFault =
  /** The byte range is not two parts from the start on that leave out exactly the signature's own contents. */
  | 'range.malformed'
  | 'range.beyond-file'
  | 'range.hole-not-contents'
  /** Where the range ends no revision of the document ends, or the signature is not in it. */
  | 'range.not-a-revision'
  | 'range.overlaps'
  | 'signature.ambiguous';

export type FoundSignature = {
  field: string;
  format: string | undefined;
  isTimestamp: boolean;
  contents: Uint8Array;
  claimedTime: string | undefined;
  /** What the signature forbids later signatures, when it certifies the document (ISO 32000-2, 12.8.2.2). */
  certifies: number | undefined;
  range: { holeStart: number; holeEnd: number; end: number } | undefined;
  fault: RangeFault | undefined;
  /** The document as it was signed; undefined with a fault. */
  signed: Revision | undefined;
};

/** The signatures of the document, each with its place judged on the raw bytes. */
export function findSignatures(file: PdfFile, last: Revision): FoundSignature[] {
  const found = readForm(last)
    .signatures.filter(({ signature }) => last.resolve(signature ?? null) !== null)
    .map((field) => readSignature(file, last, field))
    .sort((a, b) => (a.range?.end ?? Number.POSITIVE_INFINITY) - (b.range?.end ?? Number.POSITIVE_INFINITY));
  let earlier = 0;
  for (const signature of found) {
    if (signature.range === undefined) continue;
    // Each signature covers all before it and lies after it; two that share bytes cannot both have been made so.
    if (signature.range.holeStart < earlier) {
      signature.fault ??= 'range.overlaps';
      signature.signed = undefined;
    }
    earlier = Math.max(earlier, signature.range.end);
  }
  return found;
}

function readSignature(file: PdfFile, last: Revision, field: SignatureField): FoundSignature {
  const dictionary = last.resolve(field.signature);
  const entries = isDictionary(dictionary) ? dictionary.entries : new Map<string, PdfValue>();
  const contents = entries.get('Contents');
  const string = typeof contents === 'object' && contents?.type === 'string' ? contents : undefined;
  const format = nameOf(last.resolve(entries.get('SubFilter')));
  const found: FoundSignature = {
    field: field.name,
    format,
    isTimestamp: nameOf(last.resolve(entries.get('Type'))) === 'DocTimeStamp' || format === 'ETSI.RFC3161',
    contents: string?.bytes ?? new Uint8Array(),
    claimedTime: textOf(last.resolve(entries.get('M'))),
    certifies: isDictionary(dictionary) ? certification(last, dictionary) : undefined,
    range: undefined,
    fault: undefined,
    signed: undefined,
  };
  const range = readRange(entries.get('ByteRange'));
  if (!isReference(field.signature) || !isDictionary(dictionary) || range === undefined) {
    return { ...found, fault: 'range.malformed' };
  }
  if (dictionary.ambiguous) return { ...found, fault: 'signature.ambiguous' };
  if (range.end > file.bytes.length) return { ...found, fault: 'range.beyond-file' };
  found.range = range;
  const offset = last.offsetOf(field.signature);
  // In an object stream nothing has a place in the file, so the hole could be anywhere.
  if (offset === undefined || !holeIs(file.bytes, range, string))
    return { ...found, fault: 'range.hole-not-contents' };
  const signed = signedRevision(file, range.end, field.reference, field.signature, offset);
  return signed === undefined ? { ...found, fault: 'range.not-a-revision' } : { ...found, signed };
}

function readRange(value: PdfValue | undefined): FoundSignature['range'] {
  if (!isArray(value) || value.items.length !== 4) return undefined;
  const [start, first, second, length] = value.items.map(integerOf);
  if (start !== 0 || first === undefined || second === undefined || length === undefined) return undefined;
  if (first <= 0 || second <= first || length < 0) return undefined;
  return { holeStart: first, holeEnd: second, end: second + length };
}

/** The bytes left out are the hexadecimal string of the contents with its brackets, and nothing besides. */
function holeIs(
  bytes: Uint8Array,
  range: { holeStart: number; holeEnd: number },
  contents: PdfString | undefined,
): boolean {
  if (contents?.hex !== true || contents.start !== range.holeStart || contents.end !== range.holeEnd)
    return false;
  const hole = Buffer.from(bytes.subarray(range.holeStart + 1, range.holeEnd - 1)).toString('latin1');
  return /^[0-9A-Fa-f]*$/.test(hole);
}

/** The revision that ends where the range ends, when the very same signature stands in it. */
function signedRevision(
  file: PdfFile,
  end: number,
  field: PdfReference,
  signature: PdfReference,
  offset: number,
): Revision | undefined {
  try {
    const revision = file.revision(end);
    const then = readForm(revision).signatures.find(({ reference }) => keyOf(reference) === keyOf(field));
    const same = isReference(then?.signature) && keyOf(then.signature) === keyOf(signature);
    return same && revision.offsetOf(signature) === offset ? revision : undefined;
  } catch (error) {
    if (error instanceof PdfFault) return undefined;
    throw error;
  }
}

function certification(revision: Revision, signature: PdfDictionary): number | undefined {
  const list = revision.resolve(signature.entries.get('Reference'));
  if (!isArray(list)) return undefined;
  for (const item of list.items) {
    const reference = revision.resolve(item);
    if (
      !isDictionary(reference) ||
      nameOf(revision.resolve(reference.entries.get('TransformMethod'))) !== 'DocMDP'
    ) {
      continue;
    }
    const parms = revision.resolve(reference.entries.get('TransformParams'));
    return (isDictionary(parms) ? integerOf(revision.resolve(parms.entries.get('P'))) : undefined) ?? 2;
  }
  return undefined;
}
