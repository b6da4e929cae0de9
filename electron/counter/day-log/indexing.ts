import type { Reader, Tx } from '../../store/open.ts';
import type { Index } from '../indexer.ts';

/** So many entries at a time: a slice takes a few milliseconds and nothing waits longer for the store. */
const SLICE = 500;

/** How many entries the index does not know yet. */
export const notIndexed = (tx: Reader): number =>
  tx.get<{ n: number }>(
    `SELECT (SELECT coalesce(max(sequence), 0) FROM journal_leaves) - indexed_to AS n FROM journal_index_state`,
  )?.n ?? 0;

/** Takes the next entries into the index, the days and the counts. Returns how many. */
export function indexSlice(tx: Tx, atMost = SLICE): number {
  const state = tx.get<{ from: number; to: number }>(
    `SELECT indexed_to + 1 AS "from", min(indexed_to + ?, (SELECT coalesce(max(sequence), 0) FROM journal_leaves)) AS "to"
     FROM journal_index_state`,
    [atMost],
  );
  if (state === undefined || state.to < state.from) return 0;
  const range = [state.from, state.to];
  tx.run(
    `INSERT INTO journal_facets (sequence, definition_id, has_effect)
     SELECT l.sequence, s.definition_id, o.leaf_sequence IS NOT NULL
     FROM journal_leaves AS l LEFT JOIN services AS s ON s.id = l.service_id
     LEFT JOIN (SELECT DISTINCT leaf_sequence FROM outbox WHERE leaf_sequence BETWEEN ? AND ?) AS o
       ON o.leaf_sequence = l.sequence
     WHERE l.sequence BETWEEN ? AND ? AND (s.definition_id IS NOT NULL OR o.leaf_sequence IS NOT NULL)`,
    [...range, ...range],
  );
  tx.run(
    `INSERT INTO journal_days (legal_date, first_sequence, last_sequence)
     SELECT legal_date, min(sequence), max(sequence) FROM journal_leaves WHERE sequence BETWEEN ? AND ?
     GROUP BY legal_date
     ON CONFLICT (legal_date) DO UPDATE SET last_sequence = excluded.last_sequence`,
    range,
  );
  tx.run(
    `INSERT INTO journal_day_counts (legal_date, kind, clerk_id, definition_id, entries)
     SELECT l.legal_date, l.kind, l.clerk_id, coalesce(f.definition_id, ''), count(*)
     FROM journal_leaves AS l LEFT JOIN journal_facets AS f USING (sequence)
     WHERE l.sequence BETWEEN ? AND ? GROUP BY 1, 2, 3, 4
     ON CONFLICT DO UPDATE SET entries = entries + excluded.entries`,
    range,
  );
  tx.run(
    `INSERT INTO journal_hour_counts (kind, legal_date, hour, clerk_id, definition_id, entries)
     SELECT l.kind, l.legal_date, substr(l.at, 1, 13), l.clerk_id, coalesce(f.definition_id, ''), count(*)
     FROM journal_leaves AS l LEFT JOIN journal_facets AS f USING (sequence)
     WHERE l.sequence BETWEEN ? AND ? GROUP BY 1, 2, 3, 4, 5
     ON CONFLICT DO UPDATE SET entries = entries + excluded.entries`,
    range,
  );
  tx.run(
    `INSERT INTO journal_search (rowid, words)
     SELECT sequence, words FROM journal_words WHERE sequence BETWEEN ? AND ? ORDER BY sequence`,
    range,
  );
  tx.run('UPDATE journal_index_state SET indexed_to = ?', [state.to]);
  return state.to - state.from + 1;
}

/** Its index, as it is kept behind the log. */
export const LOG_INDEX: Index = {
  name: 'log-index',
  pending: notIndexed,
  takeIn: indexSlice,
  waitedFor: 20_000,
  notYet: 'day-log.index-in-the-making',
};
