import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { syncFolder, writeNew } from './key.ts';

// A store that was put together in `restoring/` takes the place of the one in the data folder. The old one is moved into
// `aside-<instant>/` with its keys and never deleted. What is under way stands in `switch.json`; whoever finds it at a
// start goes on with it, so that a death at any point leaves either the old store or, after the next start, the new one.

/** Where a new store is put together, and the file that says that it is whole. */
export const restoringFolder = (folder: string): string => join(folder, 'restoring');
const READY = 'ready.json';
const JOURNAL = 'switch.json';

const REMOVED = 'removed';
const OF_A_STORE = /^(desk\.(db(-wal|-shm)?|lock|keycheck)|blobs|(key|signing)\..*)$/;

const journal = z.strictObject({
  aside: z.string().regex(/^aside-[0-9TZ-]+$/),
  phase: z.enum(['out', 'in']),
});

function writeJournal(folder: string, value: z.output<typeof journal>): void {
  writeNew(folder, `${JOURNAL}.next`, Buffer.from(JSON.stringify(value)));
  renameSync(join(folder, `${JOURNAL}.next`), join(folder, JOURNAL));
  syncFolder(folder);
}

function readJournal(folder: string): z.output<typeof journal> | null {
  const file = join(folder, JOURNAL);
  return existsSync(file) ? journal.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
}

const storeNames = (folder: string): string[] => readdirSync(folder).filter((name) => OF_A_STORE.test(name));

/** Begins the switch to the store in `restoring/`; false when that one is not whole. Nothing may have either store open. */
export function beginSwitch(folder: string, now: Date): boolean {
  if (!existsSync(join(restoringFolder(folder), READY))) return false;
  rmSync(join(folder, `${JOURNAL}.next`), { force: true });
  const aside = `aside-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  writeJournal(folder, { aside, phase: 'out' });
  finishSwitch(folder);
  return true;
}

/** Goes on with a switch that was begun; does nothing when none was. Called at each start, before anything is opened. */
export function finishSwitch(folder: string): void {
  rmSync(join(folder, `${JOURNAL}.next`), { force: true });
  let under = readJournal(folder);
  if (under === null) return;
  const restoring = restoringFolder(folder);
  if (under.phase === 'out') {
    const aside = join(folder, under.aside);
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    // In this phase every such name in the folder is the old store's.
    for (const name of storeNames(folder)) renameSync(join(folder, name), join(aside, name));
    syncFolder(aside);
    under = { ...under, phase: 'in' };
    writeJournal(folder, under);
  }
  if (existsSync(restoring)) {
    for (const name of storeNames(restoring)) {
      // What opening the store made here in between is empty; the store's own comes in its place.
      rmSync(join(folder, name), { recursive: true, force: true });
      renameSync(join(restoring, name), join(folder, name));
    }
    rmSync(restoring, { recursive: true, force: true });
  }
  syncFolder(folder);
  rmSync(join(folder, JOURNAL));
  syncFolder(folder);
}

/** Says for good that this desk was taken out of service: no start opens its store again. */
export function markRemoved(folder: string): void {
  if (!isRemoved(folder)) writeNew(folder, REMOVED, Buffer.from(''));
}

export const isRemoved = (folder: string): boolean => existsSync(join(folder, REMOVED));

const erase = (folder: string, names: RegExp): void => {
  for (const name of readdirSync(folder)) if (names.test(name)) rmSync(join(folder, name), { force: true });
  syncFolder(folder);
};

/** Destroys the only keys to the store on this machine; what lies there cannot be read any more. */
export const eraseStoreKeys = (folder: string): void => erase(folder, /^key\./);

/** Destroys the key the log was signed with. */
export const eraseSigningKeys = (folder: string): void => erase(folder, /^signing\./);
