import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';
import { type Failure, fail, ok, type Result } from './result.ts';
import { isSignedBy, type SigningKey } from './signed-note.ts';

// A file that carries acts to the portal or answers to a desk where there is no line; docs/medium.md describes it. Not for
// the window: it works with Node.

export const MEDIUM_FORMAT = 'virtuos-medium/1';

export type MediumCode =
  | 'medium.not-a-medium'
  | 'medium.newer-format'
  | 'medium.not-for-us'
  | 'medium.damaged'
  | 'medium.wrong-signature';

export type MediumHeader = {
  format: typeof MEDIUM_FORMAT;
  to: 'portal' | 'desk';
  deskId: string;
  /** Of this desk in this direction, from 1 without a gap. */
  number: number;
  /** ISO 8601 in UTC. */
  at: string;
  /** Whose key opens it: the first 8 bytes of its SHA-256 in hexadecimal. */
  recipient: string;
  /** The sender's X25519 key of this one file, base64. */
  ephemeral: string;
};

/** A part of a medium: a named JSON text, or a content named by its SHA-256. */
export type MediumPart =
  | { kind: 'json'; name: string; text: string }
  | { kind: 'blob'; name: string; size: number; content: AsyncIterable<Uint8Array> };

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const FRAME_BYTES = 64 * 1024;
const LONGEST_LINE = 4096;
/** A JSON part is read into memory; nobody writes larger ones. */
export const LARGEST_JSON = 64 * 1024 * 1024;

// RFC 8410: the key follows these bytes.
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

const privateKey = (seed: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' });
const publicKey = (key: Uint8Array) =>
  createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, key]), format: 'der', type: 'spki' });

/** The X25519 public key (32 bytes) of a secret of 32 random bytes (RFC 7748). */
export function sealingPublicKey(seed: Uint8Array): Buffer {
  if (seed.length !== KEY_BYTES) throw new Error(`A sealing key has ${KEY_BYTES} bytes.`);
  const encoded = createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' });
  return encoded.subarray(encoded.length - KEY_BYTES);
}

const keyName = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** One key per file: RFC 5869 over the agreed secret, bound to both keys and to the header. */
function fileKey(own: Uint8Array, other: Uint8Array, recipient: Uint8Array, headerLine: string): Buffer {
  const secret = diffieHellman({ privateKey: privateKey(own), publicKey: publicKey(other) });
  const info = Buffer.concat([Buffer.from(MEDIUM_FORMAT), createHash('sha256').update(headerLine).digest()]);
  return Buffer.from(hkdfSync('sha256', secret, recipient, info, KEY_BYTES));
}

/** The frame's place and whether it is the last: none can be dropped, moved or cut off. */
function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt8(isLast ? 1 : 0, 3);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}

function sealFrame(key: Buffer, index: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const head = Buffer.alloc(5);
  head.writeUInt8(isLast ? 1 : 0, 0);
  head.writeUInt32BE(sealed.length, 1);
  return Buffer.concat([head, sealed]);
}

async function* partBytes(part: MediumPart): AsyncGenerator<Uint8Array> {
  const text = part.kind === 'json' ? Buffer.from(part.text) : null;
  const length = text?.length ?? (part.kind === 'blob' ? part.size : 0);
  yield Buffer.from(`${JSON.stringify({ kind: part.kind, name: part.name, length })}\n`);
  if (text) yield text;
  if (part.kind !== 'blob') return;
  let seen = 0;
  for await (const piece of part.content) {
    seen += piece.length;
    yield piece;
  }
  if (seen !== part.size) throw new Error('A content is not as long as it was said to be.');
}

/** The file's bytes, piece by piece: signed by the sender, to be opened by the recipient alone. */
export async function* sealMedium(
  of: Pick<MediumHeader, 'to' | 'deskId' | 'number' | 'at'>,
  keys: { recipient: Uint8Array; signer: SigningKey; ephemeralSeed: Uint8Array },
  parts: AsyncIterable<MediumPart>,
): AsyncGenerator<Buffer> {
  const header: MediumHeader = {
    format: MEDIUM_FORMAT,
    to: of.to,
    deskId: of.deskId,
    number: of.number,
    at: of.at,
    recipient: keyName(keys.recipient),
    ephemeral: sealingPublicKey(keys.ephemeralSeed).toString('base64'),
  };
  const line = JSON.stringify(header);
  const key = fileKey(keys.ephemeralSeed, keys.recipient, keys.recipient, line);
  const signed = createHash('sha256').update(`${line}\n`);
  yield Buffer.from(`${line}\n`);

  let index = 0;
  let pending: Buffer[] = [];
  let size = 0;
  const take = (bytes: Uint8Array): Buffer[] => {
    pending.push(Buffer.from(bytes));
    size += bytes.length;
    if (size <= FRAME_BYTES) return [];
    let all = Buffer.concat(pending);
    const frames: Buffer[] = [];
    while (all.length > FRAME_BYTES) {
      frames.push(sealFrame(key, index, false, all.subarray(0, FRAME_BYTES)));
      index += 1;
      all = all.subarray(FRAME_BYTES);
    }
    pending = [all];
    size = all.length;
    return frames;
  };
  for await (const part of parts)
    for await (const bytes of partBytes(part)) {
      signed.update(bytes);
      yield* take(bytes);
    }
  const signature = keys.signer.sign(signed.digest());
  yield* take(Buffer.from(`${JSON.stringify({ kind: 'signature', name: 'ed25519', length: 64 })}\n`));
  yield* take(signature);
  yield sealFrame(key, index, true, Buffer.concat(pending));
}

class Unreadable extends Error {
  readonly code: MediumCode;
  constructor(code: MediumCode) {
    super(code);
    this.code = code;
  }
}

/** Reads lines and counted bytes out of a stream of pieces. */
function reader(pieces: AsyncIterable<Uint8Array>) {
  const source = pieces[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done) return false;
    held = held.length === 0 ? Buffer.from(next.value) : Buffer.concat([held, next.value]);
    return true;
  };
  return {
    /** The line without its end; null when there is none within the limit. */
    async line(limit: number): Promise<string | null> {
      for (;;) {
        const end = held.indexOf(10);
        if (end >= 0 && end <= limit) {
          const text = held.subarray(0, end).toString('utf8');
          held = held.subarray(end + 1);
          return text;
        }
        if (held.length > limit || end >= 0 || !(await more())) return null;
      }
    },
    /** Exactly so many bytes; null when the stream ends before. */
    async bytes(length: number): Promise<Buffer | null> {
      const pieces: Buffer[] = [];
      let missing = length;
      while (missing > 0) {
        if (held.length === 0 && !(await more())) return null;
        const piece = held.subarray(0, missing);
        held = held.subarray(piece.length);
        missing -= piece.length;
        if (piece.length > 0) pieces.push(piece);
      }
      return pieces.length === 1 ? (pieces[0] ?? null) : Buffer.concat(pieces);
    },
    /** Up to so many bytes, at least one; null at the end. */
    async some(limit: number): Promise<Buffer | null> {
      if (held.length === 0 && !(await more())) return null;
      const piece = held.subarray(0, limit);
      held = held.subarray(piece.length);
      return piece;
    },
    async isAtEnd(): Promise<boolean> {
      while (held.length === 0) if (!(await more())) return true;
      return false;
    },
    close: async (): Promise<void> => {
      await source.return?.();
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(line: string | null, otherwise: MediumCode): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line ?? '');
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new Unreadable(otherwise);
}

function parseHeader(line: string | null): MediumHeader {
  const { format, to, deskId, number, at, recipient, ephemeral } = parseObject(line, 'medium.not-a-medium');
  if (typeof format !== 'string' || !format.startsWith('virtuos-medium/'))
    throw new Unreadable('medium.not-a-medium');
  if (format !== MEDIUM_FORMAT) throw new Unreadable('medium.newer-format');
  const isSound =
    (to === 'portal' || to === 'desk') &&
    typeof deskId === 'string' &&
    typeof number === 'number' &&
    Number.isSafeInteger(number) &&
    number >= 1 &&
    typeof at === 'string' &&
    typeof recipient === 'string' &&
    typeof ephemeral === 'string' &&
    Buffer.from(ephemeral, 'base64').length === KEY_BYTES;
  if (!isSound) throw new Unreadable('medium.not-a-medium');
  return { format: MEDIUM_FORMAT, to, deskId, number, at, recipient, ephemeral };
}

async function* openFrames(file: ReturnType<typeof reader>, key: Buffer): AsyncGenerator<Buffer> {
  for (let index = 0; ; index++) {
    const head = await file.bytes(5);
    if (head === null) throw new Unreadable('medium.damaged');
    const isLast = head.readUInt8(0) === 1;
    const length = head.readUInt32BE(1);
    if (head.readUInt8(0) > 1 || length < TAG_BYTES || length > FRAME_BYTES + TAG_BYTES)
      throw new Unreadable('medium.damaged');
    const sealed = await file.bytes(length);
    if (sealed === null) throw new Unreadable('medium.damaged');
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast));
    decipher.setAuthTag(sealed.subarray(length - TAG_BYTES));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(sealed.subarray(0, length - TAG_BYTES)), decipher.final()]);
    } catch {
      throw new Unreadable('medium.damaged');
    }
    if (plain.length > 0) yield plain;
    if (!isLast) continue;
    if (!(await file.isAtEnd())) throw new Unreadable('medium.damaged');
    return;
  }
}

/** What is done with the parts as they come. Nothing of them is to be believed before `readMedium` has succeeded. */
export type MediumSink = {
  json(name: string, text: string): void;
  /** Reads the content to its end. */
  blob(name: string, size: number, content: AsyncIterable<Buffer>): Promise<void>;
};

/**
 * Reads a file to its end and checks all of it. `signedBy` is asked at the end, when the parts have come: the sender's
 * public key, or null when nobody is known. Errors of reading the file itself are thrown.
 */
export async function readMedium(
  file: AsyncIterable<Uint8Array>,
  own: { seed: Uint8Array; to: MediumHeader['to'] },
  signedBy: (header: MediumHeader) => Uint8Array | null,
  sink: MediumSink,
): Promise<Result<MediumHeader, Failure<MediumCode>>> {
  const outer = reader(file);
  try {
    const line = await outer.line(LONGEST_LINE);
    const header = parseHeader(line);
    const recipient = sealingPublicKey(own.seed);
    if (header.to !== own.to || header.recipient !== keyName(recipient))
      throw new Unreadable('medium.not-for-us');
    let key: Buffer;
    try {
      key = fileKey(own.seed, Buffer.from(header.ephemeral, 'base64'), recipient, line ?? '');
    } catch {
      // No point of the curve.
      throw new Unreadable('medium.damaged');
    }
    const inner = reader(openFrames(outer, key));
    const signed = createHash('sha256').update(`${line}\n`);
    for (;;) {
      const partLine = await inner.line(LONGEST_LINE);
      const { kind, name, length } = parseObject(partLine, 'medium.damaged');
      if (
        typeof name !== 'string' ||
        typeof length !== 'number' ||
        !Number.isSafeInteger(length) ||
        length < 0
      )
        throw new Unreadable('medium.damaged');
      if (kind === 'signature') {
        const signature = length === 64 ? await inner.bytes(length) : null;
        if (signature === null || !(await inner.isAtEnd())) throw new Unreadable('medium.damaged');
        const by = signedBy(header);
        if (by === null || !isSignedBy(by, signed.digest(), signature))
          throw new Unreadable('medium.wrong-signature');
        return ok(header);
      }
      signed.update(`${partLine}\n`);
      if (kind === 'json') {
        const text = length <= LARGEST_JSON ? await inner.bytes(length) : null;
        if (text === null) throw new Unreadable('medium.damaged');
        signed.update(text);
        sink.json(name, text.toString('utf8'));
      } else if (kind === 'blob') {
        let missing = length;
        const content = async function* (): AsyncGenerator<Buffer> {
          while (missing > 0) {
            const piece = await inner.some(missing);
            if (piece === null) throw new Unreadable('medium.damaged');
            missing -= piece.length;
            signed.update(piece);
            yield piece;
          }
        };
        await sink.blob(name, length, content());
        // What the sink left unread belongs to the signature all the same.
        for await (const _ of content());
      } else throw new Unreadable('medium.newer-format');
    }
  } catch (error) {
    if (error instanceof Unreadable) return fail(error.code);
    throw error;
  } finally {
    await outer.close();
  }
}
