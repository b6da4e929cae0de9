import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

// A database that SQLite no longer opens is read page by page, past SQLite. SQLCipher 4 (see its design document): each
// page is encrypted by itself with AES-256-CBC and carries an IV and an HMAC-SHA512 over both and its number; the key of the
// HMAC comes from the key and the salt that stands in the first 16 bytes. So every page says of itself whether it is as
// it was written. The write-ahead log holds pages in the same form, in frames.

const PAGE = 4096;
const IV = 16;
const HMAC = 64;
const SALT = 16;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** Bytes of a page that SQLite uses. */
export const USABLE = PAGE - IV - HMAC;
/** This page of a file past a gigabyte holds the locks of the operating system and never any content. */
export const LOCK_PAGE = 0x40000000 / PAGE + 1;

export type DamagedFile = {
  /** Pages the database had, as far as file and log show. */
  count: number;
  /** A page as it was written last, `USABLE` bytes; null when it cannot be read. */
  page(number: number): Buffer | null;
  /**
   * Whether pages prove themselves. False when the salt is lost: then any page decrypts to something, and only content that
   * proves itself is to be believed.
   */
  proven: boolean;
  close(): void;
};

const hmacKeyOf = (key: Uint8Array, salt: Uint8Array): Buffer =>
  pbkdf2Sync(
    key,
    salt.map((byte) => byte ^ 0x3a),
    2,
    32,
    'sha512',
  );

function isProven(sealed: Buffer, number: number, hmacKey: Buffer): boolean {
  const place = Buffer.alloc(4);
  place.writeUInt32LE(number);
  const mac = createHmac('sha512', hmacKey)
    .update(sealed.subarray(number === 1 ? SALT : 0, USABLE + IV))
    .update(place)
    .digest();
  return timingSafeEqual(mac, sealed.subarray(USABLE + IV));
}

function decrypted(sealed: Buffer, number: number, key: Uint8Array): Buffer {
  const from = number === 1 ? SALT : 0;
  const cipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(USABLE, USABLE + IV)).setAutoPadding(
    false,
  );
  const content = Buffer.concat([cipher.update(sealed.subarray(from, USABLE)), cipher.final()]);
  return from === 0 ? content : Buffer.concat([Buffer.alloc(from), content]);
}

type Frame = { number: number; at: number };

/** Frames of the log's present generation up to its last commit; those behind it were never promised to anybody. */
function committedFrames(read: (at: number, length: number) => Buffer, size: number): Frame[] {
  const frames: Frame[] = [];
  let committed = 0;
  let salts: Buffer | null = null;
  for (let at = WAL_HEADER; at + FRAME_HEADER + PAGE <= size; at += FRAME_HEADER + PAGE) {
    const header = read(at, FRAME_HEADER);
    salts ??= Buffer.from(header.subarray(8, 16));
    if (!header.subarray(8, 16).equals(salts)) continue;
    const number = header.readUInt32BE(0);
    if (number === 0) continue;
    frames.push({ number, at: at + FRAME_HEADER });
    if (header.readUInt32BE(4) !== 0) committed = frames.length;
  }
  return frames.slice(0, committed);
}

/** Opens what is left of an encrypted database and its log for reading page by page. Changes nothing. */
export function openDamaged(path: string, key: Uint8Array): DamagedFile {
  const opened: number[] = [];
  const reader = (file: string) => {
    if (!existsSync(file)) return { size: 0, read: (_at: number, length: number) => Buffer.alloc(length) };
    const handle = openSync(file, 'r');
    opened.push(handle);
    const read = (at: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      try {
        readSync(handle, bytes, 0, length, at);
      } catch {
        // A sector the disk does not give back.
        bytes.fill(0);
      }
      return bytes;
    };
    return { size: fstatSync(handle).size, read };
  };
  const file = reader(path);
  const log = reader(`${path}-wal`);
  const frames = committedFrames(log.read, log.size);
  const inFile = Math.ceil(file.size / PAGE);
  const count = frames.reduce((most, { number }) => Math.max(most, number), inFile);

  /** Where a page lies, the newest first. */
  const versions = new Map<number, number[]>();
  for (const { number, at } of frames) versions.set(number, [at, ...(versions.get(number) ?? [])]);
  const copies = function* (number: number): Generator<Buffer> {
    for (const at of versions.get(number) ?? []) yield log.read(at, PAGE);
    if (number <= inFile) yield file.read((number - 1) * PAGE, PAGE);
  };

  /** The salt under which some page proves itself; it also stands at the beginning of each copy of the first page. */
  const findHmacKey = (): Buffer | null => {
    for (const first of copies(1)) {
      const hmacKey = hmacKeyOf(key, first.subarray(0, SALT));
      for (let number = 1; number <= count; number += 1)
        for (const sealed of copies(number)) if (isProven(sealed, number, hmacKey)) return hmacKey;
    }
    return null;
  };
  const hmacKey = findHmacKey();

  return {
    count,
    proven: hmacKey !== null,
    page(number) {
      if (number < 1 || number > count || number === LOCK_PAGE) return null;
      for (const sealed of copies(number))
        if (hmacKey === null || isProven(sealed, number, hmacKey)) return decrypted(sealed, number, key);
      return null;
    },
    close: () => {
      for (const handle of opened.splice(0)) closeSync(handle);
    },
  };
}
