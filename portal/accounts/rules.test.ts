import { describe, expect, it } from 'vitest';
import { isOwnAccount } from './rules.ts';

describe('a person acts about an own account', () => {
  const birthDate = { year: 1969, month: 6, day: 22 };
  const name = { givenNames: 'Růžena', surname: 'Ukázková' };
  const proofed = { name, birthDate };

  it('under a new surname only where that is put right: two of one day and one given name are not one', () => {
    const before = { name: { ...name, surname: 'Vzorová' }, birthDate };
    expect(isOwnAccount(before, proofed)).toBe(false);
    expect(isOwnAccount(before, proofed, { isRenamed: true })).toBe(true);
  });

  it('of the same surname with another given name is another’s: twins', () => {
    expect(isOwnAccount({ name: { ...name, givenNames: 'Jiřina' }, birthDate }, proofed)).toBe(false);
  });

  it('also with a given name left out', () => {
    expect(isOwnAccount({ name: { ...name, givenNames: 'Růžena Marie' }, birthDate }, proofed)).toBe(true);
    expect(isOwnAccount({ name: { surname: 'UKAZKOVA' }, birthDate }, proofed)).toBe(true);
    expect(isOwnAccount({ name, birthDate: { ...birthDate, day: 23 } }, proofed)).toBe(false);
  });

  it('that says no date of birth by the whole name only: half of it is of thousands', () => {
    expect(isOwnAccount({ name }, proofed)).toBe(true);
    expect(isOwnAccount({ name: { ...name, surname: 'Vzorová' } }, proofed)).toBe(false);
    expect(isOwnAccount({ name: { ...name, givenNames: 'Jiřina' } }, proofed)).toBe(false);
  });

  it('and two of one day of birth without given names are not one for that', () => {
    expect(
      isOwnAccount(
        { name: { surname: 'Suryawijaya' }, birthDate },
        { name: { surname: 'Sukarno' }, birthDate },
      ),
    ).toBe(false);
  });
});
