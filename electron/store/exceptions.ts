import { createHash } from 'node:crypto';
import { type ReviewOutcome, VISITOR_SUSPICIONS } from '../values/repeat-visitors.ts';
import type { JsonValue } from './json.ts';
import { parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

/** Kinds of what needs a supervisor's eyes. The window has a name for each in both languages. */
export const exceptionKinds = [
  'identity-overridden',
  'identity-refused',
  'listed-document',
  'service-refused',
  'number-cancelled',
  'number-lost',
  'signature-outside',
  'late-sync',
  'document-reprinted',
  'submission-corrected',
  'clock-set-back',
  'clock-drifting',
  'role-conflict',
  'log-refused',
  'effect-conflict',
  'effect-handed-over',
  'effect-closed',
  'office-rejected',
  'package-refused',
  'cash-difference',
  'receipt-cancelled',
  'fee-refunded',
  'day-carried-over',
  'day-closed-late',
  'store-damaged',
  'store-restored',
  'checkpoint-refused',
  'account-decision',
  ...VISITOR_SUSPICIONS,
] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

export type NewException = {
  /** UUID; the same id raised again changes nothing. */
  id: string;
  kind: ExceptionKind;
  /** ISO 8601 in UTC, and its day in Europe/Prague. */
  at: string;
  legalDate: string;
  clerkId?: string | undefined;
  visitId?: string | undefined;
  serviceId?: string | undefined;
  leafSequence?: number | undefined;
  /** Values its sentence shows: numbers, ids, codes. Free text and names stay in the log's payload. */
  params: Readonly<Record<string, string | number>>;
};

/** An id made of what happened, so that the same trouble is raised once. */
export function idOf(what: readonly unknown[]): string {
  const same = createHash('sha256').update(JSON.stringify(what)).digest('hex');
  return `${same.slice(0, 8)}-${same.slice(8, 12)}-8${same.slice(13, 16)}-8${same.slice(17, 20)}-${same.slice(20, 32)}`;
}

/** Puts something before a supervisor's eyes, in the transaction of what happened. */
export function raise(tx: Tx, of: NewException): void {
  tx.run(
    `INSERT OR IGNORE INTO exceptions (id, kind, at, legal_date, clerk_id, visit_id, service_id, leaf_sequence, params)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      of.id,
      of.kind,
      of.at,
      of.legalDate,
      of.clerkId ?? null,
      of.visitId ?? null,
      of.serviceId ?? null,
      of.leafSequence ?? null,
      JSON.stringify(of.params),
    ],
  );
}

/** How many of a day and earlier nobody has looked at yet. */
export const openUpTo = (tx: Reader, legalDate: string): number =>
  tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM exceptions WHERE reviewed_at IS NULL AND legal_date <= ?',
    [legalDate],
  )?.n ?? 0;

export type ExceptionRow = {
  id: string;
  kind: string;
  at: string;
  legalDate: string;
  clerkId: string | null;
  visitId: string | null;
  serviceId: string | null;
  leafSequence: number | null;
  params: JsonValue;
  reviewedAt: string | null;
  reviewedBy: string | null;
  note: string | null;
  outcome: string | null;
};

type Row = {
  id: string;
  kind: string;
  at: string;
  legal_date: string;
  clerk_id: string | null;
  visit_id: string | null;
  service_id: string | null;
  leaf_sequence: number | null;
  params: string;
  reviewed_at: string | null;
  reviewed_by: string | null;
  note: string | null;
  outcome: string | null;
};

export type ExceptionFilter = {
  /** First and last legal date. */
  from: string;
  to: string;
  openOnly: boolean;
  kind: string | null;
};

const COLUMNS = `id, kind, at, legal_date, clerk_id, visit_id, service_id, leaf_sequence, params, reviewed_at, reviewed_by, note, outcome`;

const exceptionOf = (row: Row): ExceptionRow => ({
  id: row.id,
  kind: row.kind,
  at: row.at,
  legalDate: row.legal_date,
  clerkId: row.clerk_id,
  visitId: row.visit_id,
  serviceId: row.service_id,
  leafSequence: row.leaf_sequence,
  params: parseJson(row.params),
  reviewedAt: row.reviewed_at,
  reviewedBy: row.reviewed_by,
  note: row.note,
  outcome: row.outcome,
});

/** By day and within it the newest first, from behind the exception `after`. */
export const page = (
  tx: Reader,
  of: ExceptionFilter & { after: { legalDate: string; id: string } | null; limit: number },
): ExceptionRow[] =>
  tx
    .all<Row>(
      `SELECT ${COLUMNS} FROM exceptions
       WHERE legal_date BETWEEN :from AND :to ${of.openOnly ? 'AND reviewed_at IS NULL' : ''}
         AND (:kind IS NULL OR kind = :kind)
         ${of.after === null ? '' : 'AND (legal_date, id) < (:afterDate, :afterId)'}
       ORDER BY legal_date DESC, id DESC LIMIT :limit`,
      {
        from: of.from,
        to: of.to,
        kind: of.kind,
        limit: of.limit,
        ...(of.after && { afterDate: of.after.legalDate, afterId: of.after.id }),
      },
    )
    .map(exceptionOf);

export const find = (tx: Reader, id: string): ExceptionRow | undefined => {
  const row = tx.get<Row>(`SELECT ${COLUMNS} FROM exceptions WHERE id = ?`, [id]);
  return row && exceptionOf(row);
};

/** How many of a period nobody has looked at yet and how many there are, by kind. */
export const counts = (
  tx: Reader,
  of: Pick<ExceptionFilter, 'from' | 'to'>,
): { kind: string; open: number; all: number }[] =>
  tx
    .all<{ kind: string; open: number; total: number }>(
      `SELECT kind, sum(reviewed_at IS NULL) AS open, count(*) AS total FROM exceptions
       WHERE legal_date BETWEEN ? AND ? GROUP BY kind ORDER BY kind`,
      [of.from, of.to],
    )
    .map(({ kind, open, total }) => ({ kind, open, all: total }));

/** The oldest day with something nobody has looked at; null when there is none. */
export const openSince = (tx: Reader): string | null =>
  tx.get<{ day: string | null }>('SELECT min(legal_date) AS day FROM exceptions WHERE reviewed_at IS NULL')
    ?.day ?? null;

/** How many nobody has looked at yet, whatever day they are of. */
export const open = (tx: Reader): number =>
  tx.get<{ n: number }>('SELECT count(*) AS n FROM exceptions WHERE reviewed_at IS NULL')?.n ?? 0;

/**
 * Acts of a day reached the portal later than they should have. One exception for each day of acts and day of arrival:
 * after a long time without a line a person looks at days, not at thousands of acts.
 */
export function raiseLate(
  tx: Tx,
  of: { id: string; at: string; legalDate: string; madeOn: string; hours: number; leafSequence: number },
): void {
  const known = tx.get<{ id: string; params: string }>(
    `SELECT id, params FROM exceptions
     WHERE kind = 'late-sync' AND legal_date = ? AND reviewed_at IS NULL AND json_extract(params, '$.day') = ?`,
    [of.legalDate, of.madeOn],
  );
  if (known === undefined) {
    const { id, at, legalDate, leafSequence } = of;
    raise(tx, {
      id,
      kind: 'late-sync',
      at,
      legalDate,
      leafSequence,
      params: { day: of.madeOn, hours: of.hours, count: 1 },
    });
    return;
  }
  tx.run(
    `UPDATE exceptions SET params = json_set(params, '$.count', json_extract(params, '$.count') + 1,
       '$.hours', max(?, json_extract(params, '$.hours'))) WHERE id = ?`,
    [of.hours, known.id],
  );
}

/** Somebody looked at it. False when it was reviewed already or is not there. */
export const review = (
  tx: Tx,
  of: { id: string; at: string; by: string; note: string; outcome: ReviewOutcome | null },
): boolean =>
  tx.run(
    'UPDATE exceptions SET reviewed_at = ?, reviewed_by = ?, note = ?, outcome = ? WHERE id = ? AND reviewed_at IS NULL',
    [of.at, of.by, of.note, of.outcome, of.id],
  ) === 1;

/** The pairs of visits of a kind about two, both of which the desk still holds. */
export const pairsOf = (tx: Reader, kind: ExceptionKind): { visitId: string; otherVisitId: string }[] =>
  tx.all<{ visitId: string; otherVisitId: string }>(
    `SELECT e.visit_id AS visitId, e.params ->> '$.otherVisitId' AS otherVisitId FROM exceptions e
     JOIN visits one ON one.id = e.visit_id JOIN visits other ON other.id = e.params ->> '$.otherVisitId'
     WHERE e.kind = ? AND one.erased_at IS NULL AND other.erased_at IS NULL`,
    [kind],
  );
