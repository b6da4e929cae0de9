import type { JsonValue } from './json.ts';
import { parseJson } from './json.ts';
import type { Reader, Tx } from './transaction.ts';

/** Kinds of what needs a supervisor's eyes. The window has a name for each in both languages. */
export const exceptionKinds = [
  'identity-overridden',
  'listed-document',
  'service-refused',
  'number-cancelled',
  'number-lost',
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
  'day-carried-over',
  'day-closed-late',
  'store-damaged',
  'store-restored',
  'checkpoint-refused',
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
  leafSequence: number | null;
  params: JsonValue;
  reviewedAt: string | null;
  reviewedBy: string | null;
  note: string | null;
};

type Row = {
  id: string;
  kind: string;
  at: string;
  legal_date: string;
  clerk_id: string | null;
  visit_id: string | null;
  leaf_sequence: number | null;
  params: string;
  reviewed_at: string | null;
  reviewed_by: string | null;
  note: string | null;
};

/** Newest first, from behind the exception `after`. */
export const page = (
  tx: Reader,
  of: { from: string; to: string; openOnly: boolean; after: string | null; limit: number },
): ExceptionRow[] =>
  tx
    .all<Row>(
      `SELECT id, kind, at, legal_date, clerk_id, visit_id, leaf_sequence, params, reviewed_at, reviewed_by, note
       FROM exceptions WHERE legal_date BETWEEN ? AND ? AND (? = 0 OR reviewed_at IS NULL) AND (? IS NULL OR id < ?)
       ORDER BY id DESC LIMIT ?`,
      [of.from, of.to, of.openOnly ? 1 : 0, of.after, of.after, of.limit],
    )
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      at: row.at,
      legalDate: row.legal_date,
      clerkId: row.clerk_id,
      visitId: row.visit_id,
      leafSequence: row.leaf_sequence,
      params: parseJson(row.params),
      reviewedAt: row.reviewed_at,
      reviewedBy: row.reviewed_by,
      note: row.note,
    }));

/** Somebody looked at it. False when it was reviewed already or is not there. */
export const review = (tx: Tx, of: { id: string; at: string; by: string; note: string }): boolean =>
  tx.run(
    'UPDATE exceptions SET reviewed_at = ?, reviewed_by = ?, note = ? WHERE id = ? AND reviewed_at IS NULL',
    [of.at, of.by, of.note, of.id],
  ) === 1;
