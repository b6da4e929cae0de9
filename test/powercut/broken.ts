import { basename, dirname } from 'node:path';
import type { Op } from './record.ts';

// Desks with a mistake in them, made from the record of the real one: a call that such a desk would not make is taken out.
// A test of the tests.

/** What such a desk would have done instead of a call of the real one. */
export type BrokenVariant = (op: Op) => Op[];

/** The path a descriptor stands for, followed through the record. */
function follow(): (op: Op) => string {
  const paths = new Map<number, string>();
  return (op) => {
    if (op.op === 'open') paths.set(op.descriptor, op.path);
    return 'descriptor' in op ? (paths.get(op.descriptor) ?? '') : '';
  };
}

/** Leaves out the syncs of what `which` names. */
const withoutSync = (which: (path: string) => boolean): BrokenVariant => {
  const pathOf = follow();
  return (op) => {
    const path = pathOf(op);
    return op.op === 'sync' && which(path) ? [] : [op];
  };
};

const isInBlobs = (path: string): boolean => basename(dirname(path)) === 'blobs';

export const brokenVariants = {
  /** `synchronous = OFF`: an act is acknowledged before it is on the disk. */
  'reply-before-sync': () => withoutSync((path) => path.endsWith('-wal')),
  /** A row refers to a content that is not on the disk yet. */
  'row-before-blob': () => withoutSync(isInBlobs),
  /** The content is on the disk, its name is not. */
  'name-not-synced': () => withoutSync((path) => basename(path) === 'blobs'),
} as const satisfies Record<string, () => BrokenVariant>;
export type BrokenName = keyof typeof brokenVariants;
