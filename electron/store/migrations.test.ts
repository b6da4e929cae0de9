import { cpSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as journal from '../journal/read.ts';
import { blobsOf } from './blobs.ts';
import * as cursors from './cursors.ts';
import * as inbox from './inbox.ts';
import * as master from './master.ts';
import { migrations, RELEASED_SCHEMAS } from './migrations/index.ts';
import * as numbers from './numbers.ts';
import * as outbox from './outbox.ts';
import * as settings from './settings.ts';
import { mustOpen, temporaryFolder } from './testing/temporary-store.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/store/', import.meta.url));
const earlier = RELEASED_SCHEMAS.map((version) => `v${version}`);

it('there is a stored database of every version in use', () => {
  expect(readdirSync(fixtures)).toEqual(expect.arrayContaining(earlier));
});

it('a certified copy of before schema 12 keeps its papers, its number and its fee in their new shape', () => {
  const { folder, remove } = temporaryFolder();
  try {
    cpSync(`${fixtures}v11`, folder, { recursive: true });
    const store = mustOpen(folder);
    const service = store.read((tx) => tx.get<{ record: string }>('SELECT record FROM services'));
    expect(JSON.parse(service?.record ?? '')).toEqual({
      certification: {
        number: 1,
        year: 2026,
        printed: '1/2026',
        documentIds: ['clause-1', 'row-1'],
        fate: 'used',
      },
      fee: {
        tariffId: 'vidimace',
        parts: [{ item: 'pol. 4', title: null, payee: null, units: 3, unitAmount: 30 }],
        exemptionId: null,
      },
      signing: null,
    });
    store.close();
  } finally {
    remove();
  }
});

it.each(earlier)('a store of schema %s opens with all it held, and works on', async (name) => {
  const { folder, remove } = temporaryFolder();
  try {
    cpSync(`${fixtures}${name}`, folder, { recursive: true });
    const store = mustOpen(folder);
    expect(store.schemaVersion).toBe(migrations.length);
    store.read((tx) => {
      expect(journal.checkEntries(tx)).toEqual({ ok: true, value: 3 });
      expect(journal.entry(tx, 2)?.payload).toEqual({ of: 'act-2' });
      expect(settings.find(tx, 'desk')?.value).toEqual({ language: 'cs' });
      expect(master.list(tx, 'offices')).toMatchObject([{ id: 'klatovy', data: { name: 'Klatovy' } }]);
      expect(cursors.get(tx, 'master/offices')).toBe('cursor-1');
      expect(numbers.fates(tx, 'vidimace', 2026).map(({ fate }) => fate)).toEqual([
        'used',
        'cancelled',
        'used',
      ]);
      expect(outbox.counts(tx)).toEqual({ waiting: 2, needsPerson: 0 });
      expect(inbox.answersTo(tx, 'act-1')).toMatchObject([{ kind: 'received' }]);
    });
    const [blob] = store.read((tx) => blobsOf(tx, 'act-1'));
    const content = await store.blobs.read(blob?.sha256 ?? '');
    expect(content.ok && content.value.toString()).toBe('obsah přílohy');
    const at = '2026-05-01T08:00:00.000Z';
    const next = store.write((tx) =>
      numbers.allot(tx, { series: 'vidimace', year: 2026, actId: 'act-4', at }),
    );
    expect(next.number).toBe(4);
    store.close();
  } finally {
    remove();
  }
});
