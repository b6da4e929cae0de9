import { isRealDay } from './calendar.ts';

/**
 * A day of Czech law as `YYYY-MM-DD`: what the calendar on the wall says in Europe/Prague. Two legal dates
 * compare as texts.
 */
export type LegalDate = string;

const ZONE = 'Europe/Prague';
const MONTHS_GENITIVE = [
  'ledna',
  'února',
  'března',
  'dubna',
  'května',
  'června',
  'července',
  'srpna',
  'září',
  'října',
  'listopadu',
  'prosince',
];

const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function inPrague(instant: Date): (part: Intl.DateTimeFormatPartTypes) => string {
  const parts = wallClock.formatToParts(instant);
  return (part) => parts.find(({ type }) => type === part)?.value ?? '';
}

/** The legal day of an instant: 23:30 UTC is already the next day in Czechia. */
export function legalDate(instant: Date): LegalDate {
  const part = inPrague(instant);
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** Whether the text is `YYYY-MM-DD` and such a day exists. */
export function isLegalDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match !== null && isRealDay(Number(match[1]), Number(match[2]), Number(match[3]));
}

function partsOf(date: LegalDate): { year: number; month: number; day: number } {
  if (!isLegalDate(date)) throw new RangeError('A legal date is a real day written YYYY-MM-DD.');
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8)) };
}

/** `2026-04-01` → `1. 4. 2026` (plain spaces; `nonBreaking` ties them where the text may wrap). */
export function formatDate(date: LegalDate): string {
  const { year, month, day } = partsOf(date);
  return `${day}. ${month}. ${year}`;
}

/** `2026-04-01` → `1. dubna 2026`. */
export function formatDateGenitive(date: LegalDate): string {
  const { year, month, day } = partsOf(date);
  return `${day}. ${MONTHS_GENITIVE[month - 1]} ${year}`;
}

/** An instant as the clock in Prague showed it: `1. 4. 2026 14:05:09`. */
export function formatDateTime(instant: Date): string {
  const part = inPrague(instant);
  return `${formatDate(legalDate(instant))} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** What the clock in Prague shows at an instant: `14:05`. */
export function pragueTime(instant: Date): string {
  const part = inPrague(instant);
  return `${part('hour')}:${part('minute')}`;
}

const epochDay = (date: LegalDate): number => {
  const { year, month, day } = partsOf(date);
  // setUTCFullYear, because Date.UTC reads the years 0–99 as 1900–1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000;
};

/** Days from one legal date to another; negative when `to` is earlier. */
export const daysBetween = (from: LegalDate, to: LegalDate): number => epochDay(to) - epochDay(from);

/** The legal date so many days later (earlier when negative). */
export const addDays = (date: LegalDate, days: number): LegalDate =>
  new Date((epochDay(date) + days) * 86_400_000).toISOString().slice(0, 10);
