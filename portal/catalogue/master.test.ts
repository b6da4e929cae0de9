import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { createPortal } from '../app.ts';
import { findResources } from '../resources.ts';
import { bodyOf, deskOf, type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';
import { canonicalForm } from './master.ts';

/** Ids of what ships of a collection, by the names of its files. */
const shipped = (collection: string): string[] =>
  readdirSync(join(findResources(), 'catalogue', collection))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();

type Page = Schemas['MasterPage'];

describe('master data', () => {
  const opened: { close(): Promise<void> }[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const portal of opened.splice(0)) await portal.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  const open = (...args: Parameters<typeof testPortal>): TestPortal => {
    const portal = testPortal(...args);
    opened.push(portal);
    return portal;
  };
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'portal-'));
    folders.push(path);
    return path;
  };
  const read = async (desk: TestDesk, collection: string, query = ''): Promise<Page> =>
    bodyOf<Page>(await desk.call('GET', `/master/${collection}${query}`));
  const ids = (page: Page) => page.items.map(({ id }) => id);

  it('gives every collection whole, page by page, each item with the hash of its canonical form', async () => {
    const desk = await open().enrol();
    const found: Record<string, string[]> = {};
    for (const collection of ['offices', 'clerks', 'services', 'tariffs', 'settings']) {
      const all: string[] = [];
      for (let cursor = ''; ; ) {
        const page = await read(desk, collection, `?limit=2${cursor}`);
        for (const item of page.items) {
          if (item.deleted) throw new Error('Nothing was deleted.');
          expect(item.hash).toBe(canonicalForm(item.data).hash);
          all.push(item.id);
        }
        if (!page.more) break;
        cursor = `&cursor=${page.cursor}`;
      }
      found[collection] = all.sort();
    }
    expect(found.offices).toEqual(['klatovy', 'nyrsko', 'plzen', 'plzensky-kraj', 'stenovice']);
    expect(found.clerks).toHaveLength(6);
    expect(found.services).toEqual(shipped('services'));
    expect(found.tariffs).toEqual(shipped('tariffs'));
    expect(found.settings).toEqual(['accounts', 'desk', 'purposes', 'waiting-line']);
  });

  it('never gives a password', async () => {
    const desk = await open().enrol();
    expect(JSON.stringify(await read(desk, 'clerks'))).not.toMatch(/assword|scrypt/);
  });

  it('gives after a cursor only what changed, also when its item had come before', async () => {
    const portal = open();
    const desk = await portal.enrol();
    const { cursor } = await read(desk, 'clerks');
    expect(await read(desk, 'clerks', `?cursor=${cursor}`)).toMatchObject({
      from: cursor,
      items: [],
      cursor,
      more: false,
    });
    const id = '0199c0de-c1e7-7000-8000-000000000002';
    portal.changeClerk(id, { blocked: true });
    expect((await read(desk, 'clerks', `?cursor=${cursor}`)).items).toMatchObject([
      { id, data: { blocked: true } },
    ]);
    portal.changeClerk(id, { blocked: true });
    expect((await read(desk, 'clerks')).items, 'the same content is no change').toHaveLength(6);
  });

  it('refuses a cursor it did not give', async () => {
    const desk = await open().enrol();
    const other = await open().enrol();
    const { cursor } = await read(desk, 'offices');
    const wrong = ['nonsense', cursor.slice(0, -4), Buffer.from('[1]').toString('base64url')];
    for (const bad of wrong) {
      expect(await desk.call('GET', `/master/offices?cursor=${bad}`)).toMatchObject({
        status: 410,
        body: { code: 'master.cursor-unknown', retryable: true },
      });
    }
    expect((await desk.call('GET', `/master/clerks?cursor=${cursor}`)).status, 'of another collection').toBe(
      410,
    );
    expect((await other.call('GET', `/master/offices?cursor=${cursor}`)).status, 'of another portal').toBe(
      410,
    );
  });

  it('brings a new, a changed and a dropped service to the desks with the next read', async () => {
    const dataDir = folder();
    const catalogue = folder();
    cpSync(join(findResources(), 'catalogue'), catalogue, { recursive: true });
    const first = open({ dataDir, catalogue });
    const desk = await first.enrol();
    const before = await read(desk, 'services');
    await first.close();

    const file = (id: string) => join(catalogue, 'services', `${id}.json`);
    const service = JSON.parse(readFileSync(file('general-submission'), 'utf8'));
    writeFileSync(file('inquiry'), JSON.stringify({ ...service, id: 'inquiry' }));
    writeFileSync(file('general-submission'), JSON.stringify({ ...service, version: 2 }));
    rmSync(file('dog-registration'));

    const second = open({ dataDir, catalogue });
    const again = deskOf(second.call, desk.deskId, desk.token);
    const page = await read(again, 'services', `?cursor=${before.cursor}`);
    expect(ids(page).sort()).toEqual(['dog-registration', 'general-submission', 'inquiry']);
    expect(page.items.find(({ id }) => id === 'dog-registration')).toMatchObject({ deleted: true });
    expect(page.items.find(({ id }) => id === 'general-submission')).toMatchObject({ data: { version: 2 } });
  });

  it.each([
    ['a field nobody knows', { surprise: true }, /surprise/],
    ['a missing tariff', { fee: { tariff: 'nowhere' } }, /nowhere/],
    ['an id unlike its file', { id: 'another' }, /another/],
  ])('does not start on a catalogue with %s', (_what, change, complaint) => {
    const catalogue = folder();
    cpSync(join(findResources(), 'catalogue'), catalogue, { recursive: true });
    const file = join(catalogue, 'services', 'vidimace.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
    expect(() => createPortal({ dataDir: ':memory:', catalogue })).toThrow(complaint);
  });
});
