import { statfsSync } from 'node:fs';
import type { Failure } from '../values/result.ts';

/** What can be wrong with the store in a way a person must hear about. */
export type StoreCode =
  | 'store.wrong-key'
  | 'store.damaged'
  | 'store.newer-schema'
  | 'store.no-space'
  | 'store.no-access'
  | 'store.in-use'
  | 'store.migration-failed'
  | 'store.io'
  | 'store.blob-damaged'
  | 'store.blob-missing'
  | 'store.not-reconciled'
  | 'backup.damaged'
  | 'backup.wrong-key'
  | 'backup.no-recovery-key'
  | 'backup.other-environment'
  | 'recovery.nothing-rescued';

export type StoreFailure = Failure<StoreCode>;

/**
 * A failure of the store in the middle of work, thrown because it can come from any statement. The transaction
 * is rolled back and the store stays usable; who runs the command turns it into a failed result.
 */
export class StoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, cause?: unknown) {
    super(failure.code, { cause });
    this.name = 'StoreError';
    this.failure = failure;
  }
}

// Below this much free space an unexplained write error is taken for a full disk.
const NEARLY_FULL_BYTES = 1024 * 1024;

/** Whether the disk under the folder has (nearly) no room left for this process. */
function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < NEARLY_FULL_BYTES;
  } catch {
    return false;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What an error of SQLite means for a person; undefined when it is a bug (a broken constraint, wrong SQL). */
function databaseFailure(code: string, folder: string): StoreFailure | undefined {
  if (code === 'SQLITE_FULL') return { code: 'store.no-space' };
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return { code: 'store.damaged' };
  // Growing the shared memory of the WAL or a journal on a full disk is told as a plain I/O error.
  if (code.startsWith('SQLITE_IOERR')) return { code: isFull(folder) ? 'store.no-space' : 'store.io' };
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    return { code: isFull(folder) ? 'store.no-space' : 'store.no-access' };
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return { code: 'store.in-use' };
  return undefined;
}

/** What an error of the file system means for a person; undefined when it is none of the expected ones. */
function fileFailure(code: string): StoreFailure | undefined {
  if (/^(ENOSPC|EDQUOT)$/.test(code)) return { code: 'store.no-space' };
  if (/^(EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|EISDIR)$/.test(code)) return { code: 'store.no-access' };
  if (/^(EIO|ENXIO|ENODEV|EMFILE|ENFILE|EBUSY)$/.test(code)) return { code: 'store.io' };
  return undefined;
}

/** The failure behind an error of SQLite or of the file system; undefined when the error is a bug. */
export function failureOf(error: unknown, folder: string): StoreFailure | undefined {
  if (error instanceof StoreError) return error.failure;
  const code = codeOf(error);
  return databaseFailure(code, folder) ?? fileFailure(code);
}

/** What a transaction throws on: a StoreError for what the database ran into, any other error as it is. */
export function asThrown(error: unknown, folder: string): unknown {
  if (error instanceof StoreError) return error;
  const failure = databaseFailure(codeOf(error), folder);
  return failure === undefined ? error : new StoreError(failure, error);
}
