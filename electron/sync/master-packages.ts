import * as master from '../store/master.ts';
import type { Store } from '../store/open.ts';
import { faultOf, type PageFault, soundText } from '../values/master-package.ts';
import type { MasterPage } from './answers.ts';
import { pinnedKeys } from './portal-keys.ts';

/** So many rows at once: short enough that nobody at the counter notices. */
const SLICE = 500;
/** Settling writes each row twice, and nobody waits for it. */
const SETTLED_SLICE = 500;
/**
 * Pages that come quickly are laid down together, in the order of their ids: a page of the index is then written once, and not
 * again with every page of the portal. What a crash can take with it is what came within so short a time.
 */
const PILE = { rows: 8000, ms: 1000 } as const;

/** Lets whoever waits have a turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export type PackageFault = PageFault | 'wrong-place';

/** What is checked and not laid down yet. */
type Pile = { from: string | null; reached: string; changes: master.MasterChange[] };

const byId = (a: master.MasterChange, b: master.MasterChange): number =>
  a.id < b.id ? -1 : Number(a.id > b.id);

/** The items as they are laid down; null when one is not what its hash says. */
function soundChanges(items: MasterPage['items']): master.MasterChange[] | null {
  const changes: master.MasterChange[] = [];
  for (const item of items) {
    if (item.deleted) changes.push({ id: item.id, revision: item.revision, deleted: true });
    else {
      const text = soundText(item);
      if (text === null) return null;
      changes.push({ id: item.id, revision: item.revision, text, hash: item.hash });
    }
  }
  return changes;
}

/**
 * Master data in packages, however they come here (line or medium): page after page is checked and laid down apart, and when
 * the last one is there the whole is put in force at once. A crash leaves what held before, and the package goes on where it
 * was. Nothing here takes the counter for longer than a slice of rows.
 */
export function createMasterPackages({
  store,
  clock,
}: {
  store: Store;
  clock: { now(): Date; monotonicMs(): number };
}) {
  const piles = new Map<string, Pile>();
  let laying: Promise<void> = Promise.resolve();
  let laidMs = Number.NEGATIVE_INFINITY;

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

  async function lay(collection: string, { from, reached, changes }: Pile): Promise<void> {
    const isBegun = store.read((tx) => master.packageOf(tx, collection) !== null);
    // The usual answer: nothing new.
    if (!isBegun && changes.length === 0 && reached === from) return;
    if (!isBegun) store.write((tx) => master.begin(tx, collection, from));
    // An item that came twice keeps its order.
    changes.sort(byId);
    for (let at = 0; at === 0 || at < changes.length; at += SLICE) {
      if (changes.length > SLICE) await breathe();
      const isEnd = at + SLICE >= changes.length;
      store.write((tx) => master.lay(tx, collection, changes.slice(at, at + SLICE), isEnd ? reached : null));
    }
  }

  /** Begins to lay down what has come of a collection, when the pile before it is laid. */
  async function layPile(collection: string): Promise<void> {
    await laying;
    const pile = piles.get(collection);
    if (pile === undefined) return;
    piles.delete(collection);
    laidMs = clock.monotonicMs();
    laying = lay(collection, pile);
    // Whoever waits for it next is told.
    laying.catch(() => {});
  }

  /** Forgets what is not laid down; it comes again. Whoever waited for a laying that failed was told. */
  async function forget(collections: readonly string[]): Promise<void> {
    for (const one of collections) piles.delete(one);
    laying = laying.catch(() => {});
    await laying;
  }

  return {
    /** The cursor the next page has to begin at; null from the beginning. */
    async next(collection: string): Promise<string | null> {
      await forget([collection]);
      await settle(collection);
      return store.read(
        (tx) => (master.packageOf(tx, collection) ?? { cursor: master.cursorOf(tx, collection) }).cursor,
      );
    },

    /**
     * Takes the page that begins at this cursor, or says what is wrong with it: the package is then to be refused whole. It is
     * laid down by `layDown` at the latest.
     */
    async take(collection: string, from: string | null, page: MasterPage): Promise<PackageFault | null> {
      const { items, cursor, more, signature } = page;
      const keys = store.read(pinnedKeys);
      const wrong = keys
        ? faultOf({ collection, from, cursor, more, items }, signature, Buffer.from(keys.master, 'base64'))
        : 'wrong-key';
      if (wrong !== null) return wrong;
      const changes = soundChanges(items);
      if (changes === null) return 'wrong-hash';
      const pile = piles.get(collection) ?? { from, reached: cursor, changes: [] };
      pile.reached = cursor;
      for (const change of changes) pile.changes.push(change);
      piles.set(collection, pile);
      if (pile.changes.length >= PILE.rows || clock.monotonicMs() - laidMs >= PILE.ms)
        await layPile(collection);
      return null;
    },

    /** Ends when all that was taken of a collection is laid down. */
    async layDown(collection: string): Promise<void> {
      await layPile(collection);
      await laying;
    },

    /** Puts what has come whole in force, all at once; returns which collections changed. */
    putInForce(collections: readonly string[]): string[] {
      const come = store.read((tx) =>
        collections.filter((one) => master.packageOf(tx, one)?.state === 'coming'),
      );
      const at = clock.now().toISOString();
      if (come.length > 0)
        store.write((tx) => {
          for (const one of come) master.putInForce(tx, one, at);
        });
      return come;
    },

    /** What has come of these is thrown away; what held holds. */
    async refuse(collections: readonly string[]): Promise<void> {
      await forget(collections);
      store.write((tx) => {
        for (const one of collections) master.refuse(tx, one);
      });
      for (const one of collections) await settle(one);
    },

    settle,
  };
}

export type MasterPackages = ReturnType<typeof createMasterPackages>;
