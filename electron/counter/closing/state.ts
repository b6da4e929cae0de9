import type { OpenItem } from '../../contract/closing.ts';
import { failure } from '../../contract/shared.ts';
import { lastSequence } from '../../journal/read.ts';
import type { Reader } from '../../store/open.ts';
import type { LegalDate } from '../../values/time.ts';
import { asksForClosing, closedUpTo, openDays } from './days.ts';

/** What one closing covers: a range of the log, and the legal dates of what asked for it. */
export type Period = {
  firstSequence: number;
  lastSequence: number;
  days: LegalDate[];
  /** Acts that ask for a closing. */
  entries: number;
};

/** The period since the last closing, up to an entry; null when nothing in it asks for a closing. */
export function periodUpTo(tx: Reader, last: number): Period | null {
  const firstSequence = closedUpTo(tx) + 1;
  const row = tx.get<{ n: number }>(
    `SELECT count(*) AS n FROM journal_leaves AS l WHERE l.sequence BETWEEN ? AND ? AND ${asksForClosing}`,
    [firstSequence, last],
  );
  if (!row || row.n === 0) return null;
  return { firstSequence, lastSequence: last, days: openDays(tx, last), entries: row.n };
}

export const openPeriod = (tx: Reader): Period | null => periodUpTo(tx, lastSequence(tx));

/** Acts that put something right for somebody else do not make their author one who served people. */
const interventions = `('effect-retried', 'effect-closed', 'effect-handed-over', 'effect-settled', 'document-reprinted', 'print-resolved', 'exception-reviewed',
  'receipt-cancelled', 'fee-refunded', 'number-cancelled', 'submission-corrected')`;

/** Whether somebody served people in a period, and so may not close it alone. */
export const hasServed = (
  tx: Reader,
  clerkId: string,
  { firstSequence, lastSequence: last }: Period,
): boolean =>
  tx.get(
    `SELECT 1 AS found FROM journal_leaves WHERE sequence BETWEEN ? AND ? AND clerk_id = ? AND visit_id IS NOT NULL
     AND role <> 'machine' AND kind NOT IN ${interventions} LIMIT 1`,
    [firstSequence, last, clerkId],
  ) !== undefined;

type Row = {
  kind: OpenItem['kind'];
  id: string;
  at: string;
  ticket: number | null;
  what: string;
  problem: string | null;
  params: string | null;
};

/** The most a closing shows and carries over; more than a day brings by far. */
const MOST = 1000;

/**
 * Everything that is not finished: visits, effects a person must decide, what nobody reviewed, papers of which nobody knows whether they came
 * out. What a printer still works on is the machine's. */
const OPEN = `
  SELECT 'visit' AS kind, id, opened_at AS at, ticket, state AS what, NULL AS problem, NULL AS params
    FROM visits WHERE state IN ('open', 'parked')
  UNION ALL
  SELECT 'effect', o.id, o.made_at, v.ticket, o.kind, coalesce(o.task, o.last_code), o.last_params
    FROM outbox AS o LEFT JOIN visits AS v ON v.id = o.visit_id
    WHERE o.state = 'needs-person' OR o.task IS NOT NULL
  UNION ALL
  SELECT 'exception', e.id, e.at, v.ticket, e.kind, NULL, NULL
    FROM exceptions AS e LEFT JOIN visits AS v ON v.id = e.visit_id WHERE e.reviewed_at IS NULL
  UNION ALL
  SELECT 'print', p.job_id, p.at, v.ticket, o.kind, json_extract(p.trouble, '$.code'),
      json_extract(p.trouble, '$.params')
    FROM prints AS p JOIN outputs AS o USING (document_id) LEFT JOIN visits AS v ON v.id = o.visit_id
    WHERE p.state IN ('failed', 'unknown') AND o.kind NOT IN ('test-page', 'separator-sheet', 'guide', 'booking-ticket')
      AND p.copy_number = (SELECT max(copy_number) FROM prints WHERE document_id = p.document_id)`;

export const countOpen = (tx: Reader): number =>
  tx.get<{ n: number }>(`SELECT count(*) AS n FROM (${OPEN})`)?.n ?? 0;

/** The oldest of it, as many as a closing shows. */
export const openItems = (tx: Reader): OpenItem[] =>
  tx.all<Row>(`${OPEN} ORDER BY at, id LIMIT ${MOST}`).map(({ problem, params, ...row }) => ({
    ...row,
    problem:
      problem === null
        ? null
        : failure.parse({ code: problem, ...(params && { params: JSON.parse(params) }) }),
  }));
