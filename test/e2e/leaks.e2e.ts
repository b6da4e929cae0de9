import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot, runningAsRoot, unprivileged } from '../../scripts/places.ts';
import { generalSubmission } from '../rigs/desk-pages.ts';
import { type Desk, launchDesk, makeDeskFolder } from '../rigs/electron.ts';
import {
  contentNeedle,
  decryptedPages,
  filesBelow,
  findLeaks,
  type Leak,
  type Needle,
  type Part,
  textNeedle,
} from '../rigs/leak-scan.ts';
import { until } from '../rigs/process.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/**
 * A real visit in the real window, then everything the desk could have left of it: Chromium's profile, the desk's home,
 * temporary files, the system's print spool, logs, and after the time of keeping the pages of the store itself. The portal's
 * catalogue sets every time to nothing, so that no clock has to be moved.
 */

const subject = 'Neodkladná oprava prokouřeného světlíku';
const content = 'Žádám o uzavření výkupny kožešin u Šplouchalových, jejíž zápach proniká až do ložnice.';
const { person: who, document } = person('person-01');

const started = Date.now();
let catalogue = '';
let dataDir = '';
let temporary = '';
let whole: WholeDesk;
const needles: Needle[] = [];

/** Files of the desk's user in the folder all share, younger than this test; the rigs' own folders are not the desk's. */
const sharedTemporary = (): Part[] =>
  filesBelow(tmpdir(), (path) => {
    if (path.includes('virtuos-portal-') || path.includes('rig-') || path.startsWith(temporary)) return false;
    const { uid, mtimeMs } = statSync(path);
    return mtimeMs >= started && (!runningAsRoot || uid === unprivileged.uid);
  });

const outside = (desk: Desk | null): Leak[] =>
  findLeaks(
    [
      ...filesBelow(dataDir),
      ...(desk ? filesBelow(desk.home) : []),
      ...filesBelow(temporary),
      ...sharedTemporary(),
      ...filesBelow('/var/spool/cups'),
    ],
    needles,
    { deep: true },
  );

const key = (): Buffer => Buffer.from(readFileSync(join(dataDir, 'key.plain'), 'utf8').trim(), 'hex');
const database = (): string => join(dataDir, 'desk.db');
const inPages = (): string[] => [
  ...new Set(findLeaks(decryptedPages(database(), key()), needles).map(({ what }) => what)),
];

function withStore<T>(work: (db: Database.Database) => T): T {
  const db = new Database(database(), { timeout: 5000 });
  try {
    db.pragma("cipher = 'sqlcipher'");
    db.pragma('legacy = 4');
    db.pragma(`key = "x'${key().toString('hex')}'"`);
    return work(db);
  } finally {
    db.close();
  }
}

/** Closes the days as the closing does, past the window: two people would be needed for it there. */
const closeDays = (): void =>
  withStore((db) => {
    db.exec(`
      UPDATE exceptions SET reviewed_at = '2026-01-01T00:00:00.000Z', reviewed_by = 'supervisor' WHERE reviewed_at IS NULL;
      INSERT INTO day_closings (ordinal, id, number, leaf_sequence, first_sequence, last_sequence, first_date, last_date,
        closed_at, closed_by, way, opening, expected, counted, counts, carried)
      SELECT (SELECT count(*) + 1 FROM day_closings), 'leaks', 'leaks', max(sequence),
        1 + coalesce((SELECT max(last_sequence) FROM day_closings), (SELECT after_sequence FROM closing_start)),
        max(sequence), max(legal_date), max(legal_date), '2026-01-01T00:00:00.000Z', 'supervisor', 'at-desk', 0, 0, 0, '{}', '[]'
      FROM journal_leaves;`);
  });

/** Whether the portal has every entry of the log. */
const isLogDelivered = (): boolean =>
  withStore(
    (db) =>
      db
        .prepare(
          `SELECT (SELECT CAST(value AS INTEGER) FROM cursors WHERE name = 'log') = (SELECT max(sequence) FROM journal_leaves)`,
        )
        .pluck()
        .get() === 1,
  );

beforeAll(async () => {
  catalogue = mkdtempSync(join(tmpdir(), 'rig-catalogue-'));
  cpSync(join(projectRoot, 'resources', 'catalogue'), catalogue, { recursive: true });
  const settings = JSON.parse(readFileSync(join(catalogue, 'settings.json'), 'utf8'));
  for (const time of ['content', 'undelivered', 'ownPapers', 'log']) settings.retention[time] = 'P0D';
  writeFileSync(join(catalogue, 'settings.json'), JSON.stringify(settings));
  dataDir = makeDeskFolder('data');
  temporary = makeDeskFolder('tmp');
  whole = await startWholeDesk({ catalogue, dataDir, env: { TMPDIR: temporary } });
}, 180_000);
afterAll(async () => {
  await whole?.close();
  for (const folder of [catalogue, dataDir, temporary]) rmSync(folder, { recursive: true, force: true });
});

test('a visit leaves nothing outside of the encrypted store while it goes on', async () => {
  const { pages, devices } = whole;
  for (const [name, text] of Object.entries({
    subject,
    content,
    surname: `${who.name.givenNames} ${who.name.surname}`,
    street: `${who.address?.street} ${who.address?.number}`,
    ...(who.birthNumber !== undefined && { birthNumber: who.birthNumber }),
    zone: document.mrz.join('\n').slice(-60),
  }))
    needles.push(textNeedle(name, text));
  await whole.signIn('novakova');
  // What the portal sends to every desk must not look like this person.
  expect(inPages()).toEqual([]);
  await pages.openVisit();
  devices.reader.sendLines(document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission(subject, content));
  await pages.chooseOffice('Nýrsko');
  await pages.formDone();
  await pages.scan(1);
  expect(outside(whole.desk)).toEqual([]);
  await pages.attachmentsDone();
  await pages.printRequest();
  await pages.signed();
  await pages.accept();
  await pages.delivered('reference-number');
  await pages.toHandOver();
  await pages.handOver();
  for (const [index, pdf] of (await devices.printer.printed()).entries())
    needles.push(contentNeedle(`print ${index + 1}`, pdf));
  expect(outside(whole.desk)).toEqual([]);
  expect(inPages()).toContain('subject');
});

test('after its time it is nowhere, in the store neither', async () => {
  // The log has to be at the portal before any of it may go.
  await until('the log is at the portal', isLogDelivered, 60_000);
  await whole.desk.app.close();
  closeDays();
  const desk = await launchDesk({
    dataDir,
    env: {
      TMPDIR: temporary,
      VIRTUOS_PORTAL_URL: whole.portal.url(),
      VIRTUOS_ENROLMENT_CODE: whole.portal.enrolmentCode(),
    },
  });
  try {
    // Nobody is signed in: the desk erases, and writes its file anew, by itself.
    await until(
      'the pages hold nothing of it',
      () => {
        try {
          return inPages().length === 0;
        } catch {
          // A page that is just being written.
          return false;
        }
      },
      60_000,
    );
    expect(outside(desk)).toEqual([]);
  } finally {
    await desk.close();
  }
  expect(inPages()).toEqual([]);
  expect(outside(null)).toEqual([]);
});

test('a leak that is planted in the profile or beside it is found', () => {
  for (const [path, bytes] of [
    [join(dataDir, 'window', 'Local Storage', 'leaked.ldb'), Buffer.from(subject, 'utf16le')],
    [join(dataDir, 'logs', 'counter.log.1'), Buffer.from(JSON.stringify({ subject }))],
    [join(temporary, 'scan.pnm'), Buffer.from(content)],
  ] as const) {
    cpSync(join(projectRoot, 'package.json'), path, { recursive: true });
    writeFileSync(path, bytes);
    expect(outside(null).map(({ where }) => where)).toContain(path);
    rmSync(path);
  }
});
