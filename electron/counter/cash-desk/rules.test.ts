import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counts, denominations } from '../../contract/cash-desk.ts';
import { countedTotal, judgeCount, type Movement, mayLeave, totalsOf } from './rules.ts';

const amount = fc.integer({ min: 1, max: 20_000 });
const movement: fc.Arbitrary<Movement> = fc.oneof(
  fc.record({
    kind: fc.constant('fee' as const),
    method: fc.constantFrom('cash' as const, 'card' as const),
    amount,
  }),
  fc.record({
    kind: fc.constant('refund' as const),
    method: fc.constantFrom('cash' as const, 'card' as const),
    amount: amount.map((n) => -n),
  }),
  fc.record({ kind: fc.constant('in' as const), method: fc.constant('cash' as const), amount }),
  fc.record({
    kind: fc.constant('out' as const),
    method: fc.constant('cash' as const),
    amount: amount.map((n) => -n),
  }),
);
const counts: fc.Arbitrary<Counts> = fc
  .array(fc.integer({ min: 0, max: 300 }), { minLength: 12, maxLength: 12 })
  .map((numbers) => Object.fromEntries(denominations.map((value, index) => [value, numbers[index] ?? 0])));

describe('the cash book', () => {
  it('adds up: what should be there is what was, came and went', () => {
    fc.assert(
      fc.property(amount, fc.array(movement, { maxLength: 60 }), (opening, movements) => {
        const totals = totalsOf(opening, movements);
        expect(totals.expected).toBe(opening + totals.fees - totals.refunds + totals.in - totals.out);
        expect([totals.fees, totals.refunds, totals.in, totals.out].every((sum) => sum >= 0)).toBe(true);
      }),
    );
  });

  it('is the same however a day is cut into periods, and card payments never touch the drawer', () => {
    fc.assert(
      fc.property(amount, fc.array(movement, { maxLength: 60 }), fc.nat(60), (opening, movements, at) => {
        const morning = totalsOf(opening, movements.slice(0, at));
        const evening = totalsOf(morning.expected, movements.slice(at));
        const whole = totalsOf(opening, movements);
        expect(evening.expected).toBe(whole.expected);
        expect(morning.card.fees + evening.card.fees).toBe(whole.card.fees);
        expect(
          totalsOf(
            opening,
            movements.filter(({ method }) => method === 'cash'),
          ).expected,
        ).toBe(whole.expected);
      }),
    );
  });

  it('never goes below nothing when nothing more leaves than there is', () => {
    fc.assert(
      fc.property(amount, fc.array(movement, { maxLength: 60 }), (opening, wished) => {
        let expected = opening;
        for (const { method, amount: by } of wished) {
          if (method === 'card' || (by < 0 && !mayLeave(expected, -by))) continue;
          expected += by;
          expect(expected).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('takes a counted drawer: no difference asks for no reason, a difference for one', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: -5000, max: 5000 }), (counted, off) => {
        const total = countedTotal(counted);
        const expected = Math.max(0, total + off);
        const difference = total - expected;
        const silent = judgeCount({ expected, counts: counted, reason: null });
        expect(silent.ok).toBe(difference === 0);
        expect(judgeCount({ expected, counts: counted, reason: 'chyba při vracení' })).toEqual({
          ok: true,
          value: { counted: total, difference, reason: difference === 0 ? null : 'chyba při vracení' },
        });
      }),
    );
  });

  it('knows every coin and note', () => {
    expect(countedTotal({})).toBe(0);
    expect(
      countedTotal({
        5000: 1,
        2000: 2,
        1000: 1,
        500: 1,
        200: 2,
        100: 3,
        50: 1,
        20: 2,
        10: 1,
        5: 3,
        2: 1,
        1: 4,
      }),
    ).toBe(5000 + 4000 + 1000 + 500 + 400 + 300 + 50 + 40 + 10 + 15 + 2 + 4);
  });
});
