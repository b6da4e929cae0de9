import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isHoliday } from './holidays.ts';
import { addDays } from './time.ts';
import {
  type Agenda,
  bookableDays,
  isOffered,
  minutesOf,
  slotTimes,
  type Timetable,
  weekdayOf,
} from './timetable.ts';

const agenda: Agenda = {
  id: 'registry',
  title: { cs: 'Matrika', en: 'Registry' },
  slotMinutes: 20,
  capacity: 1,
};
const timetable: Timetable = {
  agendas: [agenda],
  hours: [
    { weekday: 1, from: '13:00', to: '14:10' },
    { weekday: 1, from: '08:00', to: '09:00' },
    { weekday: 3, from: '08:00', to: '08:15' },
  ],
  closed: [{ date: '2026-04-13' }],
  horizonDays: 20,
};

it('counts weekdays from Monday', () => {
  expect(['2026-11-23', '2026-11-29', '1969-12-29'].map(weekdayOf)).toEqual([1, 7, 1]);
});

it('makes times out of opening hours, each ended before the office closes', () => {
  expect(slotTimes(timetable, agenda, '2026-04-20')).toEqual([
    '08:00',
    '08:20',
    '08:40',
    '13:00',
    '13:20',
    '13:40',
  ]);
  expect(slotTimes(timetable, agenda, '2026-04-22'), 'too short').toEqual([]);
});

it('gives no times on holidays and on days the office is closed', () => {
  expect(slotTimes(timetable, agenda, '2026-04-06'), 'Easter Monday').toEqual([]);
  expect(slotTimes(timetable, agenda, '2026-04-13'), 'closed').toEqual([]);
  expect(bookableDays(timetable, '2026-04-01')).toEqual([
    '2026-04-01',
    '2026-04-08',
    '2026-04-15',
    '2026-04-20',
  ]);
});

it('offers what has not begun and is not too far away', () => {
  const now = { date: '2026-04-20', time: '08:20' };
  const offered = (date: string, time: string) => isOffered(timetable, agenda, { date, time }, now);
  expect([
    offered('2026-04-20', '08:20'),
    offered('2026-04-20', '08:40'),
    offered('2026-04-20', '08:41'),
  ]).toEqual([false, true, false]);
  expect([
    offered('2026-05-04', '08:00'),
    offered('2026-05-11', '08:00'),
    offered('2026-04-13', '08:00'),
  ]).toEqual([true, false, false]);
});

it('whatever the hours: times lie within them, do not overlap and are none on a holiday', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 5, max: 120 }),
      fc.integer({ min: 0, max: 600 }),
      fc.integer({ min: 0, max: 600 }),
      (days, slotMinutes, opens, length) => {
        const at = (minutes: number) =>
          `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
        const date = addDays('2024-01-01', days);
        const open = { weekday: weekdayOf(date), from: at(opens), to: at(opens + length) };
        const times = slotTimes(
          { ...timetable, hours: [open], closed: [] },
          { ...agenda, slotMinutes },
          date,
        );
        if (isHoliday(date)) expect(times).toEqual([]);
        times.forEach((time, index) => {
          expect(minutesOf(time)).toBe(opens + index * slotMinutes);
          expect(minutesOf(time) + slotMinutes).toBeLessThanOrEqual(opens + length);
        });
      },
    ),
  ));
