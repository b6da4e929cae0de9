import type { Countdown, FreezeRule } from '../../contract/freeze.ts';

/** How far a desk may go by itself; the portal's central settings. */
export type FreezeLimits = {
  masterDataDays: number;
  unsentActs: number;
  unclosedDays: number;
  clockMinutes: number;
};

export const defaultLimits: FreezeLimits = {
  masterDataDays: 14,
  unsentActs: 1000,
  unclosedDays: 3,
  clockMinutes: 10,
};

export type FreezeMeasures = {
  /** When all master data were last known to be those of the portal; null where nothing is known. */
  masterDataAt: Date | null;
  unsentActs: number;
  unclosedDays: number;
  /** By how much the clock is known to be wrong. */
  clockOffMs: number;
};

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/**
 * The rules that are half way to their limit or further, in the order of `freezeRules`. A limit is what is still
 * allowed: past it the desk takes no new acts.
 */
export function countdowns(of: FreezeMeasures, limits: FreezeLimits, now: Date): Countdown[] {
  const { masterDataAt } = of;
  const ageMs = masterDataAt === null ? 0 : Math.max(0, now.getTime() - masterDataAt.getTime());
  const all: [FreezeRule, number, number][] = [
    ['master-data', ageMs / DAY_MS, limits.masterDataDays],
    ['unsent', of.unsentActs, limits.unsentActs],
    ['unclosed-days', of.unclosedDays, limits.unclosedDays],
    ['clock', Math.abs(of.clockOffMs) / MINUTE_MS, limits.clockMinutes],
  ];
  return all
    .filter(([, value, limit]) => value * 2 >= limit)
    .map(([rule, value, limit]) => ({ rule, value: Math.floor(value), limit, frozen: value > limit }));
}
