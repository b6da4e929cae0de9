/** The counters of a certified copy, as far as they were typed; null while a field is empty. */
export const COUNTERS = [
  'sourceSheets',
  'sourcePages',
  'copySheets',
  'copyPages',
  'feePages',
  'a3Pages',
  'copies',
] as const;
export type Counter = (typeof COUNTERS)[number];
export type Counts = Record<Counter, number | null>;

/** From which counter another takes its value as long as nobody typed it. */
const FOLLOWS: Record<Counter, Counter | null> = {
  sourceSheets: null,
  sourcePages: 'sourceSheets',
  copySheets: 'sourceSheets',
  copyPages: 'sourcePages',
  // The fee is counted from the pages of the copy that is made (act 634/2004 Sb., pol. 4 a)).
  feePages: 'copyPages',
  a3Pages: null,
  copies: null,
};

/** All counters with those nobody touched following the others; one copy of one sheet with one page, in A4, to begin with. */
export function followCounts(touched: Partial<Counts>): Counts {
  const value = (counter: Counter): number | null => {
    const typed = touched[counter];
    if (typed !== undefined) return typed;
    const followed = FOLLOWS[counter];
    return followed === null ? (counter === 'a3Pages' ? 0 : 1) : value(followed);
  };
  return {
    sourceSheets: value('sourceSheets'),
    sourcePages: value('sourcePages'),
    copySheets: value('copySheets'),
    copyPages: value('copyPages'),
    feePages: value('feePages'),
    a3Pages: value('a3Pages'),
    copies: value('copies'),
  };
}

/** A whole number of at least one, or of what is said, or null. */
export function readCount(text: string, min = 1): number | null {
  const compact = text.replace(/\s+/gu, '');
  if (!/^\d{1,4}$/.test(compact)) return null;
  const count = Number(compact);
  return count >= min ? count : null;
}
