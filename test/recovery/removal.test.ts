import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrolled } from '../../electron/counter/settings/values.ts';
import { lastSequence } from '../../electron/journal/read.ts';
import * as cursors from '../../electron/store/cursors.ts';
import * as outbox from '../../electron/store/outbox.ts';
import { startChaosProxy } from '../rigs/chaos-proxy.ts';
import { type CounterRig, type PortalRig, startPortal, until } from '../rigs/counter.ts';
import { newMachine, trainingSheet } from '../rigs/recovery.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';

/** A desk leaves in order: nothing unsent is lost, and its identity speaks in nobody's name afterwards. */

let portal: PortalRig;
let machine: ReturnType<typeof newMachine>;
let other: ReturnType<typeof newMachine>;
beforeEach(async () => {
  portal = await startPortal();
  machine = newMachine();
  other = newMachine();
});
afterEach(async () => {
  await machine.off();
  await other.off();
  await portal.close();
  machine.scrap();
  other.scrap();
});

const allSent = (desk: CounterRig) =>
  until('everything is at the portal', async () =>
    desk.store.read((tx) => {
      const { waiting, needsPerson } = outbox.counts(tx);
      return waiting + needsPerson === 0 && Number(cursors.get(tx, 'log') ?? 0) === lastSequence(tx);
    }),
  );

test('a desk goes only when nothing of it would be lost, and its identity is refused from then on', async () => {
  const desk = await machine.on(portal);
  const clerk = await desk.signedIn('novakova');
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  await allSent(desk);
  const boss = await desk.signedIn('hajickova');
  const reason = 'Přepážka se ruší.';
  const leave = () => boss.call('removal.remove', { store: 'sealed', reason });
  expect(await leave()).toMatchObject({ ok: false, error: { code: 'removal.visits-open' } });
  await portal.stop();
  await acceptSubmission(clerk, visit.id);
  await settlePrints(clerk, visit.id);
  await clerk.must('visits.hand-over', { visitId: visit.id });
  expect(await leave()).toMatchObject({ ok: false });
  expect(machine.left()).toBe(null);
  expect(await boss.must('removal.get', {})).toMatchObject({ openVisits: 0, lineUp: false });

  await portal.start();
  desk.counter.lineHint();
  await allSent(desk);
  await desk.counter.backups.request('demand');
  const own = desk.store.read(enrolled);
  await until('the desk has left', async () => (await leave()).ok);
  expect(machine.left()).toBe('sealed');
  const answer = await fetch(`${portal.url()}/v1/desks/self`, {
    headers: { authorization: `Bearer ${own?.deskToken}` },
  });
  expect([401, 403, 404]).toContain(answer.status);
  await until('the old identity is refused', async () => {
    desk.counter.lineHint();
    const { line } = await desk.window().must('desk.frame', {});
    return line.reason?.code === 'line.desk-unknown';
  });

  // Its backup speaks for it no more than itself: a restored store is not taken without a code of the portal.
  const stick = mkdtempSync(join(tmpdir(), 'virtuos-stick-'));
  cpSync(join(machine.folder, 'backups'), stick, { recursive: true });
  const [name = ''] = readdirSync(stick).filter((entry) => entry !== 'blobs');
  other.choose(join(stick, name, 'manifest.json'));
  await other.on(null);
  const window = other.desk().window();
  await window.must('restore.choose', {});
  await window.must('restore.begin', { place: 'chosen', name, recoveryKey: trainingSheet, rescue: false });
  await other.switchStore();
  const ghost = await other.on(portal);
  await until('it is told that a code is needed', async () => {
    const { recovery } = await ghost.window().must('desk.frame', {});
    return recovery?.trouble?.code === 'recovery.code-needed';
  });
  // A code of another desk is none here, and takes nothing from that one.
  const enrolment = await fetch(`${portal.url()}/v1/desks/enrolments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ enrolmentCode: portal.enrolmentCode(), deskName: 'Přepážka 2' }),
  });
  const second: { deskId: string; deskToken: string } = JSON.parse(await enrolment.text());
  const use = (deskId: string) =>
    ghost.window().call('recovery.use-code', { code: portal.takeOverCode(deskId) });
  expect(await use(second.deskId)).toMatchObject({ error: { code: 'desk.enrolment-code-unknown' } });
  const still = await fetch(`${portal.url()}/v1/desks/self`, {
    headers: { authorization: `Bearer ${second.deskToken}` },
  });
  expect(still.status).toBe(200);
  expect(await use(own?.deskId ?? '')).toMatchObject({ ok: true });
  await until('the place is taken', async () => {
    const { recovery } = await ghost.window().must('desk.frame', {});
    return recovery?.state === 'numbering';
  });
  rmSync(stick, { recursive: true });
});

test('a desk whose leave was taken goes, also when nobody heard the portal say so', async () => {
  const proxy = await startChaosProxy(portal.url);
  try {
    const desk = await machine.on({ ...portal, url: () => proxy.url });
    const boss = await desk.signedIn('hajickova');
    await allSent(desk);
    const leave = () => boss.call('removal.remove', { store: 'sealed', reason: 'Přepážka se ruší.' });
    proxy.once('POST /desks/self/removal', { do: 'lose-answer' });
    expect(await leave()).toMatchObject({ ok: false });
    expect(machine.left()).toBe(null);
    // What is done at the desk meanwhile reaches nobody any more, and keeps nobody from leaving.
    await boss.must('clerks.lock', {});
    await boss.must('clerks.unlock', { password: 'Cvicna-Prepazka-4' });
    const ready = await until('the desk has noticed', async () => {
      desk.counter.lineHint();
      const now = await boss.must('removal.get', {});
      return now.released && now;
    });
    expect(ready).toMatchObject({ unsent: 0, openVisits: 0, lineUp: false });
    expect(await leave()).toMatchObject({ ok: true });
    expect(machine.left()).toBe('sealed');
  } finally {
    await proxy.close();
  }
});
