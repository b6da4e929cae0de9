import type { Reader, Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { type ToldBooking, booking as toldShape } from '../../sync/answers.ts';
import type { Booking } from '../../values/booking.ts';
import type { LegalDate } from '../../values/time.ts';

/** A booking as the desk has it: as the portal told it, or as the desk went on without it. */
export type Kept = { booking: Booking; isPending: boolean; visitId: string | null };

type Row = { told: string | null; own: string | null; visit_id: string | null };

const shape = toldShape.omit({ revision: true });
const read = (text: string): Booking => shape.parse(JSON.parse(text));
const toKept = ({ told, own, visit_id }: Row): Kept => ({
  booking: read(own ?? told ?? ''),
  isPending: own !== null,
  visitId: visit_id,
});

export const findKept = (tx: Reader, id: string): Kept | null => {
  const row = tx.get<Row>('SELECT told, own, visit_id FROM bookings WHERE id = ?', [id]);
  return row ? toKept(row) : null;
};

export const keptFrom = (tx: Reader, day: LegalDate): Kept[] =>
  tx.all<Row>('SELECT told, own, visit_id FROM bookings WHERE day >= ? ORDER BY id', [day]).map(toKept);

export const keptOfVisit = (tx: Reader, visitId: string): Kept | null => {
  const row = tx.get<Row>('SELECT told, own, visit_id FROM bookings WHERE visit_id = ?', [visitId]);
  return row ? toKept(row) : null;
};

/**
 * As the portal told it, unless it has told of something newer. Where steps of this desk are on their way, it is shown as they
 * leave it.
 */
export const saveTold = (tx: Tx, { revision, ...booking }: ToldBooking): void =>
  void tx.run(
    `INSERT INTO bookings (id, told, revision, own, day) VALUES (:id, :told, :revision, NULL, :day)
     ON CONFLICT (id) DO UPDATE SET told = :told, revision = :revision, day = CASE WHEN own IS NULL THEN :day ELSE day END
     WHERE bookings.revision IS NULL OR bookings.revision <= :revision`,
    { id: booking.id, told: JSON.stringify(booking), revision, day: booking.day },
  );

/** As the portal answered a step of this desk: nothing else of it is on its way. */
export function saveAnswered(tx: Tx, told: ToldBooking): void {
  saveTold(tx, told);
  tx.run(`UPDATE bookings SET own = NULL, day = json_extract(told, '$.day') WHERE id = ?`, [told.id]);
}

/** As a step of this desk leaves it, which the portal has not taken in. */
export const saveOwn = (tx: Tx, booking: Booking): void =>
  void tx.run(
    `INSERT INTO bookings (id, told, own, day) VALUES (?, NULL, ?, ?)
     ON CONFLICT (id) DO UPDATE SET own = excluded.own, day = excluded.day`,
    [booking.id, JSON.stringify(booking), booking.day],
  );

export const setVisit = (tx: Tx, id: string, visitId: string | null): void =>
  void tx.run('UPDATE bookings SET visit_id = ? WHERE id = ?', [visitId, id]);

const onItsWay = `EXISTS (SELECT 1 FROM outbox WHERE visit_id = bookings.id AND state NOT IN ('accepted', 'closed'))`;

export const hasStepsOnTheirWay = (tx: Reader, id: string): boolean =>
  tx.get(`SELECT 1 AS one FROM outbox WHERE visit_id = ? AND state NOT IN ('accepted', 'closed') LIMIT 1`, [
    id,
  ]) !== undefined;

/** Those shown as steps of this desk left them, with no step on its way any more. */
export const settledOwn = (tx: Reader): string[] =>
  tx
    .all<{ id: string }>(`SELECT id FROM bookings WHERE own IS NOT NULL AND NOT ${onItsWay}`, [])
    .map(({ id }) => id);

/**
 * The portal has told all it knew since `settled` was read: what this desk thought of those holds no more. A step made meanwhile
 * may not be in what was told, so its booking stays as the step left it.
 */
export function takeToldOver(tx: Tx, settled: readonly string[]): void {
  const those = `own IS NOT NULL AND id IN (SELECT value FROM json_each(?)) AND NOT ${onItsWay}`;
  const ids = [JSON.stringify(settled)];
  tx.run(`DELETE FROM bookings WHERE told IS NULL AND ${those}`, ids);
  tx.run(`UPDATE bookings SET own = NULL, day = json_extract(told, '$.day') WHERE ${those}`, ids);
}

/** What the portal told counts no more: it is read from the beginning. */
export function forgetTold(tx: Tx): void {
  tx.run('DELETE FROM bookings WHERE own IS NULL AND visit_id IS NULL', []);
  tx.run('UPDATE bookings SET revision = NULL', []);
}

/** Lets go of days that are over, and of who had booked in what was sent of them. */
export function forgetDaysBefore(tx: Tx, today: LegalDate): void {
  tx.run(`DELETE FROM bookings WHERE day < ? AND NOT ${onItsWay}`, [today]);
  tx.run(
    `UPDATE outbox SET payload = NULL WHERE kind = 'booking' AND state IN ('accepted', 'closed') AND task IS NULL
       AND payload IS NOT NULL AND visit_id NOT IN (SELECT id FROM bookings)`,
    [],
  );
}

/** Tasks about a booking that a step of a person has dealt with. */
export function settleTasksOf(tx: Tx, id: string, at: string): void {
  const tasks = tx.all<{ id: string }>(
    `SELECT id FROM outbox WHERE visit_id = ? AND task = 'effect.slot-taken'`,
    [id],
  );
  for (const task of tasks) outbox.settleTask(tx, task.id, at);
}

export type Break = { id: string; reason: string; startedAt: string; plannedUntil: string };

export const openBreak = (tx: Reader): Break | null => {
  const row = tx.get<{ id: string; reason: string; started_at: string; planned_until: string }>(
    'SELECT id, reason, started_at, planned_until FROM counter_breaks WHERE ended_at IS NULL',
    [],
  );
  return row
    ? { id: row.id, reason: row.reason, startedAt: row.started_at, plannedUntil: row.planned_until }
    : null;
};

export const startBreak = (tx: Tx, one: Break & { clerkId: string }): void =>
  void tx.run(
    'INSERT INTO counter_breaks (id, reason, clerk_id, started_at, planned_until) VALUES (?, ?, ?, ?, ?)',
    [one.id, one.reason, one.clerkId, one.startedAt, one.plannedUntil],
  );

export const endBreak = (tx: Tx, id: string, at: string): void =>
  void tx.run('UPDATE counter_breaks SET ended_at = ? WHERE id = ?', [at, id]);
