import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRewriteDue, rewriteIfDue } from '../../electron/counter/retention/retention.ts';
import { compareClocks } from '../../electron/journal/clock.ts';
import { checkEntries } from '../../electron/journal/read.ts';
import type { Store } from '../../electron/store/open.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { decryptedPages, filesBelow, findLeaks, type Leak, type Needle } from '../rigs/leak-scan.ts';
import { contentNeedles, plantCancelled, plantDelivered, plantedTexts } from '../rigs/planted.ts';

const DAY_MS = 24 * 3_600_000;
const KEY = new Uint8Array(32).fill(7);

let offsetMs = 0;
/** By how much the desk's clock alone is wrong. */
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + offsetMs), monotonicMs: () => performance.now() + offsetMs };

let temporary = '';
const before = process.env['TMPDIR'];
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;
let visitId = '';
let serviceId = '';
let cancelledId = '';
let needles: Needle[] = [];

const database = (): string => join(desk.folder, 'desk.db');

/** Where the texts could be, on this side: the store's pages, whatever lies in its folder, the temporary files. */
const leaks = (): Leak[] => [
  ...findLeaks(decryptedPages(database(), KEY), needles),
  ...findLeaks(filesBelow(desk.folder), needles, { deep: true }),
  ...findLeaks(filesBelow(temporary), needles, { deep: true }),
];
const found = (all: readonly Leak[]): string[] => [...new Set(all.map(({ what }) => what))].sort();

const count = (store: Store, sql: string): number => store.read((tx) => tx.get<{ n: number }>(sql)?.n ?? -1);

/** All that was done until now is closed. */
function closeDays(): void {
  desk.store.write((tx) => {
    const last = tx.get<{ n: number; date: string }>(
      'SELECT max(sequence) AS n, max(legal_date) AS date FROM journal_leaves',
    );
    const first = tx.get<{ n: number }>(
      `SELECT 1 + coalesce((SELECT max(last_sequence) FROM day_closings), (SELECT after_sequence FROM closing_start)) AS n`,
    );
    if (!last || !first) throw new Error('there is no log');
    tx.run(
      `INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date, last_date,
         closed_at, closed_by, way, opening, expected, counted, counts, carried)
       VALUES ((SELECT count(*) + 1 FROM day_closings), lower(hex(randomblob(8))), lower(hex(randomblob(4))), ?, ?, ?, ?, ?, ?,
         'supervisor', 'at-desk', 0, 0, 0, '{}', '[]')`,
      [last.n, first.n, last.n, last.date, last.date, clock.now().toISOString()],
    );
  });
}

function reviewAll(): void {
  desk.store.write((tx) =>
    tx.run(
      `UPDATE exceptions SET reviewed_at = ?, reviewed_by = 'supervisor', note = ? WHERE reviewed_at IS NULL`,
      [clock.now().toISOString(), 'prověřeno u Hřibojedovy přepážky na Škvrňákově dvoře'],
    ),
  );
}

async function delivered(): Promise<void> {
  await until(
    'all is at the portal, and printed',
    () =>
      count(desk.store, `SELECT count(*) AS n FROM outbox WHERE state <> 'accepted'`) === 0 &&
      count(
        desk.store,
        `SELECT count(*) AS n FROM prints WHERE state IN ('preparing', 'rendered', 'sent')`,
      ) === 0 &&
      count(
        desk.store,
        `SELECT (SELECT max(sequence) FROM journal_leaves) - (SELECT CAST(value AS INTEGER) FROM cursors WHERE name = 'log') AS n`,
      ) === 0,
  );
}

beforeAll(async () => {
  temporary = mkdtempSync(join(tmpdir(), 'virtuos-leaks-'));
  portal = await startPortal(50, { clock });
  desk = await startCounter({
    portal,
    clock: { ...clock, now: () => new Date(clock.now().getTime() + aheadMs) },
  });
  process.env['TMPDIR'] = temporary;
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
  ({ visitId, serviceId } = await plantDelivered(clerk));
  cancelledId = await plantCancelled(clerk);
  needles = [...plantedTexts(), ...(await contentNeedles(desk.store))];
}, 120_000);
afterAll(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await desk.close();
  await portal.close();
  rmSync(temporary, { recursive: true, force: true });
});

describe('what the desk holds of people', () => {
  it('is in its pages at first, and the scan sees it there', () => {
    const seen = found(findLeaks(decryptedPages(database(), KEY), needles));
    for (const name of ['surname', 'street', 'birthNumber', 'subject', 'content', 'correction', 'cancelled'])
      expect(seen).toContain(name);
  });

  it('outside of the encrypted pages it is nowhere, from the first moment', () => {
    expect(findLeaks(filesBelow(desk.folder), needles, { deep: true })).toEqual([]);
    expect(findLeaks(filesBelow(temporary), needles, { deep: true })).toEqual([]);
  });

  it('lets pages and papers of what came to nothing go at once, and the pages of what was handed over', async () => {
    await desk.counter.retention.run();
    const pages = count(
      desk.store,
      'SELECT count(*) AS n FROM pages JOIN services ON services.id = service_id',
    );
    expect(pages).toBe(1);
    expect(count(desk.store, 'SELECT count(*) AS n FROM outputs WHERE sha256 IS NOT NULL')).toBe(0);
    const erased = desk.store.read((tx) =>
      tx.all('SELECT kind FROM outputs WHERE visit_id = ? AND erased_at IS NULL', [cancelledId]),
    );
    expect(erased).toEqual([]);
  });

  it('still has what was not delivered, whatever the time', async () => {
    await portal.stop();
    await clerk.must('services.correct', { serviceId, correction: 'Doplněna ulice.' });
    offsetMs += 400 * DAY_MS;
    await desk.counter.retention.run();
    expect(
      count(desk.store, `SELECT count(*) AS n FROM visits WHERE id = '${visitId}' AND erased_at IS NULL`),
    ).toBe(1);
    expect(count(desk.store, 'SELECT count(*) AS n FROM outbox WHERE payload IS NOT NULL')).toBeGreaterThan(
      0,
    );
    offsetMs -= 400 * DAY_MS;
    await portal.start();
    supervisor = await desk.signedIn('dvorak');
    await supervisor.call('desk.try-line', {});
    await delivered();
  });

  it('forgets the visit a day after its delivery, the log a month after its closing', async () => {
    offsetMs += 2 * DAY_MS;
    await desk.counter.retention.run();
    expect(count(desk.store, 'SELECT count(*) AS n FROM visits WHERE erased_at IS NULL')).toBe(0);
    expect(count(desk.store, 'SELECT count(*) AS n FROM outbox WHERE payload IS NOT NULL')).toBe(0);
    expect(count(desk.store, 'SELECT count(*) AS n FROM blobs')).toBe(0);
    expect(filesBelow(join(desk.folder, 'blobs'))).toEqual([]);
    expect(found(leaks())).toContain('surname');

    await delivered();
    closeDays();
    offsetMs += 29 * DAY_MS;
    await desk.counter.retention.run();
    expect(found(leaks())).toContain('surname');
    offsetMs += 2 * DAY_MS;
    await desk.counter.retention.run();
    // What a supervisor still has to look at can be looked at: a reprint and corrections of this visit.
    expect(
      count(desk.store, 'SELECT count(*) AS n FROM exceptions WHERE reviewed_at IS NULL'),
    ).toBeGreaterThan(0);
    expect(found(leaks())).toContain('correction');
    reviewAll();
    expect(await desk.counter.retention.run()).toBeUndefined();
    expect(
      count(
        desk.store,
        `SELECT count(*) AS n FROM journal_payloads p JOIN journal_leaves l USING (sequence)
      WHERE p.payload IS NOT NULL AND l.kind <> 'content-erased' AND l.sequence <= (SELECT max(last_sequence) FROM day_closings)`,
      ),
    ).toBe(0);
  });

  it('is then in no page, free or not, in no log of the database and in no file', () => {
    if (desk.store.read(isRewriteDue)) expect(rewriteIfDue(desk.counter.desk)).toBe(true);
    expect(leaks()).toEqual([]);
  });

  it('says in the log what was erased, by ids, and the log stays provable', async () => {
    const acts = desk.store.read((tx) =>
      tx.all<{ leaf: Uint8Array }>(`SELECT leaf FROM journal_leaves WHERE kind = 'content-erased'`),
    );
    const ids = acts.map(({ leaf }) => JSON.parse(Buffer.from(leaf).toString('utf8')).ids);
    expect(ids).toContainEqual(expect.objectContaining({ erased: 'papers', visit: cancelledId }));
    expect(ids).toContainEqual(expect.objectContaining({ erased: 'content', visit: visitId }));
    expect(ids).toContainEqual(expect.objectContaining({ erased: 'entries', from: 1 }));
    expect(desk.store.read((tx) => checkEntries(tx))).toMatchObject({ ok: true });
  });

  it('leaves every view in order', async () => {
    clerk = await desk.signedIn('novakova');
    await clerk.must('search.open', { visitId, purpose: { code: 'person-asks', note: '' } });
    const visit = await clerk.must('visits.get', { visitId });
    expect(visit.state).toBe('closed');
    expect(visit.identity.applicant).toBeNull();
    await clerk.must('queue.list', { show: 'all', after: null, limit: 100 });
    const receipt = visit.services[0]?.acceptance?.prints[0]?.documentId ?? '';
    expect(await clerk.call('outputs.reprint', { documentId: receipt, reason: 'znovu' })).toMatchObject({
      ok: false,
      error: { code: 'print.content-erased' },
    });
    expect(desk.problems).toEqual([]);
  });

  it('finds nothing more to erase, and does not go on writing about it', async () => {
    const acts = `SELECT count(*) AS n FROM journal_leaves WHERE kind = 'content-erased'`;
    await desk.counter.retention.run();
    const once = count(desk.store, acts);
    await desk.counter.retention.run();
    expect(count(desk.store, acts)).toBe(once);
  });
});

describe('a clock that is ahead of the portal’s', () => {
  it('makes nothing younger than it is', async () => {
    const window = await desk.signedIn('novakova');
    // What an answer of the portal would note now.
    const compare = (): void =>
      desk.store.write((tx) => {
        const { clock: own } = desk.counter.desk;
        compareClocks(tx, { portal: clock.now(), desk: own.now() }, own);
      });
    // While the days went by above nobody read master data, and an answer that was on its way put the clocks a day apart.
    await until('nothing stands in the way of a new act', async () => {
      await window.call('desk.try-line', {});
      compare();
      return (await window.must('desk.frame', {})).freeze.frozen === null;
    });
    const { visitId: fresh } = await plantDelivered(window);
    desk.counter.lineHint();
    // An answer or a print that comes later makes the visit younger.
    await until(
      'all of it is accepted, printed and numbered',
      () =>
        count(desk.store, `SELECT count(*) AS n FROM outbox WHERE state <> 'accepted'`) === 0 &&
        count(
          desk.store,
          `SELECT count(*) AS n FROM prints WHERE state IN ('preparing', 'rendered', 'sent')`,
        ) === 0 &&
        count(
          desk.store,
          `SELECT count(*) AS n FROM inbox_answers AS a JOIN outbox AS o ON o.id = a.effect_id
           WHERE o.visit_id = '${fresh}' AND a.kind = 'reference-number'`,
        ) === 1,
    );
    const erased = (): number =>
      count(desk.store, `SELECT count(*) AS n FROM visits WHERE id = '${fresh}' AND erased_at IS NOT NULL`);
    await portal.stop();
    aheadMs = 400 * DAY_MS;
    compare();
    await desk.counter.retention.run();
    expect(erased()).toBe(0);
    aheadMs = 0;
    offsetMs += 2 * DAY_MS;
    compare();
    await desk.counter.retention.run();
    expect(erased()).toBe(1);
    await portal.start();
  });
});

describe('a leak that was planted is found', () => {
  const text = 'Neodkladná oprava prokouřeného světlíku';
  const other = (): Database.Database => {
    const db = new Database(database());
    db.pragma("cipher = 'sqlcipher'");
    db.pragma('legacy = 4');
    db.pragma(`key = "x'${Buffer.from(KEY).toString('hex')}'"`);
    return db;
  };
  const inFile = (path: string, bytes: string | Uint8Array) => (): (() => void) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    return () => rmSync(path);
  };
  const byOther = (statements: readonly string[]) => (): (() => void) => {
    const db = other();
    for (const statement of statements) db.exec(statement);
    return () => db.close();
  };

  it.each<[string, () => () => void]>([
    ['a row nobody erased', byOther([`INSERT INTO desk VALUES ('leak', '"${text}"')`])],
    [
      'deleted without overwriting: the free space of a page',
      byOther([
        'PRAGMA secure_delete = OFF',
        `INSERT INTO desk VALUES ('leak-2', '"${text}"')`,
        `DELETE FROM desk WHERE key LIKE 'leak%'`,
        'PRAGMA wal_checkpoint(TRUNCATE)',
      ]),
    ],
    [
      'a table dropped without overwriting: free pages',
      byOther([
        'PRAGMA secure_delete = OFF',
        `CREATE TABLE leak AS SELECT '${text}' AS t UNION ALL SELECT '${text} 2'`,
        'PRAGMA wal_checkpoint(TRUNCATE)',
        'DROP TABLE leak',
        'PRAGMA wal_checkpoint(TRUNCATE)',
      ]),
    ],
    [
      'a write-ahead log that was not cut',
      byOther([`INSERT INTO desk VALUES ('leak-3', '"${text}"')`, `DELETE FROM desk WHERE key = 'leak-3'`]),
    ],
    [
      'a word the search index kept',
      byOther([`INSERT INTO journal_search (rowid, words) VALUES (999999, '${text}')`]),
    ],
  ])('%s', (_name, plant) => {
    const undo = plant();
    try {
      expect(found(leaks())).toContain('subject');
    } finally {
      undo();
    }
  });

  it.each<[string, () => () => void]>([
    ['a temporary file', () => inFile(join(temporary, 'export-1.csv'), `a;${text};b`)()],
    [
      'a profile file in UTF-16',
      () => inFile(join(desk.folder, 'window', 'leak.log'), Buffer.from(text, 'utf16le'))(),
    ],
    [
      'a deflated stream in a file',
      () => inFile(join(desk.folder, 'x.pdf'), Buffer.concat([Buffer.from('stream\n'), deflateSync(text)]))(),
    ],
    ['a log line', () => inFile(join(desk.folder, 'counter.log'), JSON.stringify({ text }))()],
  ])('%s', (_name, plant) => {
    const undo = plant();
    try {
      expect(found(leaks())).toContain('subject');
    } finally {
      undo();
    }
  });
});
