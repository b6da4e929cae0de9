import { type Counts, denominations } from '../../../electron/contract/cash-desk.ts';
import type { Crowns } from '../../../electron/values/money.ts';

/** How many pieces were typed; an empty field is none, null what is no number of pieces. */
export function readPieces(text: string): number | null {
  const compact = text.replace(/\s+/gu, '');
  if (compact === '') return 0;
  return /^\d{1,4}$/.test(compact) ? Number(compact) : null;
}

/** The drawer as typed; null as long as a field does not read as a number of pieces. */
export function readCounts(
  pieces: Readonly<Record<string, string>>,
): { counts: Counts; total: Crowns } | null {
  const counts: Counts = {};
  let total = 0;
  for (const value of denominations) {
    const read = readPieces(pieces[value] ?? '');
    if (read === null) return null;
    if (read > 0) counts[`${value}`] = read;
    total += value * read;
  }
  return { counts, total };
}
