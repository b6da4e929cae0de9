/**
 * The syntax of PDF objects (ISO 32000-2, 7.2 and 7.3), read from raw bytes and strictly: what a lenient reader would
 * mend in its own way is not something a signature can be judged on. Positions are kept, because a signature speaks
 * of positions.
 */

export type PdfName = { type: 'name'; name: string };
export type PdfString = { type: 'string'; bytes: Uint8Array; hex: boolean; start: number; end: number };
export type PdfReference = { type: 'reference'; number: number; generation: number };
export type PdfArray = { type: 'array'; items: PdfValue[] };
export type PdfDictionary = {
  type: 'dictionary';
  entries: Map<string, PdfValue>;
  /** A key stands in it twice: readers disagree about which one counts. */
  ambiguous: boolean;
};
export type PdfStream = { type: 'stream'; dictionary: PdfDictionary; start: number; end: number };
export type PdfValue =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfReference
  | PdfArray
  | PdfDictionary
  | PdfStream;

/** A file that is no well-formed PDF, or asks for more than any honest one. */
export class PdfFault extends Error {
  override readonly name = 'PdfFault';
}

const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 1024;

/** Of each byte: 1 for white space, 2 for a delimiter, 0 for what names and numbers are made of. */
const classes = new Uint8Array(256);
for (const byte of [0x20, 0x0a, 0x0d, 0x09, 0x0c, 0x00]) classes[byte] = 1;
for (const delimiter of '()<>[]{}/%') classes[delimiter.charCodeAt(0)] = 2;

const isSpace = (byte: number): boolean => classes[byte] === 1;
const isRegular = (byte: number | undefined): byte is number => byte !== undefined && classes[byte] === 0;
const isDigit = (byte: number | undefined): byte is number =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
};

export class Scanner {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, position: number, end = bytes.length) {
    this.#bytes = bytes;
    this.position = position;
    this.#end = Math.min(end, bytes.length);
  }

  #peek(ahead = 0): number | undefined {
    const at = this.position + ahead;
    return at < this.#end ? this.#bytes[at] : undefined;
  }

  atEnd(): boolean {
    return this.position >= this.#end;
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.#peek();
      if (byte === undefined) return;
      if (isSpace(byte)) this.position += 1;
      else if (byte === 0x25) {
        while (this.#peek() !== undefined && this.#peek() !== 0x0a && this.#peek() !== 0x0d)
          this.position += 1;
      } else return;
    }
  }

  /** Whether the keyword stands here; steps over it when it does. */
  keyword(word: string): boolean {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#peek(index) !== word.charCodeAt(index)) return false;
    }
    if (isRegular(this.#peek(word.length))) return false;
    this.position += word.length;
    return true;
  }

  expect(word: string): void {
    this.skipSpace();
    if (!this.keyword(word)) throw new PdfFault(`${word} expected at ${this.position}`);
  }

  unsigned(): number {
    this.skipSpace();
    let value = 0;
    let digits = 0;
    for (let byte = this.#peek(); isDigit(byte); byte = this.#peek()) {
      value = value * 10 + byte - 0x30;
      digits += 1;
      this.position += 1;
      if (digits > 15) throw new PdfFault('a number too long');
    }
    if (digits === 0 || isRegular(this.#peek())) throw new PdfFault(`number expected at ${this.position}`);
    return value;
  }

  /** The line's end after `stream`, then where the data begin. */
  streamStart(): number {
    if (this.#peek() === 0x0d && this.#peek(1) === 0x0a) this.position += 2;
    else if (this.#peek() === 0x0a) this.position += 1;
    else throw new PdfFault('no line end after stream');
    return this.position;
  }

  value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) throw new PdfFault('nested too deep');
    this.skipSpace();
    const byte = this.#peek();
    if (byte === undefined) throw new PdfFault('the file ends within an object');
    if (byte === 0x2f) return this.#name();
    if (byte === 0x28) return this.#literal();
    if (byte === 0x5b) return this.#array(depth);
    if (byte === 0x3c) return this.#peek(1) === 0x3c ? this.#dictionary(depth) : this.#hexString();
    if (isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e) return this.#numberOrReference();
    if (this.keyword('true')) return true;
    if (this.keyword('false')) return false;
    if (this.keyword('null')) return null;
    throw new PdfFault(`no object at ${this.position}`);
  }

  #name(): PdfName {
    this.position += 1;
    const bytes: number[] = [];
    for (let byte = this.#peek(); isRegular(byte); byte = this.#peek()) {
      this.position += 1;
      if (byte === 0x23) {
        const high = hexValue(this.#peek() ?? 0);
        const low = hexValue(this.#peek(1) ?? 0);
        if (high < 0 || low < 0) throw new PdfFault('a broken escape in a name');
        this.position += 2;
        bytes.push(high * 16 + low);
      } else bytes.push(byte);
      if (bytes.length > MAX_NAME_BYTES) throw new PdfFault('a name too long');
    }
    return { type: 'name', name: String.fromCharCode(...bytes) };
  }

  #literal(): PdfString {
    const start = this.position;
    this.position += 1;
    const bytes: number[] = [];
    for (let nested = 1; ; ) {
      const byte = this.#peek();
      if (byte === undefined) throw new PdfFault('the file ends within a string');
      this.position += 1;
      if (byte === 0x5c) {
        const escaped = this.#escape();
        if (escaped !== undefined) bytes.push(escaped);
        continue;
      }
      if (byte === 0x28) nested += 1;
      if (byte === 0x29) nested -= 1;
      if (nested === 0) break;
      bytes.push(byte);
    }
    return { type: 'string', bytes: Uint8Array.from(bytes), hex: false, start, end: this.position };
  }

  #escape(): number | undefined {
    const byte = this.#peek();
    if (byte === undefined) throw new PdfFault('the file ends within a string');
    if (byte >= 0x30 && byte <= 0x37) {
      let value = 0;
      for (let digits = 0; digits < 3; digits += 1) {
        const digit = this.#peek();
        if (digit === undefined || digit < 0x30 || digit > 0x37) break;
        value = value * 8 + digit - 0x30;
        this.position += 1;
      }
      return value & 0xff;
    }
    this.position += 1;
    const plain = 'nrtbf'.indexOf(String.fromCharCode(byte));
    if (plain >= 0) return [0x0a, 0x0d, 0x09, 0x08, 0x0c][plain];
    if (byte === 0x0d) {
      if (this.#peek() === 0x0a) this.position += 1;
      return undefined;
    }
    return byte === 0x0a ? undefined : byte;
  }

  #hexString(): PdfString {
    const start = this.position;
    this.position += 1;
    const from = this.position;
    while (this.#peek() !== undefined && this.#peek() !== 0x3e) this.position += 1;
    if (this.#peek() === undefined) throw new PdfFault('the file ends within a string');
    const text = this.#bytes.subarray(from, this.position);
    this.position += 1;
    const bytes = new Uint8Array(Math.ceil(text.length / 2));
    let digits = 0;
    for (const byte of text) {
      if (isSpace(byte)) continue;
      const value = hexValue(byte);
      if (value < 0) throw new PdfFault('a broken hexadecimal string');
      bytes[digits >> 1] = (bytes[digits >> 1] ?? 0) | (digits % 2 === 0 ? value << 4 : value);
      digits += 1;
    }
    return {
      type: 'string',
      bytes: bytes.subarray(0, Math.ceil(digits / 2)),
      hex: true,
      start,
      end: this.position,
    };
  }

  #array(depth: number): PdfArray {
    this.position += 1;
    const items: PdfValue[] = [];
    for (;;) {
      this.skipSpace();
      if (this.#peek() === 0x5d) {
        this.position += 1;
        return { type: 'array', items };
      }
      items.push(this.value(depth + 1));
    }
  }

  #dictionary(depth: number): PdfDictionary {
    this.position += 2;
    const entries = new Map<string, PdfValue>();
    let ambiguous = false;
    for (;;) {
      this.skipSpace();
      if (this.#peek() === 0x3e && this.#peek(1) === 0x3e) {
        this.position += 2;
        return { type: 'dictionary', entries, ambiguous };
      }
      if (this.#peek() !== 0x2f) throw new PdfFault(`key expected at ${this.position}`);
      const { name } = this.#name();
      ambiguous ||= entries.has(name);
      entries.set(name, this.value(depth + 1));
    }
  }

  #numberOrReference(): number | PdfReference {
    const from = this.position;
    while (isRegular(this.#peek())) this.position += 1;
    if (this.position - from > 32) throw new PdfFault('a number too long');
    const text = String.fromCharCode(...this.#bytes.subarray(from, this.position));
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new PdfFault(`no number at ${from}`);
    const after = this.position;
    if (/^\d+$/.test(text)) {
      const generation = this.#generationAndR();
      if (generation !== undefined) return { type: 'reference', number: Number(text), generation };
    }
    this.position = after;
    return Number(text);
  }

  /** What follows the number of a reference: ` 0 R`. */
  #generationAndR(): number | undefined {
    this.skipSpace();
    const from = this.position;
    while (isDigit(this.#peek())) this.position += 1;
    const digits = this.position - from;
    if (digits === 0 || digits > 5) return undefined;
    const generation = Number(String.fromCharCode(...this.#bytes.subarray(from, this.position)));
    this.skipSpace();
    return this.keyword('R') ? generation : undefined;
  }
}

/** The text of a string: UTF-16 or UTF-8 with its mark, else Latin letters, which PDFDocEncoding shares. */
export function textOf(value: PdfValue | undefined): string | undefined {
  if (typeof value !== 'object' || value?.type !== 'string') return undefined;
  const { bytes } = value;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder().decode(bytes);
  return new TextDecoder('latin1').decode(bytes);
}

export const isDictionary = (value: PdfValue | undefined): value is PdfDictionary =>
  typeof value === 'object' && value?.type === 'dictionary';
export const isArray = (value: PdfValue | undefined): value is PdfArray =>
  typeof value === 'object' && value?.type === 'array';
export const isReference = (value: PdfValue | undefined): value is PdfReference =>
  typeof value === 'object' && value?.type === 'reference';
export const isStream = (value: PdfValue | undefined): value is PdfStream =>
  typeof value === 'object' && value?.type === 'stream';
export const nameOf = (value: PdfValue | undefined): string | undefined =>
  typeof value === 'object' && value?.type === 'name' ? value.name : undefined;
export const integerOf = (value: PdfValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
