import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import * as outbox from '../../electron/store/outbox.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';

// Tasks of the queue: whose they are, what each role can do about them, and what stays of it.

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());
beforeEach(async () => {
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
});
afterEach(() => desk.close());

const at = (): string => new Date().toISOString();
const list = async (window: TestWindow, show: 'needs-person' | 'all' = 'needs-person') =>
  (await window.must('queue.list', { show, after: null, limit: 50 })).items;
const exceptionKinds = (): string[] =>
  desk.store
    .read((tx) => tx.all<{ kind: string }>('SELECT kind FROM exceptions ORDER BY id'))
    .map(({ kind }) => kind);

/** A submission at the portal, with its visit and service. */
async function delivered() {
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  const service = await acceptSubmission(clerk, visit.id);
  const itemId = await until('numbered', async () => {
    await clerk.must('desk.try-line', {});
    return (await list(clerk, 'all')).find(
      (item) => item.visitId === visit.id && item.referenceNumber !== null,
    )?.id;
  });
  return { visit, service, itemId };
}

it('an answer of the office is the clerk’s until the submission is corrected or the answer settled', async () => {
  const { service, itemId } = await delivered();
  const give = (code: string): void => desk.store.write((tx) => outbox.giveTask(tx, itemId, at(), code));
  give('queue.completion-asked');
  expect(await list(clerk)).toMatchObject([
    { id: itemId, state: 'returned', owner: 'clerk', actions: ['complete', 'settle', 'hand-over'] },
  ]);
  expect((await clerk.must('desk.frame', {})).queue).toEqual({ waiting: 0, needsPerson: 1 });
  expect(await clerk.call('queue.retry', { itemId })).toEqual({
    ok: false,
    error: { code: 'queue.not-yours' },
  });
  await clerk.must('services.correct', { serviceId: service.id, correction: 'Doplněn podpis.' });
  expect(await list(clerk)).toEqual([]);

  give('queue.rejected-by-office');
  const settled = await clerk.must('queue.settle', { itemId, note: 'Podatel byl vyrozuměn.' });
  expect(settled).toMatchObject({ state: 'accepted', owner: 'nobody', actions: [] });
  expect(await clerk.call('queue.settle', { itemId, note: 'x' })).toEqual({
    ok: false,
    error: { code: 'queue.not-waiting-for-you' },
  });
});

it('what is handed over is the supervisor’s, stands first for them, and nobody loses it', async () => {
  const first = await delivered();
  await settlePrints(clerk, first.visit.id);
  await clerk.must('visits.hand-over', { visitId: first.visit.id });
  const second = await delivered();
  desk.store.write((tx) => {
    for (const { itemId } of [first, second]) outbox.giveTask(tx, itemId, at(), 'queue.rejected-by-office');
  });
  expect((await list(supervisor))[0]?.id).toBe(second.itemId);
  const handed = await clerk.must('queue.hand-over', { itemId: first.itemId, note: 'Podatel nesouhlasí.' });
  expect(handed).toMatchObject({ owner: 'supervisor', actions: ['complete'] });
  expect((await list(supervisor)).map(({ id }) => id)).toEqual([first.itemId, second.itemId]);
  expect(await clerk.call('queue.settle', { itemId: first.itemId, note: 'x' })).toMatchObject({
    error: { code: 'queue.not-yours' },
  });
  await supervisor.must('queue.settle', { itemId: first.itemId, note: 'Vyřízeno telefonicky.' });
  expect((await list(supervisor)).map(({ id }) => id)).toEqual([second.itemId]);
  expect(exceptionKinds()).toContain('effect-handed-over');
});

it('what the portal refuses for good only a supervisor cancels, with a reason that stays', async () => {
  await portal.stop();
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  await acceptSubmission(clerk, visit.id);
  const itemId = await until(
    'queued',
    async () => (await list(clerk, 'all')).find((item) => item.kind === 'submission')?.id,
  );
  await until('at rest', async () => desk.store.read((tx) => outbox.find(tx, itemId))?.state === 'waiting');
  desk.store.write((tx) => outbox.markNeedsPerson(tx, itemId, at(), { code: 'effect.content-differs' }));
  await portal.start();
  const [item] = await list(clerk);
  expect(item).toMatchObject({ owner: 'supervisor', actions: ['hand-over'] });
  expect(await clerk.call('queue.close', { itemId, reason: 'x' })).toMatchObject({
    error: { code: 'call.not-your-role' },
  });
  const closed = await supervisor.must('queue.close', { itemId, reason: 'Podáno znovu v listinné podobě.' });
  expect(closed).toMatchObject({ state: 'closed', owner: 'nobody', actions: [] });
  expect(exceptionKinds()).toContain('effect-closed');
});

it('tells every window what waits and what needs a person, also without a line', async () => {
  const { itemId } = await delivered();
  desk.store.write((tx) => outbox.giveTask(tx, itemId, at(), 'queue.rejected-by-office'));
  await portal.stop();
  try {
    // Told with the act itself, not with the line's next try.
    const told = () => clerk.events.splice(0).findLast(({ name }) => name === 'frame-changed')?.data;
    const visit = await supervisor.must('visits.open', {});
    told();
    await verify(supervisor, visit.id, 'person-02');
    expect(told()).toMatchObject({ queue: { waiting: 1, needsPerson: 1 } });
    await clerk.must('queue.settle', { itemId, note: 'podatel vyrozuměn' });
    expect(told()).toMatchObject({ queue: { waiting: 1, needsPerson: 0 } });
  } finally {
    await portal.start();
  }
});
