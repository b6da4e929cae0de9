import { type CashTotals, type Counts, denominations } from '../../contract/cash-desk.ts';
import type { Crowns } from '../../values/money.ts';
import { err, ok, type Result } from '../../values/result.ts';

export const countedTotal = (counts: Counts): Crowns =>
  denominations.reduce((sum, value) => sum + value * (counts[`${value}`] ?? 0), 0);

export type Movement = {
  kind: 'fee' | 'refund' | 'in' | 'out';
  method: 'cash' | 'card';
  /** In is positive, out negative. */
  amount: number;
};

/** The cash book of a period added up. */
export function totalsOf(opening: Crowns, movements: readonly Movement[]): CashTotals {
  const sum = (kind: Movement['kind'], method: Movement['method']): Crowns =>
    Math.abs(
      movements.reduce((n, one) => (one.kind === kind && one.method === method ? n + one.amount : n), 0),
    );
  return {
    opening,
    fees: sum('fee', 'cash'),
    refunds: sum('refund', 'cash'),
    in: sum('in', 'cash'),
    out: sum('out', 'cash'),
    expected: opening + movements.reduce((n, { method, amount }) => n + (method === 'cash' ? amount : 0), 0),
    card: { fees: sum('fee', 'card'), refunds: sum('refund', 'card') },
  };
}

/** Whether so much can leave the drawer: the book never goes below nothing. */
export const mayLeave = (expected: Crowns, amount: Crowns): boolean => amount <= expected;

/** Judges what was counted: a difference needs its reason, and without one there is nothing to explain. */
export function judgeCount(of: {
  expected: Crowns;
  counts: Counts;
  reason: string | null;
}): Result<{ counted: Crowns; difference: number; reason: string | null }, 'closing.difference-reason'> {
  const counted = countedTotal(of.counts);
  const difference = counted - of.expected;
  if (difference === 0) return ok({ counted, difference, reason: null });
  return of.reason === null
    ? err('closing.difference-reason')
    : ok({ counted, difference, reason: of.reason });
}
