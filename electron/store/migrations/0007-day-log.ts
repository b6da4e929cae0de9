import type { Migration } from './migration.ts';

// What can be found of an entry: its facets as words no person writes, and the texts and numbers of its payload. Only
// built-in functions, so that the same text is made again when it has to be taken out.
const words = (leaf: string, payload: string): string => `
  'zzk' || hex(${leaf}.kind) || ' zzc' || hex(${leaf}.clerk_id)
  || coalesce((SELECT coalesce(' zzs' || hex(f.definition_id), '') || iif(f.has_effect, ' zze', '')
       FROM journal_facets AS f WHERE f.sequence = ${leaf}.sequence), '')
  || coalesce((SELECT ' ' || group_concat(atom, ' ') FROM json_tree(CAST(${payload} AS TEXT))
       WHERE type IN ('text', 'integer', 'real')), '')`;

/**
 * What the day log is looked through by: an index of words that forgets what is erased, days, and counts. All of it
 * follows from the log and is made after the act (see counter/day-log/indexing.ts), so that no act waits for it.
 */
export const dayLog: Migration = {
  version: 7,
  name: 'day-log',
  sql: `
    CREATE TABLE journal_index_state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      indexed_to INTEGER NOT NULL CHECK (indexed_to >= 0)
    ) STRICT;
    INSERT INTO journal_index_state (one, indexed_to) VALUES (1, 0);

    -- Of which service's definition an entry is and whether it has an effect at the portal, as long as the log is kept:
    -- services and effects are purged before.
    CREATE TABLE journal_facets (
      sequence INTEGER PRIMARY KEY REFERENCES journal_leaves (sequence),
      definition_id TEXT,
      has_effect INTEGER NOT NULL
    ) STRICT;

    -- A clock that was set back spreads a day over more than its own entries; the bounds stay right.
    CREATE TABLE journal_days (
      legal_date TEXT PRIMARY KEY,
      first_sequence INTEGER NOT NULL,
      last_sequence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- definition_id: empty for an entry of no service; hour: the first 13 characters of the instant in UTC.
    CREATE TABLE journal_day_counts (
      legal_date TEXT NOT NULL,
      kind TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      definition_id TEXT NOT NULL,
      entries INTEGER NOT NULL,
      PRIMARY KEY (legal_date, kind, clerk_id, definition_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE journal_hour_counts (
      kind TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      hour TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      definition_id TEXT NOT NULL,
      entries INTEGER NOT NULL,
      PRIMARY KEY (kind, legal_date, hour, clerk_id, definition_id)
    ) STRICT, WITHOUT ROWID;

    CREATE VIRTUAL TABLE journal_search USING fts5 (
      words, content='', tokenize='unicode61 remove_diacritics 2', detail=none, prefix='2 3 4 5'
    );
    -- What is taken out leaves no trace in the index.
    INSERT INTO journal_search (journal_search, rank) VALUES ('secure-delete', 1);

    CREATE VIEW journal_words (sequence, words) AS
      SELECT l.sequence, ${words('l', 'p.payload')}
      FROM journal_leaves AS l LEFT JOIN journal_payloads AS p USING (sequence);

    -- An erased payload is forgotten by the index in the same statement; the facets stay.
    CREATE TRIGGER journal_search_forgets BEFORE UPDATE OF payload ON journal_payloads
    WHEN OLD.payload IS NOT NULL AND OLD.sequence <= (SELECT indexed_to FROM journal_index_state)
    BEGIN
      INSERT INTO journal_search (journal_search, rowid, words)
        SELECT 'delete', sequence, words FROM journal_words WHERE sequence = OLD.sequence;
      INSERT INTO journal_search (rowid, words)
        SELECT l.sequence, ${words('l', 'NULL')} FROM journal_leaves AS l WHERE l.sequence = OLD.sequence;
    END;

    -- The index of words does what these did, in any combination, and no act pays for them.
    DROP INDEX journal_leaves_by_clerk;
    DROP INDEX journal_leaves_by_kind;

    CREATE INDEX outbox_by_leaf ON outbox (leaf_sequence, state);
    CREATE INDEX outbox_leaves_by_state ON outbox (state, leaf_sequence);
    CREATE INDEX services_by_state ON services (state, id, visit_id);
    CREATE INDEX visits_by_ticket ON visits (ticket, legal_date);
    CREATE INDEX inbox_answers_by_reference ON inbox_answers (json_extract(body, '$.referenceNumber') COLLATE NOCASE)
      WHERE kind = 'reference-number';

    -- Exceptions are listed by day, the newest first, and counted while they are open.
    CREATE INDEX exceptions_by_kind ON exceptions (kind, legal_date, id);
  `,
};
