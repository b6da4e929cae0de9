// @ts-check
// The code on a receipt: docs/log-format.md, "On paper".

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const PREFIX = 'VC1:';

/**
 * RFC 9285; null when the text is not of it.
 * @param {string} text @returns {Buffer | null}
 */
export function fromBase45(text) {
  if (text.length % 3 === 1) return null;
  /** @type {number[]} */
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((one) => ALPHABET.indexOf(one));
    if (digits.includes(-1)) return null;
    const [low = 0, middle = 0, high] = digits;
    const value = low + middle * 45 + (high ?? 0) * 2025;
    if (value > (high === undefined ? 0xff : 0xffff)) return null;
    if (high !== undefined) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Buffer.from(bytes);
}

/** @param {Buffer} bytes */
const uuid = (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * @typedef {{ origin: string, index: number, size: number, leafHash: Buffer, keyId: Buffer, signature: Buffer,
 *   path: Buffer[] | null, root: Buffer | null }} Receipt
 */

/**
 * Reads the code's text; null when it is none.
 * @param {string} text @returns {Receipt | null}
 */
export function readReceipt(text) {
  const trimmed = text.replace(/[\r\n]+$/, '');
  if (!trimmed.startsWith(PREFIX)) return null;
  const bytes = fromBase45(trimmed.slice(PREFIX.length));
  if (bytes === null || bytes.length < 125 || bytes.length > 700) return null;
  const count = bytes[124] ?? 0;
  const hashes = bytes.subarray(125);
  const isShort = count === 255;
  if (hashes.length !== (isShort ? 1 : count) * 32) return null;
  const list = Array.from({ length: hashes.length / 32 }, (_, n) => hashes.subarray(n * 32, n * 32 + 32));
  return {
    origin: `virtuos-counter/desk/${uuid(bytes.subarray(0, 16))}`,
    index: bytes.readUInt32BE(16),
    size: bytes.readUInt32BE(20),
    leafHash: bytes.subarray(24, 56),
    keyId: bytes.subarray(56, 60),
    signature: bytes.subarray(60, 124),
    path: isShort ? null : list,
    root: isShort ? (list[0] ?? null) : null,
  };
}
