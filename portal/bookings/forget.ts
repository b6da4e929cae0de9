import { addDays, type LegalDate } from '../../electron/values/time.ts';
import { type Database, statement } from '../database.ts';

/** So long it stays known who had booked; the desks keep it for the day only. */
const PERSON_KEPT_DAYS = 30;

/** Throws away who came, of days that are over. How many did stays. */
export function forgetBookedPersons(db: Database, today: LegalDate): void {
  statement(
    db,
    'UPDATE bookings SET person = NULL, priority = NULL WHERE day < ? AND person IS NOT NULL',
  ).run(addDays(today, -PERSON_KEPT_DAYS));
}
