import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

// Signed notes as C2SP has them (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519. Not for the window: it
// signs with Node. docs/log-format.md says how they are used.

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ID_BYTES = 4;
/** Types of keys in C2SP's registry: what a log signs its checkpoints with, and what a witness adds. */
const LOG_KEY = 1;
const WITNESS_KEY = 4;
type KeyType = typeof LOG_KEY | typeof WITNESS_KEY;

// The fixed part of RFC 8410's encodings: the key follows it.
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** An Ed25519 key that signs. The seed stays with whoever made it. */
export type SigningKey = {
  /** 32 bytes. */
  publicKey: Buffer;
  /** 64 bytes. */
  sign(message: Uint8Array): Buffer;
};

/** The key of a 32-byte seed (RFC 8032's private key). */
export function signingKey(seed: Uint8Array): SigningKey {
  if (seed.length !== KEY_BYTES) throw new Error(`A signing key has ${KEY_BYTES} bytes.`);
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const encoded = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: encoded.subarray(encoded.length - KEY_BYTES),
    sign: (message) => sign(null, message, key),
  };
}

/** Whether the signature is one of this key (32 bytes) over the message. */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  try {
    const encoded = Buffer.concat([PUBLIC_PREFIX, publicKey]);
    return verify(null, message, createPublicKey({ key: encoded, format: 'der', type: 'spki' }), signature);
  } catch {
    // Bytes that are no point of the curve.
    return false;
  }
}

/** Who signs: the name a signature's line begins with, and the key. */
export type Signer = { name: string; key: SigningKey };
/** Whom to believe. */
export type Verifier = { name: string; publicKey: Buffer };

const idOf = (type: KeyType, { name, publicKey }: Verifier): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(type))
    .update(publicKey)
    .digest()
    .subarray(0, ID_BYTES);

/** Four bytes that tell a log's key from others of the same name. */
export const keyIdOf = (of: Verifier): Buffer => idOf(LOG_KEY, of);

const SIGNER_NAME = /^[!-*,-~]{1,120}$/;

const encodeVerifier = (type: KeyType, of: Verifier): string =>
  `${of.name}+${idOf(type, of).toString('hex')}+${Buffer.concat([Buffer.of(type), of.publicKey]).toString('base64')}`;

function decodeVerifier(type: KeyType, text: string): Verifier | null {
  const [name, id, key, ...more] = text.split('+');
  // Base64 has plus signs of its own.
  const bytes = Buffer.from([key, ...more].join('+'), 'base64');
  if (name === undefined || !SIGNER_NAME.test(name)) return null;
  if (bytes[0] !== type || bytes.length !== 1 + KEY_BYTES) return null;
  const verifier = { name, publicKey: bytes.subarray(1) };
  return encodeVerifier(type, verifier) === text && id !== undefined ? verifier : null;
}

/** A log's key as text: `name+id+base64(1 || key)`. */
export const verifierText = (of: Verifier): string => encodeVerifier(LOG_KEY, of);
export const parseVerifier = (text: string): Verifier | null => decodeVerifier(LOG_KEY, text);
/** A witness's key as text: `name+id+base64(4 || key)`. */
export const witnessText = (of: Verifier): string => encodeVerifier(WITNESS_KEY, of);
export const parseWitness = (text: string): Verifier | null => decodeVerifier(WITNESS_KEY, text);

export type NoteSignature = { name: string; keyId: Buffer; signature: Buffer };
/** A note's text, which ends with a line's end, and the lines under it. */
export type Note = { text: string; signatures: NoteSignature[] };

const signatureLine = (name: string, keyId: Buffer, signature: Uint8Array): string =>
  `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;

function parseSignature(line: string): NoteSignature | null {
  const found = /^— ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  const bytes = Buffer.from(found?.[2] ?? '', 'base64');
  if (found?.[1] === undefined || bytes.length <= ID_BYTES || bytes.toString('base64') !== found[2])
    return null;
  return { name: found[1], keyId: bytes.subarray(0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

/** Reads a note; null when it is none. Nothing of it is believed yet. */
export function parseNote(note: string): Note | null {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(parseSignature).filter((line) => line !== null);
  if (signatures.length !== lines.length) return null;
  return { text: note.slice(0, end + 1), signatures };
}

/** Whether the note bears this key's signature. */
export function isNoteSignedBy({ text, signatures }: Note, by: Verifier): boolean {
  const id = keyIdOf(by);
  return signatures.some(
    ({ name, keyId, signature }) =>
      name === by.name && keyId.equals(id) && isSignedBy(by.publicKey, Buffer.from(text), signature),
  );
}

export type CheckpointBody = { origin: string; size: number; rootHash: Buffer };

/** The text of a checkpoint: the log's name, its size, its root; each on a line. */
export const checkpointText = ({ origin, size, rootHash }: CheckpointBody): string =>
  `${origin}\n${size}\n${rootHash.toString('base64')}\n`;

/** Reads a note's text as a checkpoint; null when it is none of exactly these three lines. */
export function parseCheckpoint(text: string): CheckpointBody | null {
  const [origin, size, root, end, ...more] = text.split('\n');
  if (origin === undefined || size === undefined || root === undefined || end !== '' || more.length > 0)
    return null;
  const rootHash = Buffer.from(root, 'base64');
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size)) return null;
  if (rootHash.length !== 32 || rootHash.toString('base64') !== root) return null;
  return { origin, size: Number(size), rootHash };
}

/** A checkpoint's note with its log's signature. The log is named as its key is. */
export function signCheckpoint({ name, key }: Signer, of: { size: number; rootHash: Buffer }): string {
  const text = checkpointText({ origin: name, ...of });
  const id = keyIdOf({ name, publicKey: key.publicKey });
  return `${text}\n${signatureLine(name, id, key.sign(Buffer.from(text)))}`;
}

const cosigned = (text: string, seconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** The line by which a witness says that it saw this checkpoint at this instant (cosignature/v1). */
export function cosign({ name, key }: Signer, text: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const id = idOf(WITNESS_KEY, { name, publicKey: key.publicKey });
  return signatureLine(name, id, Buffer.concat([time, key.sign(cosigned(text, seconds))]));
}

/** When the witness saw the checkpoint, if this line is its cosignature; null otherwise. */
export function cosignedAt(line: string, text: string, by: Verifier): Date | null {
  const found = parseSignature(line.replace(/\n$/, ''));
  if (found === null || found.name !== by.name || !found.keyId.equals(idOf(WITNESS_KEY, by))) return null;
  if (found.signature.length !== 8 + SIGNATURE_BYTES) return null;
  const seconds = Number(found.signature.readBigUInt64BE());
  if (!Number.isSafeInteger(seconds)) return null;
  const isTrue = isSignedBy(by.publicKey, cosigned(text, seconds), found.signature.subarray(8));
  return isTrue ? new Date(seconds * 1000) : null;
}

/** The name of a desk's log and of its keys. */
export const deskOrigin = (deskId: string): string => `virtuos-counter/desk/${deskId}`;

/**
 * What a desk signs to show that a key is its own: with the new key itself, and with the one it replaces. Never the
 * beginning of a checkpoint.
 */
export const keyStatement = (deskId: string, publicKey: Uint8Array): Buffer =>
  Buffer.from(`virtuos-counter/desk-key/v1\n${deskId}\n${Buffer.from(publicKey).toString('base64')}\n`);

/** How a log goes on after a restore, a take-over or the loss of its key. */
export type EpochStatement = {
  deskId: string;
  epoch: number;
  /** The epoch's first entry. */
  firstSequence: number;
  /** The last checkpoint the portal countersigned; null when there was none. */
  names: { size: number; rootHash: Buffer } | null;
};

const EPOCH_TITLE = 'virtuos-counter/epoch/v1';

/** The text of a statement, one value a line; the desk signs it. */
export const epochStatement = ({ deskId, epoch, firstSequence, names }: EpochStatement): string =>
  `${[
    EPOCH_TITLE,
    deskId,
    epoch,
    firstSequence,
    names?.size ?? '-',
    names?.rootHash.toString('base64') ?? '-',
  ].join('\n')}\n`;

/** Reads a statement; null when it is none. */
export function parseEpochStatement(text: string): EpochStatement | null {
  const [title, deskId = '', epoch, firstSequence, size, root = ''] = text.split('\n');
  const rootHash = Buffer.from(root, 'base64');
  const statement = {
    deskId,
    epoch: Number(epoch),
    firstSequence: Number(firstSequence),
    names: size === '-' ? null : { size: Number(size), rootHash },
  };
  const isRead = title === EPOCH_TITLE && Number.isSafeInteger(statement.epoch) && statement.epoch >= 2;
  return isRead && epochStatement(statement) === text ? statement : null;
}
