import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countdowns, defaultLimits, type FreezeLimits, type FreezeMeasures } from './rules.ts';

const now = new Date('2026-04-15T08:00:00.000Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);
const calm: FreezeMeasures = { masterDataAt: now, unsentActs: 0, unclosedDays: 0, clockOffMs: 0 };
const found = (change: Partial<FreezeMeasures>) => countdowns({ ...calm, ...change }, defaultLimits, now);

describe('freeze rules', () => {
  it('say nothing of a desk that is up to date', () => {
    expect(found({})).toEqual([]);
    expect(found({ masterDataAt: null })).toEqual([]);
  });

  it.each([
    ['a week less an hour', 7 * 24 - 1, []],
    ['a week', 7 * 24, [{ rule: 'master-data', value: 7, limit: 14, frozen: false }]],
    ['two weeks', 14 * 24, [{ rule: 'master-data', value: 14, limit: 14, frozen: false }]],
    ['an hour more', 14 * 24 + 1, [{ rule: 'master-data', value: 14, limit: 14, frozen: true }]],
  ])('count down the age of master data: %s', (_name, hours, expected) => {
    expect(found({ masterDataAt: ago(hours) })).toEqual(expected);
  });

  it('count unsent acts, unclosed days and minutes of the clock, either way', () => {
    expect(found({ unsentActs: 499 })).toEqual([]);
    expect(found({ unsentActs: 1001 })).toEqual([{ rule: 'unsent', value: 1001, limit: 1000, frozen: true }]);
    expect(found({ unclosedDays: 2 })).toEqual([
      { rule: 'unclosed-days', value: 2, limit: 3, frozen: false },
    ]);
    expect(found({ unclosedDays: 4 })).toMatchObject([{ frozen: true }]);
    for (const sign of [1, -1])
      expect(found({ clockOffMs: sign * 11 * 60_000 })).toEqual([
        { rule: 'clock', value: 11, limit: 10, frozen: true },
      ]);
  });

  it('take master data from the future for fresh: the clock has a rule of its own', () => {
    expect(found({ masterDataAt: ago(-48) })).toEqual([]);
  });

  const measures = fc.record({
    masterDataAt: fc.option(fc.integer({ min: -100, max: 2000 }).map(ago)),
    unsentActs: fc.nat(5000),
    unclosedDays: fc.nat(30),
    clockOffMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
  });
  const limits: fc.Arbitrary<FreezeLimits> = fc.record({
    masterDataDays: fc.integer({ min: 1, max: 60 }),
    unsentActs: fc.integer({ min: 1, max: 4000 }),
    unclosedDays: fc.integer({ min: 1, max: 20 }),
    clockMinutes: fc.integer({ min: 1, max: 50 }),
  });

  it('never freeze without a countdown before, and a wider limit never freezes more', () => {
    fc.assert(
      fc.property(measures, limits, (of, given) => {
        const near = countdowns(of, given, now);
        const wider = countdowns(
          of,
          {
            masterDataDays: given.masterDataDays + 1,
            unsentActs: given.unsentActs + 1,
            unclosedDays: given.unclosedDays + 1,
            clockMinutes: given.clockMinutes + 1,
          },
          now,
        );
        const frozenBefore = new Set(near.filter(({ frozen }) => frozen).map(({ rule }) => rule));
        for (const { rule, frozen } of wider) if (frozen) expect(frozenBefore.has(rule)).toBe(true);
        for (const { value, limit, frozen } of near) {
          expect(Number.isInteger(value) && value >= 0).toBe(true);
          if (frozen) expect(value).toBeGreaterThanOrEqual(limit);
        }
      }),
    );
  });

  it('get only worse as time goes on', () => {
    fc.assert(
      fc.property(measures, limits, fc.nat(1000), (of, given, hours) => {
        const later = countdowns(of, given, new Date(now.getTime() + hours * HOUR_MS));
        for (const one of countdowns(of, given, now)) {
          const then = later.find(({ rule }) => rule === one.rule);
          expect(then?.value).toBeGreaterThanOrEqual(one.value);
          expect(then?.frozen || !one.frozen).toBe(true);
        }
      }),
    );
  });
});
