import { type DecodeOptions, decode, encode, Tagged } from 'cborg';

/** What is not the CBOR (RFC 8949) it has to be; `readPresentation` makes a value of it. */
export class UnreadablePresentation extends Error {}

export const unreadable = (): UnreadablePresentation => new UnreadablePresentation('not a presentation');

/** CBOR within CBOR (RFC 8949, 3.4.5.1): the bytes are what is signed, so they are kept as they came. */
export class Embedded {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  /** As it stands in the whole: what digests are made over (ISO 18013-5, 9.1.2.5). */
  get whole(): Uint8Array {
    return encodeCbor(new Tagged(EMBEDDED, this.bytes));
  }
}

const EMBEDDED = 24;
/** Date and time, and whole days (RFC 8943); other kinds of values mean nothing here and stay what they are. */
const PLAIN_TAGS = [0, 1, 2, 3, 32, 37, 100, 1004];

const options: DecodeOptions = {
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowUndefined: false,
  allowNaN: false,
  allowInfinity: false,
  tags: {
    ...Object.fromEntries(PLAIN_TAGS.map((tag) => [tag, (content: () => unknown) => content()])),
    [EMBEDDED]: (content) => {
      const bytes = content();
      if (!(bytes instanceof Uint8Array)) throw unreadable();
      return new Embedded(bytes);
    },
  },
};

/** Reads one value and nothing behind it. Throws `UnreadablePresentation`. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, options);
  } catch {
    // Also a nest so deep that the stack ends.
    throw unreadable();
  }
}

export const encodeCbor = (value: unknown): Uint8Array => encode(value);

export const embed = (value: unknown): Tagged => new Tagged(EMBEDDED, encodeCbor(value));

export type CborMap = ReadonlyMap<unknown, unknown>;

export function mapIn(value: unknown): CborMap {
  if (!(value instanceof Map)) throw unreadable();
  return value;
}

export function listIn(value: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) throw unreadable();
  return value;
}

export function bytesIn(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw unreadable();
  return value;
}

export function textIn(value: unknown): string {
  if (typeof value !== 'string') throw unreadable();
  return value;
}

export function numberIn(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable();
  return value;
}

export function embeddedIn(value: unknown): Embedded {
  if (!(value instanceof Embedded)) throw unreadable();
  return value;
}

/** The entries of a map under texts, each read; `least` of them at least (`+` in CDDL). */
export function entriesIn<T>(value: unknown, read: (value: unknown) => T, least = 0): Map<string, T> {
  const entries = [...mapIn(value)].map(([key, one]) => [textIn(key), read(one)] as const);
  if (entries.length < least) throw unreadable();
  return new Map(entries);
}
