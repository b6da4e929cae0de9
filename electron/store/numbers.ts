import { StoreError } from './failures.ts';
import type { Reader, Tx } from './transaction.ts';

/** A number of a series; `year` is 0 for a series that never starts again. */
export type SeriesNumber = { series: string; year: number; number: number };
export type Fate = 'allotted' | 'used' | 'cancelled' | 'lost';

/**
 * Allots the next number of a series within the act's transaction: if the act is rolled back, so is the number, and
 * the series has no gap. The first one is 1. Throws StoreError `store.not-reconciled` while a restored store has not
 * settled with the portal which numbers are used up.
 */
export function allot(tx: Tx, of: { series: string; year: number; actId: string; at: string }): SeriesNumber {
  if (tx.get("SELECT 1 AS open FROM recoveries WHERE state <> 'done'"))
    throw new StoreError({ code: 'store.not-reconciled' });
  tx.run(
    `INSERT INTO series (series, year, first, next) SELECT ?, ?, 1, 1
     WHERE NOT EXISTS (SELECT 1 FROM series WHERE series = ? AND year = ?)`,
    [of.series, of.year, of.series, of.year],
  );
  const row = tx.get<{ next: number }>('SELECT next FROM series WHERE series = ? AND year = ?', [
    of.series,
    of.year,
  ]);
  if (!row) throw new Error('the series that was just started is not there');
  tx.run(
    `INSERT INTO numbers (series, year, number, act_id, fate, at, changed_at) VALUES (?, ?, ?, ?, 'allotted', ?, ?)`,
    [of.series, of.year, row.next, of.actId, of.at, of.at],
  );
  return { series: of.series, year: of.year, number: row.next };
}

/** The number the series gives next, if nothing else takes it before. */
export const upcoming = (tx: Reader, { series, year }: Pick<SeriesNumber, 'series' | 'year'>): number =>
  tx.get<{ next: number }>('SELECT next FROM series WHERE series = ? AND year = ?', [series, year])?.next ??
  1;

/** A number's fate is final; a cancelled one stays, with its reason. */
export function setFate(
  tx: Tx,
  of: SeriesNumber,
  fate: Exclude<Fate, 'allotted'>,
  at: string,
  reason?: string,
): void {
  const changed = tx.run(
    'UPDATE numbers SET fate = ?, reason = ?, changed_at = ? WHERE series = ? AND year = ? AND number = ?',
    [fate, reason ?? null, at, of.series, of.year, of.number],
  );
  if (changed !== 1) throw new Error('only an allotted number has a fate');
}

export const fates = (
  tx: Reader,
  series: string,
  year: number,
): { number: number; fate: string; reason: string | null }[] =>
  tx.all<{ number: number; fate: string; reason: string | null }>(
    'SELECT number, fate, reason FROM numbers WHERE series = ? AND year = ? ORDER BY number',
    [series, year],
  );
