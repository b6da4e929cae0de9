import { z } from 'zod';
import type { Reader, Tx } from '../../store/open.ts';

export type Receipt = {
  id: string;
  visitId: string;
  number: string;
  total: number;
  method: 'cash' | 'card';
  at: string;
  legalDate: string;
  documentId: string;
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
};

const method = z.enum(['cash', 'card']);

export function insertReceipt(tx: Tx, receipt: Receipt): void {
  tx.run(
    `INSERT INTO receipts (id, visit_id, number, total, method, at, legal_date, document_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      receipt.id,
      receipt.visitId,
      receipt.number,
      receipt.total,
      receipt.method,
      receipt.at,
      receipt.legalDate,
      receipt.documentId,
    ],
  );
}

export function receiptOf(tx: Reader, visitId: string): Receipt | null {
  const row = tx.get<Row>('SELECT * FROM receipts WHERE visit_id = ?', [visitId]);
  return row
    ? {
        id: row.id,
        visitId: row.visit_id,
        number: row.number,
        total: row.total,
        method: method.parse(row.method),
        at: row.at,
        legalDate: row.legal_date,
        documentId: row.document_id,
      }
    : null;
}
