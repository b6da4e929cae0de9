import type { RunTask } from './thread.ts';

/** What the counter needs to make backups and to put another store in the place of its own. */
export type RecoveryParts = {
  /** The store's folder and key; no key where it cannot be had. */
  folder: string;
  key: Uint8Array | null;
  /** Runs a task on a thread of its own. */
  run: RunTask;
  nativeBinding?: string | undefined;
  /** Where a new store is put together, and the key made for it. */
  newStore(): Promise<{ folder: string; key: Uint8Array }>;
  /** The new store is whole: it takes the old one's place, and the desk starts anew with it. */
  switchStore(): void;
  /** The store turned out to be damaged: nothing more is done with it until a person decided. */
  storeDamaged(): void;
  /** The desk left: its store stays sealed, or its keys are destroyed. */
  leaveStore(how: 'sealed' | 'erased'): void;
};
