import { err, ok } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { DeskHandler } from '../api.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { instanceOf, inTransaction, statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { type BookingRow, bookingOf, newestRevision } from './table.ts';

/** GET /bookings */
export function readBookings({ db, clock }: Portal): DeskHandler<'readBookings'> {
  return ({ query: { cursor, limit = 200 } }, desk) =>
    inTransaction(db, () => {
      const list = `bookings:${desk.officeId}`;
      const instance = instanceOf(db);
      const newest = newestRevision(db);
      const after = cursor === undefined ? 0 : readCursor(cursor, list, instance, newest);
      if (after === null) return err({ code: 'bookings.cursor-unknown' });
      const rows = statement<[string, number, string, number], BookingRow>(
        db,
        'SELECT * FROM bookings WHERE office_id = ? AND revision > ? AND day >= ? ORDER BY revision LIMIT ?',
      ).all(desk.officeId, after, legalDate(clock.now()), limit);
      const isWhole = rows.length < limit;
      const last = isWhole ? newest : (rows.at(-1)?.revision ?? after);
      return ok({
        status: 200,
        body: { bookings: rows.map(bookingOf), cursor: writeCursor(list, instance, last), more: !isWhole },
      });
    });
}
