import { z } from 'zod';
import { type PrintView, printStates, printView } from '../../contract/outputs.ts';
import { failure } from '../../contract/shared.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader, Tx } from '../../store/open.ts';

export type OutputKind = PrintView['kind'];

/** A document the desk makes: what it says is fixed when it is ordered; its pages are made and printed afterwards. */
export type Output = {
  documentId: string;
  visitId: string | null;
  serviceId: string | null;
  kind: OutputKind;
  template: string;
  data: { [key: string]: JsonValue };
  madeAt: string;
  /** The stored pages; null before they were made and after they were let go. */
  sha256: string | null;
  /** How many there are; null before they were made. */
  pages: number | null;
  /** When what it says was erased. */
  erasedAt: string | null;
};

export type Print = {
  jobId: string;
  documentId: string;
  copyNumber: number;
  state: PrintView['state'];
  printerUri: string | null;
  printerJob: number | null;
  trouble: PrintView['trouble'];
  at: string;
};

type OutputRow = {
  document_id: string;
  visit_id: string | null;
  service_id: string | null;
  kind: string;
  template: string;
  data: string;
  made_at: string;
  sha256: string | null;
  pages: number | null;
  erased_at: string | null;
};

type PrintRow = {
  job_id: string;
  document_id: string;
  copy_number: number;
  state: string;
  printer_uri: string | null;
  printer_job: number | null;
  trouble: string | null;
  at: string;
};

const outputData = z.record(z.string(), z.json());
const printState = z.enum(printStates);

const toOutput = (row: OutputRow): Output => ({
  documentId: row.document_id,
  visitId: row.visit_id,
  serviceId: row.service_id,
  kind: printView.shape.kind.parse(row.kind),
  template: row.template,
  data: outputData.parse(JSON.parse(row.data)),
  madeAt: row.made_at,
  sha256: row.sha256,
  pages: row.pages,
  erasedAt: row.erased_at,
});

const toPrint = (row: PrintRow): Print => ({
  jobId: row.job_id,
  documentId: row.document_id,
  copyNumber: row.copy_number,
  state: printState.parse(row.state),
  printerUri: row.printer_uri,
  printerJob: row.printer_job,
  trouble: row.trouble === null ? null : failure.parse(JSON.parse(row.trouble)),
  at: row.at,
});

/** Orders a document and its first print. Part of the act's transaction, so that it survives whatever dies next. */
export function orderOutput(
  tx: Tx,
  order: Omit<Output, 'sha256' | 'pages' | 'erasedAt'>,
  jobId: string,
): void {
  tx.run(
    `INSERT INTO outputs (document_id, visit_id, service_id, kind, template, data, made_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [
      order.documentId,
      order.visitId,
      order.serviceId,
      order.kind,
      order.template,
      JSON.stringify(order.data),
      order.madeAt,
    ],
  );
  insertPrint(tx, { jobId, documentId: order.documentId, copyNumber: 1, at: order.madeAt });
}

/** The template of a document that came from elsewhere: its bytes are printed as they are, and never made anew. */
export const AS_RECEIVED = 'as-received';

/** A document that came from elsewhere, with its stored pages; it is printed when the clerk says so. */
export function insertReceived(
  tx: Tx,
  received: Omit<Output, 'erasedAt'> & { sha256: string; pages: number },
): void {
  tx.run(
    `INSERT INTO outputs (document_id, visit_id, service_id, kind, template, data, made_at, sha256, pages)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      received.documentId,
      received.visitId,
      received.serviceId,
      received.kind,
      received.template,
      JSON.stringify(received.data),
      received.madeAt,
      received.sha256,
      received.pages,
    ],
  );
}

export function insertPrint(tx: Tx, print: Pick<Print, 'jobId' | 'documentId' | 'copyNumber' | 'at'>): void {
  tx.run(
    `INSERT INTO prints (job_id, document_id, copy_number, state, at) VALUES (?, ?, ?, 'preparing', ?)`,
    [print.jobId, print.documentId, print.copyNumber, print.at],
  );
}

export function savePrint(tx: Tx, print: Print): void {
  tx.run(
    'UPDATE prints SET state = ?, printer_uri = ?, printer_job = ?, trouble = ?, at = ? WHERE job_id = ?',
    [
      print.state,
      print.printerUri,
      print.printerJob,
      print.trouble ? JSON.stringify(print.trouble) : null,
      print.at,
      print.jobId,
    ],
  );
}

export function setRendered(tx: Tx, documentId: string, sha256: string, pages: number): void {
  tx.run('UPDATE outputs SET sha256 = ?, pages = ? WHERE document_id = ?', [sha256, pages, documentId]);
}

export function findOutput(tx: Reader, documentId: string): Output | undefined {
  const row = tx.get<OutputRow>('SELECT * FROM outputs WHERE document_id = ?', [documentId]);
  return row && toOutput(row);
}

export function findPrint(tx: Reader, jobId: string): Print | undefined {
  const row = tx.get<PrintRow>('SELECT * FROM prints WHERE job_id = ?', [jobId]);
  return row && toPrint(row);
}

/** Whether the machine still has to do something about a job. */
export const isInProgress = ({ state }: Print): boolean =>
  state === 'preparing' || state === 'rendered' || state === 'sent' || state === 'accepted';

/** Jobs the machine still has to do something about, oldest first. */
export const printsInProgress = (tx: Reader): Print[] =>
  tx
    .all<PrintRow>(
      `SELECT * FROM prints WHERE state IN ('preparing', 'rendered', 'sent', 'accepted') ORDER BY job_id`,
      [],
    )
    .map(toPrint);

/** Jobs given up that may still lie at a printer: those no printer has any more have no address. */
export const printsToCallBack = (tx: Reader): Print[] =>
  tx
    .all<PrintRow>(
      `SELECT * FROM prints WHERE state = 'given-up' AND printer_uri IS NOT NULL ORDER BY job_id`,
      [],
    )
    .map(toPrint);

export const lastPrint = (tx: Reader, documentId: string): Print | undefined => {
  const row = tx.get<PrintRow>(
    'SELECT * FROM prints WHERE document_id = ? ORDER BY copy_number DESC LIMIT 1',
    [documentId],
  );
  return row && toPrint(row);
};

/** Whether a print came out, by the printer's word or the clerk's. */
export const isOnPaper = (print: Print | undefined): boolean =>
  print?.state === 'completed' || print?.state === 'confirmed-by-clerk';

export const printViewOf = (print: Print, output: Output): PrintView => ({
  jobId: print.jobId,
  documentId: print.documentId,
  kind: output.kind,
  state: print.state,
  trouble: print.trouble,
  copyNumber: print.copyNumber,
  pages: output.pages ?? 0,
  at: print.at,
});

/** All prints of a document, the first one first. */
export function printsOf(tx: Reader, documentId: string): PrintView[] {
  const output = findOutput(tx, documentId);
  if (!output) return [];
  return tx
    .all<PrintRow>('SELECT * FROM prints WHERE document_id = ? ORDER BY copy_number', [documentId])
    .map((row) => printViewOf(toPrint(row), output));
}

/** Documents of a service, in the order they were made. */
export const documentsOf = (tx: Reader, serviceId: string): string[] =>
  tx
    .all<{ document_id: string }>(
      'SELECT document_id FROM outputs WHERE service_id = ? ORDER BY document_id',
      [serviceId],
    )
    .map((row) => row.document_id);

/** All prints of what holds of a visit's money: a receipt, what went back, a cancellation. The first one first. */
export const moneyPrintsOf = (tx: Reader, visitId: string): PrintView[] =>
  tx
    .all<{ document_id: string }>(
      `SELECT document_id FROM outputs
       WHERE visit_id = ? AND kind IN ('fee-receipt', 'refund-receipt', 'receipt-cancellation')
         AND document_id NOT IN (SELECT document_id FROM receipts WHERE cancelled_at IS NOT NULL)
       ORDER BY document_id`,
      [visitId],
    )
    .flatMap((row) => printsOf(tx, row.document_id));

/** All prints of papers about the person's affairs that were printed in a visit, the first one first. */
export const affairsPrintsOf = (tx: Reader, visitId: string): PrintView[] =>
  tx
    .all<{ document_id: string }>(
      `SELECT document_id FROM outputs WHERE visit_id = ? AND kind IN ('submission-course', 'mailbox-message', 'message-attachment') ORDER BY document_id`,
      [visitId],
    )
    .flatMap((row) => printsOf(tx, row.document_id));

/** All prints of the correction receipts of a service, the first one first. */
export const laterPrintsOf = (tx: Reader, serviceId: string): PrintView[] =>
  tx
    .all<{ document_id: string }>(
      `SELECT document_id FROM outputs WHERE service_id = ? AND kind IN ('correction-receipt', 'completion-call')
       ORDER BY document_id`,
      [serviceId],
    )
    .flatMap((row) => printsOf(tx, row.document_id));

/** Whether of every document of the visit that was to be printed one print came out, or the clerk gave it up. */
export function isSettled(tx: Reader, visitId: string): boolean {
  const open = tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM outputs o WHERE o.visit_id = ?
     AND EXISTS (SELECT 1 FROM prints p WHERE p.document_id = o.document_id) AND NOT EXISTS (
       SELECT 1 FROM prints p WHERE p.document_id = o.document_id
       AND p.state IN ('completed', 'confirmed-by-clerk', 'given-up'))`,
    [visitId],
  );
  return (open?.n ?? 0) === 0;
}
