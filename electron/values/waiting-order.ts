import { type LegalDate, legalDate, pragueTime } from './time.ts';
import { minutesOf, type Slot } from './timetable.ts';

/**
 * The order in which people of one line are called. Everybody is taken as come so many minutes earlier as the rules give them;
 * whoever came first is called first. So waiting raises everybody alike, and nobody is overtaken by those who came later than
 * the most the rules give.
 */

export type WaitingRules = {
  /** How long before and after the booked time a booking counts. */
  bookedFromMinutes: number;
  bookedUntilMinutes: number;
  bookedAheadMinutes: number;
  priorities: readonly { code: string; aheadMinutes: number }[];
};

export type Waiting = {
  id: string;
  arrivedAt: Date;
  /** Null for whoever came without one. */
  slot: Slot | null;
  priority: string | null;
};

/** Whether the booked time counts now. */
export function isWithinWindow(rules: WaitingRules, slot: Slot, now: Date): boolean {
  const today: LegalDate = legalDate(now);
  const late = minutesOf(pragueTime(now)) - minutesOf(slot.time);
  return slot.date === today && late >= -rules.bookedFromMinutes && late <= rules.bookedUntilMinutes;
}

export function aheadMinutes(rules: WaitingRules, one: Waiting, now: Date): number {
  const booked = one.slot !== null && isWithinWindow(rules, one.slot, now) ? rules.bookedAheadMinutes : 0;
  return booked + (rules.priorities.find(({ code }) => code === one.priority)?.aheadMinutes ?? 0);
}

/** Who is called next stands first. */
export function inOrder<W extends Waiting>(rules: WaitingRules, line: readonly W[], now: Date): W[] {
  const rank = (one: W): number => one.arrivedAt.getTime() - aheadMinutes(rules, one, now) * 60_000;
  return [...line].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      a.arrivedAt.getTime() - b.arrivedAt.getTime() ||
      (a.id < b.id ? -1 : Number(a.id > b.id)),
  );
}
