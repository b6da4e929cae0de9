import type { PersonName } from './person-name.ts';
import { type LegalDate, legalDate } from './time.ts';
import type { DayTime, Slot } from './timetable.ts';

/**
 * The life of somebody's time at an office: booked or come without one, arrived, called, served. Pure; the desk and the portal
 * move by this one table.
 */

export const bookingStates = [
  'booked',
  'moved',
  'lost',
  'cancelled',
  'arrived',
  'called',
  'served',
  'no-show',
] as const;
/** `moved` is booked at another time than first; `lost` was booked without a line when its time was already taken. */
export type BookingState = (typeof bookingStates)[number];

export const bookingActions = [
  'book',
  'move',
  'cancel',
  'arrive',
  'walk-in',
  'call',
  'return',
  'miss',
  'serve',
] as const;
export type BookingAction = (typeof bookingActions)[number];

type Moves = Partial<Record<BookingAction, BookingState>>;

/** What an action makes of a state. What does not stand here cannot be done there. */
const transitions: Readonly<Record<BookingState | 'none', Moves>> = {
  none: { book: 'booked', 'walk-in': 'arrived' },
  booked: { move: 'moved', cancel: 'cancelled', arrive: 'arrived', miss: 'no-show' },
  moved: { move: 'moved', cancel: 'cancelled', arrive: 'arrived', miss: 'no-show' },
  lost: { move: 'moved', cancel: 'cancelled' },
  // Whoever leaves the line without having been called.
  arrived: { call: 'called', cancel: 'cancelled' },
  called: { call: 'called', return: 'arrived', miss: 'no-show', serve: 'served' },
  // Come late after all, or wants another time.
  'no-show': { arrive: 'arrived', move: 'moved' },
  served: {},
  cancelled: {},
};

/** The state after an action; null when it cannot be done. `from` is null before there is anything. */
export const nextBookingState = (from: BookingState | null, action: BookingAction): BookingState | null =>
  transitions[from ?? 'none'][action] ?? null;

/** Whether nobody else can have the time. */
export const holdsSlot = (state: BookingState): boolean =>
  state !== 'cancelled' && state !== 'no-show' && state !== 'lost';

export type Booking = {
  id: string;
  officeId: string;
  agendaId: string;
  state: BookingState;
  /** Of the booked time; of those without one the day they came. */
  day: LegalDate;
  time?: DayTime;
  person?: BookedPerson;
  priority?: string;
  arrivedAt?: string;
  calledAt?: string;
  /** The desk that called. */
  calledBy?: string;
  counterId?: string;
  timesCalled: number;
};

/** With a date of birth or an account, so that two of one name are told apart. */
export type BookedPerson = { name: PersonName; birthDate?: LegalDate; accountId?: string };

export type BookingStep = {
  bookingId: string;
  action: BookingAction;
  at: string;
  agendaId?: string;
  slot?: Slot;
  person?: BookedPerson;
  priority?: string;
  counterId?: string;
};

/** Whether a step lacks what it cannot be done without. */
export function lacksSomething({ action, agendaId, slot, person, counterId }: BookingStep): boolean {
  switch (action) {
    case 'book':
      return (
        agendaId === undefined ||
        slot === undefined ||
        (person?.birthDate === undefined && person?.accountId === undefined)
      );
    case 'move':
      return slot === undefined;
    case 'walk-in':
      return agendaId === undefined;
    case 'call':
      return counterId === undefined;
    case 'cancel':
    case 'arrive':
    case 'return':
    case 'miss':
    case 'serve':
      return false;
  }
}

/** The booking as a step leaves it; null when the step cannot be done. Whether its time is free is not judged here. */
export function afterStep(
  before: Booking | null,
  step: BookingStep,
  by: { officeId: string; deskId: string },
): Booking | null {
  const state = nextBookingState(before?.state ?? null, step.action);
  if (state === null || lacksSomething(step)) return null;
  const booking: Booking = {
    ...(before ?? {
      id: step.bookingId,
      officeId: by.officeId,
      agendaId: step.agendaId ?? '',
      day: legalDate(new Date(step.at)),
      timesCalled: 0,
    }),
    state,
  };
  const priority = step.priority === undefined ? {} : { priority: step.priority };
  switch (step.action) {
    case 'book':
      return { ...booking, ...placeOf(step.slot), ...(step.person && { person: step.person }) };
    case 'move':
      return { ...withoutCall(booking), ...placeOf(step.slot) };
    case 'walk-in':
    case 'arrive':
      return { ...withoutCall(booking), ...priority, arrivedAt: step.at };
    case 'call':
      return {
        ...booking,
        calledAt: before?.state === 'called' ? (before.calledAt ?? step.at) : step.at,
        calledBy: by.deskId,
        ...(step.counterId !== undefined && { counterId: step.counterId }),
        timesCalled: booking.timesCalled + 1,
      };
    case 'return':
      return withoutCall(booking);
    case 'cancel':
    case 'miss':
    case 'serve':
      return booking;
  }
}

const placeOf = (slot: Slot | undefined) => (slot === undefined ? {} : { day: slot.date, time: slot.time });

function withoutCall({ calledAt: _at, calledBy: _by, counterId: _counter, ...booking }: Booking): Booking {
  return booking;
}

/** What is done with somebody who was called, by the desk that called. */
export const isOfCalled = (action: BookingAction): boolean =>
  action === 'return' || action === 'miss' || action === 'serve';

/** Letters and digits nobody mistakes for each other, read aloud or printed badly. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const LENGTH = 5;

/**
 * The number on a ticket (číslo lístku), made of the booking's id: a desk without a line has to give one that no other gives. Two of
 * thousands may be alike; the day and the time tell them apart.
 */
export function ticketNumber(bookingId: string): string {
  let left = Number.parseInt(bookingId.slice(-8), 16);
  let number = '';
  for (let at = 0; at < LENGTH; at += 1) {
    number += ALPHABET.charAt(left % ALPHABET.length);
    left = Math.floor(left / ALPHABET.length);
  }
  return number;
}
