// @ts-check
// Signed notes, checkpoints and cosignatures of C2SP (signed-note, tlog-checkpoint, tlog-cosignature) with Ed25519.
import { createHash, createPublicKey, verify } from 'node:crypto';

/** @typedef {{ name: string, type: number, id: Buffer, publicKey: Buffer }} Key */
/** @typedef {{ name: string, id: Buffer, signature: Buffer }} Line */

const SIGNING = 1;
const WITNESS = 4;

/** @param {string} text */
const base64 = (text) => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
};

/** @param {string} name @param {number} type @param {Buffer} publicKey */
const idOf = (name, type, publicKey) =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([type]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);

/**
 * A key as `name+id+base64(type || key)`; null when it is none.
 * @param {string} text @returns {Key | null}
 */
export function readKey(text) {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const bytes = base64(found?.[3] ?? '');
  if (found === null || bytes === null || bytes.length !== 33) return null;
  const [, name = '', hex] = found;
  const type = bytes[0] ?? 0;
  const publicKey = bytes.subarray(1);
  const id = idOf(name, type, publicKey);
  if ((type !== SIGNING && type !== WITNESS) || id.toString('hex') !== hex) return null;
  return { name, type, id, publicKey };
}

/** What two people compare over the telephone. @param {Key} key */
export const fingerprint = (key) =>
  createHash('sha256')
    .update(key.publicKey)
    .digest('hex')
    .replace(/(.{4})(?!$)/g, '$1 ');

/** @param {Key} key @param {Buffer} message @param {Buffer} signature */
function isSigned(key, message, signature) {
  try {
    const encoded = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.publicKey]);
    const publicKey = createPublicKey({ key: encoded, format: 'der', type: 'spki' });
    return signature.length === 64 && verify(null, message, publicKey, signature);
  } catch {
    return false;
  }
}

/** @param {string} text @returns {Line | null} */
function readLine(text) {
  const found = /^— (\S+) (\S+)$/.exec(text);
  const bytes = base64(found?.[2] ?? '');
  if (found === null || bytes === null || bytes.length < 5) return null;
  return { name: found[1] ?? '', id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/** @typedef {{ text: string, origin: string, size: number, root: Buffer, lines: Line[] }} Checkpoint */

/**
 * A checkpoint's text: origin, size and root on a line each.
 * @param {string} origin @param {number} size @param {Buffer} root
 */
export const checkpointText = (origin, size, root) => `${origin}\n${size}\n${root.toString('base64')}\n`;

/**
 * Reads a checkpoint; null when it is none.
 * @param {string} note @returns {Checkpoint | null}
 */
export function readCheckpoint(note) {
  const gap = note.lastIndexOf('\n\n');
  if (gap < 0 || !note.endsWith('\n')) return null;
  const text = note.slice(0, gap + 1);
  const [origin = '', size = '', root = '', ...rest] = text.split('\n');
  const hash = base64(root);
  if (origin === '' || !/^(0|[1-9][0-9]{0,14})$/.test(size) || hash?.length !== 32) return null;
  if (rest.length !== 1 || rest[0] !== '') return null;
  /** @type {Line[]} */
  const lines = [];
  for (const one of note.slice(gap + 2, -1).split('\n')) {
    const line = readLine(one);
    if (line === null) return null;
    lines.push(line);
  }
  return { text, origin, size: Number(size), root: hash, lines };
}

/** @param {Key} key @param {Line} line */
const isOf = (key, line) => key.name === line.name && key.id.equals(line.id);

/**
 * Which of the keys signed the checkpoint: a key, `unknown` when no line is of one of them, `bad` when one is and is not true.
 * @param {Checkpoint} checkpoint @param {Key[]} keys @returns {Key | 'unknown' | 'bad'}
 */
export function signerOf({ text, origin, lines }, keys) {
  for (const line of lines) {
    const key = keys.find((one) => one.type === SIGNING && one.name === origin && isOf(one, line));
    if (key !== undefined) return isSigned(key, Buffer.from(text), line.signature) ? key : 'bad';
  }
  return 'unknown';
}

/**
 * Whether these 64 bytes are the signature of the key with this id over a checkpoint's text.
 * @param {string} text @param {Buffer} id @param {Buffer} signature @param {string} name @param {Key[]} keys
 * @returns {Key | 'unknown' | 'bad'}
 */
export function signerOfText(text, id, signature, name, keys) {
  const key = keys.find((one) => one.type === SIGNING && one.name === name && one.id.equals(id));
  if (key === undefined) return 'unknown';
  return isSigned(key, Buffer.from(text), signature) ? key : 'bad';
}

/**
 * When the witness saw the checkpoint; null when the line is not the witness's true one.
 * @param {string} cosignature @param {string} text @param {Key} witness @returns {Date | null}
 */
export function cosignedAt(cosignature, text, witness) {
  const line = readLine(cosignature.replace(/\n$/, ''));
  if (line === null || witness.type !== WITNESS || !isOf(witness, line) || line.signature.length !== 72)
    return null;
  const seconds = Number(line.signature.readBigUInt64BE(0));
  const message = Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
  return isSigned(witness, message, line.signature.subarray(8)) ? new Date(seconds * 1000) : null;
}
