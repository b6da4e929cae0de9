import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Electron's sandbox needs an unprivileged user; root runs it as nobody. */
export const runningAsRoot = process.getuid?.() === 0;
export const unprivileged = { uid: 65534, gid: 65534 };

/**
 * Where prepared things are kept between checkouts: VIRTUOS_CACHE_DIR, else the user's cache folder. For root that is
 * a folder nobody may read, because Electron runs as nobody then.
 */
export const cacheFolder = (): string => {
  const folder =
    process.env['VIRTUOS_CACHE_DIR'] ??
    (runningAsRoot
      ? '/var/cache/virtuos-counter'
      : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'virtuos-counter'));
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** A process that has ended but that nobody has waited for has no command line any more. */
const isRunning = (pid: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
};

/**
 * A folder to prepare `target` of the cache in, beside it so that the result can be renamed into place at once. Takes
 * away what killed preparations left behind.
 */
export const preparationFolder = (target: string): string => {
  const cache = cacheFolder();
  for (const name of readdirSync(cache)) {
    const pid = /\.preparing-(\d+)$/.exec(name)?.[1];
    if (pid && !isRunning(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
  return `${target}.preparing-${process.pid}`;
};

/** Gives a folder or file to the user that Electron runs as. */
export const giveToElectronUser = (path: string): void => {
  if (runningAsRoot) chownSync(path, unprivileged.uid, unprivileged.gid);
};

/** Makes a folder that the user Electron runs as may write to and nobody else may read. */
export const makeElectronUserFolder = (path: string): string => {
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
  giveToElectronUser(path);
  return path;
};

/** Home of the user Electron runs as, when it is not the caller's own. It keeps the training data between starts. */
export const electronUserHome = (): string =>
  runningAsRoot ? makeElectronUserFolder('/var/lib/virtuos-counter') : homedir();
