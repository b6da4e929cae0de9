import * as master from '../store/master.ts';
import type { Store } from '../store/open.ts';
import { faultOf, type PageFault, soundText } from '../values/master-package.ts';
import type { MasterPage } from './answers.ts';
import { pinnedKeys } from './portal-keys.ts';

/** So many rows at once: short enough that nobody at the counter notices. */
const SLICE = 500;
/** Settling writes each row twice, and nobody waits for it. */
const SETTLED_SLICE = 250;

/** Lets whoever waits have a turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export type PackageFault = PageFault | 'wrong-place';

/**
 * Master data in packages, however they come here (line or medium): page after page is checked and laid down apart, and when
 * the last one is there the whole is put in force at once. A crash leaves what held before, and the package goes on where it
 * was. Nothing here takes the counter for longer than a slice of rows.
 */
export function createMasterPackages({ store, now }: { store: Store; now: () => Date }) {
  /** Finishes what is left of the package before, so that the next may begin. */
  async function settle(collection: string, isStopping = (): boolean => false): Promise<void> {
    // Most of the time there is nothing to settle.
    const isDone = (): boolean => {
      const found = store.read((tx) => master.packageOf(tx, collection));
      return found === null || found.state === 'coming';
    };
    while (!isStopping() && !isDone()) {
      const settled = store.write((tx) => master.settle(tx, collection, SETTLED_SLICE));
      if (settled === SETTLED_SLICE) await breathe();
    }
  }

  return {
    /** The cursor the next page has to begin at; null from the beginning. */
    async next(collection: string): Promise<string | null> {
      await settle(collection);
      return store.read(
        (tx) => (master.packageOf(tx, collection) ?? { cursor: master.cursorOf(tx, collection) }).cursor,
      );
    },

    /** Takes the page that begins at this cursor, or says what is wrong with it: the package is then to be refused whole. */
    async take(collection: string, from: string | null, page: MasterPage): Promise<PackageFault | null> {
      const { items, cursor, more, signature } = page;
      const keys = store.read(pinnedKeys);
      const wrong = keys
        ? faultOf({ collection, from, cursor, more, items }, signature, Buffer.from(keys.master, 'base64'))
        : 'wrong-key';
      if (wrong !== null) return wrong;
      const isBegun = store.read((tx) => master.packageOf(tx, collection) !== null);
      // The usual answer: nothing new.
      if (!isBegun && items.length === 0 && cursor === from) return null;
      if (!isBegun) store.write((tx) => master.begin(tx, collection, from));
      for (let at = 0; at === 0 || at < items.length; at += SLICE) {
        const changes: master.MasterChange[] = [];
        for (const item of items.slice(at, at + SLICE)) {
          if (item.deleted) changes.push({ id: item.id, revision: item.revision, deleted: true });
          else {
            const text = soundText(item);
            if (text === null) return 'wrong-hash';
            changes.push({ id: item.id, revision: item.revision, text, hash: item.hash });
          }
        }
        if (items.length > SLICE) await breathe();
        const isEnd = at + SLICE >= items.length;
        store.write((tx) => master.lay(tx, collection, changes, isEnd ? cursor : null));
        if (items.length > SLICE) await breathe();
      }
      return null;
    },

    /** Puts what has come whole in force, all at once; returns which collections changed. */
    putInForce(collections: readonly string[]): string[] {
      const come = store.read((tx) =>
        collections.filter((one) => master.packageOf(tx, one)?.state === 'coming'),
      );
      const at = now().toISOString();
      if (come.length > 0)
        store.write((tx) => {
          for (const one of come) master.putInForce(tx, one, at);
        });
      return come;
    },

    /** What has come of these is thrown away; what held holds. */
    async refuse(collections: readonly string[]): Promise<void> {
      store.write((tx) => {
        for (const one of collections) master.refuse(tx, one);
      });
      for (const one of collections) await settle(one);
    },

    settle,
  };
}

export type MasterPackages = ReturnType<typeof createMasterPackages>;
