import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysInMonth, isRealDay } from './calendar.ts';
import { systemClock } from './clock.ts';
import { compareCzech, searchKey } from './collation.ts';
import { isUuid, systemRandom, uuidv7 } from './ids.ts';
import { formatCrowns, isCrowns, sumCrowns } from './money.ts';
import {
  ageOn,
  formatPartialDate,
  fromLegalDate,
  parsePartialDate,
  partialDate,
  partialDateBounds,
  wholeDate,
} from './partial-date.ts';
import { err, fail, ok } from './result.ts';
import {
  addDays,
  daysBetween,
  formatDate,
  formatDateGenitive,
  formatDateTime,
  isLegalDate,
  legalDate,
} from './time.ts';

const NBSP = '\u00a0';
const legalDates = fc
  .date({ min: new Date('1850-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

it('makes results', () => {
  expect(ok(1)).toEqual({ ok: true, value: 1 });
  expect(err('e')).toEqual({ ok: false, error: 'e' });
  expect(fail('area.what')).toEqual({ ok: false, error: { code: 'area.what' } });
  expect(fail('area.what', { max: 3 })).toEqual({
    ok: false,
    error: { code: 'area.what', params: { max: 3 } },
  });
});

it('gives time that does not go back', () => {
  const first = systemClock.monotonicMs();
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(first);
  expect(systemClock.now()).toBeInstanceOf(Date);
});

describe('ids', () => {
  const zeros = (length: number) => new Uint8Array(length);

  it('carry the instant, the version and the variant', () => {
    const id = uuidv7({ now: () => new Date('2026-04-01T12:00:00Z'), random: zeros });
    expect(isUuid(id)).toBe(true);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.parse('2026-04-01T12:00:00Z'));
    expect(id[14]).toBe('7');
  });

  it('ascend, within a millisecond and when the clock steps back a little', () => {
    const start = Date.parse('2040-01-01T00:00:00Z');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 2, maxLength: 50 }), (offsets) => {
        const ids = offsets.map((offset) => uuidv7({ now: () => start + offset, random: systemRandom }));
        expect(ids.every(isUuid)).toBe(true);
        expect([...ids].sort()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('never repeat though the random source is stuck', () => {
    const ones = (length: number) => new Uint8Array(length).fill(255);
    const ids = Array.from({ length: 1000 }, () => uuidv7({ now: () => 4_000_000_000_000, random: ones }));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every(isUuid)).toBe(true);
  });

  it('follow a clock that is set to another time', () => {
    const at = (ms: number) => uuidv7({ now: () => ms, random: systemRandom });
    expect(at(5_000_000_000_000) > at(1_000_000_000_000)).toBe(true);
    expect(() => at(Number.NaN)).toThrow(RangeError);
    expect(() => at(-1)).toThrow(RangeError);
  });

  it('are known from other texts', () => {
    for (const text of [
      '',
      'x',
      '01A20A47-79B5-739C-940E-CF2A5024607A',
      '01a20a47-79b5-039c-940e-cf2a5024607a',
    ]) {
      expect(isUuid(text)).toBe(false);
    }
  });
});

describe('time in Prague', () => {
  it.each([
    ['2026-03-31T22:30:00Z', '2026-04-01', '1. 4. 2026 00:30:00'],
    ['2026-03-29T00:59:59Z', '2026-03-29', '29. 3. 2026 01:59:59'],
    ['2026-03-29T01:00:00Z', '2026-03-29', '29. 3. 2026 03:00:00'],
    ['2026-10-25T00:59:59Z', '2026-10-25', '25. 10. 2026 02:59:59'],
    ['2026-10-25T01:00:00Z', '2026-10-25', '25. 10. 2026 02:00:00'],
    ['2026-12-31T23:00:00Z', '2027-01-01', '1. 1. 2027 00:00:00'],
    ['2026-06-30T22:00:00Z', '2026-07-01', '1. 7. 2026 00:00:00'],
  ])('%s is %s', (instant, day, shown) => {
    expect(legalDate(new Date(instant))).toBe(day);
    expect(formatDateTime(new Date(instant))).toBe(shown);
  });

  it('writes days', () => {
    expect(formatDate('2026-04-01')).toBe('1. 4. 2026');
    expect(formatDateGenitive('2026-04-01')).toBe('1. dubna 2026');
    expect(formatDateGenitive('2026-09-30')).toBe('30. září 2026');
    expect(() => formatDate('2026-02-30')).toThrow(RangeError);
  });

  it('knows real days', () => {
    expect(['2024-02-29', '2000-02-29', '2026-12-31'].every(isLegalDate)).toBe(true);
    expect(['2026-02-29', '1900-02-29', '2026-13-01', '2026-1-1', '2026-00-10', ''].some(isLegalDate)).toBe(
      false,
    );
  });

  it('counts days', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    fc.assert(
      fc.property(legalDates, fc.integer({ min: -40_000, max: 40_000 }), (date, days) => {
        const other = addDays(date, days);
        expect(isLegalDate(other)).toBe(true);
        expect(daysBetween(date, other)).toBe(days);
        expect(Math.sign(days)).toBe(other > date ? 1 : other < date ? -1 : 0);
      }),
    );
  });

  it('is never more than one day from the day in UTC, whatever the instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (date) => {
          expect([0, 1]).toContain(daysBetween(date.toISOString().slice(0, 10), legalDate(date)));
        },
      ),
    );
  });
});

describe('money', () => {
  it('is written with spaces that do not break', () => {
    expect(formatCrowns(1530)).toBe(`1${NBSP}530${NBSP}Kč`);
    expect(formatCrowns(0)).toBe(`0${NBSP}Kč`);
    expect(formatCrowns(1_234_567)).toBe(`1${NBSP}234${NBSP}567${NBSP}Kč`);
    expect(formatCrowns(-50)).toBe(`\u221250${NBSP}Kč`);
  });

  it('is whole crowns', () => {
    expect(sumCrowns([30, 50, 1450])).toBe(1530);
    expect([0.5, Number.NaN, '1', Number.POSITIVE_INFINITY].some(isCrowns)).toBe(false);
    expect(() => formatCrowns(0.5)).toThrow(RangeError);
    expect(() => sumCrowns([0.5, 0.5])).toThrow(RangeError);
  });

  it('reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amount) => {
        expect(Number(formatCrowns(amount).replace(/\D/g, ''))).toBe(amount);
      }),
    );
  });
});

describe('partial dates', () => {
  it.each([
    ['1. 4. 1980', { year: 1980, month: 4, day: 1 }],
    ['01.04.1980', { year: 1980, month: 4, day: 1 }],
    ['1/4/1980', { year: 1980, month: 4, day: 1 }],
    [`1.${NBSP}4.${NBSP}1980`, { year: 1980, month: 4, day: 1 }],
    ['04/1980', { year: 1980, month: 4 }],
    ['4. 1980', { year: 1980, month: 4 }],
    ['00.04.1980', { year: 1980, month: 4 }],
    ['1980', { year: 1980 }],
    ['00.00.1975', { year: 1975 }],
    ['1980-04-01', { year: 1980, month: 4, day: 1 }],
    ['1980-04', { year: 1980, month: 4 }],
    ['29.2.2024', { year: 2024, month: 2, day: 29 }],
  ])('%s', (text, value) => {
    expect(parsePartialDate(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['29. 2. 2026', 'partial-date.no-such-day'],
    ['15.00.1975', 'partial-date.no-such-day'],
    ['1. 13. 1980', 'partial-date.no-such-day'],
    ['1. 4. 80', 'partial-date.shape'],
    ['dubna 1980', 'partial-date.shape'],
    ['', 'partial-date.shape'],
    ['1'.repeat(100), 'partial-date.shape'],
  ])('%s: %s', (text, code) => {
    expect(parsePartialDate(text)).toEqual({ ok: false, error: { code } });
  });

  const arbitrary = fc
    .tuple(
      fc.integer({ min: 1000, max: 9999 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 31 }),
    )
    .map(([year, month, day]) => partialDate(year, month, day))
    .filter((result) => result.ok)
    .map((result) => result.value);

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(arbitrary, (date) => {
        expect(parsePartialDate(formatPartialDate(date))).toEqual({ ok: true, value: date });
        const { first, last } = partialDateBounds(date);
        expect(isLegalDate(first) && isLegalDate(last) && first <= last).toBe(true);
        expect(wholeDate(date)).toBe(date.day === undefined ? null : first);
      }),
    );
  });

  it('never throws over what is typed', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parsePartialDate(text).ok === 'boolean'));
  });

  it.each([
    [{ year: 2008, month: 4, day: 1 }, '2026-04-01', { kind: 'exact', years: 18 }],
    [{ year: 2008, month: 4, day: 2 }, '2026-04-01', { kind: 'exact', years: 17 }],
    [{ year: 2008, month: 2, day: 29 }, '2026-02-27', { kind: 'exact', years: 17 }],
    [{ year: 2008, month: 2, day: 29 }, '2026-02-28', { kind: 'exact', years: 18 }],
    [{ year: 2008, month: 2, day: 29 }, '2028-02-28', { kind: 'exact', years: 19 }],
    [{ year: 1975 }, '2026-04-01', { kind: 'range', min: 50, max: 51 }],
    [{ year: 1975 }, '2026-12-31', { kind: 'exact', years: 51 }],
    [{ year: 1975, month: 4 }, '2026-04-15', { kind: 'range', min: 50, max: 51 }],
    [{ year: 1975, month: 5 }, '2026-04-15', { kind: 'exact', years: 50 }],
    [{ year: 2026 }, '2026-04-01', { kind: 'exact', years: 0 }],
    [{ year: 2027 }, '2026-04-01', { kind: 'not-born' }],
  ])('age of %o on %s', (birth, today, age) => {
    expect(ageOn(birth, today)).toEqual(age);
  });

  it('an exact age is never outside of the range of the same date without its day', () => {
    fc.assert(
      fc.property(legalDates, legalDates, (birth, today) => {
        fc.pre(birth <= today);
        const { year, month = 1 } = fromLegalDate(birth);
        const exact = ageOn(fromLegalDate(birth), today);
        if (exact.kind !== 'exact') throw new Error('a whole date has an exact age');
        for (const vague of [ageOn({ year }, today), ageOn({ year, month }, today)]) {
          if (vague.kind === 'exact') expect(vague.years).toBe(exact.years);
          if (vague.kind === 'range') {
            expect(exact.years).toBeGreaterThanOrEqual(vague.min);
            expect(exact.years).toBeLessThanOrEqual(vague.max);
          }
        }
      }),
    );
  });
});

it('knows the calendar', () => {
  expect([1, 2, 4, 13, 0].map((month) => daysInMonth(2026, month))).toEqual([31, 28, 30, 0, 0]);
  expect([isRealDay(2024, 2, 29), isRealDay(2100, 2, 29), isRealDay(2026, 1, 1.5)]).toEqual([
    true,
    false,
    false,
  ]);
});

it('sorts the Czech way', () => {
  const names = [
    'Šíp',
    'Chalupa',
    'Iva',
    'Čapek',
    'Hora',
    'Cibulka',
    'Zeman',
    'Řezáč',
    'Rys',
    'Žák',
    'Sova',
    'Ádam',
  ];
  expect(names.sort(compareCzech)).toEqual([
    ...['Ádam', 'Cibulka', 'Čapek', 'Hora', 'Chalupa', 'Iva', 'Rys', 'Řezáč', 'Sova', 'Šíp', 'Zeman', 'Žák'],
  ]);
});

it('finds without accents and case', () => {
  expect(searchKey('  Nováková   ŘEZÁČOVÁ ')).toBe('novakova rezacova');
});
