import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operate } from '../operator.ts';
import { findResources } from '../resources.ts';
import { type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';

/** A definition that ships, under a name of its own. */
const shipped = (id: string, change: object = {}): Record<string, unknown> => ({
  ...JSON.parse(readFileSync(join(findResources(), 'catalogue', 'services', `${id}.json`), 'utf8')),
  ...change,
});
const lamp = (change: object = {}) =>
  shipped('general-submission', {
    id: 'lamp-out',
    title: { cs: 'Nesvítí lampa', en: 'A lamp is out' },
    ...change,
  });

describe('forms of a running portal', () => {
  let dataDir: string;
  let portal: TestPortal;
  let desk: TestDesk;
  const open = async (): Promise<void> => {
    portal = testPortal({ dataDir });
  };
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
    await open();
    desk = await portal.enrol();
  });
  afterEach(async () => {
    await portal.close();
    rmSync(dataDir, { recursive: true });
  });
  const services = async (cursor?: string) => {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page = JSON.parse(
      JSON.stringify((await desk.call('GET', `/master/services?limit=200${query}`)).body),
    );
    return { cursor: String(page.cursor), items: page.items as { id: string; data?: { version: number } }[] };
  };
  const add = (definition: object): Promise<string> => {
    const file = join(dataDir, 'form.json');
    writeFileSync(file, JSON.stringify(definition));
    return operate(portal, ['add-form', file]);
  };

  it('are what a desk reads behind its cursor', async () => {
    const { cursor } = await services();
    expect(await add(lamp())).toContain('lamp-out, version');
    expect((await services(cursor)).items.map(({ id }) => id)).toEqual(['lamp-out']);
    await add(lamp({ version: 9 }));
    expect((await services(cursor)).items.map(({ data }) => data?.version)).toEqual([9]);
    expect(await operate(portal, ['withdraw-form', 'lamp-out'])).toContain('goes on');
    expect((await services(cursor)).items).toMatchObject([{ id: 'lamp-out', deleted: true }]);
    await expect(operate(portal, ['withdraw-form', 'lamp-out'])).rejects.toThrow('no form lamp-out');
    // What was filled in with version 9 may still come.
    await expect(add(lamp({ version: 9 }))).rejects.toThrow('version 9 is out already');
    expect(await add(lamp({ version: 10 }))).toContain('lamp-out, version');
  });

  it('stay as the operator left them when the portal is started again', async () => {
    await add(lamp());
    await add(shipped('general-submission', { version: 99 }));
    await operate(portal, ['withdraw-form', 'dog-registration']);
    await portal.close();
    await open();
    // Another portal on the same data: the desk's token holds.
    const again = testPortal({ dataDir });
    try {
      const other = await again.enrol();
      const { body } = await other.call('GET', '/master/services?limit=200');
      const items: { id: string; data: { version: number } | null }[] = JSON.parse(
        JSON.stringify(body),
      ).items;
      expect(items.find(({ id }) => id === 'lamp-out')).toBeDefined();
      expect(items.find(({ id }) => id === 'general-submission')?.data?.version).toBe(99);
      expect(items.find(({ id }) => id === 'dog-registration')?.data).toBeUndefined();
    } finally {
      await again.close();
    }
  });

  it('are refused with a sentence for each fault, and nothing changes', async () => {
    const { cursor } = await services();
    await expect(add(lamp({ fee: { tariff: 'nowhere' } }))).rejects.toThrow('fee.tariff');
    await expect(add(lamp({ colour: 'red' }))).rejects.toThrow('nothing was changed');
    await expect(add(shipped('general-submission', { version: 1 }))).rejects.toThrow('must be higher');
    const { form } = shipped('general-submission') as { form: { schema: { properties: object } } };
    const schema = { ...form.schema, properties: { ...form.schema.properties, extra: { type: 'string' } } };
    await expect(add(lamp({ form: { ...form, schema } }))).rejects.toThrow('nikdo nevyplní');
    expect((await services(cursor)).items).toEqual([]);
  });
});

it('code lists come as items that name their list', async () => {
  const portal = testPortal();
  try {
    const desk = await portal.enrol();
    const { body } = await desk.call('GET', '/master/code-lists?limit=1000');
    const ids: string[] = JSON.parse(JSON.stringify(body)).items.map(({ id }: { id: string }) => id);
    expect(ids).toContain('municipalities/555771');
    expect(ids).toContain('countries/CZE');
    expect(ids.filter((id) => id.startsWith('streets/556831/')).length).toBeGreaterThan(5);
  } finally {
    await portal.close();
  }
});
