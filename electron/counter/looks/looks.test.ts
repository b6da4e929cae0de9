import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CounterRig, type PortalRig, startCounter, startPortal } from '../../../test/rigs/counter.ts';
import { Refusal } from '../failure.ts';
import { lookOf } from './looks.ts';

let portal: PortalRig;
let desk: CounterRig;

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
});
afterAll(async () => {
  await desk.close();
  await portal.close();
});

it('offers the portal’s purposes, for each kind of look one that is usual', async () => {
  const clerk = await desk.signedIn('cizek');
  for (const kind of ['person', 'account', 'organisation', 'submission', 'mailbox', 'booking'] as const) {
    const purposes = await clerk.must('looks.purposes', { kind });
    expect(
      purposes.filter(({ isDefault }) => isDefault),
      kind,
    ).toHaveLength(1);
  }
});

it('has no look without a purpose of the list, nor without the words a purpose asks for', async () => {
  const { session } = await (await desk.signedIn('cizek')).must('desk.frame', {});
  if (!session) throw new Error('nobody is signed in');
  const acting = { session, now: new Date('2026-04-01T08:00:00.000Z') };
  const look = (code: string, note: string) => desk.store.read((tx) => lookOf(tx, acting, { code, note }));
  expect(look('person-asks', '').purpose).toEqual({ code: 'person-asks' });
  expect(look('other-reason', 'reklamace').purpose).toEqual({ code: 'other-reason', note: 'reklamace' });
  expect(() => look('other-reason', '')).toThrow(new Refusal('look.note-missing'));
  expect(() => look('curiosity', '')).toThrow(new Refusal('look.purpose-unknown'));
});
