import type { Reader } from '../store/transaction.ts';
import { parseNote } from '../values/signed-note.ts';
import type { Checkpoint } from './checkpoint.ts';
import { inclusionProof } from './tree.ts';

/**
 * The code on a paper that shows an act to be in the log: its leaf's hash and index, the checkpoint over it, and the path
 * from the one to the other. docs/log-format.md, "On paper".
 */

const PREFIX = 'VC1:';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** What fits into 700 bytes of a symbol as it is encoded (11 bits for two characters), with the prefix. */
const LONGEST_PATH = 17;
const WITHOUT_PATH = 255;

/** RFC 9285: two bytes as three characters that a QR symbol holds in eleven bits for two. */
export function toBase45(bytes: Uint8Array): string {
  let text = '';
  const digit = (value: number): string => ALPHABET.charAt(value % 45);
  for (let at = 0; at < bytes.length; at += 2) {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1];
    const value = second === undefined ? first : first * 256 + second;
    text += digit(value) + digit(Math.floor(value / 45));
    if (second !== undefined) text += digit(Math.floor(value / 2025));
  }
  return text;
}

/** How many bytes of a QR symbol's data the text takes in its alphanumeric mode. */
export const symbolBytes = (text: string): number =>
  Math.ceil((11 * Math.floor(text.length / 2) + 6 * (text.length % 2)) / 8);

/**
 * The code's text for an entry that the checkpoint covers; at most 700 bytes of a symbol. A path of more hashes than fit
 * (some entries beyond the 260,000th, 1 of 5,000 in the first million) is left out; the root stands in its place, and the
 * code is then checked together with the exported log.
 */
export function receiptCode(
  tx: Reader,
  of: { deskId: string; sequence: number; checkpoint: Checkpoint },
): string {
  const { deskId, sequence, checkpoint } = of;
  const { size, keyId, rootHash } = checkpoint;
  const row = tx.get<{ leaf_hash: Uint8Array }>('SELECT leaf_hash FROM journal_leaves WHERE sequence = ?', [
    sequence,
  ]);
  const signature = parseNote(checkpoint.note)?.signatures.find((one) => one.keyId.equals(keyId))?.signature;
  if (row === undefined || signature === undefined)
    throw new Error('The entry or its checkpoint is not whole.');
  const path = inclusionProof(tx, { sequence, size });
  const isShort = path.length > LONGEST_PATH;
  const head = Buffer.alloc(24);
  Buffer.from(deskId.replaceAll('-', ''), 'hex').copy(head, 0, 0, 16);
  head.writeUInt32BE(sequence - 1, 16);
  head.writeUInt32BE(size, 20);
  const bytes = Buffer.concat([
    head,
    row.leaf_hash,
    keyId,
    signature,
    Buffer.of(isShort ? WITHOUT_PATH : path.length),
    ...(isShort ? [rootHash] : path),
  ]);
  return PREFIX + toBase45(bytes);
}

/** Desk (16), place of the entry (4), size of the tree (4), the entry's hash (32). */
const HEAD_BYTES = 56;

/** The bytes at the beginning of a text in base45, as many as asked for; null for another alphabet or too short a text. */
function fromBase45(text: string, bytes: number): Buffer | null {
  const found: number[] = [];
  for (let at = 0; found.length < bytes; at += 3) {
    const [a = -1, b = -1, c = -1] = [...text.slice(at, at + 3)].map((one) => ALPHABET.indexOf(one));
    const value = a + b * 45 + c * 2025;
    if (a < 0 || b < 0 || c < 0 || value > 0xffff) return null;
    found.push(value >> 8, value & 0xff);
  }
  return Buffer.from(found);
}

/** Of which desk and entry a code on a receipt speaks; nothing of it is checked. Null for what is no such code. */
export function readReceiptCode(
  text: string,
): { deskId: string; sequence: number; leafHash: Uint8Array } | null {
  if (!text.startsWith(PREFIX)) return null;
  const head = fromBase45(text.slice(PREFIX.length), HEAD_BYTES);
  if (head === null) return null;
  const hex = head.toString('hex', 0, 16);
  const deskId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { deskId, sequence: head.readUInt32BE(16) + 1, leafHash: head.subarray(24, HEAD_BYTES) };
}
