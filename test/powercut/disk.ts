import { dirname } from 'node:path';
import type { Op } from './record.ts';

// A disk as a power cut treats it. What was synced is there. Of the rest any part may be: writes of a file in any selection, each
// torn at a sector; names of a folder in the order they were made, as journaling file systems keep them.

export const SECTOR = 512;

type Change = Extract<Op, { op: 'write' | 'truncate' }>;
type File = { durable: Buffer; pending: Change[] };
type Entry = File | 'folder';
type NameChange = { folder: string; change(names: Map<string, Entry>): void };

/** What of the unsynced is there: how many of the names, and of each change all, a part or nothing. */
export type Selection = {
  names: number;
  keep(change: number): 'whole' | 'torn' | 'lost';
};

function changed(content: Buffer, change: Change, isTorn: boolean): Buffer {
  if (change.op === 'truncate') {
    if (change.length <= content.length) return content.subarray(0, change.length);
    return Buffer.concat([content, Buffer.alloc(change.length - content.length)]);
  }
  const half = Math.floor(change.data.length / 2 / SECTOR) * SECTOR;
  const data = isTorn ? change.data.subarray(0, half) : change.data;
  const end = change.offset + data.length;
  const next = Buffer.alloc(Math.max(content.length, end));
  content.copy(next);
  data.copy(next, change.offset);
  return next;
}

/** Follows a process's calls below `root` and tells what a cut could leave. Paths of `states` are absolute, as recorded. */
export function createDisk(root: string) {
  const names = new Map<string, Entry>([[root, 'folder']]);
  const durableNames = new Map<string, Entry>([[root, 'folder']]);
  let pendingNames: NameChange[] = [];
  const descriptors = new Map<number, { entry: Entry; path: string }>();
  const unsynced = new Set<File>();

  function rename(folder: string, change: NameChange['change']): void {
    change(names);
    pendingNames.push({ folder, change });
  }

  function write(file: File, change: Change): void {
    file.pending.push(change);
    unsynced.add(file);
  }

  function sync(entry: Entry, path: string): void {
    if (entry === 'folder') {
      for (const { folder, change } of pendingNames) if (folder === path) change(durableNames);
      pendingNames = pendingNames.filter(({ folder }) => folder !== path);
      return;
    }
    for (const change of entry.pending) entry.durable = changed(entry.durable, change, false);
    entry.pending = [];
    unsynced.delete(entry);
  }

  function apply(op: Op): void {
    switch (op.op) {
      case 'open': {
        let entry = names.get(op.path);
        if (entry === undefined) {
          const made: File = { durable: Buffer.alloc(0), pending: [] };
          entry = made;
          rename(dirname(op.path), (all) => void all.set(op.path, made));
        }
        descriptors.set(op.descriptor, { entry, path: op.path });
        if (op.truncate && entry !== 'folder')
          write(entry, { op: 'truncate', descriptor: op.descriptor, length: 0 });
        return;
      }
      case 'close':
        descriptors.delete(op.descriptor);
        return;
      case 'write':
      case 'truncate': {
        const entry = descriptors.get(op.descriptor)?.entry;
        if (entry !== undefined && entry !== 'folder') write(entry, op);
        return;
      }
      case 'sync': {
        const opened = descriptors.get(op.descriptor);
        if (opened) sync(opened.entry, opened.path);
        return;
      }
      case 'mkdir':
        rename(dirname(op.path), (all) => void all.set(op.path, 'folder'));
        return;
      case 'unlink':
      case 'rmdir':
        rename(dirname(op.path), (all) => void all.delete(op.path));
        return;
      case 'link':
      case 'rename': {
        const entry = names.get(op.from);
        if (entry === undefined) return;
        // A folder takes what is in it along.
        const inside = [...names].filter(([path]) => path.startsWith(`${op.from}/`));
        rename(dirname(op.to), (all) => {
          for (const [path, one] of [[op.from, entry] as const, ...inside]) {
            if (op.op === 'rename') all.delete(path);
            all.set(op.to + path.slice(op.from.length), one);
          }
        });
      }
    }
  }

  /** The files a cut now would leave. */
  function after({ names: kept, keep }: Selection): Map<string, Buffer> {
    const left = new Map(durableNames);
    for (const { change } of pendingNames.slice(0, kept)) change(left);
    const contents = new Map<File, Buffer>();
    let index = 0;
    for (const file of unsynced) {
      let content = file.durable;
      for (const change of file.pending) {
        const fate = keep(index);
        index += 1;
        if (fate !== 'lost') content = changed(content, change, fate === 'torn');
      }
      contents.set(file, content);
    }
    const isThere = (path: string): boolean =>
      path === root || (left.get(path) === 'folder' && isThere(dirname(path)));
    const files = new Map<string, Buffer>();
    for (const [path, entry] of left)
      if (entry !== 'folder' && isThere(dirname(path))) files.set(path, contents.get(entry) ?? entry.durable);
    return files;
  }

  return {
    apply,
    after,
    /** How much is not synced now. */
    open: (): { names: number; changes: number } => ({
      names: pendingNames.length,
      changes: [...unsynced].reduce((sum, file) => sum + file.pending.length, 0),
    }),
  };
}
