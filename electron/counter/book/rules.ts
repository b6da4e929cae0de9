import type { LegalDate } from '../../values/time.ts';

/** A year of the register book is closed on its last day or later: before, another number may come. */
export const mayBeClosed = (year: number, today: LegalDate): boolean => today >= `${year}-12-31`;
