import { z } from 'zod';
import type { CashTotals } from '../../contract/cash-desk.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { closedUpTo } from '../closing/days.ts';
import { totalsOf } from './rules.ts';

const kind = z.enum(['fee', 'refund', 'in', 'out']);
const method = z.enum(['cash', 'card']);
const purpose = z.enum(['receipt', 'float', 'bank', 'treasury', 'other']);

/** A row of the cash book. Crowns; what came is positive, what went negative. */
export type CashMovement = {
  id: string;
  leafSequence: number;
  kind: z.output<typeof kind>;
  method: z.output<typeof method>;
  amount: number;
  purpose: z.output<typeof purpose>;
  /** Number of the receipt or of its cancellation. */
  number: string | null;
  reason: string;
  clerkId: string;
  at: string;
  legalDate: string;
  receiptId: string | null;
};

type Row = {
  id: string;
  leaf_sequence: number;
  kind: string;
  method: string;
  amount: number;
  purpose: string;
  number: string | null;
  reason: string;
  clerk_id: string;
  at: string;
  legal_date: string;
  receipt_id: string | null;
};

const toMovement = (row: Row): CashMovement => ({
  id: row.id,
  leafSequence: row.leaf_sequence,
  kind: kind.parse(row.kind),
  method: method.parse(row.method),
  amount: row.amount,
  purpose: purpose.parse(row.purpose),
  number: row.number,
  reason: row.reason,
  clerkId: row.clerk_id,
  at: row.at,
  legalDate: row.legal_date,
  receiptId: row.receipt_id,
});

export function insertMovement(tx: Tx, of: CashMovement): void {
  tx.run(
    `INSERT INTO cash_movements (id, leaf_sequence, kind, method, amount, purpose, number, reason, clerk_id, at,
       legal_date, receipt_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      of.id,
      of.leafSequence,
      of.kind,
      of.method,
      of.amount,
      of.purpose,
      of.number,
      of.reason,
      of.clerkId,
      of.at,
      of.legalDate,
      of.receiptId,
    ],
  );
}

/** The cash book of a range of the log, in its order. */
export const movementsBetween = (tx: Reader, firstSequence: number, lastSequence: number): CashMovement[] =>
  tx
    .all<Row>('SELECT * FROM cash_movements WHERE leaf_sequence BETWEEN ? AND ? ORDER BY leaf_sequence', [
      firstSequence,
      lastSequence,
    ])
    .map(toMovement);

/** A page of the cash book since the last closing, the newest first: from before a leaf (null: from the end). */
export const movementsPage = (tx: Reader, of: { before: number | null; limit: number }): CashMovement[] =>
  tx
    .all<Row>(
      `SELECT * FROM cash_movements WHERE leaf_sequence > ? AND leaf_sequence < ?
       ORDER BY leaf_sequence DESC LIMIT ?`,
      [closedUpTo(tx), of.before ?? Number.MAX_SAFE_INTEGER, of.limit],
    )
    .map(toMovement);

/** What the last closing left in the drawer; nothing at a desk that never closed. */
export const openingAmount = (tx: Reader): number =>
  tx.get<{ counted: number }>('SELECT counted FROM day_closings ORDER BY ordinal DESC LIMIT 1')?.counted ?? 0;

/** The cash desk since the last closing, up to an entry of the log. */
export const cashTotals = (tx: Reader, lastSequence = Number.MAX_SAFE_INTEGER): CashTotals =>
  totalsOf(openingAmount(tx), movementsBetween(tx, closedUpTo(tx) + 1, lastSequence));

export function movementOfReceipt(tx: Reader, receiptId: string, of: 'fee' | 'refund'): CashMovement | null {
  const row = tx.get<Row>('SELECT * FROM cash_movements WHERE receipt_id = ? AND kind = ?', [receiptId, of]);
  return row ? toMovement(row) : null;
}
