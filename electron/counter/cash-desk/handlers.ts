import type { CashMovement as MovementView } from '../../contract/cash-desk.ts';
import type { Session } from '../../contract/clerks.ts';
import * as exceptions from '../../store/exceptions.ts';
import * as numbers from '../../store/numbers.ts';
import type { Reader } from '../../store/open.ts';
import { sumCrowns } from '../../values/money.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { clerks } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import { chargedLines, receiptEffect } from '../fees/lines.ts';
import { findReceipt, insertCancellation, type Receipt, refundsOf } from '../fees/table.ts';
import { command, type Handler, query } from '../handlers.ts';
import { receiptCancellationData } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { actingClerk, enqueue } from '../queue/enqueue.ts';
import { giveUpPrint } from '../services/void-request.ts';
import { getVisit, servicesOf } from '../visits/table.ts';
import { mayCancel } from './permission.ts';
import { mayLeave } from './rules.ts';
import { type CashMovement, cashTotals, insertMovement, movementOfReceipt, movementsPage } from './table.ts';

/** The money of the desk: what came, what went, what should be there. Every movement is an act of the day log. */
export function cashDeskHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const { store } = desk;
  return [
    query('cash-desk.view', ({ session }, { before, limit }) =>
      store.read((tx) => {
        const page = movementsPage(tx, { before, limit: limit + 1 });
        return ok({
          totals: cashTotals(tx),
          movements: page.slice(0, limit).map((movement) => viewOf(tx, movement, session)),
          more: page.length > limit,
        });
      }),
    ),

    query('cash-desk.receipt', ({ session }, { number }) =>
      store.read((tx) => {
        const found = tx.get<{ id: string }>('SELECT id FROM receipts WHERE number = ?', [number]);
        const movement = found ? movementOfReceipt(tx, found.id, 'fee') : null;
        return ok(movement && viewOf(tx, movement, session));
      }),
    ),

    command('cash-desk.move', (commanded, { direction, purpose, amount, reason }) => {
      const { tx, actId, session, now } = commanded;
      if (purpose === 'other' && reason === '') return refuse('cash.reason-needed');
      if (direction === 'in' && purpose === 'bank') return refuse('cash.wrong-purpose');
      if (direction === 'out' && purpose === 'float') return refuse('cash.wrong-purpose');
      const { expected } = cashTotals(tx);
      if (direction === 'out' && !mayLeave(expected, amount))
        return refuse('cash.not-enough', { amount, expected });
      const leafSequence = record(desk, commanded, {
        kind: 'cash-moved',
        payload: { direction, purpose, total: amount, ...(reason !== '' && { reason }) },
      });
      const movement: CashMovement = {
        id: actId,
        leafSequence,
        kind: direction,
        method: 'cash',
        amount: direction === 'in' ? amount : -amount,
        purpose,
        number: null,
        reason,
        clerkId: session.clerkId,
        at: now.toISOString(),
        legalDate: legalDate(now),
        receiptId: null,
      };
      insertMovement(tx, movement);
      return ok(viewOf(tx, movement, session));
    }),

    command('cash-desk.cancel-receipt', (commanded, { receiptId, reason }) => {
      const { tx, actId, session, now, after } = commanded;
      const receipt = findReceipt(tx, receiptId);
      if (!receipt) return refuse('cash.receipt-unknown');
      if (receipt.cancelledAt !== null) return refuse('cash.receipt-cancelled');
      if (!mayCancel(tx, receipt, session)) return refuse('cash.receipt-not-yours');
      // What went back before is not given twice.
      const rest = receipt.total - sumCrowns(refundsOf(tx, receiptId).map(({ amount }) => amount));
      if (rest === 0) return refuse('cash.refunded-already');
      const { expected } = cashTotals(tx);
      if (receipt.method === 'cash' && !mayLeave(expected, rest))
        return refuse('cash.not-enough', { amount: rest, expected });
      const at = now.toISOString();
      const visit = getVisit(tx, receipt.visitId);
      const lines = receipt.lines ?? chargedLines(tx, visit, servicesOf(tx, visit.id));
      const ofReceipt = numberOf(receipt);
      // The number stays and says why it no longer holds; the cancellation has a number of its own.
      numbers.setFate(tx, ofReceipt, 'cancelled', at, reason);
      const year = Number(legalDate(now).slice(0, 4));
      const allotted = numbers.allot(tx, { series: 'receipt-cancellation', year, actId, at });
      numbers.setFate(tx, allotted, 'used', at);
      const number = `S-${allotted.number}/${year}`;
      const leafSequence = record(desk, commanded, {
        kind: 'receipt-cancelled',
        visitId: visit.id,
        payload: { number, receipt: receipt.number, total: receipt.total, method: receipt.method, reason },
      });
      giveUpPrint(tx, receipt.documentId, at);
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: visit.id,
          serviceId: null,
          kind: 'receipt-cancellation',
          template: 'receipt-cancellation',
          data: receiptCancellationData(desk, tx, {
            receipt,
            rest,
            lines,
            visit,
            number,
            reason,
            now,
            session,
          }),
          madeAt: at,
        },
        desk.newId(),
      );
      insertCancellation(tx, {
        id: actId,
        receiptId,
        number,
        reason,
        at,
        legalDate: legalDate(now),
        clerkId: session.clerkId,
        documentId,
      });
      const movement: CashMovement = {
        id: actId,
        leafSequence,
        kind: 'refund',
        method: receipt.method,
        amount: -rest,
        purpose: 'receipt',
        number,
        reason,
        clerkId: session.clerkId,
        at,
        legalDate: legalDate(now),
        receiptId,
      };
      insertMovement(tx, movement);
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId: visit.id,
        kind: 'receipt',
        leafSequence,
        madeAt: now,
        payload: {
          ...receiptEffect(
            { number: receipt.number, at: receipt.at, total: receipt.total, method: receipt.method, lines },
            actingClerk(commanded),
          ),
          state: 'cancelled',
          cancellationReason: reason,
        },
        blobs: [],
      });
      exceptions.raise(tx, {
        id: desk.newId(),
        kind: 'receipt-cancelled',
        at,
        legalDate: legalDate(now),
        clerkId: session.clerkId,
        visitId: visit.id,
        leafSequence,
        params: { number: receipt.number, total: receipt.total },
      });
      after(() => {
        prints.kick();
        desk.emit('visit-changed', { visitId: visit.id });
      });
      return ok(viewOf(tx, movement, session));
    }),
  ];
}

/** `12/2026` is number 12 of the year's series. */
function numberOf(receipt: Receipt): numbers.SeriesNumber {
  const [number, year] = receipt.number.split('/').map(Number);
  if (number === undefined || year === undefined) throw new Refusal('cash.receipt-unknown');
  return { series: 'receipt', year, number };
}

function viewOf(tx: Reader, movement: CashMovement, session: Session): MovementView {
  const { leafSequence, clerkId, ...shown } = movement;
  const receipt = movement.receiptId === null ? null : findReceipt(tx, movement.receiptId);
  const isIssue = movement.kind === 'fee' && receipt !== null;
  const clerk = clerks.find(tx, clerkId);
  return {
    ...shown,
    sequence: leafSequence,
    clerkName: clerk ? displayName(clerk.name) : '',
    cancelled: isIssue && receipt.cancelledAt !== null,
    cancellable: isIssue && receipt.cancelledAt === null && mayCancel(tx, receipt, session),
  };
}
