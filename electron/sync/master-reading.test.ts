import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Rig, startRig } from '../../test/rigs/sync-desk.ts';
import * as cursors from '../store/cursors.ts';
import * as deskValues from '../store/desk-values.ts';
import * as exceptions from '../store/exceptions.ts';
import * as master from '../store/master.ts';
import { COLLECTIONS } from './master-reading.ts';
import { pinnedKeys } from './portal-keys.ts';

let rig: Rig;
let catalogue: string;
beforeEach(async () => {
  catalogue = mkdtempSync(join(tmpdir(), 'catalogue-'));
  cpSync(new URL('../../resources/catalogue/', import.meta.url), catalogue, { recursive: true });
  rig = await startRig({ portal: { catalogue } });
});
afterEach(async () => {
  await rig.close();
  rmSync(catalogue, { recursive: true });
});

const read = () => rig.sync().readMaster();
const all = () =>
  rig.store().read((tx) => Object.fromEntries(COLLECTIONS.map((one) => [one, master.list(tx, one)])));
const ids = (collection: string): string[] =>
  rig.store().read((tx) => master.list(tx, collection).map(({ id }) => id));
const raised = () =>
  rig
    .store()
    .read((tx) =>
      tx
        .all<{ kind: string; params: string }>('SELECT kind, params FROM exceptions ORDER BY id')
        .map(({ kind, params }) => ({ kind, params: JSON.parse(params) as unknown })),
    );
const refusal = (collection: string) => ({
  ok: false,
  error: { code: 'master.package-refused', params: { collection } },
});
const edit = (file: string, change: (value: Record<string, unknown>) => object): void => {
  const path = join(catalogue, file);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
};
const restartPortal = async (): Promise<void> => {
  await rig.stopPortal();
  await rig.startPortal();
};
const spoil = (text: string): string => text.replace('"amount":30', '"amount":60');

test('a content that is not what its hash says is refused with all that came with it, and seen by a supervisor', async () => {
  expect(await read()).toEqual({ ok: true, value: null });
  const before = all();
  edit('tariffs/vidimace.json', (tariff) => ({ ...tariff, item: 'pol. 4 písm. b)' }));
  edit('services/vidimace.json', (service) => ({ ...service, version: 2 }));
  await restartPortal();
  rig.proxy.once('GET /master/tariffs', { do: 'alter', body: spoil });
  expect(await read()).toEqual(refusal('tariffs'));
  expect(all(), 'neither the tariff nor the service that belongs to it').toEqual(before);
  expect(rig.sync().problems()).toEqual([{ code: 'master.package-refused' }]);
  expect(raised()).toEqual([
    { kind: 'package-refused', params: { collection: 'tariffs', fault: 'wrong-hash' } },
  ]);
  expect(rig.news.filter(({ kind }) => kind === 'line').length).toBeGreaterThan(0);

  expect(await read()).toEqual({ ok: true, value: null });
  expect(rig.sync().problems()).toEqual([]);
  expect(all().tariffs).toContainEqual(
    expect.objectContaining({ data: expect.objectContaining({ item: 'pol. 4 písm. b)' }) }),
  );
  expect(all().services).toContainEqual(
    expect.objectContaining({ id: 'vidimace', data: expect.objectContaining({ version: 2 }) }),
  );
});

type Page = {
  cursor: string;
  items: { id: string; revision: number }[];
  signature: { key: string; value: string };
};
const AAAA = Buffer.alloc(64).toString('base64');

test.each<[string, (page: Page) => object, string]>([
  ['another cursor', (page) => ({ ...page, cursor: 'elsewhere' }), 'wrong-signature'],
  [
    'an item said to be gone',
    ({ items: [first, ...rest], ...page }) => ({
      ...page,
      items: [{ id: first?.id, revision: first?.revision, deleted: true }, ...rest],
    }),
    'wrong-signature',
  ],
  ['an item left out', (page) => ({ ...page, items: page.items.slice(1) }), 'wrong-signature'],
  [
    'another signature',
    (page) => ({ ...page, signature: { ...page.signature, value: AAAA } }),
    'wrong-signature',
  ],
  [
    'somebody else’s key',
    (page) => ({ ...page, signature: { ...page.signature, key: `${AAAA.slice(0, 43)}=` } }),
    'wrong-key',
  ],
  ['no signature', ({ signature: _, ...page }) => page, 'not-signed'],
])(
  'a page with %s is refused, once for a supervisor however often it comes',
  async (_what, change, fault) => {
    rig.proxy.rule(({ path }) =>
      path.startsWith('/master/tariffs')
        ? { do: 'alter', body: (text) => JSON.stringify(change(JSON.parse(text))) }
        : undefined,
    );
    expect(await read()).toEqual(refusal('tariffs'));
    expect(await read()).toEqual(refusal('tariffs'));
    expect(raised()).toEqual([{ kind: 'package-refused', params: { collection: 'tariffs', fault } }]);
    expect([ids('tariffs'), ids('services')]).toEqual([[], []]);
    expect(ids('offices').length, 'what has nothing to do with it').toBeGreaterThan(0);
    rig.proxy.rule(null);
    expect(await read()).toEqual({ ok: true, value: null });
  },
);

test('a package that is cut goes on where it was, and nothing of it is seen before its end', async () => {
  expect(await read()).toEqual({ ok: true, value: null });
  const before = ids('services');
  for (const id of ['inquiry', 'notice', 'question'])
    edit('services/general-submission.json', (service) => {
      writeFileSync(join(catalogue, 'services', `${id}.json`), JSON.stringify({ ...service, id }));
      return service;
    });
  await restartPortal();
  let pages = 0;
  rig.proxy.rule(({ path }) => {
    if (!path.startsWith('/master/services')) return undefined;
    pages += 1;
    return pages > 2
      ? { do: 'lose-answer' }
      : { do: 'ask', path: (text) => text.replace(/limit=\d+/, 'limit=1') };
  });
  expect((await read()).ok).toBe(false);
  expect(ids('services')).toEqual(before);
  expect(rig.store().read((tx) => master.packageOf(tx, 'services'))).toMatchObject({ state: 'coming' });
  await rig.restart();
  expect(ids('services')).toEqual(before);
  const { cursor } = rig.store().read((tx) => master.packageOf(tx, 'services')) ?? {};
  const asked: (string | null)[] = [];
  rig.proxy.rule(({ path }) => {
    if (path.startsWith('/master/services'))
      asked.push(new URL(path, 'http://portal').searchParams.get('cursor'));
    return undefined;
  });
  expect(await read()).toEqual({ ok: true, value: null });
  expect(ids('services')).toEqual([...before, 'notice', 'inquiry', 'question'].sort());
  expect(asked[0]).toBe(cursor);
});

test('unknown fields of a newer portal are kept', async () => {
  expect(await read()).toEqual({ ok: true, value: null });
  const item = rig.store().read((tx) => master.list(tx, 'offices'))[0];
  expect(item?.data).toHaveProperty('fictitious');
});

test('the key the portal signs with is kept from enrolment and changes only to one that it signed', async () => {
  expect(await read()).toEqual({ ok: true, value: null });
  const first = rig.store().read(pinnedKeys);
  rig.portal().rotateMasterKey();
  rig.portal().rotateMasterKey();
  expect(await read()).toEqual({ ok: true, value: null });
  const third = rig.store().read(pinnedKeys);
  expect(third).toEqual({ ...first, master: third?.master });
  expect(third?.master).not.toBe(first?.master);
  expect(rig.sync().problems()).toEqual([]);

  // Another portal at the same address: its key follows from nothing this desk believes.
  rig
    .store()
    .write((tx) =>
      deskValues.set(tx, 'portal-keys', { ...first, master: Buffer.alloc(32, 1).toString('base64') }),
    );
  expect(await read()).toEqual(refusal('offices'));
  expect(raised().map(({ params }) => params)).toContainEqual({ collection: 'offices', fault: 'wrong-key' });
});

test('a desk of before there were keys keeps the first it hears of', async () => {
  rig.store().write((tx) => deskValues.forget(tx, 'portal-keys'));
  expect(await read()).toEqual({ ok: true, value: null });
  expect(rig.store().read(pinnedKeys)).not.toBeNull();
});

test('a cursor the portal does not know begins the collection anew and drops what is gone', async () => {
  expect(await read()).toEqual({ ok: true, value: null });
  const before = ids('offices');
  rig.store().write((tx) => {
    tx.run("INSERT INTO master_settled VALUES ('offices', 'gone', 1, '{}', 'h')");
    cursors.set(tx, 'master:offices', 'of another portal', '2026-04-01T08:00:00.000Z');
  });
  expect(ids('offices')).toContain('gone');
  expect(await read()).toEqual({ ok: true, value: null });
  expect(ids('offices')).toEqual(before);
  expect(rig.store().read((tx) => exceptions.open(tx))).toBe(0);
});
