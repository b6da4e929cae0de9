import { type KeptClass, keptClasses } from '../../contract/retention.ts';
import type { Reader } from '../../store/open.ts';
import { ok } from '../../values/result.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { type Handler, query } from '../handlers.ts';
import { isRewriteDue, lastErasedAt } from './retention.ts';

const undelivered = `EXISTS (SELECT 1 FROM outbox AS o WHERE o.visit_id = v.id
  AND (o.state NOT IN ('accepted', 'closed') OR o.task IS NOT NULL))`;

/** Each gives how many there are and the oldest one's instant. */
const counted: { readonly [C in KeptClass]: string } = {
  'visits-in-progress': `SELECT count(*) AS n, min(opened_at) AS oldest FROM visits WHERE state IN ('open', 'parked')`,
  'visits-undelivered': `SELECT count(*) AS n, min(opened_at) AS oldest FROM visits AS v
    WHERE erased_at IS NULL AND state IN ('closed', 'cancelled') AND ${undelivered}`,
  'visits-waiting': `SELECT count(*) AS n, min(opened_at) AS oldest FROM visits AS v
    WHERE erased_at IS NULL AND state IN ('closed', 'cancelled') AND NOT ${undelivered}`,
  'issued-outputs': 'SELECT count(*) AS n, min(made_at) AS oldest FROM outputs WHERE sha256 IS NOT NULL',
  scans: `SELECT count(*) AS n, min(created_at) AS oldest FROM blobs WHERE sha256 IN (
    SELECT sha256 FROM blob_uses WHERE owner NOT LIKE 'output:%')`,
  effects: 'SELECT count(*) AS n, min(made_at) AS oldest FROM outbox WHERE payload IS NOT NULL',
  'log-payloads': `SELECT count(*) AS n, min(l.at) AS oldest FROM journal_payloads AS p
    JOIN journal_leaves AS l USING (sequence) WHERE p.payload IS NOT NULL`,
  affairs: `SELECT count(*) AS n, min(as_of) AS oldest FROM (
    SELECT as_of FROM known_submissions UNION ALL SELECT as_of FROM known_messages)`,
};

const keptOf = (tx: Reader) =>
  keptClasses.map((name) => {
    const row = tx.get<{ n: number; oldest: string | null }>(counted[name]);
    return { class: name, count: row?.n ?? 0, oldest: row?.oldest ?? null };
  });

/** What the desk still holds of people, and how long it will. */
export const retentionHandlers = (desk: Desk): Handler[] => [
  query('retention.kept', () =>
    desk.store.read((tx) => {
      const { content, undelivered: cancelled, ownPapers, log, backups } = centralSettings(tx).retention;
      return ok({
        classes: keptOf(tx),
        times: { content, undelivered: cancelled, ownPapers, log, backups },
        lastErasedAt: lastErasedAt(tx),
        rewriteDue: isRewriteDue(tx),
      });
    }),
  ),
];
