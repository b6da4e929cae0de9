import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../values/clock.ts';
import { systemRandom } from '../../values/ids.ts';
import type { StoreFailure } from '../failures.ts';
import { openStore, type Store, type StoreOptions } from '../open.ts';

/** A clock a test sets. */
export type TestClock = Clock & { at: Date; advance(ms: number): void };

export function testClock(start = '2026-04-01T08:00:00.000Z'): TestClock {
  const begin = Date.parse(start);
  return {
    at: new Date(begin),
    now() {
      return this.at;
    },
    monotonicMs() {
      return this.at.getTime() - begin;
    },
    advance(ms) {
      this.at = new Date(this.at.getTime() + ms);
    },
  };
}

/** A folder that `remove` deletes; the store in it is not made yet. */
export function temporaryFolder(): { folder: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'virtuos-store-'));
  return { folder: join(parent, 'desk'), remove: () => rmSync(parent, { recursive: true, force: true }) };
}

export const testKey = (fill = 7): Uint8Array => new Uint8Array(32).fill(fill);

type Opened = { ok: true; value: Store } | { ok: false; error: StoreFailure };

/** Opens the store of a test; the binding follows the environment, so that tests also run inside Electron. */
export const openTestStore = (folder: string, options: Partial<StoreOptions> = {}): Opened =>
  openStore({
    folder,
    key: testKey(),
    clock: testClock(),
    random: systemRandom,
    nativeBinding: process.env.VIRTUOS_SQLITE_BINDING,
    ...options,
  });

/** As `openTestStore`, for tests in which it must open. */
export function mustOpen(folder: string, options: Partial<StoreOptions> = {}): Store {
  const opened = openTestStore(folder, options);
  if (!opened.ok) throw new Error(`The store did not open: ${JSON.stringify(opened.error)}`);
  return opened.value;
}

/** A fresh store in a folder of its own; `remove` closes it and deletes the folder. */
export function temporaryStore(options: Partial<StoreOptions> = {}): {
  store: Store;
  folder: string;
  remove(): void;
} {
  const { folder, remove } = temporaryFolder();
  const store = mustOpen(folder, options);
  return {
    store,
    folder,
    remove: () => {
      store.close();
      remove();
    },
  };
}
