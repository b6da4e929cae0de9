import { describe, expect, it } from 'vitest';
import vidimace from '../../../resources/catalogue/tariffs/vidimace.json' with { type: 'json' };
import { tariff } from '../../contract/services.ts';
import { feeOf, feeTotal } from './rules.ts';

const copies = tariff.parse(vidimace);

describe('the fee of a certified copy', () => {
  it('is taken by begun page, and for those in A3 by their own price', () => {
    const fee = feeOf(copies, 3, 1);
    expect(fee.parts.map(({ units, unitAmount }) => [units, unitAmount])).toEqual([
      [2, 30],
      [1, 60],
    ]);
    expect(feeTotal(fee)).toBe(120);
  });

  it('has one part when all pages are alike', () => {
    expect(feeOf(copies, 2).parts).toHaveLength(1);
    expect(feeOf(copies, 2, 2).parts.map(({ units, unitAmount }) => [units, unitAmount])).toEqual([[2, 60]]);
  });

  it('knows no A3 where the tariff has no price for it', () => {
    const { a3Amount: _own, ...plain } = copies;
    expect(feeTotal(feeOf(plain, 3, 1))).toBe(90);
  });

  it('of a signature does not depend on pages', () => {
    expect(feeTotal(feeOf({ ...copies, unit: 'signature', amount: 50 }, 7, 7))).toBe(50);
  });
});
