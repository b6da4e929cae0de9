import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../values/clock.ts';
import { err, ok, type Result } from '../values/result.ts';
import { BATCH, CHUNK, chunkCount, openChunk, PREFIX, sealedSize, sealer, TAG } from './blob-cipher.ts';
import { failureOf, StoreError, type StoreFailure } from './failures.ts';
import { fileMode, syncFolderLater } from './files.ts';
import type { Reader, Tx } from './transaction.ts';

/** A file written and durable, which no row refers to yet. */
export type StagedBlob = {
  /** SHA-256 of the content, lower-case hex. */
  sha256: string;
  /** Bytes of the content. */
  size: number;
  fileName: string;
  key: Uint8Array;
  noncePrefix: Uint8Array;
  createdAt: string;
  /** The file that holds the same content already, read to its end; null when there is none that is whole. */
  twin: string | null;
};

export type BlobStore = {
  /**
   * Encrypts bytes, or the file at a path, into a file of its own. File and folder are on disk when this
   * resolves; `recordBlob` then makes a row refer to it. Fails with `store.no-space`, `store.no-access`, `store.io`.
   */
  put(content: Uint8Array | { path: string }): Promise<Result<StagedBlob, StoreFailure>>;
  /** Removes a staged file that will not be recorded. */
  discard(staged: StagedBlob): Promise<void>;
  /** The whole content, verified; fails with `store.blob-missing`, `store.blob-damaged`, `store.io`. */
  read(sha256: string): Promise<Result<Buffer, StoreFailure>>;
  /** The content from a byte on, in verified pieces. Throws StoreError on what `read` fails with. */
  stream(sha256: string, from?: number): AsyncGenerator<Buffer, void, undefined>;
  /** Drops an owner's uses; a blob nobody else uses loses its key and with it its content. */
  release(tx: Tx, owner: string): void;
  /**
   * Removes the files of erased blobs and what a crash left behind: files no row refers to, but never one
   * written since the store was opened. Returns how many went.
   */
  sweep(): Promise<number>;
};

export type BlobRow = { sha256: string; size: number; media_type: string; created_at: string };
type FileRow = { size: number; file_name: string; key: Uint8Array; nonce_prefix: Uint8Array };

/** Records a staged blob, or one more use of the same content; call it in the transaction that refers to it. */
export function recordBlob(tx: Tx, staged: StagedBlob, use: { mediaType: string; owner: string }): void {
  const { sha256, size, fileName, key, noncePrefix } = staged;
  const known = tx.get<{ file_name: string }>('SELECT file_name FROM blobs WHERE sha256 = ?', [sha256]);
  if (known === undefined) {
    tx.run(
      `INSERT INTO blobs (sha256, size, media_type, file_name, key, nonce_prefix, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [sha256, size, use.mediaType, fileName, key, noncePrefix, staged.createdAt],
    );
  } else if (known.file_name !== fileName) {
    // The same content is here already: the new file is spare, unless the old one was lost or damaged.
    const spare = staged.twin === known.file_name ? fileName : known.file_name;
    if (spare !== fileName) {
      tx.run('UPDATE blobs SET file_name = ?, key = ?, nonce_prefix = ? WHERE sha256 = ?', [
        fileName,
        key,
        noncePrefix,
        sha256,
      ]);
    }
    tx.run('INSERT OR IGNORE INTO blob_removals (file_name) VALUES (?)', [spare]);
  }
  addBlobUse(tx, sha256, use.owner);
}

/** One more owner of a recorded blob; a blob lives as long as it has an owner. */
export function addBlobUse(tx: Tx, sha256: string, owner: string): void {
  tx.run('INSERT OR IGNORE INTO blob_uses (sha256, owner) VALUES (?, ?)', [sha256, owner]);
}

/** What is known of a blob without its content. */
export function blobInfo(tx: Reader, sha256: string): BlobRow | undefined {
  return tx.get<BlobRow>('SELECT sha256, size, media_type, created_at FROM blobs WHERE sha256 = ?', [sha256]);
}

/** The blobs an owner uses. */
export function blobsOf(tx: Reader, owner: string): BlobRow[] {
  return tx.all<BlobRow>(
    `SELECT sha256, size, media_type, created_at FROM blob_uses JOIN blobs USING (sha256)
     WHERE owner = ? ORDER BY sha256`,
    [owner],
  );
}

function release(tx: Tx, owner: string): void {
  const uses = tx.all<{ sha256: string }>('SELECT sha256 FROM blob_uses WHERE owner = ?', [owner]);
  tx.run('DELETE FROM blob_uses WHERE owner = ?', [owner]);
  for (const { sha256 } of uses) {
    if (tx.get('SELECT 1 AS used FROM blob_uses WHERE sha256 = ? LIMIT 1', [sha256]) !== undefined) continue;
    tx.run('INSERT OR IGNORE INTO blob_removals SELECT file_name FROM blobs WHERE sha256 = ?', [sha256]);
    tx.run('DELETE FROM blobs WHERE sha256 = ?', [sha256]);
  }
}

/** Pieces of at most a batch, and no empty ones. */
async function* piecesOf(content: Uint8Array | FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const size = BATCH * CHUNK;
  if (content instanceof Uint8Array) {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
    return;
  }
  for (;;) {
    const piece = Buffer.allocUnsafe(size);
    let filled = 0;
    // A short read is not the end of the file; only an empty one is.
    while (filled < size) {
      const { bytesRead } = await content.read(piece, filled, size - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled > 0) yield piece.subarray(0, filled);
    if (filled < size) return;
  }
}

/** Encrypts a source into an open file; one piece is held back, for only the end tells which chunk is the last. */
async function encryptInto(
  file: FileHandle,
  source: Uint8Array | FileHandle,
  seal: (piece: Uint8Array, isLast: boolean) => Buffer,
): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  let held: Uint8Array | undefined;
  for await (const piece of piecesOf(source)) {
    hash.update(piece);
    size += piece.length;
    if (held !== undefined) await file.writeFile(seal(held, false));
    held = piece;
  }
  await file.writeFile(seal(held ?? new Uint8Array(0), true));
  return { sha256: hash.digest('hex'), size };
}

type BlobContext = {
  folder: string;
  clock: Clock;
  random: (length: number) => Uint8Array;
  write: <T>(work: (tx: Tx) => T) => T;
  read: <T>(work: (tx: Reader) => T) => T;
};

/** The encrypted files beside the database. Made by `openStore`. */
export function blobStore({ folder, clock, random, write, read }: BlobContext): BlobStore {
  // Written since the store was opened: a row may still come to refer to them.
  const recent = new Set<string>();

  const put: BlobStore['put'] = async (content) => {
    const fileName = Buffer.from(random(16)).toString('hex');
    const key = random(32);
    const noncePrefix = random(PREFIX);
    const part = `${fileName}.part`;
    recent.add(fileName).add(part);
    const opened: FileHandle[] = [];
    const opening = async (path: string, flags: string, mode?: number): Promise<FileHandle> => {
      const handle = await open(path, flags, mode);
      opened.push(handle);
      return handle;
    };
    try {
      const source = content instanceof Uint8Array ? content : await opening(content.path, 'r');
      const file = await opening(join(folder, part), 'wx', fileMode(folder));
      const written = await encryptInto(file, source, sealer(key, noncePrefix));
      await file.sync();
      await file.close();
      await rename(join(folder, part), join(folder, fileName));
      await syncFolderLater(folder);
      return ok({
        ...written,
        fileName,
        key,
        noncePrefix,
        createdAt: clock.now().toISOString(),
        twin: await wholeFileOf(written.sha256),
      });
    } catch (error) {
      await rm(join(folder, part), { force: true });
      const failure = failureOf(error, folder);
      if (failure === undefined) throw error;
      return err(failure);
    } finally {
      for (const handle of opened) await handle.close();
    }
  };

  async function* stream(sha256: string, from = 0): AsyncGenerator<Buffer, void, undefined> {
    const row = read((tx) =>
      tx.get<FileRow>('SELECT size, file_name, key, nonce_prefix FROM blobs WHERE sha256 = ?', [sha256]),
    );
    if (row === undefined) throw new StoreError({ code: 'store.blob-missing' });
    const path = join(folder, row.file_name);
    if (!existsSync(path)) throw new StoreError({ code: 'store.blob-missing' });
    const chunks = chunkCount(row.size);
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).size !== sealedSize(row.size))
        throw new StoreError({ code: 'store.blob-damaged' });
      const buffer = Buffer.allocUnsafe(BATCH * (CHUNK + TAG));
      for (let index = Math.min(Math.floor(from / CHUNK), chunks - 1); index < chunks; ) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, index * (CHUNK + TAG));
        const parts: Buffer[] = [];
        for (let at = 0; at < bytesRead; at += CHUNK + TAG) {
          const sealed = buffer.subarray(at, Math.min(at + CHUNK + TAG, bytesRead));
          const isLast = index === chunks - 1;
          const chunk = openChunk(sealed, { key: row.key, prefix: row.nonce_prefix, index, isLast });
          if (chunk === undefined) throw new StoreError({ code: 'store.blob-damaged' });
          parts.push(chunk.subarray(Math.max(0, Math.min(chunk.length, from - index * CHUNK))));
          index += 1;
        }
        if (parts.length === 0) throw new StoreError({ code: 'store.blob-damaged' });
        const piece = Buffer.concat(parts);
        if (piece.length > 0) yield piece;
      }
    } catch (error) {
      const failure = failureOf(error, folder);
      throw failure === undefined || error instanceof StoreError ? error : new StoreError(failure, error);
    } finally {
      await file.close();
    }
  }

  /** The file of a recorded content when all of it can be read; null otherwise. */
  async function wholeFileOf(sha256: string): Promise<string | null> {
    const row = read((tx) =>
      tx.get<{ file_name: string }>('SELECT file_name FROM blobs WHERE sha256 = ?', [sha256]),
    );
    if (row === undefined) return null;
    try {
      for await (const _ of stream(sha256));
      return row.file_name;
    } catch (error) {
      if (error instanceof StoreError) return null;
      throw error;
    }
  }

  return {
    put,
    stream,
    discard: async (staged) => {
      await rm(join(folder, staged.fileName), { force: true });
    },
    read: async (sha256) => {
      try {
        const pieces: Buffer[] = [];
        for await (const piece of stream(sha256)) pieces.push(piece);
        return ok(Buffer.concat(pieces));
      } catch (error) {
        if (error instanceof StoreError) return err(error.failure);
        throw error;
      }
    },
    release,
    sweep: async () => {
      const [doomed, kept] = read((tx) => [
        new Set(
          tx.all<{ file_name: string }>('SELECT file_name FROM blob_removals').map((row) => row.file_name),
        ),
        new Set(tx.all<{ file_name: string }>('SELECT file_name FROM blobs').map((row) => row.file_name)),
      ]);
      const present = await readdir(folder);
      const gone = present.filter((name) => doomed.has(name) || !(kept.has(name) || recent.has(name)));
      for (const name of gone) await rm(join(folder, name), { force: true });
      if (doomed.size > 0) {
        await syncFolderLater(folder);
        write((tx) => {
          for (const name of doomed) tx.run('DELETE FROM blob_removals WHERE file_name = ?', [name]);
        });
      }
      return gone.length;
    },
  };
}
