import { err, ok } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import { folded } from '../../electron/values/words.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction, statement } from '../database.ts';
import { mayLook, recordLooks } from '../looks/looks.ts';
import type { Portal } from '../portal.ts';
import { type BookingRow, bookingOf } from './table.ts';

const MOST = 50;

/** POST /booking-searches */
export function findBookings(portal: Portal): DeskHandler<'findBookings'> {
  const { db, clock } = portal;
  return ({ body: { look, surname, birthDate } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return err(may.error);
      const found = statement<[string], BookingRow>(
        db,
        'SELECT * FROM bookings WHERE day >= ? AND person IS NOT NULL ORDER BY day, time, id',
      )
        .all(legalDate(clock.now()))
        .map(bookingOf)
        .filter(
          ({ person }) =>
            person !== undefined &&
            folded(person.name.surname) === folded(surname) &&
            (birthDate === undefined || person.birthDate === undefined || person.birthDate === birthDate),
        )
        .slice(0, MOST);
      recordLooks(portal, desk, look, { kind: 'booking', subjects: found.map(({ id }) => id) });
      return ok({ status: 200, body: { bookings: found } });
    });
}
