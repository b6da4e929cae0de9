import type { Booking } from '../../values/booking.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { weekdayOf } from '../../values/timetable.ts';
import { folded } from '../../values/words.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { type BookingReader, toldAt } from './reading.ts';
import { daysOf, frameOf, namedView, roomOf, slotsOf, viewOf } from './room.ts';
import { type Asked, askPortal, carryOut, stepOf } from './steps.ts';
import { findKept, keptFrom, settleTasksOf } from './table.ts';
import { orderTicket } from './ticket.ts';

/** Bookings of people: looked for, made, moved, cancelled. */
export function bookingHandlers(desk: Desk, prints: PrintRunner, reader: BookingReader): Handler[] {
  const { store } = desk;

  return [
    query('bookings.room', ({ now }) => {
      reader.lookedAt();
      return store.read((tx) => ok(roomOf(desk, tx, now)));
    }),

    query('bookings.days', ({ now }, { agendaId }) =>
      store.read((tx) => ok({ asOf: toldAt(tx), days: daysOf(tx, frameOf(desk, tx, now), agendaId) })),
    ),

    query('bookings.slots', ({ now }, { agendaId, date }) =>
      store.read((tx) => ok(slotsOf(tx, frameOf(desk, tx, now), agendaId, date))),
    ),

    preparedCommand(
      'bookings.find',
      async ({ session, now }, { surname, birthDate, purpose }) => {
        const look = store.read((tx) => lookOf(tx, { session, now }, purpose));
        if (desk.sync.line().state !== 'up') return ok<Booking[] | null>(null);
        const found = await desk.sync.findBookings({
          look,
          surname,
          ...(birthDate !== null && { birthDate }),
        });
        if (found.ok) return ok<Booking[] | null>(found.value);
        return found.error.code.startsWith('line.') ? ok<Booking[] | null>(null) : refuse(found.error.code);
      },
      (commanded, { surname, birthDate, purpose }, told) => {
        const { tx, now } = commanded;
        const frame = frameOf(desk, tx, now);
        const isHers = ({ person }: Booking): boolean =>
          person !== undefined &&
          folded(person.name.surname) === folded(surname) &&
          (birthDate === null || person.birthDate === undefined || person.birthDate === birthDate);
        const found = told
          ? told.map((booking) => findKept(tx, booking.id) ?? { booking, isPending: false, visitId: null })
          : keptFrom(tx, legalDate(now)).filter(({ booking }) => isHers(booking));
        recordLook(desk, commanded, {
          kind: 'booking',
          purpose,
          subjects: found.map(({ booking }) => booking.id),
        });
        return ok({
          asOf: toldAt(tx),
          isFromDesk: told === null,
          bookings: found.map((one) => namedView(tx, one, frame)),
        });
      },
    ),

    preparedCommand(
      'bookings.book',
      async ({ session, now }, { stepId, agendaId, slot, person }) => {
        if (person.birthDate === undefined && person.accountId === undefined)
          return refuse('booking.person-missing');
        // Of the booking and of its first step: whoever repeats the question repeats the booking.
        const step = stepOf({ bookingId: stepId, action: 'book', agendaId, slot, person }, { session, now });
        return place(stepId, step, { agendaId, now });
      },
      (commanded, _input, asked) => placed(commanded, asked),
    ),

    preparedCommand(
      'bookings.move',
      async ({ session, now }, { stepId, bookingId, slot }) => {
        const kept = store.read((tx) => findKept(tx, bookingId));
        if (!kept) return refuse('booking.not-found');
        const step = stepOf({ bookingId, action: 'move', slot }, { session, now });
        return place(stepId, step, { agendaId: kept.booking.agendaId, now });
      },
      (commanded, { bookingId }, asked) => {
        settleTasksOf(commanded.tx, bookingId, commanded.now.toISOString());
        commanded.after(() => desk.emit('queue-changed', {}));
        return placed(commanded, asked);
      },
    ),

    command('bookings.cancel', (commanded, { bookingId, reason }) => {
      const { tx, now } = commanded;
      if (!findKept(tx, bookingId)) return refuse('booking.not-found');
      const step = stepOf({ bookingId, action: 'cancel' }, commanded);
      const booking = carryOut(desk, commanded, { id: desk.newId(), step, told: null }, { reason });
      settleTasksOf(tx, bookingId, now.toISOString());
      return ok(viewOf({ booking, isPending: true, visitId: null }, frameOf(desk, tx, now)));
    }),
  ];

  /** Asks for a place: of the portal, and without it by what the desk knows, which may have changed meanwhile. */
  async function place(
    id: string,
    step: Asked['step'],
    of: { agendaId: string; now: Date },
  ): ReturnType<typeof askPortal> {
    const asked = await askPortal(desk, id, step);
    if (!asked.ok) {
      // What the portal knows and the desk did not.
      reader.kick();
      return asked;
    }
    const { slot } = step;
    if (asked.value.told !== null || !slot) return asked;
    return store.read((tx) => {
      const slots = slotsOf(tx, frameOf(desk, tx, of.now), of.agendaId, slot.date);
      const found = slots.find(({ time }) => time === slot.time);
      if (!found) return refuse('booking.not-offered');
      return found.free > 0 ? asked : refuse('booking.slot-taken');
    });
  }

  function placed(
    commanded: Parameters<typeof carryOut<'bookings.book' | 'bookings.move'>>[1],
    asked: Asked,
  ) {
    const { tx, now, after } = commanded;
    const booking = carryOut(desk, commanded, asked);
    const frame = frameOf(desk, tx, now);
    const isPending = asked.told === null;
    const print = orderTicket(desk, tx, { booking, isPending, frame, weekday: weekdayOf(booking.day) });
    after(() => prints.kick());
    return ok({ booking: viewOf({ booking, isPending, visitId: null }, frame), print });
  }
}
