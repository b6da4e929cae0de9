import type { FailureCode } from '../../contract/failures.ts';

/** What the clerk counted, against the pages the register sent: a sheet has two sides, and none appears from nowhere. */
export function judgeSheets(of: { pages: number; sheets: number; feePages: number }): FailureCode | null {
  if (of.sheets > of.pages || of.sheets * 2 < of.pages) return 'extract.sheets';
  if (of.feePages > of.pages) return 'extract.fee-pages';
  return null;
}
