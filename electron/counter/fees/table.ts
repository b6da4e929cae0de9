import { z } from 'zod';
import type { Reader, Tx } from '../../store/open.ts';

/** What one service was charged, as the receipt says it: nothing personal. Amounts in whole crowns. */
export const chargedLine = z.strictObject({
  service: z.string(),
  /** Which service of the visit; lines of before it was kept do not say it. */
  serviceId: z.string().nullable().default(null),
  title: z.string(),
  tariff: z.string(),
  item: z.string(),
  /** Who gets it; null: the desk's own office. */
  payee: z.string().nullable().default(null),
  quantity: z.int(),
  unitAmount: z.int(),
  amount: z.int(),
  exemption: z.strictObject({ id: z.string(), title: z.string(), paragraph: z.string() }).nullable(),
});
export type ChargedLine = z.output<typeof chargedLine>;

export type Receipt = {
  id: string;
  visitId: string;
  number: string;
  total: number;
  method: 'cash' | 'card';
  at: string;
  legalDate: string;
  documentId: string;
  /** Null on a receipt made before lines were kept. */
  lines: ChargedLine[] | null;
  cancelledAt: string | null;
};

type Row = {
  id: string;
  visit_id: string;
  number: string;
  total: number;
  method: string;
  at: string;
  legal_date: string;
  document_id: string;
  lines: string | null;
  cancelled_at: string | null;
};

const method = z.enum(['cash', 'card']);

const toReceipt = (row: Row): Receipt => ({
  id: row.id,
  visitId: row.visit_id,
  number: row.number,
  total: row.total,
  method: method.parse(row.method),
  at: row.at,
  legalDate: row.legal_date,
  documentId: row.document_id,
  lines: row.lines === null ? null : z.array(chargedLine).parse(JSON.parse(row.lines)),
  cancelledAt: row.cancelled_at,
});

export function insertReceipt(tx: Tx, receipt: Omit<Receipt, 'cancelledAt'>): void {
  tx.run(
    `INSERT INTO receipts (id, visit_id, number, total, method, at, legal_date, document_id, lines)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      receipt.id,
      receipt.visitId,
      receipt.number,
      receipt.total,
      receipt.method,
      receipt.at,
      receipt.legalDate,
      receipt.documentId,
      receipt.lines && JSON.stringify(receipt.lines),
    ],
  );
}

/** The visit's receipt in force; a cancelled one is none. */
export function receiptOf(tx: Reader, visitId: string): Receipt | null {
  const row = tx.get<Row>('SELECT * FROM receipts WHERE visit_id = ? AND cancelled_at IS NULL', [visitId]);
  return row ? toReceipt(row) : null;
}

export function findReceipt(tx: Reader, id: string): Receipt | null {
  const row = tx.get<Row>('SELECT * FROM receipts WHERE id = ?', [id]);
  return row ? toReceipt(row) : null;
}

/** Receipts issued by acts of a range of the log, in their order. */
export const receiptsBetween = (tx: Reader, firstSequence: number, lastSequence: number): Receipt[] =>
  tx
    .all<Row>(
      `SELECT r.* FROM receipts AS r JOIN journal_leaves AS l ON l.act_id = r.id
       WHERE l.sequence BETWEEN ? AND ? ORDER BY l.sequence`,
      [firstSequence, lastSequence],
    )
    .map(toReceipt);

export type Refund = {
  id: string;
  receiptId: string;
  serviceId: string;
  number: string;
  amount: number;
  reason: string;
  at: string;
  legalDate: string;
  clerkId: string;
  documentId: string;
};

export function insertRefund(tx: Tx, of: Refund): void {
  tx.run(
    `INSERT INTO refunds (id, receipt_id, service_id, number, amount, reason, at, legal_date, clerk_id, document_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      of.id,
      of.receiptId,
      of.serviceId,
      of.number,
      of.amount,
      of.reason,
      of.at,
      of.legalDate,
      of.clerkId,
      of.documentId,
    ],
  );
}

/** What was given back on a receipt, in the order it was. */
export const refundsOf = (
  tx: Reader,
  receiptId: string,
): Pick<Refund, 'serviceId' | 'number' | 'amount' | 'documentId'>[] =>
  tx.all(
    `SELECT service_id AS serviceId, number, amount, document_id AS documentId FROM refunds
     WHERE receipt_id = ? ORDER BY id`,
    [receiptId],
  );

/** Whether a paper is a receipt that was cancelled. */
export const isCancelledReceipt = (tx: Reader, documentId: string): boolean =>
  tx.get('SELECT 1 AS found FROM receipts WHERE document_id = ? AND cancelled_at IS NOT NULL', [
    documentId,
  ]) !== undefined;

/** Storno: the receipt stays as it was issued, and an act with a number of its own says that it holds no more. */
export function insertCancellation(
  tx: Tx,
  of: {
    id: string;
    receiptId: string;
    number: string;
    reason: string;
    at: string;
    legalDate: string;
    clerkId: string;
    documentId: string;
  },
): void {
  tx.run(
    `INSERT INTO receipt_cancellations (id, receipt_id, number, reason, at, legal_date, clerk_id, document_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [of.id, of.receiptId, of.number, of.reason, of.at, of.legalDate, of.clerkId, of.documentId],
  );
  tx.run('UPDATE receipts SET cancelled_at = ? WHERE id = ?', [of.at, of.receiptId]);
}
