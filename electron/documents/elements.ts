import { fromBER, GeneralizedTime, ObjectIdentifier, UTCTime } from 'asn1js';

/**
 * Elements of BER as stretches of the bytes they came in. asn1js and pkijs make an object of every one of them: too many for
 * the lists of whole countries, too slow for what each output waits for; and what is written out of objects again need not be the
 * bytes that were signed.
 */
export type Part = { tag: number; start: number; content: number; end: number; next: number };

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octets: 0x04,
  octetsInParts: 0x24,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Tag of a constructed element whose meaning its place tells. */
export const contextTag = (number: number): number => 0xa0 + number;

/** Thrown for bytes that are not what they are read as. */
export class Malformed extends Error {}

const INDEFINITE = 0x80;

/** One element: its tag, where it and its content lie, and where the next one may. */
export function partAt(bytes: Uint8Array, start: number, limit: number): Part {
  const tag = bytes[start];
  let length = bytes[start + 1];
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw new Malformed();
  let content = start + 2;
  if (length === INDEFINITE && (tag & 0x20) !== 0) {
    let end = content;
    while (bytes[end] !== 0 || bytes[end + 1] !== 0) end = partAt(bytes, end, limit).next;
    if (end + 2 > limit) throw new Malformed();
    return { tag, start, content, end, next: end + 2 };
  }
  if (length >= INDEFINITE) {
    const octets = length & 0x7f;
    if (octets === 0 || octets > 4) throw new Malformed();
    length = 0;
    for (let index = 0; index < octets; index += 1) length = length * 256 + (bytes[content + index] ?? 0);
    content += octets;
  }
  const end = content + length;
  if (end > limit) throw new Malformed();
  return { tag, start, content, end, next: end };
}

export function* partsOf(bytes: Uint8Array, { content, end }: Part): Generator<Part, undefined> {
  for (let at = content; at < end; ) {
    const part = partAt(bytes, at, end);
    yield part;
    at = part.next;
  }
}

/** An element with its bytes at hand, for structures small enough to be taken apart whole. */
export type Element = {
  tag: number;
  /** The element as it came. */
  whole: Uint8Array;
  content: Uint8Array;
};

const elementOf = (bytes: Uint8Array, { tag, start, content, end, next }: Part): Element => ({
  tag,
  whole: bytes.subarray(start, next),
  content: bytes.subarray(content, end),
});

/** The element the bytes are, with nothing after it. */
export function wholeElement(bytes: Uint8Array): Element {
  const part = partAt(bytes, 0, bytes.length);
  if (part.next !== bytes.length) throw new Malformed();
  return elementOf(bytes, part);
}

/** What an element holds, when it is one of this tag. */
export function inside(element: Element | undefined, tag: number): Element[] {
  if (element?.tag !== tag) throw new Malformed();
  return [...partsOf(element.whole, partAt(element.whole, 0, element.whole.length))].map((part) =>
    elementOf(element.whole, part),
  );
}

/** The content of an octet string, also where it comes in parts. */
export function octetsIn(element: Element | undefined): Uint8Array {
  if (element?.tag === tags.octets) return element.content;
  return Buffer.concat(inside(element, tags.octetsInParts).map(octetsIn));
}

/** An object identifier, dotted. */
export function oidIn(element: Element | undefined): string {
  const { result } = fromBER(Uint8Array.from(element?.whole ?? []));
  if (result instanceof ObjectIdentifier) return result.getValue();
  throw new Malformed();
}

export function timeIn(whole: Uint8Array): Date {
  const { result } = fromBER(Uint8Array.from(whole));
  if (result instanceof UTCTime || result instanceof GeneralizedTime) return result.toDate();
  throw new Malformed();
}
