import type { FailureCode } from '../../contract/failures.ts';
import type { Reader } from '../../store/open.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { Refusal, refuse } from '../failure.ts';
import { isCancelledReceipt } from '../fees/table.ts';
import { command, type Handler, query } from '../handlers.ts';
import { getService, getVisit, isOfAnother } from '../visits/table.ts';
import { pagePicture } from './page-picture.ts';
import type { PrintRunner } from './print-runner.ts';
import {
  findOutput,
  findPrint,
  insertPrint,
  isInProgress,
  lastPrint,
  type Output,
  printViewOf,
  savePrint,
} from './table.ts';

/** Prints the clerk has to decide about, and prints made once more. */
export function outputHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  return [
    query('outputs.page', async ({ session }, { documentId, page, maxPixels }) => {
      const output = desk.store.read((tx) => {
        const found = findOutput(tx, documentId);
        if (!found?.visitId) return undefined;
        if (getVisit(tx, found.visitId).clerkId !== session.clerkId)
          throw new Refusal('visit.of-another-clerk');
        return found;
      });
      if (!output) return refuse('print.not-found');
      // A one-time code is for its holder's eyes: nobody reads it from the screen.
      if (output.kind === 'account-credentials') return refuse('print.for-holder-only');
      if (output.erasedAt !== null || (output.sha256 === null && output.pages !== null))
        return refuse('print.content-erased');
      if (output.sha256 === null) return refuse('service.not-printed');
      return pagePicture(desk, output.sha256, { page, maxPixels });
    }),

    command('outputs.reprint', (commanded, { documentId, reason }) => {
      const { tx, session, now, after } = commanded;
      const output = findOutput(tx, documentId);
      const last = lastPrint(tx, documentId);
      if (!output || !last) return refuse('print.not-found');
      if (output.visitId && isOfAnother(getVisit(tx, output.visitId), session))
        return refuse('visit.of-another-clerk');
      const isVoid = voidReason(tx, output);
      if (isVoid) return refuse(isVoid);
      if (isInProgress(last)) return refuse('print.still-running');
      if (last.state === 'unknown') return refuse('print.look-first');
      if (output.erasedAt !== null) return refuse('print.content-erased');
      const at = now.toISOString();
      const jobId = desk.newId();
      insertPrint(tx, { jobId, documentId, copyNumber: last.copyNumber + 1, at });
      const leafSequence = record(desk, commanded, {
        kind: 'document-reprinted',
        ...(output.visitId && { visitId: output.visitId }),
        ...(output.serviceId && { serviceId: output.serviceId }),
        payload: { document: output.kind, documentId, copy: last.copyNumber + 1, reason },
      });
      raiseFor(desk, commanded, {
        kind: 'document-reprinted',
        visitId: output.visitId ?? undefined,
        serviceId: output.serviceId ?? undefined,
        leafSequence,
        params: { document: output.kind, copy: last.copyNumber + 1 },
      });
      after(() => prints.kick());
      const print = findPrint(tx, jobId);
      return print ? ok(printViewOf(print, output)) : refuse('print.not-found');
    }),

    command('outputs.resolve-print', (commanded, { jobId, printed }) => {
      const { tx, session, now, after } = commanded;
      const print = findPrint(tx, jobId);
      const output = print && findOutput(tx, print.documentId);
      if (!print || !output) return refuse('print.not-found');
      if (output.visitId && isOfAnother(getVisit(tx, output.visitId), session))
        return refuse('visit.of-another-clerk');
      // Pages that were never made did not come out of any printer.
      if (printed && output.pages === null) return refuse('service.not-printed');
      if (print.state !== 'unknown' && print.state !== 'failed') return refuse('print.decided-already');
      const resolved = {
        ...print,
        state: printed ? ('confirmed-by-clerk' as const) : ('given-up' as const),
        trouble: null,
        at: now.toISOString(),
      };
      savePrint(tx, resolved);
      record(desk, commanded, {
        kind: 'print-resolved',
        ...(output.visitId && { visitId: output.visitId }),
        payload: { document: output.kind, documentId: output.documentId, printed },
      });
      after(() => {
        // What did not come out may still lie in the printer, and would when it wakes.
        prints.kick();
        if (output.visitId) desk.emit('visit-changed', { visitId: output.visitId });
      });
      return ok(printViewOf(resolved, output));
    }),
  ];
}

/** Why a paper must not be made once more: its service or number came to nothing, or it says what no longer holds. */
function voidReason(tx: Reader, { kind, documentId, serviceId }: Output): FailureCode | null {
  if (kind === 'fee-receipt' && isCancelledReceipt(tx, documentId)) return 'cash.receipt-cancelled';
  if (serviceId === null) return null;
  const { record, state } = getService(tx, serviceId);
  if (state === 'withdrawn' || state === 'refused') return 'service.ended';
  if (kind === 'request' && record.requestDocumentId !== documentId) return 'print.not-found';
  const isInput = kind === 'conversion-document' || kind === 'signed-document';
  if (isInput && record.conversion?.input?.documentId !== documentId) return 'print.not-found';
  const { certification } = record;
  const isOfNumber = kind === 'depot-receipt' || certification?.documentIds.includes(documentId);
  return isOfNumber && certification?.fate === 'cancelled' ? 'copy.cancelled-already' : null;
}
