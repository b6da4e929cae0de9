import { formatDate, formatDateTime, legalDate } from '../../../electron/values/time.ts';

const nonBreaking = (text: string): string => text.replace(/ /g, '\u00a0');

/** `2026-04-01` → `1. 4. 2026`, tied together. */
export const day = (localDate: string): string => nonBreaking(formatDate(localDate));

/** `2026-04-01T22:30:00Z` → `2. 4. 2026`, the day it is then in Prague. */
export const dayOf = (instant: string): string => day(legalDate(new Date(instant)));

/** `2026-04-01T12:05:09Z` → `1. 4. 2026 14:05`, the wall clock in Prague. */
export const dayAndTime = (instant: string): string =>
  nonBreaking(formatDateTime(new Date(instant)).replace(/:\d\d$/, ''));

/** `2026-04-01T12:05:09Z` → `1. 4. 2026 14:05:09`. */
export const dayAndSeconds = (instant: string): string => nonBreaking(formatDateTime(new Date(instant)));

/** The time alone when it is today, else with its day. */
export function timeOfDay(instant: string, now: Date = new Date()): string {
  const at = new Date(instant);
  const full = dayAndTime(instant);
  return legalDate(at) === legalDate(now) ? full.slice(full.lastIndexOf('\u00a0') + 1) : full;
}

/** Reads a day the way Czech people type it: `1.4.2026`, `1. 4. 2026`, `01042026`, `1/4/2026` or `2026-04-01`. */
export function readDay(typed: string): string | null {
  const text = typed.trim().replace(/\s+/g, '');
  const found =
    /^(?<d>\d{1,2})[./-](?<m>\d{1,2})[./-](?<y>\d{4})$/.exec(text) ??
    /^(?<d>\d{2})(?<m>\d{2})(?<y>\d{4})$/.exec(text) ??
    /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})$/.exec(text);
  if (found?.groups === undefined) return null;
  const { y = '', m = '', d = '' } = found.groups;
  const iso = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const at = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== iso ? null : iso;
}
