import { z } from 'zod';
import { bookingStates } from '../values/booking.ts';
import { define } from './call.ts';
import { purpose } from './looks.ts';
import { printView } from './outputs.ts';
import { id, instant, localDate, nothing, personName, shortText, text } from './shared.ts';

/** Bookings of people at this office, and its waiting line; both at the desk also without a line to the portal. */

const dayTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const slot = z.strictObject({ date: localDate, time: dayTime });
const code = z.string().min(1).max(63);

export const bookingView = z.strictObject({
  id,
  /** What stands on the ticket and is called. */
  number: z.string(),
  agenda: text,
  state: z.enum(bookingStates),
  day: localDate,
  /** Null for whoever came without a booking. */
  time: z.string().nullable(),
  priority: text.nullable(),
  arrivedAt: instant.nullable(),
  calledAt: instant.nullable(),
  counter: z.string().nullable(),
  timesCalled: z.int(),
  /** Called by this desk. */
  isHere: z.boolean(),
  /** The counter of this desk serves it. */
  isServedHere: z.boolean(),
  /** Done without the portal, which may still say otherwise. */
  isPending: z.boolean(),
  visitId: id.nullable(),
});
export type BookingView = z.output<typeof bookingView>;

/** With the person: only of who stands here, and of who was looked for with a purpose. */
const bookedPerson = z.strictObject({ name: z.string(), birthDate: localDate.nullable() });
export const namedBooking = bookingView.extend({
  person: bookedPerson.nullable(),
  office: z.string(),
  isOfThisOffice: z.boolean(),
});
export type NamedBooking = z.output<typeof namedBooking>;

const choice = z.strictObject({ code, label: text });

export const waitingRoom = z.strictObject({
  /** When the portal last told how it is; null when never. */
  asOf: instant.nullable(),
  /** Those who wait, in the order in which they are called. */
  line: z.array(bookingView),
  /** Who of the line this desk calls next. */
  nextId: id.nullable(),
  called: z.array(namedBooking),
  /** Booked for today and not here yet, by their times. */
  expected: z.array(bookingView),
  /** Booked without a line at a time that was full: another one is to be offered. */
  lost: z.array(namedBooking),
  agendas: z.array(z.strictObject({ id: code, title: text, isServedHere: z.boolean() })),
  counters: z.array(z.strictObject({ id: code, label: z.string() })),
  counterId: code.nullable(),
  hours: z.array(z.strictObject({ from: dayTime, to: dayTime })),
  priorities: z.array(choice),
  breakReasons: z.array(choice),
  /** The counter is closed for a while. */
  break: z.strictObject({ reason: text, startedAt: instant, until: instant }).nullable(),
  noShowAfterMinutes: z.int(),
});
export type WaitingRoom = z.output<typeof waitingRoom>;

const who = ['clerk', 'supervisor'] as const;
const ofBooking = z.strictObject({ bookingId: id });
/** Made by the window before it asks: the same asked again is the same step, also at the portal. */
const stepId = id;
const printed = z.strictObject({ booking: bookingView, print: printView });
const priority = code.nullable();

export const bookingCalls = {
  'bookings.room': define({ kind: 'query', who, input: nothing, output: waitingRoom }),
  /** Days on which an agenda can be booked, with how many places are left as far as the desk knows. */
  'bookings.days': define({
    kind: 'query',
    who,
    input: z.strictObject({ agendaId: code }),
    output: z.strictObject({
      asOf: instant.nullable(),
      days: z.array(z.strictObject({ date: localDate, free: z.int() })),
    }),
  }),
  'bookings.slots': define({
    kind: 'query',
    who,
    input: z.strictObject({ agendaId: code, date: localDate }),
    output: z.array(z.strictObject({ time: dayTime, free: z.int() })),
  }),
  /** Looks for a person's bookings: at the portal, or among those of this office the desk keeps. */
  'bookings.find': define({
    kind: 'command',
    who,
    input: z.strictObject({
      surname: z.string().trim().min(1).max(100),
      birthDate: localDate.nullable(),
      purpose,
    }),
    output: z.strictObject({
      /** Null when the portal was asked; else when it last told of its bookings. */
      asOf: instant.nullable(),
      isFromDesk: z.boolean(),
      bookings: z.array(namedBooking),
    }),
  }),
  /** Books a time. Without a line it is queued, and the ticket says that the portal has not confirmed it. */
  'bookings.book': define({
    kind: 'command',
    who,
    newAct: true,
    input: z.strictObject({
      stepId,
      agendaId: code,
      slot,
      person: z.strictObject({
        name: personName,
        birthDate: localDate.exactOptional(),
        accountId: id.exactOptional(),
      }),
    }),
    output: printed,
  }),
  'bookings.move': define({
    kind: 'command',
    who,
    input: z.strictObject({ stepId, bookingId: id, slot }),
    output: printed,
  }),
  /** Cancels a booking, or takes out of the line who left it. */
  'bookings.cancel': define({
    kind: 'command',
    who,
    input: z.strictObject({ bookingId: id, reason: shortText }),
    output: bookingView,
  }),
  /** Somebody with a booking is here; by the number on the ticket or what its QR code holds. */
  'waiting.arrive': define({
    kind: 'command',
    who,
    input: z.strictObject({ ticket: z.string().trim().min(1).max(80), priority }),
    output: bookingView,
  }),
  /** Somebody without one is here and gets a ticket. */
  'waiting.walk-in': define({
    kind: 'command',
    who,
    input: z.strictObject({ agendaId: code, priority }),
    output: printed,
  }),
  /** Calls whoever stands first among those this counter serves, and opens the visit with them. */
  'waiting.call-next': define({
    kind: 'command',
    who,
    newAct: true,
    input: z.strictObject({ stepId }),
    output: z.strictObject({ booking: bookingView, visitId: id }),
  }),
  'waiting.call-again': define({ kind: 'command', who, input: ofBooking, output: bookingView }),
  /** Puts who was called back into the line, where they stood. */
  'waiting.return': define({ kind: 'command', who, input: ofBooking, output: bookingView }),
  /** Who was called did not come, or who had booked did not, for as long as the rules say. */
  'waiting.miss': define({ kind: 'command', who, input: ofBooking, output: bookingView }),
  /** At which of the office's counters this desk stands. */
  'waiting.choose-counter': define({
    kind: 'command',
    who,
    input: z.strictObject({ counterId: code }),
    output: nothing,
  }),
  'waiting.start-break': define({
    kind: 'command',
    who,
    input: z.strictObject({ reason: code, minutes: z.int().min(1).max(240) }),
    output: nothing,
  }),
  'waiting.end-break': define({ kind: 'command', who, input: nothing, output: nothing }),
};
