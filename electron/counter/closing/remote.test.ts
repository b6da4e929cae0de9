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

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterAll(async () => {
  await desk.close();
  await portal.close();
});

/** A supervisor who is not at the desk. */
async function atPortal(username: string, password: string, path: string, body?: object) {
  const answer = await fetch(`${portal.url()}/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const read: { code?: string; closings?: { id: string; closing: { cash: object; carried: object[] } }[] } =
    JSON.parse(await answer.text());
  return { status: answer.status, body: read };
}
const dvorak = (path: string, body?: object) => atPortal('dvorak', 'Cvicna-Prepazka-3', path, body);

async function prepare(amount: number) {
  await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount, reason: '' });
  const { cash, open } = await clerk.must('closing.state', {});
  return clerk.must('closing.prepare', {
    expected: cash.expected,
    counts: { '100': cash.expected / 100 },
    differenceReason: null,
    carried: open.map(({ kind, id }) => ({ kind, id, reason: 'zítra' })),
    note: 'vše sedí',
  });
}
const waitingAtPortal = (id: string) =>
  until('the closing is at the portal', async () => {
    const { body } = await dvorak('/closings');
    return body.closings?.find((one) => one.id === id) ?? false;
  });
const request = async () => (await clerk.must('closing.state', {})).request;

describe('a closing approved from elsewhere', () => {
  it('is counted by the clerk and seen by the supervisors of the office alone', async () => {
    const made = await prepare(1000);
    expect(made).toMatchObject({ state: 'waiting', counted: 1000 });
    const seen = await waitingAtPortal(made.id);
    expect(seen.closing.cash).toMatchObject({ expected: 1000, counted: 1000 });
    expect(await atPortal('dvorak', 'nikoli', '/closings')).toMatchObject({ status: 401 });
    expect(await atPortal('novakova', 'Cvicna-Prepazka-1', '/closings')).toMatchObject({
      status: 403,
      body: { code: 'closing.not-yours' },
    });
    expect(await clerk.call('closing.prepare', { ...(await decided()), note: '' })).toMatchObject({
      error: { code: 'closing.request-waiting' },
    });
  });

  it('comes back with a note, and closes nothing', async () => {
    const waiting = await request();
    const path = `/closings/${waiting?.id}/approval`;
    expect(await dvorak(path, { decision: 'returned' })).toMatchObject({ status: 400 });
    expect(await dvorak(path, { decision: 'returned', note: 'přepočítejte' })).toMatchObject({ status: 200 });
    expect(await dvorak(path, { decision: 'approved' })).toMatchObject({
      status: 409,
      body: { code: 'closing.decided-already' },
    });
    desk.counter.lineHint();
    const returned = await until('the note is here', async () => {
      const now = await request();
      return now?.state === 'returned' && now;
    });
    expect(returned).toMatchObject({ note: 'přepočítejte', answeredBy: expect.stringContaining('Dvořák') });
    expect((await clerk.must('closing.list', { before: null, limit: 5 })).closings).toEqual([]);
  });

  it('closes what was counted when it is approved, and what was done meanwhile stays for the next one', async () => {
    const made = await prepare(500);
    await waitingAtPortal(made.id);
    await clerk.must('cash-desk.move', { direction: 'out', purpose: 'treasury', amount: 300, reason: '' });
    const path = `/closings/${made.id}/approval`;
    expect(await dvorak(path, { decision: 'approved' })).toMatchObject({ status: 200 });
    // The answer was lost on the way: the same again changes nothing.
    expect(await dvorak(path, { decision: 'approved' })).toMatchObject({ status: 200 });
    desk.counter.lineHint();
    const closed = await until('the desk has closed', async () => {
      const { closings } = await clerk.must('closing.list', { before: null, limit: 5 });
      return closings[0] ?? false;
    });
    expect(closed).toMatchObject({ way: 'remote', counted: 1500, expected: 1500 });
    expect(closed.closedBy).toContain('Dvořák');
    expect(closed.prints).toHaveLength(1);
    const { cash, request: left, days } = await clerk.must('closing.state', {});
    expect(left).toBeNull();
    expect(days).toHaveLength(1);
    expect(cash).toMatchObject({ opening: 1500, out: 300, expected: 1200 });
  });

  it('is taken back, or overtaken by a closing at the desk: then nobody decides it any more', async () => {
    const made = await prepare(100);
    await waitingAtPortal(made.id);
    await clerk.must('closing.withdraw', { requestId: made.id });
    await until('the portal knows', async () => {
      const { body } = await dvorak('/closings');
      return body.closings?.every(({ id }) => id !== made.id) ?? false;
    });
    const again = await prepare(100);
    await waitingAtPortal(again.id);
    const supervisor = await desk.signedIn('dvorak');
    await supervisor.must('closing.close', {
      closingId: newId(),
      password: 'Cvicna-Prepazka-3',
      ...(await decided()),
    });
    expect(await request()).toBeNull();
    await until('the portal knows', async () => {
      const { body } = await dvorak('/closings');
      return body.closings?.every(({ id }) => id !== again.id) ?? false;
    });
    expect(await dvorak(`/closings/${again.id}/approval`, { decision: 'approved' })).toMatchObject({
      status: 409,
    });
  });

  it('is decided in the window of another desk, once, by who may', async () => {
    const made = await prepare(100);
    await waitingAtPortal(made.id);
    const other = await startCounter({ portal });
    const waitsFor = async (window: TestWindow) => (await window.must('desk.frame', {})).closingsToDecide;
    try {
      const dvorakElsewhere = await other.signedIn('dvorak');
      const password = 'Cvicna-Prepazka-3';
      await until('the supervisor is told', async () => (await waitsFor(dvorakElsewhere)) === 1);
      expect(await waitsFor(await other.signedIn('novakova'))).toBe(0);
      expect(await dvorakElsewhere.call('closing.elsewhere', { password: 'nikoli' })).toMatchObject({
        error: { code: 'clerk.wrong-password' },
      });
      const { closings } = await dvorakElsewhere.must('closing.elsewhere', { password });
      expect(closings).toMatchObject([
        { id: made.id, note: 'vše sedí', own: false, preparedBy: expect.stringContaining('Nováková') },
      ]);
      expect(closings[0]?.cash.expected).toBe(closings[0]?.counted);
      const approval = { decision: 'approved' as const, closingId: made.id, password };
      await dvorakElsewhere.must('closing.decide-elsewhere', approval);
      await until('nothing waits', async () => (await waitsFor(dvorakElsewhere)) === 0);
      expect(
        await dvorakElsewhere.call('closing.decide-elsewhere', {
          decision: 'returned',
          closingId: made.id,
          password,
          note: 'přece ne',
        }),
      ).toMatchObject({ error: { code: 'closing.decided-already' } });
      expect(
        await dvorakElsewhere.call('closing.decide-elsewhere', { ...approval, closingId: newId() }),
      ).toMatchObject({ error: { code: 'closing.unknown' } });
      expect(await (await other.signedIn('novakova')).call('closing.elsewhere', { password })).toMatchObject({
        error: { code: 'call.not-your-role' },
      });
      desk.counter.lineHint();
      await until('the desk has closed', async () => (await request()) === null);
    } finally {
      await other.close();
    }
  });

  it('of an office with a single clerk is decided by the office that answers for it', async () => {
    const alone = await startCounter({
      portal: { ...portal, enrolmentCode: () => portal.enrolmentCode('nyrsko') },
    });
    try {
      const stastny = await alone.signedIn('stastny');
      await stastny.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 200, reason: '' });
      const { cash, open } = await stastny.must('closing.state', {});
      const made = await stastny.must('closing.prepare', {
        expected: cash.expected,
        counts: { '200': 1 },
        differenceReason: null,
        carried: open.map(({ kind, id }) => ({ kind, id, reason: 'zítra' })),
        note: '',
      });
      await waitingAtPortal(made.id);
      // The supervisor of a third office does not see it.
      expect((await atPortal('durisova', 'Cvicna-Prepazka-6', '/closings')).body.closings).toEqual([]);
      const supervisor = await desk.signedIn('dvorak');
      const password = 'Cvicna-Prepazka-3';
      const { closings } = await supervisor.must('closing.elsewhere', { password });
      expect(closings.find(({ id }) => id === made.id)).toMatchObject({
        officeName: 'Městský úřad Nýrsko',
        preparedBy: 'Ctibor Šťastný',
        note: null,
      });
      await supervisor.must('closing.decide-elsewhere', {
        decision: 'approved',
        closingId: made.id,
        password,
      });
      alone.counter.lineHint();
      const closed = await until('the desk has closed', async () => {
        const list = await stastny.must('closing.list', { before: null, limit: 5 });
        return list.closings[0] ?? false;
      });
      expect(closed).toMatchObject({ way: 'remote', counted: 200 });
    } finally {
      await alone.close();
    }
  });
});

async function decided() {
  const { cash, open } = await clerk.must('closing.state', {});
  return {
    expected: cash.expected,
    counts: { '100': cash.expected / 100 },
    differenceReason: null,
    carried: open.map(({ kind, id }) => ({ kind, id, reason: 'zítra' })),
  };
}
