import { inflateSync } from 'node:zlib';
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

const MAX_ENTRIES = 2_000_000;
const MAX_SECTIONS = 2_000;
const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;
/** How far before the end the last cross-reference is looked for, as readers do. */
const TAIL_BYTES = 1024;

type Place =
  | { kind: 'free' }
  | { kind: 'direct'; offset: number; generation: number }
  | { kind: 'packed'; container: number; index: number };

const samePlace = (a: Place, b: Place): boolean => JSON.stringify(a) === JSON.stringify(b);

type DirectObject = { number: number; generation: number; value: PdfValue; end: number };

/** The document as one of its revisions shows it. */
export type Revision = {
  /** Where the revision ends; the bytes after it do not belong to it. */
  end: number;
  trailer: PdfDictionary;
  encrypted: boolean;
  /** Everything any cross-reference section of the revision names by its offset, those sections included. */
  offsets: ReadonlySet<number>;
  /** What the reference leads to; null when nothing is there, as the standard wants it. */
  object(reference: PdfReference): PdfValue;
  resolve(value: PdfValue | undefined): PdfValue | undefined;
  /** Where an object stands by itself; undefined when it is packed in a stream or absent. */
  offsetOf(reference: PdfReference): number | undefined;
  unpack(stream: PdfStream): Uint8Array;
};

/** A file whose revisions are read on demand; what they share is read once. */
export type PdfFile = {
  bytes: Uint8Array;
  revision(end: number): Revision;
  /** The object that stands at an offset, its own number and end included. */
  objectAt(offset: number, lengthOf: (value: PdfValue | undefined) => number | undefined): DirectObject;
};

export function openFile(bytes: Uint8Array): PdfFile {
  if (String.fromCharCode(...bytes.subarray(0, 5)) !== '%PDF-') throw new PdfFault('no header');
  const direct = new Map<number, DirectObject>();
  const packed = new Map<PdfStream, Map<number, { number: number; value: PdfValue }>>();
  let unpackedBytes = 0;

  const objectAt: PdfFile['objectAt'] = (offset, lengthOf) => {
    const known = direct.get(offset);
    if (known) return known;
    const scanner = new Scanner(bytes, offset);
    const number = scanner.unsigned();
    const generation = scanner.unsigned();
    scanner.expect('obj');
    let value = scanner.value();
    scanner.skipSpace();
    if (isDictionary(value) && scanner.keyword('stream')) {
      const start = scanner.streamStart();
      const length = lengthOf(value.entries.get('Length'));
      if (length === undefined || length < 0 || start + length > bytes.length) {
        throw new PdfFault('a stream of no length');
      }
      value = { type: 'stream', dictionary: value, start, end: start + length };
      scanner.position = start + length;
      scanner.expect('endstream');
    }
    scanner.expect('endobj');
    const object = { number, generation, value, end: scanner.position };
    direct.set(offset, object);
    return object;
  };

  const unpack = (stream: PdfStream, resolve: Revision['resolve']): Uint8Array => {
    const raw = bytes.subarray(stream.start, stream.end);
    const filter = resolve(stream.dictionary.entries.get('Filter'));
    const filters = isArray(filter) ? filter.items.map((item) => nameOf(resolve(item))) : [nameOf(filter)];
    if (filter === undefined || filter === null || filters.length === 0) return raw;
    if (filters.length > 1 || filters[0] !== 'FlateDecode') throw new PdfFault('an unusual filter');
    let data: Uint8Array;
    try {
      data = inflateSync(raw, { maxOutputLength: MAX_UNPACKED_BYTES - unpackedBytes });
    } catch {
      throw new PdfFault('a stream that does not unpack');
    }
    unpackedBytes += data.length;
    const parms = resolve(stream.dictionary.entries.get('DecodeParms'));
    const first = isArray(parms) ? resolve(parms.items[0]) : parms;
    return isDictionary(first) ? undoPrediction(data, first) : data;
  };

  function revision(end: number): Revision {
    const places = new Map<number, Place>();
    const offsets = new Set<number>();
    const sections = new Set<number>();
    let trailer: PdfDictionary | undefined;

    /** What one section says. Readers differ in which of two entries for one number they take: there may be but one. */
    type Section = Map<number, Place>;
    const note = (section: Section, number: number, place: Place): void => {
      const known = section.get(number);
      if (known !== undefined && !samePlace(known, place)) throw new PdfFault('an object in two places');
      section.set(number, place);
      if (section.size > MAX_ENTRIES) throw new PdfFault('too many objects');
    };
    /** Takes over what no newer section has said already. */
    const take = (section: Section): void => {
      for (const [number, place] of section) {
        if (place.kind === 'direct') offsets.add(place.offset);
        if (!places.has(number)) places.set(number, place);
      }
      if (places.size > MAX_ENTRIES) throw new PdfFault('too many objects');
    };

    const readTable = (scanner: Scanner, section: Section): PdfDictionary => {
      for (;;) {
        scanner.skipSpace();
        if (scanner.keyword('trailer')) break;
        const first = scanner.unsigned();
        const count = scanner.unsigned();
        for (let index = 0; index < count; index += 1) {
          const offset = scanner.unsigned();
          const generation = scanner.unsigned();
          scanner.skipSpace();
          if (scanner.keyword('n')) note(section, first + index, { kind: 'direct', offset, generation });
          else {
            scanner.expect('f');
            note(section, first + index, { kind: 'free' });
          }
        }
      }
      const dictionary = scanner.value();
      if (!isDictionary(dictionary)) throw new PdfFault('no trailer');
      return dictionary;
    };

    const readStream = (offset: number, section: Section): PdfDictionary => {
      const { value } = objectAt(offset, integerOf);
      if (!isStream(value) || nameOf(value.dictionary.entries.get('Type')) !== 'XRef') {
        throw new PdfFault('no cross-reference');
      }
      offsets.add(offset);
      const { entries } = value.dictionary;
      const widths = entries.get('W');
      const [w0, w1, w2] = isArray(widths) ? widths.items.map(integerOf) : [];
      if (
        w0 === undefined ||
        w1 === undefined ||
        w2 === undefined ||
        [w0, w1, w2].some((w) => w < 0 || w > 7)
      ) {
        throw new PdfFault('a broken cross-reference stream');
      }
      const data = unpack(value, (inner) => inner);
      const index = entries.get('Index');
      const ranges = isArray(index) ? index.items.map(integerOf) : [0, integerOf(entries.get('Size'))];
      let at = 0;
      const field = (width: number, absent: number): number => {
        if (width === 0) return absent;
        let number = 0;
        for (let byte = 0; byte < width; byte += 1, at += 1) number = number * 256 + (data[at] ?? 0);
        return number;
      };
      for (let range = 0; range + 1 < ranges.length; range += 2) {
        const first = ranges[range] ?? 0;
        const count = ranges[range + 1] ?? 0;
        for (let entry = 0; entry < count; entry += 1) {
          if (at + w0 + w1 + w2 > data.length) throw new PdfFault('a cross-reference cut short');
          const kind = field(w0, 1);
          const a = field(w1, 0);
          const b = field(w2, 0);
          if (kind === 1) note(section, first + entry, { kind: 'direct', offset: a, generation: b });
          else if (kind === 2) note(section, first + entry, { kind: 'packed', container: a, index: b });
          else note(section, first + entry, { kind: 'free' });
        }
      }
      return value.dictionary;
    };

    let next: number | undefined = lastCrossReference(bytes, end);
    while (next !== undefined) {
      if (next >= end || sections.has(next) || sections.size > MAX_SECTIONS) {
        throw new PdfFault('cross-references without an end');
      }
      sections.add(next);
      const scanner = new Scanner(bytes, next, end);
      scanner.skipSpace();
      const section: Section = new Map();
      let dictionary: PdfDictionary;
      if (scanner.keyword('xref')) {
        dictionary = readTable(scanner, section);
        const hybrid = integerOf(dictionary.entries.get('XRefStm'));
        if (hybrid !== undefined) {
          // The objects of a hybrid file's stream are free to older readers and there for newer ones.
          for (const [number, place] of section) if (place.kind === 'free') section.delete(number);
          readStream(hybrid, section);
        }
      } else dictionary = readStream(scanner.position, section);
      take(section);
      if (dictionary.ambiguous) throw new PdfFault('an ambiguous trailer');
      trailer ??= dictionary;
      next = integerOf(dictionary.entries.get('Prev'));
    }
    if (trailer === undefined) throw new PdfFault('no trailer');
    const encrypted = (trailer.entries.get('Encrypt') ?? null) !== null;

    const resolving = new Set<number>();
    const object = (reference: PdfReference): PdfValue => {
      const place = places.get(reference.number);
      if (place === undefined || place.kind === 'free') return null;
      if (place.kind === 'packed')
        return reference.generation === 0 ? unpacked(place, reference.number) : null;
      if (place.generation !== reference.generation) return null;
      if (place.offset >= end) throw new PdfFault('an object outside of its revision');
      const found = objectAt(place.offset, (length) => {
        // The length of a stream may stand elsewhere, and there lead back here.
        if (!isReference(length)) return integerOf(length);
        if (resolving.has(length.number)) throw new PdfFault('a stream whose length is itself');
        resolving.add(length.number);
        const value = integerOf(object(length));
        resolving.delete(length.number);
        return value;
      });
      if (found.number !== reference.number || found.generation !== reference.generation || found.end > end) {
        throw new PdfFault(`object ${reference.number} is not where it should be`);
      }
      return found.value;
    };

    const unpacked = (place: Place & { kind: 'packed' }, number: number): PdfValue => {
      if (places.get(place.container)?.kind !== 'direct')
        throw new PdfFault('an object stream within another');
      const direct = places.get(place.container);
      const generation = direct?.kind === 'direct' ? direct.generation : 0;
      const container = object({ type: 'reference', number: place.container, generation });
      if (!isStream(container)) throw new PdfFault('no object stream');
      let contents = packed.get(container);
      if (contents === undefined) {
        contents = readObjectStream(container, unpack(container, resolve), resolve);
        packed.set(container, contents);
      }
      const found = contents.get(place.index);
      if (found?.number !== number) throw new PdfFault(`object ${number} is not where it should be`);
      return found.value;
    };

    const resolve: Revision['resolve'] = (value) => {
      let current = value;
      for (let steps = 0; isReference(current); steps += 1) {
        if (steps > 32) throw new PdfFault('references in a circle');
        current = object(current);
      }
      return current;
    };

    return {
      end,
      trailer,
      encrypted,
      offsets,
      object,
      resolve,
      offsetOf: (reference) => {
        const place = places.get(reference.number);
        return place?.kind === 'direct' ? place.offset : undefined;
      },
      unpack: (stream) => unpack(stream, resolve),
    };
  }

  return { bytes, revision, objectAt };
}

/** Where the cross-reference stands that the end of a revision names. */
function lastCrossReference(bytes: Uint8Array, end: number): number {
  const from = Math.max(0, end - TAIL_BYTES);
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from);
  const at = tail.lastIndexOf('startxref');
  if (at < 0) throw new PdfFault('no startxref');
  const scanner = new Scanner(bytes, from + at, end);
  scanner.expect('startxref');
  const offset = scanner.unsigned();
  if (!/^\s*%%EOF\s*$/.test(tail.subarray(scanner.position - from).toString('latin1'))) {
    throw new PdfFault('more after the end');
  }
  return offset;
}

function readObjectStream(
  stream: PdfStream,
  data: Uint8Array,
  resolve: Revision['resolve'],
): Map<number, { number: number; value: PdfValue }> {
  const { entries } = stream.dictionary;
  const count = integerOf(resolve(entries.get('N'))) ?? 0;
  const first = integerOf(resolve(entries.get('First'))) ?? 0;
  if (nameOf(entries.get('Type')) !== 'ObjStm' || count < 0 || count > data.length || first > data.length) {
    throw new PdfFault('a broken object stream');
  }
  const header = new Scanner(data, 0, first);
  const contents = new Map<number, { number: number; value: PdfValue }>();
  const numbers = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    const number = header.unsigned();
    const offset = header.unsigned();
    if (numbers.has(number)) throw new PdfFault('an object in two places');
    numbers.add(number);
    contents.set(index, { number, value: new Scanner(data, first + offset).value() });
  }
  return contents;
}

/** Undoes the row prediction of PNG, which cross-reference streams are packed with (ISO 32000-2, 7.4.4.4). */
function undoPrediction(data: Uint8Array, parms: PdfDictionary): Uint8Array {
  const parameter = (name: string, absent: number) => integerOf(parms.entries.get(name)) ?? absent;
  const predictor = parameter('Predictor', 1);
  if (predictor === 1) return data;
  const columns = parameter('Columns', 1);
  const bits = parameter('Colors', 1) * parameter('BitsPerComponent', 8);
  if (predictor < 10 || bits !== 8 || columns < 1 || columns > 1_000_000)
    throw new PdfFault('an unusual filter');
  const rows = Math.ceil(data.length / (columns + 1));
  const out = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (columns + 1)] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const raw = data[row * (columns + 1) + 1 + column] ?? 0;
      const at = row * columns + column;
      const left = column > 0 ? (out[at - 1] ?? 0) : 0;
      const above = row > 0 ? (out[at - columns] ?? 0) : 0;
      const corner = row > 0 && column > 0 ? (out[at - columns - 1] ?? 0) : 0;
      out[at] = raw + predicted(kind, left, above, corner);
    }
  }
  return out;
}

function predicted(kind: number, left: number, above: number, corner: number): number {
  switch (kind) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const estimate = left + above - corner;
      const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value)) as [
        number,
        number,
        number,
      ];
      if (a <= b && a <= c) return left;
      return b <= c ? above : corner;
    }
    default:
      throw new PdfFault('an unusual filter');
  }
}
