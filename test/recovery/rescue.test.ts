import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { prepareRescue, prepareRestore } from '../../electron/counter/recovery/backup-reading.ts';
import { checkEntries, lastSequence } from '../../electron/journal/read.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import * as cursors from '../../electron/store/cursors.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import * as outbox from '../../electron/store/outbox.ts';
import * as recoveries from '../../electron/store/recoveries.ts';
import { type CounterRig, keysOfFolder, newId, startCounter, startPortal, until } from '../rigs/counter.ts';
import { makeWorkedDesk, type Truth, WORKED_KEY } from '../rigs/worked-desk.ts';

/**
 * A desk worked: some of it is in a backup, some only at the portal, some nowhere but in the file. Then the file is damaged,
 * page by page, in ever other ways. What is asked of the rescue: every act the clerk was told of is there, or named missing.
 */

const NEW_KEY = new Uint8Array(32).fill(9);

let world: string;
let truth: Truth;

beforeAll(async () => {
  world = mkdtempSync(join(tmpdir(), 'virtuos-rescue-'));
  truth = await makeWorkedDesk(world);
}, 120_000);
afterAll(() => rmSync(world, { recursive: true, force: true }));

const target = (run: string) => ({
  target: join(run, 'new'),
  targetKey: NEW_KEY,
  recovery: {
    id: newId(),
    at: new Date().toISOString(),
    newToken: newId().replaceAll('-', '').padEnd(43, 'x'),
  },
});

/** Damages a copy, rescues it and settles it with a portal as that was when the line broke. */
async function rescued(
  damaged: readonly number[],
  of: { withBackup: boolean; wholePage?: boolean },
  check: (desk: CounterRig, report: recoveries.RecoveryReport) => void | Promise<void>,
): Promise<void> {
  const run = mkdtempSync(join(world, 'run-'));
  const folder = join(run, 'desk');
  cpSync(join(world, 'desk'), folder, { recursive: true });
  const bytes = readFileSync(join(folder, 'desk.db'));
  for (const page of damaged)
    bytes.fill(0xa5, page * 4096 + (of.wholePage ? 0 : 900), page * 4096 + (of.wholePage ? 4096 : 1400));
  writeFileSync(join(folder, 'desk.db'), bytes);
  const place = join(world, 'desk', 'backups');
  const job = { ...target(run), damaged: { folder, key: WORKED_KEY } };
  const prepared = of.withBackup
    ? await prepareRestore({
        ...job,
        place,
        name: backupsIn(place)[0]?.name ?? '',
        secret: { kind: 'desk', key: WORKED_KEY },
        environment: 'training',
        knownSchema: migrations.length,
      })
    : await prepareRescue(job);
  if (!prepared.ok) {
    expect(prepared.error.code).toBe('recovery.nothing-rescued');
    rmSync(run, { recursive: true });
    return;
  }
  cpSync(join(world, 'portal'), join(run, 'portal'), { recursive: true });
  const own = await startPortal(50, { dataDir: join(run, 'portal') });
  const desk = await startCounter({
    portal: own,
    folder: join(run, 'new'),
    storeKey: NEW_KEY,
    keys: keysOfFolder(folder),
  });
  try {
    await until('the store is reconciled', async () => {
      const { recovery } = await desk.window().must('desk.frame', {});
      return recovery?.state === 'numbering';
    });
    await check(desk, desk.store.read(recoveries.last)?.report ?? {});
    expect(desk.problems).toEqual([]);
  } finally {
    await desk.stop();
    await own.close();
    rmSync(run, { recursive: true });
  }
}

const report = z.object({
  logMayGoOn: z.boolean(),
  entriesMissing: z.array(z.object({ from: z.number(), to: z.number() })),
  effectsLost: z.array(z.object({ entry: z.number() })),
  numbersLost: z.array(z.object({ series: z.string(), year: z.number(), from: z.number(), to: z.number() })),
  rowsLost: z.record(z.string(), z.number()),
  contentsLost: z.number(),
});

/** Whatever was damaged: each act is there once, or named missing; each effect is there, at the portal, or named. */
async function nothingIsSilentlyGone(desk: CounterRig, raw: unknown): Promise<void> {
  const told = report.parse(raw);
  const { entries, anew, effects, numbers } = desk.store.read((tx) => ({
    entries: new Map(
      tx
        .all<{ sequence: number; leaf: Uint8Array; payload: Uint8Array | null }>(
          'SELECT sequence, leaf, payload FROM journal_leaves JOIN journal_payloads USING (sequence)',
        )
        .map((row) => [row.sequence, row]),
    ),
    anew: tx
      .all<{ leaf: string }>(
        "SELECT cast(leaf AS TEXT) AS leaf FROM journal_leaves WHERE kind = 'entry-rescued'",
      )
      .map(({ leaf }) => Number(JSON.parse(leaf).ids.entry)),
    effects: new Map(
      tx
        .all<{ id: string; leaf_sequence: number }>('SELECT id, leaf_sequence FROM outbox')
        .map((row) => [row.id, row]),
    ),
    numbers: tx.all<{ series: string; year: number; number: number; fate: string }>(
      'SELECT series, year, number, fate FROM numbers',
    ),
  }));
  expect(new Set(anew).size).toBe(anew.length);
  let known = 0;
  const gone = new Set<number>();
  for (const { sequence, leaf, payload } of truth.entries) {
    const here = entries.get(sequence);
    const inPlace = here !== undefined && Buffer.from(leaf).equals(here.leaf);
    const isAnew = anew.includes(sequence);
    expect(inPlace && isAnew, `entry ${sequence} is there once`).toBe(false);
    if (inPlace || isAnew) known = Math.max(known, sequence);
    if (inPlace && here.payload !== null)
      expect(Buffer.from(here.payload)).toEqual(Buffer.from(payload ?? []));
    if (sequence <= truth.delivered) expect(inPlace, `entry ${sequence} is at the portal`).toBe(true);
    if (!inPlace && !isAnew) gone.add(sequence);
  }
  for (const sequence of gone) {
    const isNamed = told.entriesMissing.some(({ from, to }) => from <= sequence && sequence <= to);
    expect(isNamed || (told.logMayGoOn && sequence > known), `entry ${sequence} is named`).toBe(true);
  }
  for (const { id, leaf_sequence } of truth.effects) {
    const isNamed = told.effectsLost.some(({ entry }) => entry === leaf_sequence) || gone.has(leaf_sequence);
    expect(effects.has(id) || isNamed, `effect of entry ${leaf_sequence} is there or named`).toBe(true);
  }
  for (const { series, year, number, fate } of truth.numbers) {
    const now = numbers.find((one) => one.series === series && one.year === year && one.number === number);
    const isLost = told.numbersLost.some(
      (one) => one.series === series && one.year === year && one.from <= number && number <= one.to,
    );
    // One behind everything known is asked for on paper before any is allotted.
    const isLast = now === undefined && !numbers.some((one) => one.series === series && one.number > number);
    expect(now?.fate === fate || isLost || isLast, `${series} ${number}: ${fate}, now ${now?.fate}`).toBe(
      true,
    );
  }
  expect(desk.store.read((tx) => checkEntries(tx)).ok).toBe(true);
  await until('everything is at the portal or a person’s', async () =>
    desk.store.read(
      (tx) => outbox.counts(tx).waiting === 0 && Number(cursors.get(tx, 'log') ?? 0) === lastSequence(tx),
    ),
  );
  // Only what went with the disk is left to a person, and the report says that something did.
  const left = desk.store.read((tx) =>
    tx.all<{ last_code: string }>("SELECT last_code FROM outbox WHERE state = 'needs-person'"),
  );
  for (const { last_code } of left) expect(last_code).toBe('effect.blob-lost');
  if (left.length > 0) expect(told.contentsLost).toBeGreaterThan(0);
}

const pages = (): number => readFileSync(join(world, 'desk', 'desk.db')).length / 4096;

describe('a damaged store', () => {
  test('of which all can be read is rescued whole, without a backup', async () => {
    await rescued([], { withBackup: false }, async (desk, raw) => {
      await nothingIsSilentlyGone(desk, raw);
      expect(report.parse(raw)).toMatchObject({
        logMayGoOn: false,
        entriesMissing: [],
        effectsLost: [],
        numbersLost: [],
        rowsLost: {},
      });
      const visits = desk.store.read((tx) => tx.all('SELECT id, state FROM visits'));
      expect(visits).toEqual(truth.visits);
    });
  });

  test.each([
    { withBackup: true, seed: 1 },
    { withBackup: false, seed: 2 },
  ])(
    'gives back or names every act, whatever pages are damaged ($withBackup)',
    async ({ withBackup, seed }) => {
      const page = fc.integer({ min: 1, max: pages() - 1 });
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(page, { minLength: 1, maxLength: 25 }), (damaged) =>
          rescued(damaged, { withBackup }, nothingIsSilentlyGone),
        ),
        { numRuns: 6, seed },
      );
    },
    120_000,
  );

  test('whose first page and salt are gone still gives back its log', async () => {
    await rescued([0], { withBackup: true, wholePage: true }, async (desk, raw) => {
      await nothingIsSilentlyGone(desk, raw);
      const { entriesMissing } = report.parse(raw);
      expect(entriesMissing).toEqual([]);
      expect(desk.store.read(lastSequence)).toBeGreaterThan(truth.entries.length);
    });
  });
});

test('the damaged original stays as it was', () => {
  expect(readdirSync(join(world, 'desk'))).toContain('desk.db');
});
