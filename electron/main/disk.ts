import { type Failure, fail, type Result } from '../values/result.ts';

export type DiskFailure = Failure<'store.no-space' | 'store.no-access'>;

const codes: Record<string, DiskFailure['code']> = {
  ENOSPC: 'store.no-space',
  EDQUOT: 'store.no-space',
  EACCES: 'store.no-access',
  EPERM: 'store.no-access',
  EROFS: 'store.no-access',
  ENOTDIR: 'store.no-access',
  EISDIR: 'store.no-access',
  ENOENT: 'store.no-access',
};

/** Does work on the data folder; a disk that is full or closed to us is a failure a person sees, not a bug. */
export const onDisk = <T, E>(work: () => Result<T, E>): Result<T, E | DiskFailure> => {
  try {
    return work();
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? codes[String(error.code)] : undefined;
    if (errno === undefined) throw error;
    return fail(errno);
  }
};
