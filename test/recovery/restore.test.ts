import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolled } from '../../electron/counter/settings/values.ts';
import { checkEntries, lastSequence } from '../../electron/journal/read.ts';
import * as cursors from '../../electron/store/cursors.ts';
import * as numbers from '../../electron/store/numbers.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { legalDate } from '../../electron/values/time.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { newMachine, trainingSheet } from '../rigs/recovery.ts';
import { acceptSubmission, certifyCopy, settlePrints, verify } from '../rigs/visits.ts';

let portal: PortalRig;
let old: ReturnType<typeof newMachine>;
let fresh: ReturnType<typeof newMachine>;
let stick: string;
beforeEach(async () => {
  portal = await startPortal();
  old = newMachine();
  fresh = newMachine();
  stick = mkdtempSync(join(tmpdir(), 'virtuos-stick-'));
});
afterEach(async () => {
  await old.off();
  await fresh.off();
  await portal.close();
  old.scrap();
  fresh.scrap();
  rmSync(stick, { recursive: true, force: true });
});

const year = Number(legalDate(new Date()).slice(0, 4));

async function copyVisit(window: TestWindow): Promise<{ visitId: string; number: number }> {
  const visit = await window.must('visits.open', {});
  const service = await certifyCopy(window, visit.id);
  await window.must('visits.park', { visitId: visit.id, note: '' });
  return { visitId: visit.id, number: Number(service.certification?.number.split('/')[0]) };
}

const allSent = (desk: CounterRig) =>
  until('everything is at the portal', async () =>
    desk.store.read((tx) => {
      const { waiting, needsPerson } = outbox.counts(tx);
      return waiting + needsPerson === 0 && Number(cursors.get(tx, 'log') ?? 0) === lastSequence(tx);
    }),
  );

/** The desk's backups are carried to another machine. */
function carry(): void {
  const place = join(old.folder, 'backups');
  cpSync(place, stick, { recursive: true });
  const [name] = readdirSync(stick).filter((entry) => entry !== 'blobs');
  fresh.choose(join(stick, name ?? '', 'manifest.json'));
}

async function restoreOnFresh(): Promise<CounterRig> {
  await fresh.on(null);
  const window = fresh.desk().window();
  const place = await window.must('restore.choose', {});
  const name = place?.backups[0]?.name ?? '';
  const backup = { place: 'chosen' as const, name, recoveryKey: trainingSheet };
  await window.must('restore.check', backup);
  await window.must('restore.begin', { ...backup, rescue: false });
  expect(fresh.wantsSwitch()).toBe(true);
  await fresh.switchStore();
  return fresh.on(portal);
}

const reconciled = (desk: CounterRig) =>
  until('the store is reconciled', async () => {
    const { recovery } = await desk.window().must('desk.frame', {});
    return recovery?.state !== 'reconciling';
  });

test('a desk is restored on another machine with the sheet alone; what the portal has is recognised and no number comes twice', async () => {
  const desk = await old.on(portal);
  const clerk = await desk.signedIn('novakova');
  const first = await copyVisit(clerk);
  await allSent(desk);
  const supervisor = await desk.signedIn('dvorak');
  await supervisor.must('backups.make', {});
  const before = desk.store.read(lastSequence);
  // After the backup: one visit goes on, another begins; all of it reaches the portal.
  const second = await copyVisit(clerk);
  const third = await copyVisit(clerk);
  await allSent(desk);
  // Allotted by the portal for an act of which nothing is left here: the disk goes before it is told.
  const open = await desk.counter.desk.sync.evidenceNumber('extracts', {
    id: newId(),
    officeId: 'klatovy',
    year,
  });
  const size = desk.store.read(lastSequence);
  expect(size).toBeGreaterThan(before);
  expect([first.number, second.number, third.number]).toEqual([1, 2, 3]);
  carry();
  // The old machine is still there, but it is not the desk any more.
  const restored = await restoreOnFresh();
  await reconciled(restored);
  expect(restored.problems).toEqual([]);
  expect(restored.store.read((tx) => checkEntries(tx)).ok).toBe(true);
  expect(restored.store.read((tx) => numbers.fates(tx, 'vidimace', year))).toEqual([
    { number: 1, fate: 'used', reason: null },
    { number: 2, fate: 'used', reason: null },
    { number: 3, fate: 'used', reason: null },
  ]);
  expect(restored.store.read(enrolled)?.deskToken).not.toBe(desk.store.read(enrolled)?.deskToken);
  await until('the old machine is refused', async () => {
    desk.counter.lineHint();
    const { line } = await desk.window().must('desk.frame', {});
    return line.reason?.code === 'line.desk-unknown';
  });

  // Somebody signs in; nothing is numbered before the paper was looked at.
  const window = await restored.signedIn('novakova');
  const visit = await window.must('visits.open', {});
  const refused = await certifyCopy(window, visit.id).catch((error: Error) => error.message);
  expect(refused).toContain('store.not-reconciled');
  const boss = await restored.signedIn('dvorak');
  const details = await boss.must('recovery.details', {});
  expect(details.series).toContainEqual({ series: 'vidimace', year, last: 3 });
  expect(
    await boss.call('recovery.finish', { numbers: [{ series: 'vidimace', year, last: 2 }] }),
  ).toMatchObject({ ok: false, error: { code: 'recovery.number-too-low' } });
  // The book says 5: two were made after the last thing the portal heard.
  await boss.must('recovery.finish', { numbers: [{ series: 'vidimace', year, last: 5 }] });
  expect(restored.store.read((tx) => numbers.fates(tx, 'vidimace', year)).slice(3)).toEqual([
    { number: 4, fate: 'lost', reason: null },
    { number: 5, fate: 'lost', reason: null },
  ]);
  const exceptions = restored.store.read((tx) =>
    tx.all<{ kind: string; params: string }>(
      "SELECT kind, params FROM exceptions WHERE kind = 'number-lost'",
    ),
  );
  expect(open.ok).toBe(true);
  expect(exceptions.map(({ params }) => JSON.parse(params))).toMatchObject([
    { number: open.ok && open.value.number, code: 'recovery.evidence-number-open' },
    { from: 4, to: 5 },
  ]);
  await window.must('visits.park', { visitId: visit.id, note: '' });
  const next = await copyVisit(window);
  expect(next.number).toBe(6);
  await allSent(restored);
  expect(restored.problems.filter((problem) => !problem.includes('not-reconciled'))).toEqual([]);
});

test('what was not sent before the backup is sent by the restored desk, once', async () => {
  const desk = await old.on(portal);
  const clerk = await desk.signedIn('novakova');
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  await allSent(desk);
  await portal.stop();
  await acceptSubmission(clerk, visit.id);
  await settlePrints(clerk, visit.id);
  const supervisor = await desk.signedIn('dvorak').catch(() => null);
  if (supervisor) await supervisor.must('backups.make', {});
  else await desk.counter.backups.request('demand');
  const waiting = desk.store.read(outbox.counts).waiting;
  expect(waiting).toBeGreaterThan(0);
  await old.off();
  carry();
  await portal.start();
  const restored = await restoreOnFresh();
  await reconciled(restored);
  await allSent(restored);
  expect(restored.store.read((tx) => outbox.counts(tx))).toMatchObject({ needsPerson: 0, waiting: 0 });
});

test('a visit that went on after the backup is not done twice', async () => {
  const desk = await old.on(portal);
  const clerk = await desk.signedIn('novakova');
  const wentOn = await clerk.must('visits.open', {});
  const colleague = await desk.signedIn('cizek');
  const stayed = await colleague.must('visits.open', {});
  await allSent(desk);
  await desk.counter.backups.request('demand');
  await certifyCopy(clerk, wentOn.id);
  await allSent(desk);
  await old.off();
  carry();
  const restored = await restoreOnFresh();
  await reconciled(restored);
  const states = restored.store.read((tx) =>
    tx.all<{ id: string; state: string }>('SELECT id, state FROM visits ORDER BY id'),
  );
  expect(Object.fromEntries(states.map(({ id, state }) => [id, state]))).toEqual({
    [wentOn.id]: 'closed',
    [stayed.id]: 'parked',
  });
});

test('a restored desk does nothing before it has reached the portal', async () => {
  const desk = await old.on(portal);
  await allSent(desk);
  await desk.counter.backups.request('demand');
  await old.off();
  carry();
  const url = portal.url();
  await portal.stop();
  await fresh.on(null);
  const chooser = fresh.desk().window();
  const place = await chooser.must('restore.choose', {});
  const name = place?.backups[0]?.name ?? '';
  expect(
    await chooser.call('restore.check', { place: 'chosen', name, recoveryKey: 'ABCD-EFGH' }),
  ).toMatchObject({ ok: false, error: { code: 'recovery.key-unreadable' } });
  expect(await chooser.call('restore.check', { place: 'chosen', name, recoveryKey: null })).toMatchObject({
    ok: false,
    error: { code: 'backup.wrong-key' },
  });
  await chooser.must('restore.begin', { place: 'chosen', name, recoveryKey: trainingSheet, rescue: false });
  await fresh.switchStore();
  const restored = await fresh.on(null);
  expect(url).toBeTruthy();
  const window = restored.window();
  const { recovery } = await window.must('desk.frame', {});
  expect(recovery).toMatchObject({ kind: 'restored', state: 'reconciling' });
  expect(
    await window.call('clerks.sign-in', { username: 'novakova', password: 'Cvicna-Prepazka-1' }),
  ).toMatchObject({ ok: false });
  await portal.start();
  await window.must('recovery.try-now', {});
  await reconciled(restored);
});

test('a machine takes a desk’s place with only what the portal has', async () => {
  const desk = await old.on(portal);
  const clerk = await desk.signedIn('novakova');
  const { number } = await copyVisit(clerk);
  await allSent(desk);
  const size = desk.store.read(lastSequence);
  const own = desk.store.read(enrolled);
  await old.off();
  const machine = await fresh.on(null);
  await machine.window().must('desk.enrol', {
    portalUrl: portal.url(),
    enrolmentCode: portal.takeOverCode(own?.deskId ?? ''),
    deskName: 'Přepážka 1',
  });
  await reconciled(machine);
  expect(machine.problems).toEqual([]);
  expect(machine.store.read(enrolled)?.deskId).toBe(own?.deskId);
  expect(machine.store.read(lastSequence)).toBeGreaterThan(size);
  expect(machine.store.read((tx) => checkEntries(tx)).ok).toBe(true);
  expect(machine.store.read((tx) => numbers.fates(tx, 'vidimace', year))).toEqual([
    { number, fate: 'used', reason: null },
  ]);
  await until('the day log goes on', async () =>
    machine.store.read((tx) => Number(cursors.get(tx, 'log')) === lastSequence(tx)),
  );
});
