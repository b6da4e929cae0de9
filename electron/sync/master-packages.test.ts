import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as master from '../store/master.ts';
import type { Store } from '../store/open.ts';
import { temporaryStore } from '../store/testing/temporary-store.ts';
import { signPage } from '../values/master-package.ts';
import { signingKey } from '../values/signed-note.ts';
import { createMasterPackages } from './master-packages.ts';
import { pinKeys } from './portal-keys.ts';

const OF = 'offices';
const key = signingKey(randomBytes(32));

let store: Store;
let remove: () => void;
let nowMs: number;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
  const name = key.publicKey.toString('base64');
  store.write((tx) => pinKeys(tx, { signing: name, sealing: name, master: name }));
  nowMs = 0;
});
afterEach(() => remove());

const started = () =>
  createMasterPackages({ store, clock: { now: () => new Date(nowMs), monotonicMs: () => nowMs } });
const idOf = (n: number): string => `office-${(n * 7919) % 30_000}`;
/** The items of these revisions; each is of the office that its number names. */
const pageOf = (from: string | null, revisions: readonly (readonly [revision: number, office: number])[]) => {
  const items = revisions.map(([revision, office]) => {
    const data = { id: idOf(office), revision };
    const hash = createHash('sha256').update(JSON.stringify(data)).digest('hex');
    return { id: data.id, revision, hash, data };
  });
  const cursor = `c${revisions.at(-1)?.[0] ?? 0}`;
  const said = { collection: OF, from, cursor, more: true, items };
  return { from, page: { cursor, more: true, items, signature: signPage(key, said) } };
};
const span = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => [from + n, from + n] as const);
const reached = () => store.read((tx) => master.packageOf(tx, OF)?.cursor);
const laid = () =>
  store.read((tx) => tx.get<{ n: number }>('SELECT count(*) AS n FROM master_incoming')?.n ?? 0);

it('what comes quickly is laid down together, what comes slowly as it comes', async () => {
  const packages = started();
  const take = ({ from, page }: ReturnType<typeof pageOf>) => packages.take(OF, from, page);
  expect(await take(pageOf(null, span(1, 3)))).toBeNull();
  await packages.layDown(OF);
  expect([reached(), laid()]).toEqual(['c3', 3]);
  nowMs += 999;
  await take(pageOf('c3', span(4, 3)));
  expect([reached(), laid()], 'the last was laid down less than a second ago').toEqual(['c3', 3]);
  nowMs += 1;
  await take(pageOf('c6', span(7, 3)));
  await packages.layDown(OF);
  expect([reached(), laid()]).toEqual(['c9', 9]);
});

it('a package of many pages is put in force whole, an item that came twice as it came last', async () => {
  const packages = started();
  let from: string | null = null;
  for (let first = 1; first <= 20_000; first += 1000) {
    const { page } = pageOf(from, span(first, 1000));
    expect(await packages.take(OF, from, page)).toBeNull();
    from = page.cursor;
  }
  expect(laid(), 'not all is kept in memory').toBeGreaterThan(8000);
  const again = [
    [20_001, 19_500],
    [20_002, 3],
    [20_003, 19_500],
  ] as const;
  await packages.take(OF, from, pageOf(from, again).page);
  await packages.layDown(OF);
  expect(packages.putInForce([OF])).toEqual([OF]);
  const revisionOf = (office: number): number =>
    JSON.parse(store.read((tx) => master.textOf(tx, OF, idOf(office))) ?? '{}').revision;
  const look = () => [
    store.read((tx) => master.texts(tx, OF).length),
    [1, 3, 19_500, 20_000].map(revisionOf),
  ];
  expect(look()).toEqual([20_000, [1, 20_002, 20_003, 20_000]]);
  await packages.settle(OF);
  expect(look()).toEqual([20_000, [1, 20_002, 20_003, 20_000]]);
});

it('after a crash a package goes on behind what was laid down', async () => {
  const packages = started();
  await packages.take(OF, null, pageOf(null, span(1, 3)).page);
  await packages.layDown(OF);
  await packages.take(OF, 'c3', pageOf('c3', span(4, 3)).page);

  const next = started();
  expect(await next.next(OF)).toBe('c3');
  await next.take(OF, 'c3', pageOf('c3', span(4, 3)).page);
  await next.layDown(OF);
  expect([reached(), laid()]).toEqual(['c6', 6]);
});

it('what waits to be laid down goes with a package that is refused', async () => {
  const packages = started();
  await packages.take(OF, null, pageOf(null, span(1, 3)).page);
  const { page } = pageOf('c3', span(4, 2));
  const [first, second] = page.items;
  if (!first || !second) throw new Error('no items');
  const spoilt = { ...page, items: [first, { ...second, data: { ...second.data, revision: 9 } }] };
  await packages.take(OF, 'c3', pageOf('c3', span(4, 2)).page);
  expect(await packages.take(OF, 'c3', spoilt)).toBe('wrong-hash');
  await packages.refuse([OF]);
  await packages.layDown(OF);
  expect(laid()).toBe(0);
  expect(packages.putInForce([OF])).toEqual([]);
  expect(await packages.next(OF)).toBeNull();
});
