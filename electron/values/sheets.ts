import type { Verdict } from './judgement.ts';

/**
 * Paper counted three ways that must never stand for each other: sheets (listy, in clauses of extracts and
 * conversions), sides (strany, in the clause of a certified copy) and begun pages (započaté stránky, in the fee).
 */
export type PaperCount = { sheets: number; sides: number; begunPages: number };

export type PaperCountReason =
  | 'sheets.not-a-count'
  | 'sheets.too-many-sides'
  | 'sheets.too-many-begun-pages'
  | 'sheets.fewer-sides-than-sheets'
  | 'sheets.begun-pages-differ';

/** Most sheets one document is counted to. */
export const SHEETS_MAX = 2000;

/** Sides of a paper that bear nothing: they are struck through before its certification. */
export const blankSides = ({ sheets, sides }: Pick<PaperCount, 'sheets' | 'sides'>): number =>
  Math.max(0, sheets * 2 - sides);

/**
 * Judges a count. A sheet has one or two sides. The fee counts a begun page for each side that bears text (what one of A3
 * costs is the tariff's matter); a count that differs from the sides is possible, but worth a second look, as is a sheet with
 * no side counted.
 */
export function judgePaperCount(count: PaperCount): { verdict: Verdict; reasons: PaperCountReason[] } {
  const { sheets, sides, begunPages } = count;
  const isCount = (value: number, max: number): boolean =>
    Number.isInteger(value) && value >= 1 && value <= max;
  if (
    !isCount(sheets, SHEETS_MAX) ||
    !isCount(sides, 2 * SHEETS_MAX) ||
    !isCount(begunPages, 4 * SHEETS_MAX)
  ) {
    return { verdict: 'impossible', reasons: ['sheets.not-a-count'] };
  }
  if (sides > 2 * sheets) return { verdict: 'impossible', reasons: ['sheets.too-many-sides'] };
  if (begunPages > 2 * sides) return { verdict: 'impossible', reasons: ['sheets.too-many-begun-pages'] };
  const reasons: PaperCountReason[] = [];
  if (sides < sheets) reasons.push('sheets.fewer-sides-than-sheets');
  if (begunPages !== sides) reasons.push('sheets.begun-pages-differ');
  return { verdict: reasons.length > 0 ? 'suspicious' : 'ok', reasons };
}
