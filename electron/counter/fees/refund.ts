import * as numbers from '../../store/numbers.ts';
import type { Tx } from '../../store/open.ts';
import { sumCrowns } from '../../values/money.ts';
import { legalDate } from '../../values/time.ts';
import { mayCancel } from '../cash-desk/permission.ts';
import { mayLeave } from '../cash-desk/rules.ts';
import { cashTotals, insertMovement } from '../cash-desk/table.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { Refusal } from '../failure.ts';
import { refundReceiptData } from '../outputs/data.ts';
import { orderOutput } from '../outputs/table.ts';
import { type Acting, actingClerk, enqueue } from '../queue/enqueue.ts';
import type { Service, Visit } from '../visits/record.ts';
import { chargedLines } from './lines.ts';
import { type ChargedLine, insertRefund, type Receipt } from './table.ts';

/** What a service was charged on a receipt. Lines of before services were kept in them are found by the service itself. */
const linesOf = (tx: Tx, receipt: Receipt, visit: Visit, service: Service): ChargedLine[] => {
  const kept = (receipt.lines ?? []).filter(({ serviceId }) => serviceId === service.id);
  return kept.length > 0 ? kept : chargedLines(tx, visit, [service]);
};

/**
 * Gives back what was paid for a service whose number is cancelled: an act with a number and a paper of its own, in the
 * transaction of the cancelling. Nothing when nothing was paid for it. Refuses when whoever asks may not, or the drawer
 * does not hold it.
 */
export function refundService(
  desk: Desk,
  commanded: Acting & { tx: Tx },
  of: { visit: Visit; service: Service; receipt: Receipt; reason: string },
): void {
  const { tx, session, now } = commanded;
  const { visit, service, receipt, reason } = of;
  const lines = linesOf(tx, receipt, visit, service);
  const amount = sumCrowns(lines.map((line) => line.amount));
  if (amount === 0) return;
  if (!mayCancel(tx, receipt, session)) throw new Refusal('cash.receipt-not-yours');
  const { expected } = cashTotals(tx);
  if (receipt.method === 'cash' && !mayLeave(expected, amount))
    throw new Refusal('cash.not-enough', { amount, expected });
  const at = now.toISOString();
  const day = legalDate(now);
  const id = desk.newId();
  const allotted = numbers.allot(tx, { series: 'refund', year: Number(day.slice(0, 4)), actId: id, at });
  numbers.setFate(tx, allotted, 'used', at);
  const number = `V-${allotted.number}/${allotted.year}`;
  const leafSequence = desk.act(tx, {
    kind: 'fee-refunded',
    actId: id,
    clerkId: session.clerkId,
    role: commanded.role,
    at: now,
    visitId: visit.id,
    serviceId: service.id,
    payload: { number, receipt: receipt.number, total: amount, method: receipt.method, reason },
  });
  const documentId = desk.newId();
  orderOutput(
    tx,
    {
      documentId,
      visitId: visit.id,
      serviceId: null,
      kind: 'refund-receipt',
      template: 'refund-receipt',
      data: refundReceiptData(desk, tx, { receipt, lines, visit, number, amount, reason, now, session }),
      madeAt: at,
    },
    desk.newId(),
  );
  insertRefund(tx, {
    id,
    receiptId: receipt.id,
    serviceId: service.id,
    number,
    amount,
    reason,
    at,
    legalDate: day,
    clerkId: session.clerkId,
    documentId,
  });
  insertMovement(tx, {
    id,
    leafSequence,
    kind: 'refund',
    method: receipt.method,
    amount: -amount,
    purpose: 'receipt',
    number,
    reason,
    clerkId: session.clerkId,
    at,
    legalDate: day,
    receiptId: receipt.id,
  });
  // Each payee's money is told apart: it has to be asked back where it was passed on.
  const payees = [...new Set(lines.map(({ payee }) => payee))];
  for (const payee of payees) {
    const part = sumCrowns(lines.filter((line) => line.payee === payee).map((line) => line.amount));
    if (part === 0) continue;
    enqueue(desk, tx, {
      id: desk.newId(),
      visitId: visit.id,
      kind: 'refund',
      leafSequence,
      madeAt: now,
      payload: {
        receiptNumber: receipt.number,
        amount: part,
        method: receipt.method,
        reason,
        ...(payee !== null && { payee }),
        refundedAt: at,
        refundedBy: actingClerk(commanded),
      },
      blobs: [],
    });
  }
  raiseFor(desk, commanded, {
    kind: 'fee-refunded',
    visitId: visit.id,
    serviceId: service.id,
    leafSequence,
    params: { number, total: amount },
  });
}
