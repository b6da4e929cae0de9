import type { Reader, Tx } from '../../store/open.ts';
import type { KnownEffect } from '../../sync/recovery-calls.ts';

/** A series of numbers after a loss: how far this store and the portal know it. */
export type KnownSeries = { series: string; year: number; last: number };
export type LostNumbers = { series: string; year: number; from: number; to: number };

type Used = NonNullable<KnownEffect['number']> & { effectId: string };

const PORTAL_SAYS = 'podle portálu';

/** The last number a store has allotted in each of its series. */
export const knownSeries = (tx: Reader): KnownSeries[] =>
  tx.all<KnownSeries>('SELECT series, year, next - 1 AS last FROM series ORDER BY year DESC, series');

function startSeries(tx: Tx, series: string, year: number): number {
  tx.run(
    `INSERT INTO series (series, year, first, next) SELECT ?, ?, 1, 1
     WHERE NOT EXISTS (SELECT 1 FROM series WHERE series = ? AND year = ?)`,
    [series, year, series, year],
  );
  return (
    tx.get<{ next: number }>('SELECT next FROM series WHERE series = ? AND year = ?', [series, year])?.next ??
    1
  );
}

/** Numbers from the first one not known here up to `last`: those of `used` have their act, the others are lost. */
function fill(
  tx: Tx,
  of: {
    series: string;
    year: number;
    last: number;
    used: ReadonlyMap<number, Used>;
    recoveryId: string;
    at: string;
  },
): LostNumbers[] {
  const lost: LostNumbers[] = [];
  for (let number = startSeries(tx, of.series, of.year); number <= of.last; number += 1) {
    const known = of.used.get(number);
    const fate = known === undefined ? 'lost' : known.cancelled ? 'cancelled' : 'used';
    tx.run(
      `INSERT INTO numbers (series, year, number, act_id, fate, reason, at, changed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        of.series,
        of.year,
        number,
        known?.effectId ?? of.recoveryId,
        fate,
        fate === 'cancelled' ? PORTAL_SAYS : null,
        of.at,
        of.at,
      ],
    );
    if (fate !== 'lost') continue;
    const range = lost.at(-1);
    if (range !== undefined && range.to === number - 1) range.to = number;
    else lost.push({ series: of.series, year: of.year, from: number, to: number });
  }
  return lost;
}

/**
 * Enters the numbers the portal knows and this store does not, so that none of them is ever allotted again. Those between
 * that not even the portal knows went with the disk. Returns the lost ones.
 */
export function settleNumbers(
  tx: Tx,
  effects: readonly KnownEffect[],
  of: { recoveryId: string; at: string },
): LostNumbers[] {
  const bySeries = new Map<string, { series: string; year: number; used: Map<number, Used> }>();
  for (const { id, number } of effects) {
    if (number === undefined) continue;
    const key = `${number.series} ${number.year}`;
    const found = bySeries.get(key) ?? { series: number.series, year: number.year, used: new Map() };
    // A cancellation comes as an effect of its own, after the one that used the number.
    const before = found.used.get(number.number);
    found.used.set(number.number, {
      ...number,
      cancelled: number.cancelled || before?.cancelled === true,
      effectId: before?.effectId ?? id,
    });
    bySeries.set(key, found);
  }
  const lost: LostNumbers[] = [];
  for (const { series, year, used } of bySeries.values()) {
    for (const { number, cancelled } of used.values())
      if (cancelled)
        tx.run(
          `UPDATE numbers SET fate = 'cancelled', reason = ?, changed_at = ?
           WHERE series = ? AND year = ? AND number = ? AND fate IN ('allotted', 'used')`,
          [PORTAL_SAYS, of.at, series, year, number],
        );
    lost.push(...fill(tx, { series, year, last: Math.max(...used.keys()), used, ...of }));
  }
  return lost;
}

/** A person read the last number from the paper: everything up to it that nobody knows is lost. */
export const loseUpTo = (tx: Tx, of: KnownSeries & { recoveryId: string; at: string }): LostNumbers[] =>
  fill(tx, { ...of, used: new Map() });
