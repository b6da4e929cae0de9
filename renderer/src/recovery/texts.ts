import { m } from '../i18n/generated/messages.js';

const DAY_MS = 24 * 3_600_000;
const number = (value: number): string => value.toLocaleString('cs-CZ');

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, Math.round(bytes / 1000)))}\u00a0kB`;
  return `${number(Math.round(bytes / 100_000) / 10)}\u00a0MB`;
}

/** How old a backup is: hours in the first two days, then days. */
export function ageText(at: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(at));
  return ms < 2 * DAY_MS ? `${Math.floor(ms / 3_600_000)}\u00a0h` : `${Math.floor(ms / DAY_MS)}\u00a0d`;
}

/** A series of numbers as it stands on the paper. */
export function seriesText(series: string, year: number): string {
  if (series === 'receipt') return m.recovery_series_receipt({ year });
  if (series === 'vidimace') return m.recovery_series_vidimace({ year });
  return year === 0 ? series : `${series} ${year}`;
}
