import { type Booking, type BookingState, bookingStates, holdsSlot } from '../../electron/values/booking.ts';
import type { Slot } from '../../electron/values/timetable.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

export type BookingRow = {
  id: string;
  office_id: string;
  agenda_id: string;
  state: BookingState;
  day: string;
  time: string | null;
  person: string | null;
  priority: string | null;
  arrived_at: number | null;
  called_at: number | null;
  called_by: string | null;
  counter_id: string | null;
  times_called: number;
  revision: number;
};

// Written by a step as the description says.
const personOf = (text: string): Schemas['BookedPerson'] => JSON.parse(text);
const instant = (ms: number): string => new Date(ms).toISOString();

export const bookingOf = (row: BookingRow): Schemas['Booking'] => ({
  id: row.id,
  officeId: row.office_id,
  agendaId: row.agenda_id,
  state: row.state,
  day: row.day,
  ...(row.time !== null && { time: row.time }),
  ...(row.person !== null && { person: personOf(row.person) }),
  ...(row.priority !== null && { priority: row.priority }),
  ...(row.arrived_at !== null && { arrivedAt: instant(row.arrived_at) }),
  ...(row.called_at !== null && { calledAt: instant(row.called_at) }),
  ...(row.called_by !== null && { calledBy: row.called_by }),
  ...(row.counter_id !== null && { counterId: row.counter_id }),
  timesCalled: row.times_called,
  revision: row.revision,
});

export function findBooking(db: Database, id: string): Schemas['Booking'] | null {
  const row = statement<[string], BookingRow>(db, 'SELECT * FROM bookings WHERE id = ?').get(id);
  return row ? bookingOf(row) : null;
}

const HOLDING = JSON.stringify(bookingStates.filter(holdsSlot));

/** How many hold a time of an agenda, besides this booking. */
export const holdersOf = (
  db: Database,
  of: { officeId: string; agendaId: string; slot: Slot; besides: string },
): number =>
  statement<[string, string, string, string, string, string], { n: number }>(
    db,
    `SELECT count(*) AS n FROM bookings WHERE office_id = ? AND agenda_id = ? AND day = ? AND time = ? AND id <> ?
     AND state IN (SELECT value FROM json_each(?))`,
  ).get(of.officeId, of.agendaId, of.slot.date, of.slot.time, of.besides, HOLDING)?.n ?? 0;

export const newestRevision = (db: Database): number =>
  statement<[], { last: number | null }>(db, 'SELECT max(revision) AS last FROM bookings').get()?.last ?? 0;

const ms = (instant: string | undefined): number | null =>
  instant === undefined ? null : Date.parse(instant);

/** Writes it as it is now, under the next revision. */
export function saveBooking(db: Database, booking: Booking): void {
  statement(
    db,
    `INSERT INTO bookings (id, office_id, agenda_id, state, day, time, person, priority, arrived_at, called_at, called_by,
       counter_id, times_called, revision)
     VALUES (:id, :office, :agenda, :state, :day, :time, :person, :priority, :arrived, :called, :by, :counter, :times, :revision)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, day = excluded.day, time = excluded.time,
       priority = excluded.priority, arrived_at = excluded.arrived_at, called_at = excluded.called_at,
       called_by = excluded.called_by, counter_id = excluded.counter_id, times_called = excluded.times_called,
       revision = excluded.revision`,
  ).run({
    id: booking.id,
    office: booking.officeId,
    agenda: booking.agendaId,
    state: booking.state,
    day: booking.day,
    time: booking.time ?? null,
    person: booking.person ? JSON.stringify(booking.person) : null,
    priority: booking.priority ?? null,
    arrived: ms(booking.arrivedAt),
    called: ms(booking.calledAt),
    by: booking.calledBy ?? null,
    counter: booking.counterId ?? null,
    times: booking.timesCalled,
    revision: newestRevision(db) + 1,
  });
}
