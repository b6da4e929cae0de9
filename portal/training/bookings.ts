import { createHash } from 'node:crypto';
import { legalDate, pragueTime } from '../../electron/values/time.ts';
import type { Schemas } from '../api.ts';
import { findBooking, saveBooking } from '../bookings/table.ts';
import type { Database } from '../database.ts';

/** A prepared booking of the day the training begins, whenever that is: also when the office would be closed. */
export type TrainingBooking = {
  officeId: string;
  agendaId: string;
  /** From the start of the portal, to the next ten minutes. */
  inMinutes: number;
  person: Schemas['BookedPerson'];
};

const TEN_MINUTES_MS = 600_000;

/** Puts the prepared bookings of this day where they are missing. To be called within a transaction. */
export function seedBookings(db: Database, bookings: readonly TrainingBooking[], now: Date): void {
  const today = legalDate(now);
  for (const { officeId, agendaId, inMinutes, person } of bookings) {
    const id = idOf([today, officeId, agendaId, inMinutes]);
    if (findBooking(db, id)) continue;
    const begins = new Date(
      Math.ceil((now.getTime() + inMinutes * 60_000) / TEN_MINUTES_MS) * TEN_MINUTES_MS,
    );
    // Close to midnight the rest of the day is too short for all of them.
    const time = legalDate(begins) === today ? pragueTime(begins) : '23:50';
    saveBooking(db, { id, officeId, agendaId, state: 'booked', day: today, time, person, timesCalled: 0 });
  }
}

/** The same for the same booking of the same day, so that it is put there once. */
function idOf(what: readonly unknown[]): string {
  const same = createHash('sha256').update(JSON.stringify(what)).digest('hex');
  return `${same.slice(0, 8)}-${same.slice(8, 12)}-8${same.slice(13, 16)}-8${same.slice(17, 20)}-${same.slice(20, 32)}`;
}
