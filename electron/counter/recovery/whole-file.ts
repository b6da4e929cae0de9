import { existsSync, readFileSync } from 'node:fs';
import { CHUNK, chunkCount, openChunk, TAG } from '../../store/blob-cipher.ts';

export type FileRow = { file_name: string; size: number; key: Uint8Array; nonce_prefix: Uint8Array };

/** Whether an encrypted file is whole: every chunk of it decrypts. */
export function isWholeFile(path: string, row: FileRow): boolean {
  if (!existsSync(path)) return false;
  const bytes = readFileSync(path);
  const chunks = chunkCount(row.size);
  for (let index = 0; index < chunks; index += 1) {
    const sealed = bytes.subarray(index * (CHUNK + TAG), (index + 1) * (CHUNK + TAG));
    const at = { key: row.key, prefix: row.nonce_prefix, index, isLast: index === chunks - 1 };
    if (openChunk(sealed, at) === undefined) return false;
  }
  return bytes.length === row.size + chunks * TAG;
}
