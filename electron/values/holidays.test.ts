import fc from 'fast-check';
import { expect, it } from 'vitest';
import { easterSunday, isHoliday, isWorkingDay, nextWorkingDay } from './holidays.ts';

it.each([
  [2008, '2008-03-23'],
  [2024, '2024-03-31'],
  [2025, '2025-04-20'],
  [2026, '2026-04-05'],
  [2038, '2038-04-25'],
  [2285, '2285-03-22'],
])('knows Easter of %i', (year, sunday) => {
  expect(easterSunday(year)).toBe(sunday);
});

it('knows the days of rest, Good Friday since 2016 only', () => {
  expect(['2026-04-03', '2026-04-06', '2026-12-24', '2026-09-28'].map(isHoliday)).toEqual(
    Array(4).fill(true),
  );
  expect(isHoliday('2015-04-03')).toBe(false);
  expect(isHoliday('2016-03-25')).toBe(true);
  expect(isHoliday('2026-04-07')).toBe(false);
});

it('moves to a working day, and to the first there is', () => {
  // Christmas of 2026 runs from Thursday into a weekend.
  expect(nextWorkingDay('2026-12-24')).toBe('2026-12-28');
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
      (at) => {
        const day = at.toISOString().slice(0, 10);
        const next = nextWorkingDay(day);
        expect(isWorkingDay(next)).toBe(true);
        expect(next >= day).toBe(true);
        if (isWorkingDay(day)) expect(next).toBe(day);
      },
    ),
  );
});
