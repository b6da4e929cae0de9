import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../values/clock.ts';
import { err, ok, type Result } from '../values/result.ts';
import { type BlobStore, blobStore } from './blobs.ts';
import { failureOf, type StoreFailure } from './failures.ts';
import { fileMode, syncFolder } from './files.ts';
import { checkKey, hasKeyCheck, writeKeyCheck } from './key-check.ts';
import { migrate } from './migrate.ts';
import { migrations as knownMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { searchable } from './searchable.ts';
import { type Reader, type Tx, transactions } from './transaction.ts';

export type StoreOptions = {
  /** `desk.db`, its key check, its lock and `blobs/` lie in it; made when missing. */
  folder: string;
  /** 32 bytes: the raw key of the database (SQLCipher 4). */
  key: Uint8Array;
  clock: Clock;
  /** So many bytes of cryptographic randomness. */
  random: (length: number) => Uint8Array;
  /** Another build of SQLite's binding, where the shipped one does not load. */
  nativeBinding?: string | undefined;
  migrations?: readonly Migration[];
  /** The file turned out to be damaged while it was worked with. Told once; nothing is written from then on. */
  onDamaged?: () => void;
};

export type Store = {
  /** One transaction, durable on disk when this returns. Never called inside another `write` or `read`. */
  write<T>(work: (tx: Tx) => T): T;
  /** One consistent view. Never called inside another `write` or `read`. */
  read<T>(work: (tx: Reader) => T): T;
  blobs: BlobStore;
  schemaVersion: number;
  /**
   * Brings what stands in the write-ahead log into the database and cuts the log off. False when a reader is in the way;
   * then it stays for the next time.
   */
  cutLog(): boolean;
  /**
   * Writes the whole database anew, so that its free space holds nothing of what was deleted; takes the store for as long as
   * that takes. False when there is not enough room on the disk or a reader is in the way. Never called inside another
   * `write` or `read`.
   */
  rewrite(): boolean;
  close(): void;
};

const KEY_BYTES = 32;

const touch = (path: string, mode: number): void => {
  if (existsSync(path)) return;
  closeSync(openSync(path, 'a', mode));
  // The process's umask must not take the group's right away that the folder gives.
  chmodSync(path, mode);
};

/**
 * Takes the folder for this process alone: an exclusive transaction on an empty database, which the operating
 * system lets go of when the process ends, however it ends. A lock of its own leaves the real database open to
 * readers of the same process (worker threads).
 */
function lock(folder: string, nativeBinding: string | undefined): Result<Database.Database, StoreFailure> {
  const db = new Database(join(folder, 'desk.lock'), { timeout: 0, ...(nativeBinding && { nativeBinding }) });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return ok(db);
  } catch (error) {
    db.close();
    const failure = failureOf(error, folder);
    if (failure === undefined) throw error;
    return err(failure);
  }
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/** A connection to an encrypted database (SQLCipher 4) under its raw key; nothing is read yet. */
export function connect(path: string, key: Uint8Array, nativeBinding: string | undefined): Database.Database {
  const db = new Database(path, { timeout: 5000, ...(nativeBinding && { nativeBinding }) });
  db.pragma("cipher = 'sqlcipher'");
  db.pragma('legacy = 4');
  db.pragma(`key = "x'${Buffer.from(key).toString('hex')}'"`);
  return db;
}

/** Every setting the promises rest on; `recursive_triggers` lets REPLACE fire the triggers that refuse DELETE. */
function configure(db: Database.Database): void {
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') throw new Error(`SQLite gave the journal mode ${String(mode)} instead of WAL.`);
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('secure_delete = ON');
  db.pragma('recursive_triggers = ON');
  db.pragma('trusted_schema = OFF');
  // Sorting must not leave plain text in temporary files.
  db.pragma('temp_store = MEMORY');
  // In KiB. Every page that is not kept is read and decrypted again; a full queue is larger than the default.
  db.pragma('cache_size = -32768');
  db.function('searchable', { deterministic: true }, searchable);
}

function cutLog(db: Database.Database): boolean {
  return db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
}

function rewrite(db: Database.Database, path: string): boolean {
  const { bavail, bsize } = statfsSync(path);
  // The new pages go through the log first: for a moment there are three of each.
  if (bavail * bsize < sizeOf(path) * 3) return false;
  try {
    db.exec('VACUUM');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && /^SQLITE_(BUSY|FULL|LOCKED)/.test(error.code)) return false;
    throw error;
  }
}

/**
 * Opens the desk's store, makes it when there is none, and brings its schema up to date. Whatever is wrong is
 * told as a failure; opening never deletes, renames or replaces what it finds.
 *
 * Failures: `store.in-use` (another process has it), `store.wrong-key`, `store.damaged` (missing, cut short,
 * does not decrypt under the right key, or inconsistent), `store.newer-schema` {found, known},
 * `store.migration-failed` {version, name}, `store.no-space`, `store.no-access`, `store.io`.
 */
export function openStore(options: StoreOptions): Result<Store, StoreFailure> {
  const { folder, key, clock, random, nativeBinding, migrations = knownMigrations, onDamaged } = options;
  if (key.length !== KEY_BYTES) throw new Error(`The store's key has ${KEY_BYTES} bytes.`);
  const path = join(folder, 'desk.db');
  const opened: Database.Database[] = [];
  const abandon = (failure: StoreFailure): Result<never, StoreFailure> => {
    for (const db of opened.reverse()) db.close();
    return err(failure);
  };

  try {
    mkdirSync(join(folder, 'blobs'), { recursive: true, mode: 0o700 });
    const mode = fileMode(folder);
    touch(join(folder, 'desk.lock'), mode);
    const locked = lock(folder, nativeBinding);
    if (!locked.ok) return locked;
    opened.push(locked.value);

    const verdict = checkKey(folder, key);
    // Told before SQLite touches anything: under a wrong key it must not even try to recover a WAL.
    if (verdict === 'wrong') return abandon({ code: 'store.wrong-key' });
    // An empty database where there had been one would quietly start a new desk.
    const isEmpty = sizeOf(path) === 0;
    if (isEmpty && (hasKeyCheck(folder) || sizeOf(`${path}-wal`) > 0))
      return abandon({ code: 'store.damaged' });

    touch(path, mode);
    const db = connect(path, key, nativeBinding);
    opened.push(db);
    try {
      db.pragma('schema_version');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      const failure = failureOf(error, folder);
      if (failure?.code !== 'store.damaged') throw error;
      // Without a check file the two can not be told apart; another key is the attempt that harms nothing.
      return abandon(verdict === 'right' ? failure : { code: 'store.wrong-key' });
    }
    configure(db);
    if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') return abandon({ code: 'store.damaged' });

    const migrated = migrate(db, migrations, { clock, folder });
    if (!migrated.ok) return abandon(migrated.error);
    if (verdict === 'absent') {
      syncFolder(folder);
      writeKeyCheck(folder, key);
    }

    const { write, read, told } = transactions(db, folder, onDamaged);
    const aware = <T>(work: () => T): T => {
      try {
        return work();
      } catch (error) {
        throw told(error);
      }
    };
    const store: Store = {
      write,
      read,
      blobs: blobStore({ folder: join(folder, 'blobs'), clock, random, write, read }),
      schemaVersion: migrated.value,
      cutLog: () => aware(() => cutLog(db)),
      rewrite: () => aware(() => rewrite(db, path)),
      close: () => {
        for (const connection of opened.splice(0).reverse()) connection.close();
      },
    };
    return ok(store);
  } catch (error) {
    const failure = failureOf(error, folder);
    if (failure === undefined) {
      for (const db of opened.reverse()) db.close();
      throw error;
    }
    return abandon(failure);
  }
}

export type { Reader, Tx } from './transaction.ts';
