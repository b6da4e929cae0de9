import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkBackup, READY } from '../../electron/counter/recovery/backup-reading.ts';
import { checkEntries, lastSequence } from '../../electron/journal/read.ts';
import { finishSwitch, restoringFolder } from '../../electron/main/store-switch.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import { migrations } from '../../electron/store/migrations/index.ts';
import { openStore, type Store } from '../../electron/store/open.ts';
import * as recoveries from '../../electron/store/recoveries.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { newId, startPortal } from '../rigs/counter.ts';
import { makeWorkedDesk, type Truth, WORKED_KEY } from '../rigs/worked-desk.ts';
import type { Work } from './killed-work.ts';

/** A recovery dies at random instants: the next start finds the old store whole, or the new one. */

const NEW_KEY = new Uint8Array(32).fill(9);
let world: string;
let truth: Truth;

beforeAll(async () => {
  world = mkdtempSync(join(tmpdir(), 'virtuos-killed-'));
  truth = await makeWorkedDesk(world);
}, 120_000);
afterAll(() => rmSync(world, { recursive: true, force: true }));

/** Lets a process do the work and kills it so many milliseconds after it began; null: lets it end. True when it ended. */
function killedAfter(work: Work, ms: number | null): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./killed-work.ts', import.meta.url), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    let said = '';
    let complaints = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const isFirst = said === '';
      said += text;
      if (isFirst && ms !== null) setTimeout(() => child.kill('SIGKILL'), ms);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0) reject(new Error(complaints));
      else resolve(said.includes('done'));
    });
    child.send(work);
  });
}

function opened(folder: string, key: Uint8Array): Store {
  const store = openStore({ folder, key, clock: systemClock, random: systemRandom });
  if (!store.ok) throw new Error(store.error.code);
  return store.value;
}

/** Opens a store, looks, closes it. */
function look<T>(folder: string, key: Uint8Array, at: (store: Store) => T): T {
  const store = opened(folder, key);
  try {
    expect(store.read((tx) => checkEntries(tx)).ok).toBe(true);
    return at(store);
  } finally {
    store.close();
  }
}

const ownFolder = (): string => {
  const run = mkdtempSync(join(world, 'run-'));
  cpSync(join(world, 'desk'), join(run, 'desk'), { recursive: true });
  return run;
};

const asked = (place: string) => ({
  place,
  name: backupsIn(place)[0]?.name ?? '',
  secret: { kind: 'desk' as const, key: WORKED_KEY },
  environment: 'training' as const,
  knownSchema: migrations.length,
});

const recoveryOf = () => ({
  id: newId(),
  at: new Date().toISOString(),
  newToken: newId().replaceAll('-', '').padEnd(43, 'x'),
});

test('a backup that was cut off is not there, and those before it are', async () => {
  const run = ownFolder();
  const place = join(run, 'desk', 'backups');
  const before = backupsIn(place).length;
  let ended = 0;
  for (let kill = 0; kill < 6; kill += 1) {
    const done = await killedAfter(
      {
        work: 'backup',
        job: {
          folder: join(run, 'desk'),
          key: WORKED_KEY,
          places: [place],
          id: newId(),
          at: new Date(Date.UTC(2027, 0, kill + 1)).toISOString(),
          reason: 'timer',
          environment: 'training',
          program: 'test',
          desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
          recoveryKey: null,
          keep: { last: 50, days: 50 },
        },
      },
      kill === 5 ? null : randomInt(0, 120),
    );
    if (done) ended += 1;
    for (const { name } of backupsIn(place))
      expect(await checkBackup({ ...asked(place), name })).toMatchObject({
        ok: true,
        value: { filesMissing: 0 },
      });
    expect(backupsIn(place).length).toBeGreaterThanOrEqual(before + ended);
  }
  // Whoever comes next clears up what was cut off.
  expect(readdirSync(place).filter((name) => name.endsWith('.part'))).toEqual([]);
  look(join(run, 'desk'), WORKED_KEY, (store) => expect(store.read(lastSequence)).toBe(truth.entries.length));
});

test('a restore and a rescue that were cut off leave the old store alone and are done anew', async () => {
  const run = ownFolder();
  const folder = join(run, 'desk');
  const target = restoringFolder(folder);
  const ready = (): boolean => existsSync(join(target, READY));
  for (let kill = 0; kill < 6; kill += 1) {
    mkdirSync(target, { recursive: true });
    const job = {
      target,
      targetKey: NEW_KEY,
      recovery: recoveryOf(),
      damaged: { folder, key: WORKED_KEY },
    };
    const work: Work =
      kill % 2 === 0
        ? { work: 'rescue', job }
        : { work: 'restore', job: { ...job, ...asked(join(folder, 'backups')) } };
    await killedAfter(work, kill >= 4 ? null : randomInt(0, 150));
    // What says that it is whole is whole.
    if (ready())
      look(target, NEW_KEY, (store) =>
        expect(store.read(recoveries.open)).toMatchObject({ kind: 'rescued', state: 'reconciling' }),
      );
    look(folder, WORKED_KEY, (store) => expect(store.read(lastSequence)).toBe(truth.entries.length));
  }
  expect(ready()).toBe(true);

  // The stores change places: whatever the instant of the death, one of them is there at the next start.
  for (let kill = 0; kill < 8; kill += 1) {
    const desk = join(mkdtempSync(join(world, 'switch-')), 'desk');
    cpSync(folder, desk, { recursive: true });
    const ended = await killedAfter({ work: 'switch', folder: desk }, kill === 7 ? null : randomInt(0, 4));
    finishSwitch(desk);
    const isNew = !existsSync(restoringFolder(desk));
    if (ended) expect(isNew).toBe(true);
    look(desk, isNew ? NEW_KEY : WORKED_KEY, (store) =>
      expect(store.read(recoveries.open) !== null).toBe(isNew),
    );
    if (isNew)
      look(join(desk, 'aside-2026-04-01T08-00-00Z'), WORKED_KEY, (store) =>
        expect(store.read(lastSequence)).toBe(truth.entries.length),
      );
  }
});

test('settling with the portal goes on where it was cut off, and nothing is done twice', async () => {
  const run = ownFolder();
  const folder = join(run, 'desk');
  // The file is damaged, so that there is something to bring back from everywhere.
  const bytes = readFileSync(join(folder, 'desk.db'));
  for (let page = 20; page < bytes.length / 4096; page += 9) bytes.fill(0xa5, page * 4096, page * 4096 + 900);
  writeFileSync(join(folder, 'desk.db'), bytes);
  const target = join(run, 'new');
  mkdirSync(target);
  await killedAfter(
    {
      work: 'restore',
      job: {
        ...asked(join(world, 'desk', 'backups')),
        target,
        targetKey: NEW_KEY,
        recovery: recoveryOf(),
        damaged: { folder, key: WORKED_KEY },
      },
    },
    null,
  );
  cpSync(join(world, 'portal'), join(run, 'portal'), { recursive: true });
  const portal = await startPortal(50, { dataDir: join(run, 'portal') });
  try {
    const work: Work = {
      work: 'settle',
      folder: target,
      key: NEW_KEY,
      keys: folder,
      portalUrl: portal.url(),
    };
    let ended = false;
    for (let kill = 0; kill < 8 && !ended; kill += 1)
      ended = await killedAfter(work, kill === 7 ? null : randomInt(30, 250 + kill * 60));
    expect(ended).toBe(true);
    look(target, NEW_KEY, (store) => {
      store.read((tx) => {
        expect(recoveries.open(tx)).toMatchObject({ kind: 'rescued', state: 'numbering' });
        expect(tx.all('SELECT * FROM rescued_entries')).toEqual([]);
        expect(tx.all('SELECT * FROM rescued_rows')).toEqual([]);
        const recovered = tx.get<{ n: number }>(
          "SELECT count(*) AS n FROM journal_leaves WHERE kind = 'store-recovered'",
        );
        expect(recovered?.n).toBe(1);
        for (const { sequence, leaf } of truth.entries.slice(0, truth.delivered))
          expect(
            tx.get<{ leaf: Uint8Array }>('SELECT leaf FROM journal_leaves WHERE sequence = ?', [sequence])
              ?.leaf,
          ).toEqual(Buffer.from(leaf));
      });
    });
  } finally {
    await portal.close();
  }
});
