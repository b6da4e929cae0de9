import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lastCountersigned } from '../../electron/journal/checkpoint.ts';
import { lastSequence } from '../../electron/journal/read.ts';
import * as accounts from '../../electron/store/clerk-accounts.ts';
import * as cursors from '../../electron/store/cursors.ts';
import * as master from '../../electron/store/master.ts';
import * as media from '../../electron/store/media.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { cursorsNow } from '../../electron/sync/medium/take.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';

// A desk that has no line: its acts go to the portal on a medium, and what it would hear comes back on one.

const DAY_MS = 24 * 3_600_000;

let folder: string;
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;
let chosen: string | null;

const places = { save: async () => chosen, open: async () => chosen };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-medium-'));
  portal = await startPortal(0);
  desk = await startCounter({ portal, places });
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
  await until('master data and log are there', async () =>
    desk.store.read(
      (tx) => master.wholeAt(tx) !== null && Number(cursors.get(tx, 'log')) === lastSequence(tx),
    ),
  );
  await portal.stop();
});
afterEach(async () => {
  await desk.close();
  await portal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(): Promise<void> {
  const { id } = await clerk.must('visits.open', {});
  await verify(clerk, id);
  await acceptSubmission(clerk, id);
  await settlePrints(clerk, id);
  await clerk.must('visits.hand-over', { visitId: id });
}

const file = (name: string): string => join(folder, name);

/** Writes a medium and waits until it lies there. */
async function written(name: string, window = supervisor): Promise<string> {
  chosen = file(name);
  const begun = await window.must('medium.export', {});
  expect(begun).toMatchObject({ state: 'running' });
  await until('the medium is written', async () => (await window.must('medium.get', {})).running === null);
  expect(existsSync(file(name))).toBe(true);
  return file(name);
}

async function imported(from: string, answer: string) {
  const done = await portal.importMedium(from, file(answer));
  if (!done.ok) throw new Error(done.error.code);
  return done.value;
}

async function take(name: string, window = supervisor) {
  chosen = file(name);
  return window.call('medium.take', {});
}

const waiting = () => desk.store.read((tx) => outbox.counts(tx).waiting);
const acknowledged = () => desk.store.read((tx) => Number(cursors.get(tx, 'log') ?? 0));
/** The numbers of the portal's answers that are here. */
const answers = () =>
  desk.store
    .read((tx) => tx.all<{ sequence: number }>('SELECT sequence FROM inbox_answers ORDER BY sequence'))
    .map(({ sequence }) => sequence);
/** What the portal holds of all desks. */
function held() {
  const db = new Database(join(portal.dataDir, 'portal.sqlite'), { readonly: true });
  try {
    const count = (table: string) =>
      db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n;
    return { effects: count('effects'), leaves: count('log_leaves'), answers: count('answers') };
  } finally {
    db.close();
  }
}

it('a desk without a line is whole again after a medium there and one back; the line later changes nothing', async () => {
  await visit();
  const effects = waiting();
  expect(effects).toBeGreaterThan(0);
  const before = await supervisor.must('medium.get', {});
  expect(before).toMatchObject({ waiting: { effects }, written: null, taken: null, running: null });

  const medium = await written('there');
  expect(readFileSync(medium).includes('Oprava chodníku'), 'nobody reads it on its way').toBe(false);
  expect(await supervisor.must('medium.get', {})).toMatchObject({ written: { number: 1, effects } });
  // Long without the portal: master data are old, and who signed in is not to be believed much longer.
  const old = new Date(Date.now() - 60 * DAY_MS).toISOString();
  desk.store.write((tx) => {
    master.noteWhole(tx, old);
    tx.run('UPDATE clerk_accounts SET verified_at = ?', [old]);
  });
  expect(
    await desk.window().call('clerks.sign-in', {
      username: 'novakova',
      password: 'Cvicna-Prepazka-1',
    }),
  ).toMatchObject({ ok: false, error: { code: 'clerk.offline-too-long' } });
  expect((await desk.window().must('desk.frame', {})).freeze.frozen).toMatchObject({
    code: 'freeze.master-data',
  });

  expect(await imported(medium, 'back')).toMatchObject({
    number: 1,
    isRepeated: false,
    missing: [],
    logProblem: null,
    effects: { accepted: effects, duplicate: 0, incomplete: 0, refused: 0 },
  });
  // Nobody can sign in any more; the answer can be taken all the same.
  expect(await take('back', desk.window())).toMatchObject({
    ok: true,
    value: { number: 1, answers: 1, isCountersigned: true, accepted: effects, refused: 0, incomplete: 0 },
  });
  expect(waiting()).toBe(0);
  const { size, countersignedAt } = desk.store.read((tx) => lastCountersigned(tx)) ?? {};
  expect(size).toBe(acknowledged());
  expect(countersignedAt).not.toBeNull();
  const frame = await desk.window().must('desk.frame', {});
  expect(frame.freeze.frozen).toBeNull();
  expect(frame.line.state).toBe('down');
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
  expect(await supervisor.must('medium.get', {})).toMatchObject({
    waiting: { effects: 0 },
    taken: { number: 1, answers: 1 },
  });
  expect(
    desk.store.read((tx) => tx.get<{ n: number }>('SELECT count(*) AS n FROM inbox_answers'))?.n,
    'the number the office gave is here',
  ).toBeGreaterThan(0);

  const there = held();
  const logged = acknowledged();
  await portal.start();
  await clerk.must('desk.try-line', {});
  await until('the line has brought the rest', async () =>
    desk.store.read((tx) => Number(cursors.get(tx, 'log')) === lastSequence(tx)),
  );
  expect(held()).toMatchObject({ effects: there.effects, answers: there.answers });
  expect((held().leaves ?? 0) - (there.leaves ?? 0)).toBe(acknowledged() - logged);
  expect(
    desk.store.read((tx) =>
      tx.all("SELECT * FROM exceptions WHERE kind IN ('log-refused', 'checkpoint-refused')"),
    ),
  ).toEqual([]);
  expect(desk.problems).toEqual([]);
});

it('a medium that is lost has lost nothing: the next one bears it all', async () => {
  await visit();
  await written('lost');
  await visit();
  const effects = waiting();
  const next = await written('next');
  expect(await imported(next, 'back')).toMatchObject({
    number: 2,
    missing: [1],
    effects: { accepted: effects },
  });
  expect(await take('back')).toMatchObject({ ok: true, value: { answers: 2, accepted: effects } });
  expect(waiting()).toBe(0);
  // The lost one turns up: what it bears is known, and its answer tells nothing old as new.
  expect(await imported(file('lost'), 'late')).toMatchObject({ number: 1, effects: { accepted: 0 } });
  expect(await take('late')).toMatchObject({
    ok: true,
    value: { answers: 1, accepted: 0, officeAnswers: 0 },
  });
  expect(waiting()).toBe(0);
});

it('an answer is taken once, in order, whole, and only from the portal to this desk', async () => {
  await visit();
  const medium = await written('there');
  await imported(medium, 'first');
  await imported(medium, 'second');
  const code = async (name: string) => {
    const reply = await take(name);
    return reply.ok ? 'taken' : reply.error.code;
  };
  const here = () => ({
    waiting: waiting(),
    acknowledged: acknowledged(),
    taken: desk.store.read(media.lastTaken),
  });
  const untouched = here();
  const whole = readFileSync(file('first'));
  writeFileSync(file('cut'), whole.subarray(0, whole.length - 7));
  const flipped = Buffer.from(whole);
  flipped[whole.length - 40] = (flipped[whole.length - 40] ?? 0) ^ 1;
  writeFileSync(file('flipped'), flipped);
  writeFileSync(file('letter'), 'Dobrý den,\n');
  copyFileSync(medium, file('own'));
  for (const [name, expected] of [
    ['cut', 'medium.damaged'],
    ['flipped', 'medium.damaged'],
    ['letter', 'medium.not-a-medium'],
    ['own', 'medium.not-for-us'],
    ['missing', 'medium.unreadable'],
  ] as const)
    expect(await code(name), name).toBe(expected);
  expect(here()).toEqual(untouched);
  chosen = null;
  expect(await supervisor.must('medium.take', {})).toBeNull();

  expect(await code('second')).toBe('taken');
  expect(await code('second')).toBe('medium.already-taken');
  expect(await code('first')).toBe('medium.older');
  expect(waiting()).toBe(0);
});

it('another desk’s answer is not for this one', async () => {
  await portal.start();
  const other = await startCounter({ portal, places });
  try {
    const there = await other.signedIn('dvorak');
    await imported(await written('there', there), 'back');
    await written('own');
    expect(await take('back')).toMatchObject({ ok: false, error: { code: 'medium.not-for-us' } });
  } finally {
    await other.close();
  }
});

it('what was not finished left nothing but its number, and the portal learns of it', async () => {
  await visit();
  chosen = join(folder, 'no-such-folder', 'there');
  await supervisor.must('medium.export', {});
  await until('it has failed', async () => desk.store.read((tx) => media.abandoned(tx).length > 0));
  expect((await supervisor.must('medium.get', {})).written).toBeNull();
  expect(await imported(await written('there'), 'back')).toMatchObject({ number: 2, missing: [] });
});

it('what the line has brought meanwhile is not set back by an older answer', async () => {
  await visit();
  await imported(await written('there'), 'back');
  await portal.start();
  await clerk.must('desk.try-line', {});
  await until(
    'the line is done',
    async () =>
      waiting() === 0 &&
      // The answers too: one that is still on its way would come from the medium.
      answers().length === held().answers &&
      desk.store.read((tx) => Number(cursors.get(tx, 'log')) === lastSequence(tx)),
  );
  const before = desk.store.read((tx) => ({ log: cursors.get(tx, 'log'), inbox: cursors.get(tx, 'inbox') }));
  expect(await take('back')).toMatchObject({ ok: true, value: { accepted: 0, officeAnswers: 0 } });
  const after = desk.store.read((tx) => ({ log: cursors.get(tx, 'log'), inbox: cursors.get(tx, 'inbox') }));
  expect(Number(after.log)).toBeGreaterThanOrEqual(Number(before.log));
  expect(after.inbox).toBe(before.inbox);
  expect(desk.store.read((tx) => accounts.findByUsername(tx, 'novakova'))?.verifiedAt).not.toBeNull();
});

it('an answer to a medium that a restored desk does not know brings only what goes on from where the desk is', async () => {
  await visit();
  await imported(await written('first'), 'first-back');
  await take('first-back');
  const backup = desk.store.read(cursorsNow);
  const known = answers();
  await visit();
  await imported(await written('second'), 'second-back');
  await take('second-back');
  await visit();
  await imported(await written('third'), 'third-back');
  // What a backup made after the first answer knows of media and cursors.
  desk.store.write((tx) => {
    for (const trigger of ['media_written_kept', 'media_taken_kept']) tx.run(`DROP TRIGGER ${trigger}`);
    tx.run('DELETE FROM media_written WHERE number > 1');
    tx.run('DELETE FROM media_taken WHERE number > 1');
    for (const [name, value] of Object.entries(backup)) cursors.set(tx, name, value, 'now');
    tx.run('DELETE FROM inbox_answers WHERE sequence > ?', [known.length]);
  });
  expect(await take('third-back')).toMatchObject({ ok: true, value: { answers: 3, officeAnswers: 0 } });
  expect(desk.store.read(cursorsNow)).toEqual(backup);
  // The next round brings it all.
  await imported(await written('next'), 'next-back');
  expect(await take('next-back')).toMatchObject({ ok: true });
  expect(answers().length).toBeGreaterThan(known.length);
  expect(answers()).toEqual(answers().map((_, index) => index + 1));
});
