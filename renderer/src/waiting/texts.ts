import { weekdayOf } from '../../../electron/values/timetable.ts';
import { day } from '../i18n/format.ts';
import { language } from '../i18n/language.svelte.ts';

const WEEKDAYS = {
  cs: ['po', 'út', 'st', 'čt', 'pá', 'so', 'ne'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
} as const;

/** `st 8. 4. 2026` */
export const dayWithWeekday = (date: string): string =>
  `${WEEKDAYS[language.current][weekdayOf(date) - 1] ?? ''} ${day(date)}`;
