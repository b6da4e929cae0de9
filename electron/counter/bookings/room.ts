import type { BookingView, NamedBooking, WaitingRoom } from '../../contract/bookings.ts';
import type { Text } from '../../contract/shared.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { type Booking, holdsSlot, ticketNumber } from '../../values/booking.ts';
import { displayName } from '../../values/person-name.ts';
import { type LegalDate, legalDate, pragueTime } from '../../values/time.ts';
import { bookableDays, hoursOn, isOffered, type Slot, slotTimes } from '../../values/timetable.ts';
import { inOrder, type Waiting } from '../../values/waiting-order.ts';
import { offices, type TimetableItem, timetableOf, waitingRules } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { Refusal } from '../failure.ts';
import { toldAt } from './reading.ts';
import { mustBeEnrolled } from './steps.ts';
import { type Kept, keptFrom, openBreak } from './table.ts';

const COUNTER = 'counter';

export const chooseCounter = (tx: Tx, counterId: string): void => deskValues.set(tx, COUNTER, counterId);

/** The counter this desk stands at; the first one until somebody has chosen. */
export function counterOf(
  tx: Reader,
  timetable: TimetableItem | undefined,
): TimetableItem['counters'][number] | null {
  const chosen = deskValues.get(tx, COUNTER);
  return timetable?.counters.find(({ id }) => id === chosen) ?? timetable?.counters[0] ?? null;
}

/** What of the office is needed to show or judge its bookings. */
export function frameOf(desk: Desk, tx: Reader, now: Date) {
  const { deskId, officeId } = mustBeEnrolled(desk, tx);
  const timetable = timetableOf(tx, officeId);
  return {
    deskId,
    officeId,
    timetable,
    counter: counterOf(tx, timetable),
    rules: waitingRules(tx),
    today: legalDate(now),
    now,
  };
}
export type Frame = ReturnType<typeof frameOf>;

/** The person in a line as the rules of its order see them. */
const asWaiting = ({ booking }: Kept): Waiting => ({
  id: booking.id,
  arrivedAt: new Date(booking.arrivedAt ?? 0),
  slot: booking.time === undefined ? null : { date: booking.day, time: booking.time },
  priority: booking.priority ?? null,
});

/** Those who wait today, in the order in which they are called. */
export function lineOf(kept: readonly Kept[], { rules, today, now }: Frame): Kept[] {
  const waiting = kept.filter(({ booking }) => booking.state === 'arrived' && booking.day === today);
  return inOrder(
    rules,
    waiting.map((one) => ({ ...asWaiting(one), one })),
    now,
  ).map(({ one }) => one);
}

/** Whoever stands first among those this counter serves. */
export const nextOf = (line: readonly Kept[], { counter }: Frame): Kept | null =>
  line.find(({ booking }) => counter?.agendas.includes(booking.agendaId)) ?? null;

const unknownAgenda = (id: string): Text => ({ cs: id, en: id });

export function viewOf({ booking, isPending, visitId }: Kept, of: Frame): BookingView {
  const agenda = of.timetable?.agendas.find(({ id }) => id === booking.agendaId);
  const priority = of.rules.priorities.find(({ code }) => code === booking.priority);
  return {
    id: booking.id,
    number: ticketNumber(booking.id),
    agenda: agenda?.title ?? unknownAgenda(booking.agendaId),
    state: booking.state,
    day: booking.day,
    time: booking.time ?? null,
    priority: priority?.label ?? null,
    arrivedAt: booking.arrivedAt ?? null,
    calledAt: booking.calledAt ?? null,
    counter:
      of.timetable?.counters.find(({ id }) => id === booking.counterId)?.label ?? booking.counterId ?? null,
    timesCalled: booking.timesCalled,
    isHere: booking.calledBy === of.deskId,
    isServedHere: of.counter?.agendas.includes(booking.agendaId) ?? false,
    isPending,
    visitId,
  };
}

export function namedView(tx: Reader, kept: Kept, of: Frame): NamedBooking {
  const { person, officeId } = kept.booking;
  return {
    ...viewOf(kept, of),
    person: person ? { name: displayName(person.name), birthDate: person.birthDate ?? null } : null,
    office: offices.find(tx, officeId)?.name.cs ?? officeId,
    isOfThisOffice: officeId === of.officeId,
  };
}

const bySlot = (a: Kept, b: Kept): number =>
  `${a.booking.day} ${a.booking.time}` < `${b.booking.day} ${b.booking.time}` ? -1 : 1;

export function roomOf(desk: Desk, tx: Reader, now: Date): WaitingRoom {
  const of = frameOf(desk, tx, now);
  const { timetable, counter, rules, today } = of;
  const kept = keptFrom(tx, today);
  const line = lineOf(kept, of);
  const paused = openBreak(tx);
  const of_ = (...states: Booking['state'][]) => kept.filter(({ booking }) => states.includes(booking.state));
  return {
    asOf: toldAt(tx),
    line: line.map((one) => viewOf(one, of)),
    nextId: nextOf(line, of)?.booking.id ?? null,
    called: of_('called').map((one) => {
      const named = namedView(tx, one, of);
      // Who stands at another counter is nobody's business here.
      return named.isHere ? named : { ...named, person: null };
    }),
    expected: of_('booked', 'moved')
      .filter(({ booking }) => booking.day === today)
      .sort(bySlot)
      .map((one) => viewOf(one, of)),
    lost: of_('lost')
      .sort(bySlot)
      .map((one) => namedView(tx, one, of)),
    agendas: (timetable?.agendas ?? []).map(({ id, title }) => ({
      id,
      title,
      isServedHere: counter?.agendas.includes(id) ?? false,
    })),
    counters: (timetable?.counters ?? []).map(({ id, label }) => ({ id, label })),
    counterId: counter?.id ?? null,
    hours: timetable ? hoursOn(timetable, today) : [],
    priorities: rules.priorities.map(({ code, label }) => ({ code, label })),
    breakReasons: rules.breakReasons,
    break: paused && {
      reason:
        rules.breakReasons.find(({ code }) => code === paused.reason)?.label ?? unknownAgenda(paused.reason),
      startedAt: paused.startedAt,
      until: paused.plannedUntil,
    },
    noShowAfterMinutes: rules.noShowAfterMinutes,
  };
}

function mustOffer(of: Frame, agendaId: string) {
  const agenda = of.timetable?.agendas.find(({ id }) => id === agendaId);
  if (!of.timetable || !agenda) throw new Refusal('booking.not-offered');
  return { timetable: of.timetable, agenda };
}

/** How many places are left at each time of a day, as far as the desk knows. */
export function slotsOf(
  tx: Reader,
  of: Frame,
  agendaId: string,
  date: LegalDate,
): { time: string; free: number }[] {
  const { timetable, agenda } = mustOffer(of, agendaId);
  const held = keptFrom(tx, date).filter(
    ({ booking }) => booking.day === date && booking.agendaId === agendaId && holdsSlot(booking.state),
  );
  const present: Slot = { date: of.today, time: pragueTime(of.now) };
  return slotTimes(timetable, agenda, date)
    .filter((time) => isOffered(timetable, agenda, { date, time }, present))
    .map((time) => ({
      time,
      free: Math.max(0, agenda.capacity - held.filter(({ booking }) => booking.time === time).length),
    }));
}

export const daysOf = (tx: Reader, of: Frame, agendaId: string): { date: LegalDate; free: number }[] =>
  bookableDays(mustOffer(of, agendaId).timetable, of.today)
    .map((date) => ({
      date,
      free: slotsOf(tx, of, agendaId, date).reduce((sum, { free }) => sum + free, 0),
    }))
    // Of today there is perhaps nothing left.
    .filter(({ date, free }) => date !== of.today || free > 0);
