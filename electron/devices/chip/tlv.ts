import { unreadable } from './fault.ts';

/** One data object of BER-TLV (ITU-T X.690, ISO 7816-4): `tag` with all its bytes as one number (`0x7f49`). */
export type Tlv = { tag: number; content: Uint8Array; whole: Uint8Array };

/** The most objects side by side; no file of Doc 9303 comes near it. */
const MOST_OBJECTS = 512;

type Head = { tag: number; contentAt: number; end: number };

/**
 * Tag and length at `at`, without looking at the content, which may be longer than what is there. Tags have up to three
 * bytes, lengths are definite and of up to four.
 */
export function readHead(bytes: Uint8Array, at = 0): Head {
  let next = at;
  const byte = (): number => {
    const value = bytes[next];
    if (value === undefined) throw unreadable();
    next += 1;
    return value;
  };
  let tag = byte();
  if ((tag & 0x1f) === 0x1f) {
    let more = byte();
    tag = tag * 256 + more;
    if (more & 0x80) {
      more = byte();
      if (more & 0x80) throw unreadable();
      tag = tag * 256 + more;
    }
  }
  let length = byte();
  if (length === 0x80 || length > 0x84) throw unreadable();
  if (length > 0x80) {
    let left = length & 0x7f;
    length = 0;
    for (; left > 0; left -= 1) length = length * 256 + byte();
  }
  return { tag, contentAt: next, end: next + length };
}

/** The objects side by side in `bytes`; what is cut off or goes on too long (past `most`) is refused. */
export function readObjects(bytes: Uint8Array, most = MOST_OBJECTS): Tlv[] {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { tag, contentAt, end } = readHead(bytes, at);
    if (end > bytes.length || found.length === most) throw unreadable();
    found.push({ tag, content: bytes.subarray(contentAt, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}

/** The one object that `bytes` begin with; it must have this tag. What follows it is padding and not looked at. */
export function readObject(bytes: Uint8Array, tag: number): Tlv {
  const head = readHead(bytes);
  if (head.tag !== tag || head.end > bytes.length) throw unreadable();
  return {
    tag,
    content: bytes.subarray(head.contentAt, head.end),
    whole: bytes.subarray(0, head.end),
  };
}

/** The object of this tag among those in `bytes`. */
export function objectIn(bytes: Uint8Array, tag: number): Tlv {
  const found = readObjects(bytes).find((object) => object.tag === tag);
  if (found === undefined) throw unreadable();
  return found;
}

/** A number as the fewest bytes that hold it, the highest first. */
export const bytesOf = (value: number): number[] =>
  value < 256 ? [value] : [...bytesOf(Math.floor(value / 256)), value % 256];

/** Writes one object. */
export function tlv(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80 ? [body.length] : [0x80 | bytesOf(body.length).length, ...bytesOf(body.length)];
  return Buffer.concat([Uint8Array.from([...bytesOf(tag), ...length]), body]);
}
