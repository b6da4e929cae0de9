import { isHoliday } from './holidays.ts';
import { addDays, daysBetween, type LegalDate } from './time.ts';

/** When an office serves people, and the times it gives to those who book. All times are what the clock in Prague shows. */

/** `HH:MM`; two times of a day compare as texts. */
export type DayTime = string;
export type Slot = { date: LegalDate; time: DayTime };

export type Agenda = {
  id: string;
  title: { cs: string; en: string };
  slotMinutes: number;
  /** People served at once. */
  capacity: number;
};

export type Timetable = {
  agendas: readonly Agenda[];
  /** Monday is 1. */
  hours: readonly { weekday: number; from: DayTime; to: DayTime }[];
  closed: readonly { date: LegalDate }[];
  /** How many days ahead people may book. */
  horizonDays: number;
};

export const minutesOf = (time: DayTime): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

const timeOf = (minutes: number): DayTime =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Monday is 1, Sunday 7. */
export const weekdayOf = (date: LegalDate): number => {
  // 1970-01-05 was a Monday.
  const since = daysBetween('1970-01-05', date) % 7;
  return (since < 0 ? since + 7 : since) + 1;
};

/** Opening hours of a day; none on holidays and on days the office is closed. */
export const hoursOn = ({ hours, closed }: Timetable, date: LegalDate): { from: DayTime; to: DayTime }[] =>
  isHoliday(date) || closed.some((one) => one.date === date)
    ? []
    : hours
        .filter(({ weekday }) => weekday === weekdayOf(date))
        .map(({ from, to }) => ({ from, to }))
        .sort((a, b) => (a.from < b.from ? -1 : 1));

/** Times of a day at which somebody can begin to be served, each ended before the office closes. */
export function slotTimes(timetable: Timetable, agenda: Agenda, date: LegalDate): DayTime[] {
  return hoursOn(timetable, date).flatMap(({ from, to }) => {
    const count = Math.max(0, Math.floor((minutesOf(to) - minutesOf(from)) / agenda.slotMinutes));
    return Array.from({ length: count }, (_, index) => timeOf(minutesOf(from) + index * agenda.slotMinutes));
  });
}

/** Days on which one may book from a day on: that day, and as many as the office looks ahead. */
export const bookableDays = (timetable: Timetable, today: LegalDate): LegalDate[] =>
  Array.from({ length: timetable.horizonDays + 1 }, (_, days) => addDays(today, days)).filter(
    (date) => hoursOn(timetable, date).length > 0,
  );

/** Whether the office offers such a time, and it has not begun. */
export const isOffered = (timetable: Timetable, agenda: Agenda, slot: Slot, now: Slot): boolean =>
  daysBetween(now.date, slot.date) <= timetable.horizonDays &&
  (slot.date > now.date || (slot.date === now.date && slot.time > now.time)) &&
  slotTimes(timetable, agenda, slot.date).includes(slot.time);
