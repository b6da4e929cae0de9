import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
} from '../../../test/rigs/counter.ts';
import { certifyCopy, settlePrints } from '../../../test/rigs/visits.ts';

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
});
afterAll(async () => {
  await desk.close();
  await portal.close();
});

async function paidCopy(method: 'cash' | 'card') {
  const visit = await clerk.must('visits.open', {});
  await certifyCopy(clerk, visit.id);
  const { payment } = await clerk.must('visits.get', { visitId: visit.id });
  return clerk.must('visits.pay', { visitId: visit.id, method, expectedTotal: payment.due });
}
const view = () => clerk.must('cash-desk.view', { before: null, limit: 50 });

describe('the cash desk', () => {
  it('takes a float, a fee in cash and one by card, and knows what should be in the drawer', async () => {
    await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 2000, reason: '' });
    const cash = await paidCopy('cash');
    await clerk.must('visits.park', { visitId: cash.id, note: '' });
    const card = await paidCopy('card');
    await clerk.must('visits.park', { visitId: card.id, note: '' });
    const { totals, movements } = await view();
    expect(totals).toMatchObject({
      opening: 0,
      in: 2000,
      fees: 90,
      expected: 2090,
      card: { fees: 90, refunds: 0 },
    });
    expect(movements.map(({ kind, amount, number }) => [kind, amount, number])).toEqual([
      ['fee', 90, '2/2026'],
      ['fee', 90, '1/2026'],
      ['in', 2000, null],
    ]);
  });

  it('lets no more out than there is, and asks why where the purpose does not say it', async () => {
    const out = { direction: 'out', purpose: 'bank', amount: 5000, reason: '' } as const;
    expect(await clerk.call('cash-desk.move', out)).toEqual({
      ok: false,
      error: { code: 'cash.not-enough', params: { amount: 5000, expected: 2090 } },
    });
    expect(await clerk.call('cash-desk.move', { ...out, amount: 10, purpose: 'other' })).toMatchObject({
      error: { code: 'cash.reason-needed' },
    });
    await clerk.must('cash-desk.move', { ...out, amount: 1000, reason: 'odvod' });
    expect((await view()).totals).toMatchObject({ out: 1000, expected: 1090 });
  });

  it('cancels a receipt by an act with a number of its own; the money goes back and the visit is paid anew', async () => {
    const movements = (await view()).movements;
    const first = movements.find(({ number }) => number === '1/2026');
    expect(first).toMatchObject({ cancellable: true, cancelled: false });
    const receiptId = first?.receiptId ?? '';
    const cancelled = await clerk.must('cash-desk.cancel-receipt', { receiptId, reason: 'platí kartou' });
    expect(cancelled).toMatchObject({ kind: 'refund', method: 'cash', amount: -90, number: 'S-1/2026' });
    expect((await view()).totals).toMatchObject({ refunds: 90, expected: 1000 });
    expect(await clerk.call('cash-desk.cancel-receipt', { receiptId, reason: 'znovu' })).toMatchObject({
      error: { code: 'cash.receipt-cancelled' },
    });
    const issued = await clerk.must('cash-desk.receipt', { number: '1/2026' });
    expect(issued).toMatchObject({ cancelled: true, cancellable: false, amount: 90 });
    const visits = await clerk.must('visits.in-progress', {});
    const parked = visits[0];
    const again = await clerk.must('visits.take-up', { visitId: parked?.id ?? '' });
    expect(again.payment).toMatchObject({ due: 90, receipt: null });
    const paid = await clerk.must('visits.pay', { visitId: again.id, method: 'card', expectedTotal: 90 });
    expect(paid.payment.receipt?.number).toBe('3/2026');
    await clerk.must('visits.park', { visitId: again.id, note: '' });
  });

  it('keeps the series of receipts without a gap, the cancelled one with its reason', () => {
    const numbers = desk.store.read((tx) =>
      tx.all(`SELECT number, fate, reason FROM numbers WHERE series = 'receipt' ORDER BY number`),
    );
    expect(numbers).toEqual([
      { number: 1, fate: 'cancelled', reason: 'platí kartou' },
      { number: 2, fate: 'used', reason: null },
      { number: 3, fate: 'used', reason: null },
    ]);
    expect(() => desk.store.write((tx) => tx.run('DELETE FROM receipts'))).toThrow(/stays/);
    expect(() => desk.store.write((tx) => tx.run('UPDATE cash_movements SET amount = 1'))).toThrow(
      /never changes/,
    );
  });

  it("leaves another clerk's receipt to a supervisor", async () => {
    const other = await desk.signedIn('cizek');
    const receipt = await other.must('cash-desk.receipt', { number: '2/2026' });
    expect(receipt?.cancellable).toBe(false);
    const input = { receiptId: receipt?.receiptId ?? '', reason: 'omyl' };
    expect(await other.call('cash-desk.cancel-receipt', input)).toMatchObject({
      error: { code: 'cash.receipt-not-yours' },
    });
    expect(await supervisor.must('cash-desk.cancel-receipt', input)).toMatchObject({
      method: 'card',
      amount: -90,
    });
    expect((await view()).totals).toMatchObject({ expected: 1000, card: { fees: 180, refunds: 90 } });
  });

  it('shows the papers of what went back and of a cancelled receipt, so that one that failed keeps no visit open', async () => {
    const visit = await clerk.must('visits.open', {});
    const spoiled = await certifyCopy(clerk, visit.id);
    await certifyCopy(clerk, visit.id);
    await clerk.must('visits.pay', { visitId: visit.id, method: 'card', expectedTotal: 180 });
    await clerk.must('services.cancel-number', { serviceId: spoiled.id, reason: 'zkažený list' });
    const { movements } = await view();
    const { receiptId } = movements.find(({ kind }) => kind === 'fee') ?? {};
    expect(
      await clerk.must('cash-desk.cancel-receipt', { receiptId: receiptId ?? '', reason: 'platí hotově' }),
    ).toMatchObject({ amount: -90 });
    await clerk.must('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 90 });
    // There is no printer: each print fails and waits for the clerk's word.
    const { payment } = await settlePrints(clerk, visit.id);
    expect(payment.prints.map(({ kind, state }) => [kind, state])).toEqual([
      ['refund-receipt', 'confirmed-by-clerk'],
      ['receipt-cancellation', 'confirmed-by-clerk'],
      ['fee-receipt', 'confirmed-by-clerk'],
    ]);
    expect((await clerk.must('visits.hand-over', { visitId: visit.id })).state).toBe('closed');
  });
});
