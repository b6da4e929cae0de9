import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { backupKey } from '../../electron/counter/recovery/backup-reading.ts';
import { purge, rewriteIfDue } from '../../electron/counter/retention/retention.ts';
import { before } from '../../electron/counter/retention/rules.ts';
import { makeBackup } from '../../electron/store/backup.ts';
import { backupsIn, type Manifest } from '../../electron/store/backup-manifest.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { decryptedPages, filesBelow, findLeaks, type Needle } from '../rigs/leak-scan.ts';
import { contentNeedles, plantCancelled, plantDelivered, plantedTexts } from '../rigs/planted.ts';

/** Backups still have what was erased since they were made: only their age ends it. */

const DAY_MS = 24 * 3_600_000;
const KEY = new Uint8Array(32).fill(7);
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let needles: Needle[] = [];
const place = (): string => join(desk.folder, 'backups');
const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);

async function backUp(at: Date): Promise<void> {
  const made = await makeBackup({
    folder: desk.folder,
    key: KEY,
    places: [place()],
    id: newId(),
    at: at.toISOString(),
    reason: 'timer',
    environment: 'training',
    program: 'test',
    desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
    recoveryKey: null,
    // More than any desk would keep: the time of the catalogue holds all the same.
    keep: { last: 50, days: 50, notBefore: before(at, 'P14D') },
  });
  if (!made.ok) throw new Error(made.error.code);
}

const leaksIn = ({ name, manifest }: { name: string; manifest: Manifest }): string[] => {
  const key = backupKey(manifest, { kind: 'desk', key: KEY });
  if (!key.ok) throw new Error(key.error.code);
  return [
    ...new Set(
      findLeaks(decryptedPages(join(place(), name, 'desk.db'), key.value), needles).map(({ what }) => what),
    ),
  ];
};

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
  await plantDelivered(clerk);
  await plantCancelled(clerk);
  desk.counter.lineHint();
  await until(
    'all is at the portal',
    () =>
      desk.store.read((tx) => tx.get(`SELECT 1 AS n FROM outbox WHERE state <> 'accepted'`)) === undefined,
  );
  needles = [...plantedTexts(), ...(await contentNeedles(desk.store))];
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

it('a backup has what the store has, encrypted, and no page of an issued document', async () => {
  await backUp(new Date());
  const [backup] = backupsIn(place());
  if (!backup) throw new Error('no backup');
  expect(leaksIn(backup)).toContain('surname');
  const owners = desk.store.read((tx) =>
    tx.all<{ file_name: string; owner: string }>(
      'SELECT file_name, min(owner) AS owner FROM blobs JOIN blob_uses USING (sha256) GROUP BY sha256',
    ),
  );
  const files = backup.manifest.blobs.map(({ name }) => name);
  for (const { file_name, owner } of owners)
    if (owner.startsWith('output:')) expect(files).not.toContain(file_name);
  expect(findLeaks(filesBelow(place()), needles, { deep: true })).toEqual([]);
});

it('the one made after an erasure has nothing of it, and the ones before it go with their time', async () => {
  await purge(desk.counter.desk, later(2));
  desk.store.write((tx) => {
    tx.run(`UPDATE exceptions SET reviewed_at = 'now', reviewed_by = 'supervisor'`);
    tx.run(
      `INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date, last_date,
         closed_at, closed_by, way, opening, expected, counted, counts, carried)
       SELECT 1, 'closing', 'closing', max(sequence), 1 + (SELECT after_sequence FROM closing_start), max(sequence),
         max(legal_date), max(legal_date), ?, 'supervisor', 'at-desk', 0, 0, 0, '{}', '[]' FROM journal_leaves`,
      [new Date().toISOString()],
    );
  });
  desk.counter.lineHint();
  await until('the log is at the portal', async () => {
    await purge(desk.counter.desk, later(33));
    return (
      desk.store.read((tx) =>
        tx.get(`SELECT 1 AS n FROM journal_payloads JOIN journal_leaves USING (sequence)
          WHERE payload IS NOT NULL AND kind <> 'content-erased'`),
      ) === undefined
    );
  });
  rewriteIfDue(desk.counter.desk);

  await backUp(later(13));
  expect(backupsIn(place())).toHaveLength(2);
  const [newest, oldest] = backupsIn(place());
  if (!newest || !oldest) throw new Error('two backups');
  expect(leaksIn(newest)).toEqual([]);
  // The test of the test: the scan sees in the older one what it does not see in the newer one.
  expect(leaksIn(oldest)).toContain('surname');

  await backUp(later(15));
  expect(backupsIn(place()).map(leaksIn)).toEqual([[], []]);
  expect(filesBelow(join(place(), 'blobs'))).toEqual([]);
});
