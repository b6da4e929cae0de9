import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync, inflateSync } from 'node:zlib';

/**
 * Looks for what must be gone: in every page of an encrypted database (free ones too) and of its write-ahead log, and in any
 * other file, as UTF-8, as UTF-16 and inside deflated streams. It reads bytes, not tables: what SQLite no longer shows is
 * what it is after.
 */

const PAGE = 4096;
const IV = 16;
const HMAC = 64;
const SALT = 16;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;

/** SQLCipher 4: AES-256-CBC per page, then an HMAC-SHA512 over what was encrypted, the IV and the page's number. */
function openPage(sealed: Buffer, pageNumber: number, key: Uint8Array, hmacKey: Buffer): Buffer | null {
  const from = pageNumber === 1 ? SALT : 0;
  const end = PAGE - IV - HMAC;
  const number = Buffer.alloc(4);
  number.writeUInt32LE(pageNumber);
  const mac = createHmac('sha512', hmacKey)
    .update(sealed.subarray(from, end + IV))
    .update(number)
    .digest();
  if (!timingSafeEqual(mac, sealed.subarray(end + IV))) return null;
  const cipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(end, end + IV)).setAutoPadding(false);
  return Buffer.concat([cipher.update(sealed.subarray(from, end)), cipher.final()]);
}

const hmacKeyOf = (key: Uint8Array, salt: Buffer): Buffer =>
  pbkdf2Sync(
    key,
    salt.map((byte) => byte ^ 0x3a),
    2,
    32,
    'sha512',
  );

export type Part = { where: string; bytes: Buffer };

/** Every page of the database and of its log, decrypted; also pages no table has any more. */
export function decryptedPages(database: string, key: Uint8Array): Part[] {
  const parts: Part[] = [];
  const file = readFileSync(database);
  const hmacKey = hmacKeyOf(key, file.subarray(0, SALT));
  for (let at = 0; at + PAGE <= file.length; at += PAGE) {
    const number = at / PAGE + 1;
    const page = openPage(file.subarray(at, at + PAGE), number, key, hmacKey);
    if (!page)
      throw new Error(`Page ${number} of the database does not decrypt: the scan would see nothing.`);
    parts.push({ where: `database, page ${number}`, bytes: page });
  }
  const log = `${database}-wal`;
  const frames = existsSync(log) ? readFileSync(log) : Buffer.alloc(0);
  for (let at = WAL_HEADER; at + FRAME_HEADER + PAGE <= frames.length; at += FRAME_HEADER + PAGE) {
    const number = frames.readUInt32BE(at);
    const sealed = frames.subarray(at + FRAME_HEADER, at + FRAME_HEADER + PAGE);
    const page = number > 0 ? openPage(sealed, number, key, hmacKey) : null;
    if (page) parts.push({ where: `log, frame of page ${number}`, bytes: page });
  }
  return parts;
}

/** All files below a folder, as they lie there; `wanted` chooses by the path. */
export function filesBelow(folder: string, wanted: (path: string) => boolean = () => true): Part[] {
  const parts: Part[] = [];
  const look = (path: string): void => {
    for (const entry of listed(path)) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) look(below);
      if (!entry.isFile()) continue;
      try {
        if (wanted(below)) parts.push({ where: below, bytes: readFileSync(below) });
      } catch {
        // A file may go away while it is looked at.
      }
    }
  };
  look(folder);
  return parts;
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** What must not be found: a name for the message, and the bytes it would be in. */
export type Needle = { name: string; bytes: readonly Buffer[] };

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();

/**
 * A text as it may lie anywhere: as it was typed, as JSON escapes it, decomposed, folded as a search index folds it (and cut
 * at its beginning, where an index shares letters with the word before), percent-encoded, each also in UTF-16.
 */
export function textNeedle(name: string, text: string): Needle {
  const forms = new Set<string>();
  for (const form of [
    text,
    text.normalize('NFD'),
    folded(text),
    text.toUpperCase(),
    encodeURIComponent(text),
  ])
    forms.add(form);
  forms.add(JSON.stringify(text).slice(1, -1));
  forms.add(
    [...text].map((c) => (c > '~' ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join(''),
  );
  for (const word of folded(text).split(/[^\p{L}\p{N}]+/u)) if (word.length >= 10) forms.add(word.slice(4));
  return {
    name,
    bytes: [...forms].flatMap((form) => [Buffer.from(form, 'utf8'), Buffer.from(form, 'utf16le')]),
  };
}

/** A content that was not deflated by us: pieces out of its middle, which no other file has. */
export function contentNeedle(name: string, content: Uint8Array): Needle {
  const bytes = Buffer.from(content);
  const pieces = [0.3, 0.5, 0.7].map((part) => {
    const at = Math.floor(bytes.length * part);
    return bytes.subarray(at, at + 40);
  });
  return { name, bytes: pieces.filter((piece) => new Set(piece).size > 12) };
}

const MOST_INFLATED = 8 * 1024 * 1024;

/** Streams in a file that look deflated (PDF, PNG, Chromium's caches), inflated as far as they go. */
export function inflated({ where, bytes }: Part): Part[] {
  const parts: Part[] = [];
  const limits = { maxOutputLength: MOST_INFLATED, finishFlush: 2 };
  for (let at = bytes.indexOf(0x78); at >= 0 && at + 2 < bytes.length; at = bytes.indexOf(0x78, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    if ((0x78 * 256 + second) % 31 !== 0 || (second & 0x20) !== 0) continue;
    try {
      parts.push({ where: `${where}, inflated at ${at}`, bytes: inflateSync(bytes.subarray(at), limits) });
    } catch {
      // Two bytes that only looked like a beginning.
    }
  }
  if (bytes.length > 18 && bytes.readUInt16BE(0) === 0x1f8b) {
    try {
      parts.push({ where: `${where}, unzipped`, bytes: inflateRawSync(bytes.subarray(10), limits) });
    } catch {
      // A longer header than the usual one.
    }
  }
  return parts;
}

export type Leak = { what: string; where: string };

/** Where any needle stands. `deep` also looks into deflated streams. */
export function findLeaks(
  parts: readonly Part[],
  needles: readonly Needle[],
  { deep = false }: { deep?: boolean } = {},
): Leak[] {
  const leaks: Leak[] = [];
  for (const part of parts)
    for (const { where, bytes } of deep ? [part, ...inflated(part)] : [part])
      for (const needle of needles)
        if (needle.bytes.some((one) => bytes.includes(one))) leaks.push({ what: needle.name, where });
  return leaks;
}
