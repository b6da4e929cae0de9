import { afterAll, beforeAll, expect, it } from 'vitest';
import { purge, repeatErasure } from '../../electron/counter/retention/retention.ts';
import * as inbox from '../../electron/store/inbox.ts';
import type { Store } from '../../electron/store/open.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { plantCancelled, plantDelivered } from '../rigs/planted.ts';
import { verify } from '../rigs/visits.ts';

const DAY_MS = 24 * 3_600_000;
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let visitId = '';
let serviceId = '';
let cancelledId = '';
const later = (days: number): Date => new Date(Date.now() + days * DAY_MS);

const row = (sql: string, ...params: string[]): Record<string, unknown> | undefined =>
  desk.store.read((tx) => tx.get(sql, params));

/** What portals say of a person's affairs, as the desk keeps it for a time without a line. */
async function lookIntoAffairs(): Promise<void> {
  const purpose = { code: 'service-of-visit', note: '' };
  const { id } = await clerk.must('visits.open', {});
  await verify(clerk, id, 'person-09');
  await clerk.must('tracking.find', { visitId: id, by: { what: 'themselves' }, purpose });
  const { messages } = await clerk.must('mailbox.list', { visitId: id, purpose });
  await clerk.must('mailbox.open', { visitId: id, messageId: messages[0]?.messageId ?? '', purpose });
  await clerk.must('visits.cancel', { visitId: id, reason: 'Jen dotaz' });
}
const known = () =>
  row(
    `SELECT (SELECT count(*) FROM known_submissions) AS submissions, (SELECT count(*) FROM known_messages) AS messages,
       (SELECT count(content) FROM known_messages) AS texts`,
  );

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
  ({ visitId, serviceId } = await plantDelivered(clerk));
  cancelledId = await plantCancelled(clerk);
  await lookIntoAffairs();
  desk.counter.lineHint();
  await until(
    'all is at the portal and answered',
    () =>
      row(`SELECT 1 FROM outbox WHERE state <> 'accepted'`) === undefined &&
      row(`SELECT 1 FROM inbox_answers WHERE kind = 'reference-number'`) !== undefined,
  );
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

/** A store that dies at its n-th transaction from now on. */
function dyingAfter(store: Store, writes: number): Store {
  let left = writes;
  return {
    ...store,
    write: (work) => {
      if (left === 0) throw new Error('died');
      left -= 1;
      return store.write(work);
    },
  };
}

it('keeps what it last heard of people’s affairs for a day', async () => {
  const heard = { submissions: 1, messages: 3, texts: 1 };
  expect(known()).toEqual(heard);
  await purge(desk.counter.desk, new Date(Date.now() + DAY_MS - 3_600_000));
  expect(known()).toEqual(heard);
});

it('cut off after any of its transactions, it goes on where it was', async () => {
  let runs = 0;
  for (; runs < 40; runs += 1) {
    const dying = { ...desk.counter.desk, store: dyingAfter(desk.store, 2) };
    const outcome = await purge(dying, later(2)).catch((thrown: Error) => thrown.message);
    if (outcome !== 'died') break;
    // What is half done is nowhere half: a visit is erased whole, and the log says so.
    const erased = desk.store.read((tx) =>
      tx.all<{ id: string; identity: string }>(`SELECT id, identity FROM visits WHERE erased_at IS NOT NULL`),
    );
    for (const { id, identity } of erased) {
      expect(JSON.parse(identity)).toMatchObject({ applicant: null, document: null });
      expect(
        row(`SELECT 1 FROM journal_leaves WHERE kind = 'content-erased' AND visit_id = ?`, id),
      ).toBeDefined();
    }
  }
  expect(runs).toBeGreaterThan(1);
  await purge(desk.counter.desk, later(2));
  expect(row('SELECT 1 FROM visits WHERE erased_at IS NULL')).toBeUndefined();
  expect(row('SELECT 1 FROM outbox WHERE payload IS NOT NULL')).toBeUndefined();
  expect(row('SELECT 1 FROM blobs')).toBeUndefined();
  expect(known(), 'what was heard of people’s affairs').toEqual({ submissions: 0, messages: 0, texts: 0 });
});

it('keeps the číslo jednací, the receipt’s numbers and the states of the visit', async () => {
  // Sessions of the day before are forgotten too.
  clerk = await desk.signedIn('novakova');
  await clerk.must('search.open', { visitId, purpose: { code: 'person-asks', note: '' } });
  const visit = await clerk.must('visits.get', { visitId });
  expect(visit.services[0]?.acceptance?.delivery.referenceNumber).toMatch(/\d/);
  expect(visit.services[0]?.acceptance?.corrections).toBe(1);
  expect(visit.services[0]?.state).toBe('done');
  expect(visit.identity).toMatchObject({
    state: 'verified',
    applicant: null,
    document: null,
    birthDate: null,
  });
});

it('erases what comes of a forgotten visit later, in its turn', async () => {
  const effect = row(`SELECT id FROM outbox WHERE kind = 'submission' AND visit_id = ?`, visitId);
  const said = { kind: 'rejected', reason: 'Podání paní Křepelčíkové je nečitelné.' };
  desk.store.write((tx) =>
    inbox.add(
      tx,
      {
        sequence: 9_000,
        effectId: String(effect?.['id']),
        kind: 'rejected',
        at: later(5).toISOString(),
        body: JSON.stringify(said),
      },
      later(5).toISOString(),
    ),
  );
  await purge(desk.counter.desk, later(5.5));
  expect(row('SELECT body FROM inbox_answers WHERE sequence = 9000')).toEqual({ body: JSON.stringify(said) });
  await purge(desk.counter.desk, later(7));
  expect(row('SELECT body FROM inbox_answers WHERE sequence = 9000')).toEqual({ body: '{}' });

  clerk = await desk.signedIn('novakova');
  await clerk.must('services.correct', { serviceId, correction: 'Ještě jednou jinak.' });
  desk.counter.lineHint();
  await until(
    'the correction is there, and its receipt is out',
    () =>
      row(`SELECT 1 FROM outbox WHERE state <> 'accepted'`) === undefined &&
      row(`SELECT 1 FROM prints WHERE state IN ('preparing', 'rendered', 'sent', 'accepted')`) === undefined,
  );
  expect(row('SELECT 1 FROM outbox WHERE payload IS NOT NULL')).toBeDefined();
  await purge(desk.counter.desk, later(9));
  expect(row('SELECT 1 FROM outbox WHERE payload IS NOT NULL')).toBeUndefined();
  expect(row(`SELECT 1 FROM outputs WHERE erased_at IS NULL AND visit_id = ?`, visitId)).toBeUndefined();
});

it('is done again in a store from before it, by what the log says alone', () => {
  // The visit as a backup from before the erasure would bring it back.
  desk.store.write((tx) => {
    tx.run(`UPDATE visits SET erased_at = NULL, note = 'vrácená poznámka' WHERE id = ?`, [visitId]);
    tx.run(`UPDATE outputs SET erased_at = NULL, data = '{"name":"vrácená"}' WHERE visit_id = ?`, [visitId]);
    tx.run(`UPDATE outputs SET erased_at = NULL, data = '{"name":"vrácená"}' WHERE visit_id = ?`, [
      cancelledId,
    ]);
  });
  const leaves = desk.store.read((tx) =>
    tx.all<{ leaf: Uint8Array }>(
      `SELECT leaf FROM journal_leaves WHERE kind = 'content-erased' ORDER BY sequence`,
    ),
  );
  desk.store.write((tx) => {
    for (const { leaf } of leaves)
      expect(
        repeatErasure(
          desk.counter.desk,
          tx,
          JSON.parse(Buffer.from(leaf).toString('utf8')).ids,
          later(9).toISOString(),
        ),
      ).toBe(true);
    // What a newer desk may have erased, and what this store never had, harms nothing.
    expect(repeatErasure(desk.counter.desk, tx, { erased: 'something-new', visit: visitId }, '')).toBe(false);
    expect(
      repeatErasure(
        desk.counter.desk,
        tx,
        { erased: 'content', visit: 'never-here' },
        later(9).toISOString(),
      ),
    ).toBe(true);
  });
  expect(row(`SELECT note FROM visits WHERE id = ?`, visitId)).toEqual({ note: null });
  expect(
    row(`SELECT 1 FROM outputs WHERE data <> '{}' AND visit_id IN (?, ?)`, visitId, cancelledId),
  ).toBeUndefined();
});

it('tells a supervisor what is kept', async () => {
  clerk = await desk.signedIn('novakova');
  const supervisor = await desk.signedIn('dvorak');
  const kept = await supervisor.must('retention.kept', {});
  expect(kept.classes.find((one) => one.class === 'log-payloads')?.count).toBeGreaterThan(0);
  expect(kept.classes.find((one) => one.class === 'visits-waiting')?.count).toBe(0);
  expect(kept.times).toMatchObject({ content: 'PT24H', log: 'P30D' });
  expect(kept.lastErasedAt).not.toBeNull();
  expect(await clerk.call('retention.kept', {})).toMatchObject({
    ok: false,
    error: { code: 'call.not-your-role' },
  });
});
