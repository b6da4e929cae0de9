import type { Portal } from '../portal.ts';

export type DeskExceptionKind = 'log-forked' | 'checkpoint-refused' | 'key-refused' | 'epoch-refused';

/** What somebody at the portal has to look at. */
export type DeskException = {
  id: number;
  deskId: string;
  deskName: string;
  kind: DeskExceptionKind;
  details: Readonly<Record<string, string | number>>;
  /** ISO 8601 in UTC; a desk says the same again and again. */
  firstAt: string;
  lastAt: string;
  times: number;
  reviewedAt: string | null;
  reviewedBy: string | null;
  note: string | null;
};

/**
 * Puts a desk before somebody's eyes. What is still open of the same kind and details is counted, not repeated. Called in a
 * transaction of its own, because the one of the refused call leaves nothing behind.
 */
export function raiseDeskException(
  { db, clock, log }: Pick<Portal, 'db' | 'clock' | 'log'>,
  of: { deskId: string; kind: DeskExceptionKind; details: DeskException['details'] },
): void {
  const now = clock.now().getTime();
  db.prepare(
    `INSERT INTO desk_exceptions (desk_id, kind, details, first_at, last_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (desk_id, kind, details) WHERE reviewed_at IS NULL
     DO UPDATE SET last_at = excluded.last_at, times = times + 1`,
  ).run(of.deskId, of.kind, JSON.stringify(of.details), now, now);
  log.error({ desk: of.deskId, kind: of.kind, ...of.details }, 'a desk needs somebody to look at it');
}

type Row = {
  id: number;
  desk_id: string;
  name: string;
  kind: DeskExceptionKind;
  details: string;
  first_at: number;
  last_at: number;
  times: number;
  reviewed_at: number | null;
  reviewed_by: string | null;
  note: string | null;
};

/** All of them, the newest first; only those nobody has looked at yet unless `all`. */
export const deskExceptions = ({ db }: Pick<Portal, 'db'>, all = false): DeskException[] =>
  db
    .prepare<[number], Row>(
      `SELECT e.id, desk_id, d.name, kind, details, first_at, last_at, times, reviewed_at, reviewed_by, note
       FROM desk_exceptions AS e JOIN desks AS d ON d.id = e.desk_id
       WHERE ? OR reviewed_at IS NULL ORDER BY e.id DESC`,
    )
    .all(all ? 1 : 0)
    .map((row) => ({
      id: row.id,
      deskId: row.desk_id,
      deskName: row.name,
      kind: row.kind,
      details: JSON.parse(row.details),
      firstAt: new Date(row.first_at).toISOString(),
      lastAt: new Date(row.last_at).toISOString(),
      times: row.times,
      reviewedAt: row.reviewed_at === null ? null : new Date(row.reviewed_at).toISOString(),
      reviewedBy: row.reviewed_by,
      note: row.note,
    }));

/** Somebody looked at it. False when it is not there or was looked at already. */
export const reviewDeskException = (
  { db, clock }: Pick<Portal, 'db' | 'clock'>,
  of: { id: number; by: string; note: string },
): boolean =>
  db
    .prepare(
      'UPDATE desk_exceptions SET reviewed_at = ?, reviewed_by = ?, note = ? WHERE id = ? AND reviewed_at IS NULL',
    )
    .run(clock.now().getTime(), of.by, of.note, of.id).changes === 1;
