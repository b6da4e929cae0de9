import { addDays, type LegalDate } from './time.ts';

/** Days of rest beside weekends (zákon 245/2000 Sb., § 1 a 2), without the two of Easter. */
const FIXED = [
  ...['01-01', '05-01', '05-08', '07-05', '07-06', '09-28', '10-28', '11-17'],
  ...['12-24', '12-25', '12-26'],
];

/** Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876). */
export function easterSunday(year: number): LegalDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const l = (32 + 2 * (b % 4) + 2 * i - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
    '-',
  );
}

/** Good Friday is a holiday since 2016. */
const GOOD_FRIDAY_SINCE = 2016;

export function isHoliday(date: LegalDate): boolean {
  if (FIXED.includes(date.slice(5))) return true;
  const year = Number(date.slice(0, 4));
  const sunday = easterSunday(year);
  return date === addDays(sunday, 1) || (year >= GOOD_FRIDAY_SINCE && date === addDays(sunday, -2));
}

export function isWorkingDay(date: LegalDate): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !isHoliday(date);
}

/** The day itself when it is a working one, else the next that is. */
export function nextWorkingDay(date: LegalDate): LegalDate {
  let day = date;
  while (!isWorkingDay(day)) day = addDays(day, 1);
  return day;
}
