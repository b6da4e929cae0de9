import type { ServiceDefinition } from '../../contract/services.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import * as numbers from '../../store/numbers.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { ok, type Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { isClosed } from '../book/table.ts';
import { refuse } from '../failure.ts';
import type { Service } from '../visits/record.ts';
import type { Allotted } from './certification.ts';

/** Numbers of the register book, which are this desk's to give. */

const yearOf = (now: Date): number => Number(legalDate(now).slice(0, 4));
const printedOf = ({ number, year }: { number: number; year: number }): string => `${number}/${year}`;

/** Why the book of the year gives no number any more. */
export function bookObstacle(
  tx: Reader,
  { book }: Pick<ServiceDefinition, 'book'>,
  now: Date,
): ContractFailure | null {
  const year = yearOf(now);
  return book && isClosed(tx, book.series, year) ? { code: 'book.closed', params: { year } } : null;
}

/** The numbers the book gives next, as they stand on papers: nothing is allotted, and what acts before may take them. */
export function upcomingNumbers(
  tx: Reader,
  { book }: Pick<ServiceDefinition, 'book'>,
  now: Date,
  count: number,
): Result<string[], ContractFailure> {
  if (!book) return refuse('service.not-offered');
  const year = yearOf(now);
  const next = numbers.upcoming(tx, { series: book.series, year });
  return ok(Array.from({ length: count }, (_, index) => printedOf({ number: next + index, year })));
}

export function takeBookNumber(
  tx: Tx,
  { definition: { book } }: Service,
  { actId, now }: { actId: string; now: Date },
): Allotted | null {
  if (!book) return null;
  const at = now.toISOString();
  const allotted = numbers.allot(tx, { series: book.series, year: yearOf(now), actId, at });
  numbers.setFate(tx, allotted, 'used', at);
  return { ...allotted, printed: printedOf(allotted) };
}
