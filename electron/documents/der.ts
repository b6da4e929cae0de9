import { ObjectIdentifier } from 'asn1js';

/**
 * Just enough DER to put a signature together. pkijs could build the same structures, but it encodes every part anew,
 * and certificates, tokens and what was signed must stay the very bytes they are.
 */
export type Der = Uint8Array<ArrayBuffer>;

/** One element: its tag, its length, its content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Der {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | digits.length, ...digits];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const part of content) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const sequence = (...content: readonly Uint8Array[]): Der => element(0x30, ...content);

/** DER orders the members of a set by their bytes. */
export const set = (...members: readonly Uint8Array[]): Der =>
  element(0x31, ...[...members].sort((a, b) => Buffer.compare(a, b)));

export const octets = (content: Uint8Array): Der => element(0x04, content);

export const oid = (dotted: string): Der =>
  new Uint8Array(new ObjectIdentifier({ value: dotted }).toBER(false));

/** A whole number of one byte, from 0 to 127. */
export const smallInteger = (value: number): Der => element(0x02, Uint8Array.of(value));

/** A positive whole number of any length, given big-endian. */
export const positiveInteger = (magnitude: Uint8Array): Der => {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first);
  return (digits[0] ?? 0) & 0x80 ? element(0x02, Uint8Array.of(0), digits) : element(0x02, digits);
};

export const boolean = (value: boolean): Der => element(0x01, Uint8Array.of(value ? 0xff : 0));

export const nothing: Der = element(0x05);

/** The same content under another tag. */
export function retagged(der: Uint8Array, tag: number): Der {
  const copy = Uint8Array.from(der);
  copy[0] = tag;
  return copy;
}
