import { z } from 'zod';
import { define } from './call.ts';
import { failure, id, instant, shortText } from './shared.ts';

/** A print job's way to the end; "unknown" waits for the clerk to look at the printer's tray. */
export const printStates = [
  'preparing',
  'rendered',
  'sent',
  'accepted',
  'completed',
  'failed',
  'unknown',
  'confirmed-by-clerk',
  'given-up',
] as const;

export const printView = z.strictObject({
  jobId: id,
  documentId: id,
  kind: z.enum([
    'request',
    'acceptance-receipt',
    'fee-receipt',
    'receipt-cancellation',
    'refund-receipt',
    'closing-report',
    'copy-clause',
    'signature-clause',
    'register-book-row',
    'extract',
    'extract-clause',
    'extract-ticket',
    'archive-request',
    'book-closing',
    'conversion-document',
    'conversion-clause',
    'conversion-file',
    'signed-document',
    'signature-clause-file',
    'depot-receipt',
    'correction-receipt',
    'guide',
    'paper-label',
    'completion-call',
    'account-credentials',
    'account-confirmation',
    'submission-course',
    'booking-ticket',
    'mailbox-message',
    'message-attachment',
    'test-page',
    'separator-sheet',
  ]),
  state: z.enum(printStates),
  /** What the printer says while it waits or after it failed. */
  trouble: failure.nullable(),
  copyNumber: z.int(),
  pages: z.int(),
  at: instant,
});
export type PrintView = z.output<typeof printView>;

/** Which page, from 0, and how large at most. */
export const askedPage = {
  page: z.int().min(0).max(999),
  maxPixels: z.int().min(50).max(2400),
};
export const pagePicture = z.strictObject({
  bytes: z.instanceof(Uint8Array),
  mediaType: z.literal('image/png'),
  width: z.int(),
  height: z.int(),
  pages: z.int(),
});

const who = ['clerk', 'supervisor'] as const;

export const outputCalls = {
  /** A page of a document as a picture, for whoever serves its visit. */
  'outputs.page': define({
    kind: 'query',
    who,
    input: z.strictObject({
      documentId: id,
      ...askedPage,
    }),
    output: pagePicture,
  }),
  /** Prints the same document once more, as an act with a reason and the next copy number. */
  'outputs.reprint': define({
    kind: 'command',
    who,
    input: z.strictObject({ documentId: id, reason: shortText }),
    output: printView,
  }),
  /** The clerk looked at the printer: it came out, or it did not. */
  'outputs.resolve-print': define({
    kind: 'command',
    who,
    input: z.strictObject({ jobId: id, printed: z.boolean() }),
    output: printView,
  }),
};
