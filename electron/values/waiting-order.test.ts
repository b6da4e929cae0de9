import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inOrder, type Waiting, type WaitingRules } from './waiting-order.ts';

const rules: WaitingRules = {
  bookedFromMinutes: 10,
  bookedUntilMinutes: 15,
  bookedAheadMinutes: 60,
  priorities: [{ code: 'disabled', aheadMinutes: 45 }],
};
const MOST = 105;

// 10:00 in Prague.
const NOW = new Date('2026-04-01T08:00:00.000Z');
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);
const one = (id: string, waited: number, more: Partial<Waiting> = {}): Waiting => ({
  id,
  arrivedAt: minutesAgo(waited),
  slot: null,
  priority: null,
  ...more,
});
const order = (...line: Waiting[]): string =>
  inOrder(rules, line, NOW)
    .map(({ id }) => id)
    .join(' ');
const at = (time: string, date = '2026-04-01') => ({ slot: { date, time } });

it('calls those without a booking as they came', () => {
  expect(order(one('b', 5), one('a', 10), one('c', 1))).toBe('a b c');
});

it('calls a booked person within their time before those without', () => {
  expect(order(one('walk-in', 30), one('booked', 2, at('10:00')))).toBe('booked walk-in');
  expect(order(one('walk-in', 30), one('early', 2, at('10:11')))).toBe('walk-in early');
  expect(order(one('walk-in', 30), one('late', 2, at('09:44')))).toBe('walk-in late');
  expect(order(one('walk-in', 30), one('tomorrow', 2, at('10:00', '2026-04-02')))).toBe('walk-in tomorrow');
});

it('lets those with a priority go ahead, until others have waited long enough', () => {
  expect(order(one('walk-in', 40), one('disabled', 1, { priority: 'disabled' }))).toBe('disabled walk-in');
  expect(order(one('walk-in', 50), one('disabled', 1, { priority: 'disabled' }))).toBe('walk-in disabled');
  expect(order(one('unknown', 1, { priority: 'nobility' }), one('walk-in', 2))).toBe('walk-in unknown');
});

const anyLine = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    arrivedAt: fc.integer({ min: 0, max: 300 }).map(minutesAgo),
    slot: fc.option(
      fc.integer({ min: 480, max: 720 }).map((minutes) => ({
        date: '2026-04-01',
        time: `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`,
      })),
    ),
    priority: fc.constantFrom(null, 'disabled'),
  }),
  { selector: ({ id }) => id, maxLength: 20 },
);

it('starves nobody: whoever came later by more than the rules give never overtakes', () =>
  fc.assert(
    fc.property(anyLine, (line) => {
      const called = inOrder(rules, line, NOW);
      called.forEach((first, index) => {
        for (const later of called.slice(index + 1))
          expect(first.arrivedAt.getTime() - later.arrivedAt.getTime()).toBeLessThanOrEqual(MOST * 60_000);
      });
    }),
  ));

it('is one order: everybody stands in it once, and however the line is given it is the same', () =>
  fc.assert(
    fc.property(anyLine, (line) => {
      const called = inOrder(rules, line, NOW);
      expect(called.map(({ id }) => id).sort()).toEqual(line.map(({ id }) => id).sort());
      expect(inOrder(rules, [...line].reverse(), NOW)).toEqual(called);
    }),
  ));
