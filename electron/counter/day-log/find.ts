import type { z } from 'zod';
import type { LogState, logFilter } from '../../contract/day-log.ts';
import type { Reader } from '../../store/open.ts';
import type { SqlValue } from '../../store/transaction.ts';

/** What is looked for; null and '' mean anything. `number` is looked for whole, every word of `search` from its beginning. */
export type LogFilter = z.output<typeof logFilter>;

/** Where a page lies: older than an entry, newer than an entry, or at the end of the log. */
export type LogPlace = { before: number } | { after: number } | null;

export type LogRow = {
  sequence: number;
  kind: string;
  at: string;
  legalDate: string;
  clerkId: string;
  role: string;
  visitId: string | null;
  serviceId: string | null;
  leafHash: Uint8Array;
  payload: Uint8Array | null;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/**
 * So many are looked up one by one instead of walking the log; of each a word has to be asked for in the index, which is
 * dearer. Up to the last limit they are listed once, not asked for at every entry.
 */
const few = { alone: 2000, withWords: 200, listedWhole: 1000, listed: 5000 };

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** What the index of words is asked; null when the filter says nothing it would know. */
function matchOf({ clerkId, kind, service, state, search }: LogFilter): string | null {
  const words = search.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const terms = [
    clerkId !== null && `"zzc${hex(clerkId)}"`,
    kind !== null && `"zzk${hex(kind)}"`,
    service !== null && `"zzs${hex(service)}"`,
    // Most entries have no effect; with the word none of them is looked at in vain.
    state?.startsWith('effect.') === true && '"zze"',
    // A short number is a number of its own, not the beginning of another.
    ...words.map((word) => (/^\d{1,3}$/.test(word) ? `"${word}"` : `"${word}"*`)),
  ].filter((term) => term !== false);
  return terms.length === 0 ? null : terms.join(' AND ');
}

/** The visits a number stands for. */
export function visitsOfNumber(
  tx: Reader,
  typed: string,
  { from, to }: { from: string; to: string },
): string[] {
  const number = typed.trim();
  const visits = tx.all<{ visit: string | null }>(
    `SELECT visit_id AS visit FROM receipts WHERE number = :number
     UNION SELECT o.visit_id FROM inbox_answers AS a JOIN outbox AS o ON o.id = a.effect_id
       WHERE a.kind = 'reference-number' AND json_extract(a.body, '$.referenceNumber') = :number COLLATE NOCASE`,
    { number },
  );
  const parts = /^(?<value>\d{1,9})(?:\/(?<year>\d{4}))?$/.exec(number)?.groups;
  if (parts) {
    const value = Number(parts['value']);
    const year = parts['year'] === undefined ? null : Number(parts['year']);
    visits.push(
      ...tx.all<{ visit: string | null }>(
        `SELECT l.visit_id AS visit FROM series AS s
         JOIN numbers AS n ON n.series = s.series AND n.year = s.year AND n.number = :value
         JOIN journal_leaves AS l ON l.act_id = n.act_id
         WHERE :year IS NULL OR s.year = :year`,
        { value, year },
      ),
    );
    if (year === null)
      visits.push(
        ...tx.all<{ visit: string | null }>(
          'SELECT id AS visit FROM visits WHERE ticket = ? AND legal_date BETWEEN ? AND ?',
          [value, from, to],
        ),
      );
  }
  return [...new Set(visits.flatMap(({ visit }) => visit ?? []))];
}

/** How the store says a state. */
function conditionOf(state: LogState): { table: 'outbox' | 'services'; where: string; ofEntry: string } {
  const outbox = (where: string) => ({ table: 'outbox' as const, where, ofEntry: 'l.sequence' });
  const services = (where: string) => ({ table: 'services' as const, where, ofEntry: 'l.service_id' });
  switch (state) {
    case 'effect.waiting':
      return outbox(`state IN ('waiting', 'sending', 'incomplete')`);
    case 'effect.needs-person':
      return outbox(`state = 'needs-person' OR task IS NOT NULL`);
    case 'effect.accepted':
      return outbox(`state = 'accepted'`);
    case 'effect.closed':
      return outbox(`state = 'closed'`);
    case 'service.in-progress':
      return services(`state = 'in-progress'`);
    case 'service.done':
      return services(`state = 'done'`);
    case 'service.refused':
      return services(`state = 'refused'`);
    case 'service.withdrawn':
      return services(`state = 'withdrawn'`);
  }
}

/** Where the rows of a page come from, in which order, and the parameters of that. */
function statement(
  tx: Reader,
  filter: LogFilter,
  place: LogPlace,
): { from: string; order: string; params: Record<string, SqlValue> } | null {
  const { from, to } = filter;
  const days = tx.get<{ first: number | null; last: number | null }>(
    'SELECT min(first_sequence) AS first, max(last_sequence) AS last FROM journal_days WHERE legal_date BETWEEN ? AND ?',
    [from, to],
  );
  if (days === undefined || days.first === null || days.last === null) return null;
  const low = Math.max(days.first, place !== null && 'after' in place ? place.after + 1 : 0);
  const high = Math.min(days.last, place !== null && 'before' in place ? place.before - 1 : days.last);
  const newestFirst = place === null || 'before' in place;

  const params: Record<string, SqlValue> = { from, to, low, high };
  // The plus keeps the planner from sorting a whole day: the log is walked in its own order.
  const where = ['+l.legal_date BETWEEN :from AND :to', 'l.sequence BETWEEN :low AND :high'];
  // What is few is walked instead of the log, and everything else is looked up for it.
  let isNarrow = false;

  const id = filter.search.trim().toLowerCase();
  const isId = UUID.test(id);
  if (isId) {
    params['id'] = id;
    isNarrow = true;
    where.push(
      `l.sequence IN (SELECT sequence FROM journal_leaves WHERE act_id = :id
         UNION SELECT sequence FROM journal_leaves WHERE visit_id = :id)`,
    );
  }
  if (filter.number.trim() !== '') {
    params['visits'] = JSON.stringify(visitsOfNumber(tx, filter.number, filter));
    isNarrow = true;
    where.push(
      'l.sequence IN (SELECT sequence FROM journal_leaves WHERE visit_id IN (SELECT value FROM json_each(:visits)))',
    );
  }
  const match = matchOf(isId ? { ...filter, search: '' } : filter);
  if (filter.state !== null) {
    const limit = match === null || match === '"zze"' ? few.alone : few.withWords;
    const { table, where: has, ofEntry } = conditionOf(filter.state);
    const count =
      tx.get<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE ${has} LIMIT ?)`, [
        few.listed + 1,
      ])?.n ?? 0;
    const sequences =
      table === 'outbox'
        ? `(SELECT leaf_sequence FROM outbox WHERE ${has})`
        : `(SELECT sequence FROM journal_leaves WHERE visit_id IN (SELECT visit_id FROM services WHERE ${has}))`;
    if (!isNarrow && count <= limit) {
      isNarrow = true;
      where.push(`l.sequence IN ${sequences}`);
    } else if (!isNarrow && match !== null && count <= few.listedWhole) {
      // What the index of words gives is sifted by its number alone, before its entry is read. The plus keeps the
      // planner from asking the index of words once for each.
      where.push(`+s.rowid IN ${sequences}`);
    }
    where.push(
      count <= few.listed
        ? `${ofEntry} IN (SELECT ${table === 'outbox' ? 'leaf_sequence' : 'id'} FROM ${table} WHERE ${has})`
        : `EXISTS (SELECT 1 FROM ${table} WHERE ${table === 'outbox' ? 'leaf_sequence' : 'id'} = ${ofEntry} AND (${has}))`,
    );
  }

  if (match !== null) params['match'] = match;
  if (match !== null && isNarrow)
    where.push(
      'EXISTS (SELECT 1 FROM journal_search WHERE rowid = l.sequence AND journal_search MATCH :match)',
    );
  const walksIndex = match !== null && !isNarrow;
  if (walksIndex) where.push('journal_search MATCH :match', 's.rowid BETWEEN :low AND :high');
  return {
    from: `${walksIndex ? 'journal_search AS s CROSS JOIN journal_leaves AS l ON l.sequence = s.rowid' : 'journal_leaves AS l'}
      WHERE ${where.join(' AND ')}`,
    order: `${walksIndex ? 's.rowid' : 'l.sequence'} ${newestFirst ? 'DESC' : 'ASC'}`,
    params,
  };
}

/**
 * Entries that pass the filter, the newest first: at most `limit`, those nearest to the place. The index has to know the
 * whole log (see indexing.ts).
 */
export function findEntries(tx: Reader, filter: LogFilter, place: LogPlace, limit: number): LogRow[] {
  const found = statement(tx, filter, place);
  if (found === null) return [];
  const rows = tx.all<LogRow>(
    `SELECT l.sequence, l.kind, l.at, l.legal_date AS legalDate, l.clerk_id AS clerkId, l.role, l.visit_id AS visitId,
       l.service_id AS serviceId, l.leaf_hash AS leafHash,
       (SELECT p.payload FROM journal_payloads AS p WHERE p.sequence = l.sequence) AS payload
     FROM ${found.from} ORDER BY ${found.order} LIMIT :limit`,
    { ...found.params, limit },
  );
  return place !== null && 'after' in place ? rows.reverse() : rows;
}

/** How many entries from one sequence to another pass the filter. */
export function countEntries(tx: Reader, filter: LogFilter, range: { first: number; last: number }): number {
  const found = statement(tx, filter, null);
  if (found === null) return 0;
  const { low, high } = found.params;
  const params = {
    ...found.params,
    low: Math.max(Number(low), range.first),
    high: Math.min(Number(high), range.last),
  };
  return tx.get<{ n: number }>(`SELECT count(*) AS n FROM ${found.from}`, params)?.n ?? 0;
}
