import { daysInMonth, isRealDay } from './calendar.ts';
import { type Failure, fail, ok, type Result } from './result.ts';
import type { LegalDate } from './time.ts';

/**
 * A date that may lack its day, or its day and month: documents of foreigners give births like 00.00.1975,
 * the machine-readable zone writes `75<<<<`.
 */
export type PartialDate = { year: number; month?: number; day?: number };

export type PartialDateFailure = Failure<'partial-date.shape' | 'partial-date.no-such-day'>;

/** Builds a partial date; month or day 0 means unknown. A day without a month is none. */
export function partialDate(year: number, month = 0, day = 0): Result<PartialDate, PartialDateFailure> {
  if (!Number.isInteger(year) || year < 1 || year > 9999) return fail('partial-date.no-such-day');
  if (month === 0) return day === 0 ? ok({ year }) : fail('partial-date.no-such-day');
  if (daysInMonth(year, month) === 0) return fail('partial-date.no-such-day');
  if (day === 0) return ok({ year, month });
  return isRealDay(year, month, day) ? ok({ year, month, day }) : fail('partial-date.no-such-day');
}

/**
 * Reads what a clerk types: `1. 4. 1980`, `01.04.1980`, `1/4/1980`, `04/1980`, `4. 1980`, `1980`, `00.00.1975`,
 * and the machine forms `1980-04-01`, `1980-04`. The year always has four digits: two would be a guess.
 */
export function parsePartialDate(text: string): Result<PartialDate, PartialDateFailure> {
  const compact = text.length > 40 ? '' : text.replace(/\s+/gu, '');
  const iso = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(compact);
  if (iso) return partialDate(Number(iso[1]), Number(iso[2]), Number(iso[3] ?? 0));
  const czech = /^(?:(?:(\d{1,2})[./])?(\d{1,2})[./])?(\d{4})$/.exec(compact);
  if (czech) return partialDate(Number(czech[3]), Number(czech[2] ?? 0), Number(czech[1] ?? 0));
  return fail('partial-date.shape');
}

/** `1. 4. 1980`; without a day `04/1980`; without a month `1980`. */
export function formatPartialDate({ year, month, day }: PartialDate): string {
  if (month === undefined) return String(year);
  if (day === undefined) return `${String(month).padStart(2, '0')}/${year}`;
  return `${day}. ${month}. ${year}`;
}

/** The first and the last day the date can mean. */
export function partialDateBounds({ year, month, day }: PartialDate): { first: LegalDate; last: LegalDate } {
  const lastMonth = month ?? 12;
  return {
    first: iso(year, month ?? 1, day ?? 1),
    last: iso(year, lastMonth, day ?? daysInMonth(year, lastMonth)),
  };
}

/** The legal date when the day is known, else null. */
export const samePartialDate = (a: PartialDate, b: PartialDate): boolean =>
  a.year === b.year && a.month === b.month && a.day === b.day;

export const wholeDate = (date: PartialDate): LegalDate | null =>
  date.day === undefined ? null : partialDateBounds(date).first;

/** A legal date as a partial date with nothing missing. */
export const fromLegalDate = (date: LegalDate): PartialDate => ({
  year: Number(date.slice(0, 4)),
  month: Number(date.slice(5, 7)),
  day: Number(date.slice(8)),
});

const iso = (year: number, month: number, day: number): LegalDate =>
  [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');

/** Whole years of age: known, within a range (the date of birth lacks a day or month), or not born yet. */
export type Age =
  | { kind: 'exact'; years: number }
  | { kind: 'range'; min: number; max: number }
  | { kind: 'not-born' };

/**
 * Age on a legal date. A year of age is complete at the start of the birthday; who was born on 29 February
 * completes it in other years on 28 February (civil code, act 89/2012 Sb., § 605(2)).
 */
export function ageOn(birth: PartialDate, today: LegalDate): Age {
  const { first, last } = partialDateBounds(birth);
  if (first > today) return { kind: 'not-born' };
  const max = yearsSince(first, today);
  const min = last > today ? 0 : yearsSince(last, today);
  return min === max ? { kind: 'exact', years: min } : { kind: 'range', min, max };
}

function yearsSince(birth: LegalDate, today: LegalDate): number {
  const years = Number(today.slice(0, 4)) - Number(birth.slice(0, 4));
  const year = Number(today.slice(0, 4));
  const { month = 1, day = 1 } = fromLegalDate(birth);
  const birthday = iso(year, month, Math.min(day, daysInMonth(year, month)));
  return today >= birthday ? years : years - 1;
}
