import type { HarmlessChange } from '../../../values/validation-report.ts';
import type { PdfFile, Revision } from './file.ts';
import { catalogOf, type Form, keyOf, readForm, type SignatureField } from './signatures.ts';
import {
  integerOf,
  isArray,
  isDictionary,
  isReference,
  isStream,
  nameOf,
  type PdfDictionary,
  PdfFault,
  type PdfReference,
  type PdfStream,
  type PdfValue,
  Scanner,
} from './syntax.ts';

export type Changes = {
  harmless: HarmlessChange[];
  /** Where the document differs from what was signed in any other way: paths of keys, the first few. */
  other: string[];
};

const MAX_PAIRS = 3_000_000;
const MAX_TOLD = 5;

/** What a trailer or a cross-reference stream says about itself and its file, not about the document. */
const ownOfSection = new Set('ID Size Prev XRefStm Type W Index Length Filter DecodeParms'.split(' '));
/** What a new signature's field may say. No actions, and nothing that changes other fields. */
const ownOfNewField = new Set(
  'Type Subtype FT T V F P Rect AP Lock SV Ff MK DA TU TM M NM BS Border C Q Parent'.split(' '),
);
/** What signing an empty field changes in it. Its place on the page stays. */
const ownOfSigning = new Set('V AP M MK F Lock'.split(' '));

/**
 * Compares the whole document as it was signed with the document as it is now, object by object, from the trailer on.
 * What counts is what a reader reaches, wherever it stands: so an update that only leads a reference to another object
 * that was in the signed bytes all along, as shadow attacks do, is found as well.
 */
export function compareRevisions(file: PdfFile, signed: Revision, now: Revision): Changes {
  const harmless = new Set<HarmlessChange>();
  const other: string[] = [];
  const before = readForm(signed);
  const after = readForm(now);
  const { added, filled } = newSignatures(before, after, now);

  const tell = (path: string): void => {
    if (other.length < MAX_TOLD) other.push(path);
  };
  for (const field of [...added.values(), ...filled.values()]) {
    const isTimestamp = isDictionaryOfType(now.resolve(field.signature), 'DocTimeStamp');
    harmless.add(isTimestamp ? 'timestamp' : isVisible(now, field) ? 'visible-signature' : 'signature');
  }

  type Pair = { a: PdfValue | undefined; b: PdfValue | undefined; path: string };
  const waiting: Pair[] = [];
  const seen = new Set<string>();
  const compareLater = (a: PdfValue | undefined, b: PdfValue | undefined, path: string): void => {
    waiting.push({ a, b, path });
  };

  const compareEntries = (
    a: PdfDictionary,
    b: PdfDictionary,
    path: string,
    special: (key: string, from: PdfValue | undefined, to: PdfValue | undefined) => boolean = () => false,
  ): void => {
    if (a !== b && (a.ambiguous || b.ambiguous)) tell(path);
    for (const key of new Set([...a.entries.keys(), ...b.entries.keys()])) {
      const from = a.entries.get(key);
      const to = b.entries.get(key);
      if (!special(key, from, to)) compareLater(from, to, `${path}/${key}`);
    }
  };

  /** A list whose old items all stay in their places, followed by new ones that are allowed. */
  const compareLists = (from: PdfValue | undefined, to: PdfValue | undefined, path: string): void => {
    const old = signed.resolve(from) ?? null;
    const current = now.resolve(to) ?? null;
    const isList = (value: PdfValue) => value === null || isArray(value);
    const was = isArray(old) ? old.items : [];
    const is = isArray(current) ? current.items : [];
    if (!isList(old) || !isList(current) || is.length < was.length) tell(path);
    for (const [index, item] of is.entries()) {
      if (index < was.length) compareLater(was[index], item, `${path}/${index}`);
      else if (!isReference(item) || !added.has(keyOf(item))) tell(`${path}/${index}`);
    }
  };

  const compareCatalogs = (a: PdfDictionary, b: PdfDictionary): void => {
    const noteIfOther = (change: HarmlessChange, from: PdfValue | undefined, to: PdfValue | undefined) => {
      if (!sameShallow(signed.resolve(from), now.resolve(to))) harmless.add(change);
      return true;
    };
    compareEntries(a, b, '', (key, from, to) => {
      if (key === 'DSS') return noteIfOther('validation-data', from, to);
      if (key === 'Metadata' || key === 'Version' || key === 'Extensions')
        return noteIfOther('metadata', from, to);
      if (key !== 'AcroForm') return false;
      const form = signed.resolve(from);
      const later = now.resolve(to);
      if (!isDictionary(form) || !isDictionary(later)) return false;
      compareEntries(form, later, '/AcroForm', (inner, old, current) => {
        if (inner === 'Fields') compareLists(old, current, '/AcroForm/Fields');
        return inner === 'Fields' || inner === 'SigFlags';
      });
      return true;
    });
  };

  const comparePair = ({ a, b, path }: Pair): void => {
    if (isReference(a) && isReference(b)) {
      const key = `${keyOf(a)} ${keyOf(b)}`;
      if (seen.has(key)) return;
      seen.add(key);
      if (seen.size > MAX_PAIRS) throw new PdfFault('too many objects');
    }
    const from = signed.resolve(a) ?? null;
    const to = now.resolve(b) ?? null;
    if (isDictionary(from) && isDictionary(to)) {
      if (isReference(b) && filled.has(keyOf(b)))
        compareEntries(from, to, path, (key) => ownOfSigning.has(key));
      else if (nameOf(from.entries.get('Type')) === 'Page') {
        compareEntries(from, to, path, (key, old, current) => {
          if (key === 'Annots') compareLists(old, current, `${path}/Annots`);
          return key === 'Annots';
        });
      } else compareEntries(from, to, path);
    } else if (isStream(from) && isStream(to)) {
      if (!sameBytes(file.bytes, from, to)) tell(path);
      else compareEntries(from.dictionary, to.dictionary, path);
    } else if (isArray(from) && isArray(to)) {
      if (from.items.length !== to.items.length) tell(path);
      else
        for (const [index, item] of from.items.entries())
          compareLater(item, to.items[index], `${path}/${index}`);
    } else if (!sameShallow(from, to)) tell(path);
  };

  for (const field of added.values()) {
    for (const key of field.dictionary.entries.keys()) {
      if (!ownOfNewField.has(key)) tell(`/AcroForm/${field.name}/${key}`);
    }
  }
  seen.add('catalog');
  compareEntries(signed.trailer, now.trailer, '/trailer', (key, from, to) => {
    if (ownOfSection.has(key)) return true;
    if (key === 'Info') {
      if (!sameShallow(from, to) || moved(signed, now, from)) harmless.add('metadata');
      return true;
    }
    if (key !== 'Root') return false;
    if (isReference(from) && isReference(to)) seen.add(`${keyOf(from)} ${keyOf(to)}`);
    compareCatalogs(catalogOf(signed), catalogOf(now));
    return true;
  });
  for (let pair = waiting.pop(); pair !== undefined && other.length < MAX_TOLD; pair = waiting.pop()) {
    comparePair(pair);
  }
  const stray = strayBytes(file, signed.end, now);
  if (stray !== undefined) tell(`@${stray}`);
  return { harmless: [...harmless].sort(), other };
}

/** The signature fields that came after signing, and those that were empty then and are signed now. */
function newSignatures(
  before: Form,
  after: Form,
  now: Revision,
): { added: Map<string, SignatureField>; filled: Map<string, SignatureField> } {
  const emptyThen = new Set(
    before.signatures
      .filter(({ signature }) => signature === undefined)
      .map(({ reference }) => keyOf(reference)),
  );
  const added = new Map<string, SignatureField>();
  const filled = new Map<string, SignatureField>();
  for (const field of after.signatures) {
    const value = now.resolve(field.signature);
    if (!isDictionary(value) || !value.entries.has('ByteRange')) continue;
    const key = keyOf(field.reference);
    if (emptyThen.has(key)) filled.set(key, field);
    else if (!before.references.has(key)) added.set(key, field);
  }
  return { added, filled };
}

function isVisible(revision: Revision, field: SignatureField): boolean {
  const rectangle = revision.resolve(field.dictionary.entries.get('Rect'));
  const [x0, y0, x1, y1] = isArray(rectangle) ? rectangle.items.map((item) => revision.resolve(item)) : [];
  return x0 !== x1 && y0 !== y1;
}

const isDictionaryOfType = (value: PdfValue | undefined, type: string): boolean =>
  isDictionary(value) && nameOf(value.entries.get('Type')) === type;

const moved = (signed: Revision, now: Revision, reference: PdfValue | undefined): boolean =>
  isReference(reference) && signed.offsetOf(reference) !== now.offsetOf(reference);

function sameShallow(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  const from = a ?? null;
  const to = b ?? null;
  if (from === to) return true;
  if (from === null || to === null || typeof from !== 'object' || typeof to !== 'object') return false;
  if (from.type === 'string' && to.type === 'string') return Buffer.compare(from.bytes, to.bytes) === 0;
  if (from.type === 'name' && to.type === 'name') return from.name === to.name;
  if (isReference(from) && isReference(to)) return keyOf(from) === keyOf(to);
  return false;
}

const sameBytes = (bytes: Uint8Array, a: PdfStream, b: PdfStream): boolean =>
  (a.start === b.start && a.end === b.end) ||
  Buffer.compare(bytes.subarray(a.start, a.end), bytes.subarray(b.start, b.end)) === 0;

/**
 * What was added after the signature must be made of updates alone. An object no cross-reference names shows only to
 * a reader that mends files, which is the point of putting it there.
 */
function strayBytes(file: PdfFile, from: number, now: Revision): number | undefined {
  const scanner = new Scanner(file.bytes, from);
  const length = (value: PdfValue | undefined) =>
    isReference(value) ? integerOf(now.object(value as PdfReference)) : integerOf(value);
  try {
    for (;;) {
      scanner.skipSpace();
      if (scanner.atEnd()) return undefined;
      const at = scanner.position;
      if (scanner.keyword('xref')) skipTable(scanner);
      else if (scanner.keyword('startxref')) scanner.unsigned();
      else if (now.offsets.has(at)) scanner.position = file.objectAt(at, length).end;
      else return at;
    }
  } catch (error) {
    if (error instanceof PdfFault) return scanner.position;
    throw error;
  }
}

function skipTable(scanner: Scanner): void {
  for (;;) {
    scanner.skipSpace();
    if (scanner.keyword('trailer')) break;
    scanner.unsigned();
    for (let count = scanner.unsigned(); count > 0; count -= 1) {
      scanner.unsigned();
      scanner.unsigned();
      scanner.skipSpace();
      if (!scanner.keyword('n')) scanner.expect('f');
    }
  }
  scanner.value();
}
