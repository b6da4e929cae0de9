import { describe, expect, it } from 'vitest';
import { dayAndTime, dayOf, readDay, timeOfDay } from './format.ts';

describe('a typed day', () => {
  it.each([
    ['1. 4. 2026', '2026-04-01'],
    ['1.4.2026', '2026-04-01'],
    [' 01.04.2026 ', '2026-04-01'],
    ['1/4/2026', '2026-04-01'],
    ['01042026', '2026-04-01'],
    ['2026-04-01', '2026-04-01'],
    ['29. 2. 2024', '2024-02-29'],
    ['1.\u00a04.\u00a02026', '2026-04-01'],
  ])('%s is read', (typed, read) => expect(readDay(typed)).toBe(read));
  it.each(['', '31. 4. 2026', '29. 2. 2025', '1. 4.', '4/2026', 'dnes', '1. 4. 26'])('%s is none', (typed) =>
    expect(readDay(typed)).toBeNull(),
  );
});

describe('an instant', () => {
  const now = new Date('2026-04-01T20:00:00Z');
  it('is shown by the clock in Prague', () => {
    expect(dayAndTime('2026-04-01T12:05:09Z')).toBe('1.\u00a04.\u00a02026\u00a014:05');
  });
  it('has the day it is then in Prague', () => {
    expect(dayOf('2026-04-01T12:05:09Z')).toBe('1.\u00a04.\u00a02026');
    expect(dayOf('2026-04-01T22:30:00Z')).toBe('2.\u00a04.\u00a02026');
  });
  it('has its day only when that is not today', () => {
    expect(timeOfDay('2026-04-01T12:05:09Z', now)).toBe('14:05');
    expect(timeOfDay('2026-03-31T12:05:09Z', now)).toBe('31.\u00a03.\u00a02026\u00a014:05');
  });
});
