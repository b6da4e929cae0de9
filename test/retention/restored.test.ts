import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareRestore } from '../../electron/counter/recovery/backup-reading.ts';
import { purge, rewriteIfDue } from '../../electron/counter/retention/retention.ts';
import { lastSequence } from '../../electron/journal/read.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import * as cursors from '../../electron/store/cursors.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import {
  type CounterRig,
  keysOfFolder,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  until,
} from '../rigs/counter.ts';
import { decryptedPages, filesBelow, findLeaks } from '../rigs/leak-scan.ts';
import { contentNeedles, plantCancelled, plantDelivered, plantedTexts } from '../rigs/planted.ts';

/** A backup from before an erasure is restored: what had been erased is erased again, and then is nowhere. */

const DAY_MS = 24 * 3_600_000;
const KEY = new Uint8Array(32).fill(7);
const NEW_KEY = new Uint8Array(32).fill(9);
const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);
let portal: PortalRig;
let desk: CounterRig;
beforeEach(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
});
afterEach(async () => {
  await desk.close();
  await portal.close();
});

const allSent = (of: CounterRig) => {
  of.counter.lineHint();
  return until('all is at the portal', () =>
    of.store.read(
      (tx) =>
        tx.get(`SELECT 1 AS n FROM outbox WHERE state NOT IN ('accepted', 'closed')`) === undefined &&
        Number(cursors.get(tx, 'log') ?? 0) === lastSequence(tx),
    ),
  );
};

it('purged, restored from before and purged again, the text is nowhere', async () => {
  const clerk = await desk.signedIn('novakova');
  await plantDelivered(clerk);
  await plantCancelled(clerk);
  await allSent(desk);
  const needles = [...plantedTexts(), ...(await contentNeedles(desk.store))];
  await desk.counter.backups.request('demand');
  const purged = await purge(desk.counter.desk, later(2));
  expect(purged.visits).toBeGreaterThan(0);
  // The log's own entries go when their day was closed and their time is over.
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
  await allSent(desk);
  expect((await purge(desk.counter.desk, later(33))).entries).toBeGreaterThan(0);
  await allSent(desk);
  await desk.stop();

  const place = join(desk.folder, 'backups');
  const folder = join(desk.folder, 'restored');
  const prepared = await prepareRestore({
    place,
    name: backupsIn(place)[0]?.name ?? '',
    secret: { kind: 'desk', key: KEY },
    environment: 'training',
    knownSchema: migrations.length,
    damaged: null,
    target: folder,
    targetKey: NEW_KEY,
    recovery: { id: newId(), at: new Date().toISOString(), newToken: newId().padEnd(43, 'x') },
  });
  expect(prepared.ok).toBe(true);
  const database = join(folder, 'desk.db');
  // The test of the test: before it is settled, the backup's text is back.
  expect(findLeaks(decryptedPages(database, NEW_KEY), needles)).not.toEqual([]);

  const restored = await startCounter({ portal, folder, storeKey: NEW_KEY, keys: keysOfFolder(desk.folder) });
  try {
    await until('the store is reconciled', async () => {
      const { recovery } = await restored.window().must('desk.frame', {});
      return recovery?.state === 'numbering';
    });
    // Settling repeated the erasures the portal has heard of; what its pages may still hold goes with the next purge.
    await purge(restored.counter.desk, later(33));
    expect(rewriteIfDue(restored.counter.desk)).toBe(true);
    const told = findLeaks(decryptedPages(database, NEW_KEY), needles);
    expect([...new Set(told.map(({ what }) => what))]).toEqual([]);
    await restored.store.blobs.sweep();
    const files = filesBelow(join(folder, 'blobs')).length;
    const kept = restored.store.read((tx) => tx.get<{ n: number }>('SELECT count(*) AS n FROM blobs')?.n);
    expect(files).toBe(kept);
  } finally {
    await restored.stop();
  }
  rmSync(folder, { recursive: true });
});
