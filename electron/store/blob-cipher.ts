import { createCipheriv, createDecipheriv } from 'node:crypto';

// A blob's file is a row of chunks, each AES-256-GCM: 64 KiB of content and a tag of 16 bytes; the last one may
// be shorter (an empty blob is one empty chunk). The nonce of chunk i is prefix (7 bytes) || i (4 bytes, big
// endian) || 1 for the last chunk, else 0 (the STREAM construction), so that a chunk can not be changed, moved or
// cut off unseen. Every file has a key and a prefix of its own, kept in its row and nowhere else.

/** Bytes of content in a chunk. */
export const CHUNK = 64 * 1024;
/** Bytes of a chunk's tag. */
export const TAG = 16;
/** Bytes of the nonces' prefix. */
export const PREFIX = 7;
/** So many chunks are read, encrypted and written at once: few calls, and the process stays responsive. */
export const BATCH = 16;

const ALGORITHM = 'aes-256-gcm';

/** How many chunks a content of so many bytes takes. */
export const chunkCount = (size: number): number => Math.max(1, Math.ceil(size / CHUNK));

/** Bytes of the file that holds a content of so many bytes. */
export const sealedSize = (size: number): number => size + TAG * chunkCount(size);

function nonceOf(prefix: Uint8Array, index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(PREFIX + 5);
  nonce.set(prefix, 0);
  nonce.writeUInt32BE(index, PREFIX);
  nonce[PREFIX + 4] = isLast ? 1 : 0;
  return nonce;
}

/** Encrypts one file piece by piece; all pieces but the last hold whole chunks. */
export function sealer(key: Uint8Array, prefix: Uint8Array): (piece: Uint8Array, isLast: boolean) => Buffer {
  let index = 0;
  return (piece, isLast) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < piece.length || (isLast && at === 0); at += CHUNK) {
      const chunk = piece.subarray(at, at + CHUNK);
      const cipher = createCipheriv(
        ALGORITHM,
        key,
        nonceOf(prefix, index, isLast && at + CHUNK >= piece.length),
      );
      parts.push(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
      index += 1;
    }
    return Buffer.concat(parts);
  };
}

/** Decrypts the sealed chunk with this index; undefined when it is not what was written there. */
export function openChunk(
  sealed: Uint8Array,
  at: { key: Uint8Array; prefix: Uint8Array; index: number; isLast: boolean },
): Buffer | undefined {
  if (sealed.length < TAG) return undefined;
  const decipher = createDecipheriv(ALGORITHM, at.key, nonceOf(at.prefix, at.index, at.isLast), {
    authTagLength: TAG,
  });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const content = decipher.update(sealed.subarray(0, sealed.length - TAG));
  try {
    decipher.final();
    return content;
  } catch {
    return undefined;
  }
}
