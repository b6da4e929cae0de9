import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A tool's exit in the middle of a scan must not leave pages behind, nor may ours: the name says whose they are. */
const prefix = 'virtuos-scan-';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Removes page images of processes that were killed during a scan. */
const wipeLeftovers = async (parent: string) => {
  const names = await readdir(parent).catch(() => []);
  const stale = names.filter((name) => {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    return pid > 0 && !isAlive(pid);
  });
  await Promise.all(
    stale.map((name) => rm(join(parent, name), { recursive: true, force: true }).catch(() => {})),
  );
};

/**
 * Lends a private folder for the time of one run of a scanning program: page images lie there between the program and us, and go with
 * the folder however the run ends. Without a folder (disk full, no right) the work is not begun and undefined comes back.
 */
export const pageFolders = (parent: string) => {
  let leftoversWiped: Promise<void> | undefined;
  /** What Windows did not let go yet, because a program that was ended still held it. */
  const stuck = new Set<string>();
  const remove = (folder: string) =>
    rm(folder, { recursive: true, force: true, maxRetries: 5 }).then(
      () => stuck.delete(folder),
      () => stuck.add(folder),
    );
  return async <T>(work: (folder: string) => Promise<T>): Promise<T | undefined> => {
    leftoversWiped ??= wipeLeftovers(parent);
    await leftoversWiped;
    await Promise.all([...stuck].map(remove));
    // mkdtemp makes the folder with mode 0700.
    const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`)).catch(() => undefined);
    if (folder === undefined) return undefined;
    try {
      return await work(folder);
    } finally {
      await remove(folder);
    }
  };
};
