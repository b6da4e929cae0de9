import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whose the folders are stands in their names, for others may have theirs beside them. A process number would not do: after a start of the
 * machine another program bears it.
 */
const prefixOf = (owner: string): string =>
  `virtuos-scan-${createHash('sha256').update(owner).digest('hex').slice(0, 16)}-`;

/**
 * Lends a private folder for the time of one run of a scanning program: page images lie there between the program and us, and go with
 * the folder however the run ends. Without a folder (disk full, no right) the work is not begun and undefined comes back. An owner lends from
 * one place at a time, so what is there of it before is of a run that was killed, and is wiped at once. One without a name has had none.
 */
export const pageFolders = (parent: string, owner: string = randomUUID()) => {
  const prefix = prefixOf(owner);
  /** What Windows did not let go yet, because a program that was ended still held it. */
  const stuck = new Set<string>();
  const remove = (folder: string) =>
    rm(folder, { recursive: true, force: true, maxRetries: 5 }).then(
      () => stuck.delete(folder),
      () => stuck.add(folder),
    );
  const wipeLeftovers = async () => {
    const names = await readdir(parent).catch(() => []);
    const left = names.filter((name) => name.startsWith(prefix));
    await Promise.all(left.map((name) => remove(join(parent, name))));
  };
  const leftoversWiped = wipeLeftovers();
  return async <T>(work: (folder: string) => Promise<T>): Promise<T | undefined> => {
    await leftoversWiped;
    await Promise.all([...stuck].map(remove));
    // mkdtemp makes the folder with mode 0700.
    const folder = await mkdtemp(join(parent, prefix)).catch(() => undefined);
    if (folder === undefined) return undefined;
    try {
      return await work(folder);
    } finally {
      await remove(folder);
    }
  };
};
