import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileMode, syncFolder } from './files.ts';

// `desk.keycheck` lies beside the database: HMAC-SHA-256 of a constant under the store's key, as hex. An
// encrypted file that does not decrypt looks the same whether the key or the file is wrong; this tells the two
// apart. It is written after the database was made, so that its presence also says a database must be there. It
// gives nothing away: to find the key from it is to break HMAC-SHA-256 with 256 unknown bits. Whoever puts a
// database under another key in place (a restore) takes the check file away; the next opening writes it anew.

const CONSTANT = 'virtuos-counter key check v1';

/** What the key-check file says of a key; `absent` also when the file holds no check at all. */
export type KeyVerdict = 'right' | 'wrong' | 'absent';

const pathIn = (folder: string): string => join(folder, 'desk.keycheck');
const checkOf = (key: Uint8Array): string => createHmac('sha256', key).update(CONSTANT).digest('hex');

/** Whether a key-check file lies in the folder. */
export const hasKeyCheck = (folder: string): boolean => existsSync(pathIn(folder));

/** Compares the key with the check file. */
export function checkKey(folder: string, key: Uint8Array): KeyVerdict {
  if (!hasKeyCheck(folder)) return 'absent';
  const kept = readFileSync(pathIn(folder), 'latin1').trim();
  if (!/^[0-9a-f]{64}$/.test(kept)) return 'absent';
  return timingSafeEqual(Buffer.from(kept), Buffer.from(checkOf(key))) ? 'right' : 'wrong';
}

/** Writes the check of a key that has just opened the database. */
export function writeKeyCheck(folder: string, key: Uint8Array): void {
  const part = `${pathIn(folder)}.part`;
  const handle = openSync(part, 'w', fileMode(folder));
  try {
    writeSync(handle, `${checkOf(key)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(part, pathIn(folder));
  syncFolder(folder);
}
