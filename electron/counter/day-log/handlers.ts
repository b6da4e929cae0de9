import type { z } from 'zod';
import type { LogEntry } from '../../contract/day-log.ts';
import * as journal from '../../journal/read.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { clerkItems } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Handler, query } from '../handlers.ts';
import { summaryOf } from './summary.ts';

/** The day log as a supervisor reads it. Nothing here changes anything, and no other call does either. */
export function dayLogHandlers(desk: Desk): Handler[] {
  const { store } = desk;
  return [
    query('day-log.page', (_asked, { filter, before, limit }) =>
      store.read((tx) => {
        const entries = journal.page(tx, {
          filter: {
            from: filter.from,
            to: filter.to,
            clerk: filter.clerkId ?? undefined,
            kind: filter.kind ?? undefined,
            text: filter.search,
          },
          before,
          limit: limit + 1,
        });
        const names = namesOf(tx);
        return ok({
          entries: entries.slice(0, limit).map((entry) => entryOf(tx, entry, names)),
          more: entries.length > limit,
        });
      }),
    ),

    query('day-log.entry', (_asked, { sequence }) =>
      store.read((tx) => {
        const entry = journal.entry(tx, sequence);
        if (!entry) return refuse('day-log.no-such-entry');
        return ok({
          entry: entryOf(tx, entry, namesOf(tx)),
          leaf: entry.leaf,
          leafHash: entry.leafHash.toString('hex'),
          intact: entry.isIntact,
          payload: plain(entry.payload),
        });
      }),
    ),

    query('day-log.totals', (_asked, { filter: { from, to } }) =>
      store.read((tx) => {
        const between = [from, to];
        const byKind = tx.all<{ kind: string; count: number }>(
          `SELECT kind, count(*) AS count FROM journal_leaves WHERE legal_date BETWEEN ? AND ?
           GROUP BY kind ORDER BY count DESC, kind`,
          between,
        );
        const byService = tx.all<{ title: string; count: number }>(
          `SELECT json_extract(s.definition, '$.title.cs') AS title, count(*) AS count
           FROM services s JOIN visits v ON v.id = s.visit_id
           WHERE v.legal_date BETWEEN ? AND ? AND s.state = 'done' GROUP BY title ORDER BY count DESC, title`,
          between,
        );
        const visits = tx.get<{ n: number }>(
          'SELECT count(*) AS n FROM visits WHERE legal_date BETWEEN ? AND ?',
          between,
        );
        const paid = (method: string) =>
          tx.get<{ n: number | null }>(
            'SELECT sum(total) AS n FROM receipts WHERE legal_date BETWEEN ? AND ? AND method = ?',
            [from, to, method],
          )?.n ?? 0;
        return ok({
          visits: visits?.n ?? 0,
          entries: byKind.reduce((sum, { count }) => sum + count, 0),
          byKind: byKind.map((row) => ({ ...row })),
          byService: byService.map((row) => ({ ...row })),
          cash: paid('cash'),
          card: paid('card'),
          clerks: [...namesOf(tx)].map(([clerkId, name]) => ({ clerkId, name })),
        });
      }),
    ),
  ];
}

const namesOf = (tx: Reader): Map<string, string> =>
  new Map(clerkItems(tx).map(({ id, name }) => [id, displayName(name)]));

function entryOf(tx: Reader, entry: journal.JournalEntry, names: Map<string, string>): LogEntry {
  const ticket = entry.visitId
    ? tx.get<{ ticket: number }>('SELECT ticket FROM visits WHERE id = ?', [entry.visitId])
    : undefined;
  return {
    sequence: entry.sequence,
    at: entry.at,
    legalDate: entry.legalDate,
    kind: entry.kind,
    clerkId: entry.clerk,
    clerkName: names.get(entry.clerk) ?? '',
    role: entry.role,
    visitId: entry.visitId,
    ticket: ticket?.ticket ?? null,
    summary: summaryOf(serviceTitle(tx, entry.serviceId), entry.payload),
  };
}

/** As the wire takes it: absent members are left out. */
const plain = (value: JsonValue): z.output<ReturnType<typeof z.json>> => JSON.parse(JSON.stringify(value));

const serviceTitle = (tx: Reader, serviceId: string | null): string | null =>
  serviceId === null
    ? null
    : (tx.get<{ title: string }>(
        `SELECT json_extract(definition, '$.title.cs') AS title FROM services WHERE id = ?`,
        [serviceId],
      )?.title ?? null);
