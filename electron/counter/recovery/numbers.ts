import type { Reader, Tx } from '../../store/open.ts';
import type { KnownEffect } from '../../sync/recovery-calls.ts';
import type { RescuedNumber } from './rescued.ts';

/** A series of numbers after a loss: how far this store and the portal know it. */
export type KnownSeries = { series: string; year: number; last: number };
export type LostNumbers = { series: string; year: number; from: number; to: number };

/** What is known of a number: the fate it has, why, and the act it was for. */
type Known = Pick<RescuedNumber, 'fate' | 'reason' | 'actId'>;

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
    used: ReadonlyMap<number, Known>;
    recoveryId: string;
    at: string;
  },
): LostNumbers[] {
  const lost: LostNumbers[] = [];
  for (let number = startSeries(tx, of.series, of.year); number <= of.last; number += 1) {
    const known = of.used.get(number);
    const fate = known?.fate ?? 'lost';
    tx.run(
      `INSERT INTO numbers (series, year, number, act_id, fate, reason, at, changed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [of.series, of.year, number, known?.actId ?? of.recoveryId, fate, known?.reason ?? null, of.at, of.at],
    );
    if (fate !== 'lost') continue;
    const range = lost.at(-1);
    if (range !== undefined && range.to === number - 1) range.to = number;
    else lost.push({ series: of.series, year: of.year, from: number, to: number });
  }
  return lost;
}

/**
 * Enters the numbers that the portal or a damaged file knows and this store does not, so that none of them is ever allotted
 * again. Those between that nobody knows went with the disk. Returns the lost ones.
 */
export function settleNumbers(
  tx: Tx,
  effects: readonly KnownEffect[],
  of: { recoveryId: string; at: string; rescued: readonly RescuedNumber[] },
): LostNumbers[] {
  const bySeries = new Map<string, { series: string; year: number; used: Map<number, Known> }>();
  const usedOf = ({ series, year }: { series: string; year: number }): Map<number, Known> => {
    const key = `${series} ${year}`;
    const found = bySeries.get(key) ?? { series, year, used: new Map() };
    bySeries.set(key, found);
    return found.used;
  };
  for (const one of of.rescued) usedOf(one).set(one.number, one);
  for (const { id, number } of effects) {
    if (number === undefined) continue;
    const used = usedOf(number);
    // A cancellation comes as an effect of its own, after the one that used the number.
    const before = used.get(number.number);
    const actId = before?.actId ?? id;
    if (before?.fate === 'cancelled') continue;
    used.set(
      number.number,
      number.cancelled
        ? { fate: 'cancelled', reason: PORTAL_SAYS, actId }
        : { fate: 'used', reason: null, actId },
    );
  }
  const lost: LostNumbers[] = [];
  for (const { series, year, used } of bySeries.values()) {
    for (const [number, { fate, reason }] of used)
      if (fate === 'cancelled' || fate === 'used')
        tx.run(
          `UPDATE numbers SET fate = ?, reason = ?, changed_at = ?
           WHERE series = ? AND year = ? AND number = ? AND fate IN ('allotted', 'used') AND fate <> ?`,
          [fate, reason, of.at, series, year, number, fate],
        );
    lost.push(...fill(tx, { series, year, last: Math.max(...used.keys()), used, ...of }));
  }
  return lost;
}

/** A person read the last number from the paper: everything up to it that nobody knows is lost. */
export const loseUpTo = (tx: Tx, of: KnownSeries & { recoveryId: string; at: string }): LostNumbers[] =>
  fill(tx, { ...of, used: new Map() });
