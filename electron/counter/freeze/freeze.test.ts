import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../../../test/rigs/counter.ts';
import { generalForm, verify } from '../../../test/rigs/visits.ts';
import type { CallDefinition } from '../../contract/call.ts';
import { type CallName, calls } from '../../contract/index.ts';
import * as master from '../../store/master.ts';

const DAY_MS = 24 * 3_600_000;

/** What begins something new. Everything else of these areas finishes what is in hand or repeats it. */
const begins: readonly CallName[] = [
  'visits.open',
  'services.start',
  'bookings.book',
  'waiting.call-next',
  'mailbox.reply',
];
const finishes = new Set<string>([
  'visits.park',
  'visits.take-up',
  'visits.cancel',
  'visits.set-exemption',
  'visits.pay',
  'visits.hand-over',
  'identity.read-mrz',
  'identity.read-chip',
  'identity.end-chip',
  'identity.take-document',
  'identity.ask-register-again',
  'identity.confirm',
  'identity.reopen',
  'identity.refuse',
  'services.withdraw',
  'services.save-form',
  'services.complete-form',
  'services.complete-attachments',
  'services.reopen-step',
  'services.print-request',
  'services.confirm-signed',
  'services.accept',
  'services.correct',
  'services.print-completion-call',
  'services.answer-exclusions',
  'services.set-count',
  'services.set-signing',
  'services.issue',
  'services.issue-signed',
  'services.cancel-number',
]);

it('every command at the counter is sorted: it begins something new, or finishes what is in hand', () => {
  const names = Object.keys(calls).filter((name): name is CallName => Object.hasOwn(calls, name));
  for (const name of names) {
    const definition: CallDefinition = calls[name];
    const isNew = begins.includes(name);
    expect(definition.newAct ?? false, name).toBe(isNew);
    const isAtCounter = /^(visits|services|identity)\./.test(name) && definition.kind === 'command';
    if (isAtCounter && !isNew) expect(finishes.has(name), `${name}: new act or not?`).toBe(true);
  }
});

describe('a desk without the portal', () => {
  let portal: PortalRig;
  let desk: CounterRig;
  let window: TestWindow;

  beforeAll(async () => {
    portal = await startPortal();
    desk = await startCounter({ portal });
    window = await desk.signedIn('cizek');
    await until(
      'master data are read',
      async () => desk.store.read((tx) => master.list(tx, 'services')).length > 0,
    );
  });
  afterAll(async () => {
    await desk.close();
    await portal.close();
  });
  const freeze = async () => (await window.must('desk.frame', {})).freeze;
  const readDaysAgo = (days: number): void =>
    desk.store.write((tx) =>
      master.noteWhole(tx, new Date(Date.now() - days * DAY_MS - 60_000).toISOString()),
    );

  it('counts down from half way, then finishes what is in hand and begins nothing', async () => {
    expect(await freeze()).toEqual({ frozen: null, countdowns: [] });
    const visit = await window.must('visits.open', {});
    await verify(window, visit.id);
    const service = await window.must('services.start', {
      visitId: visit.id,
      definitionId: 'general-submission',
    });
    await portal.stop();

    readDaysAgo(8);
    expect(await freeze()).toEqual({
      frozen: null,
      countdowns: [{ rule: 'master-data', value: 8, limit: 14, frozen: false }],
    });

    const begun = newId();
    const again = { visitId: visit.id, definitionId: 'general-submission' };
    await window.must('services.start', again, begun);
    readDaysAgo(14);
    const failure = { code: 'freeze.master-data', params: { value: 14, limit: 14 } };
    expect((await freeze()).frozen).toEqual(failure);
    expect(await window.call('services.start', again)).toEqual({ ok: false, error: failure });
    expect(await window.call('services.start', again, begun), 'asked again for what was done').toMatchObject({
      ok: true,
    });
    await window.must('services.complete-form', {
      serviceId: service.id,
      data: generalForm,
      addresseeId: 'plzen',
    });

    await window.must('visits.park', { visitId: visit.id, note: '' });
    expect(await window.call('visits.open', {})).toEqual({ ok: false, error: failure });
    await window.must('visits.take-up', { visitId: visit.id });

    await portal.start();
    await until('the line is up', async () => (await window.must('desk.try-line', {})).state === 'up');
    expect(await desk.counter.desk.sync.readMaster()).toMatchObject({ ok: true });
    expect(await freeze()).toEqual({ frozen: null, countdowns: [] });
    await window.must('services.start', again);
  });
});
