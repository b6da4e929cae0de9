import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as master from './master.ts';
import type { Store } from './open.ts';
import { mustOpen, temporaryFolder } from './testing/temporary-store.ts';

const at = '2026-04-01T08:00:00.000Z';
const OF = 'offices';

let folder: string;
let remove: () => void;
let store: Store;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  store = mustOpen(folder);
});
afterEach(() => {
  store.close();
  remove();
});

const live = (id: string, revision: number): master.MasterChange => ({
  id,
  revision,
  text: JSON.stringify({ id, revision, unknown: [1] }),
  hash: `h${revision}`,
});
const gone = (id: string, revision: number): master.MasterChange => ({ id, revision, deleted: true });
const seen = (of = store) =>
  of.read((tx) => ({ items: master.list(tx, OF), cursor: master.cursorOf(tx, OF) }));
const ids = () => seen().items.map(({ id, revision }) => `${id}${revision}`);

const bring = (changes: master.MasterChange[], cursor: string, from = seen().cursor): void => {
  store.write((tx) => master.begin(tx, OF, from));
  store.write((tx) => master.lay(tx, OF, changes, cursor));
};
const force = (): void => store.write((tx) => master.putInForce(tx, OF, at));
const settleAll = (rows = 2): void => {
  while (store.read((tx) => master.packageOf(tx, OF)) !== null)
    store.write((tx) => master.settle(tx, OF, rows));
};

it('a package is seen when it is put in force and not before, whole, with its cursor', () => {
  bring([live('b', 1), live('a', 2)], 'c1');
  expect(seen()).toEqual({ items: [], cursor: null });
  force();
  expect(seen().cursor).toBe('c1');
  expect(seen().items[0]).toEqual({
    id: 'a',
    revision: 2,
    data: { id: 'a', revision: 2, unknown: [1] },
    hash: 'h2',
  });
  expect(ids()).toEqual(['a2', 'b1']);
  settleAll();
  expect(ids()).toEqual(['a2', 'b1']);
  bring([live('a', 3), gone('b', 4), live('c', 5)], 'c2');
  expect(ids()).toEqual(['a2', 'b1']);
  force();
  expect(ids()).toEqual(['a3', 'c5']);
  settleAll();
  expect(ids()).toEqual(['a3', 'c5']);
});

it('a reading from the beginning drops what did not come', () => {
  bring([live('a', 1), live('b', 2)], 'c1');
  force();
  settleAll();
  bring([live('b', 3)], 'c9', null);
  expect(ids()).toEqual(['a1', 'b2']);
  force();
  expect(ids()).toEqual(['b3']);
  settleAll(1);
  expect(ids()).toEqual(['b3']);
});

it('what was refused leaves nothing behind, and the next package begins where the data in force end', () => {
  bring([live('a', 1)], 'c1');
  force();
  settleAll();
  bring([live('a', 2), live('z', 3)], 'c2');
  store.write((tx) => master.refuse(tx, OF));
  settleAll();
  expect(seen()).toMatchObject({ cursor: 'c1' });
  expect(ids()).toEqual(['a1']);
  expect(store.read((tx) => tx.get('SELECT count(*) AS n FROM master_incoming'))).toEqual({ n: 0 });
});

it('dying at any step leaves the old or the new whole, and the rest is done afterwards', () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean());
  const packages = fc.array(
    fc.record({ anew: fc.boolean(), changes: fc.array(change, { maxLength: 6 }), refused: fc.boolean() }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(
      packages,
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 3 }),
      (given, dies, rows) => {
        const own = temporaryFolder();
        store.close();
        folder = own.folder;
        store = mustOpen(folder);
        let revision = 0;
        let steps = 0;
        const model = new Map<string, number>();
        const expected = (): string[] => [...model].sort().map(([id, at]) => `${id}${at}`);
        /** One transaction; at the step at which the desk dies it is undone, the store is opened anew and it is done again. */
        const step = (work: Parameters<Store['write']>[0]): void => {
          steps += 1;
          if (steps === dies) {
            const before = ids();
            expect(() =>
              store.write((tx) => {
                work(tx);
                throw new Error('killed');
              }),
            ).toThrow('killed');
            store.close();
            store = mustOpen(folder);
            expect(ids()).toEqual(before);
          }
          store.write(work);
        };
        try {
          for (const [index, { anew, changes, refused }] of given.entries()) {
            step((tx) => master.begin(tx, OF, anew ? null : master.cursorOf(tx, OF)));
            const isAnew = store.read((tx) => master.packageOf(tx, OF)?.anew ?? false);
            const next = isAnew ? new Map<string, number>() : new Map(model);
            for (const [id, isLive] of changes) {
              revision += 1;
              const one = isLive ? live(id, revision) : gone(id, revision);
              if (isLive) next.set(id, revision);
              else next.delete(id);
              step((tx) => master.lay(tx, OF, [one], null));
              step((tx) => master.lay(tx, OF, [one], `p${index}`));
              expect(ids()).toEqual(expected());
            }
            step((tx) => master.lay(tx, OF, [], `c${index}`));
            if (refused) step((tx) => master.refuse(tx, OF));
            else {
              step((tx) => master.putInForce(tx, OF, at));
              model.clear();
              for (const [id, at] of next) model.set(id, at);
            }
            expect(ids()).toEqual(expected());
            while (store.read((tx) => master.packageOf(tx, OF)) !== null) {
              step((tx) => void master.settle(tx, OF, rows));
              expect(ids()).toEqual(expected());
            }
          }
        } finally {
          own.remove();
        }
      },
    ),
    { numRuns: 40 },
  );
});
