import type { Migration } from './migration.ts';

/** What needs a supervisor's eyes, until somebody has looked at it. */
export const exceptions: Migration = {
  version: 3,
  name: 'exceptions',
  sql: `
    CREATE TABLE exceptions (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      clerk_id TEXT,
      visit_id TEXT,
      service_id TEXT,
      leaf_sequence INTEGER REFERENCES journal_leaves (sequence),
      params TEXT NOT NULL CHECK (json_valid(params)),
      reviewed_at TEXT,
      reviewed_by TEXT,
      note TEXT,
      CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX exceptions_open ON exceptions (legal_date, id) WHERE reviewed_at IS NULL;
    CREATE INDEX exceptions_by_date ON exceptions (legal_date, id);

    CREATE TRIGGER exceptions_fixed BEFORE UPDATE OF id, kind, at, legal_date, clerk_id, visit_id, service_id, leaf_sequence ON exceptions
    BEGIN SELECT RAISE(ABORT, 'exceptions: what happened never changes'); END;
    CREATE TRIGGER exceptions_reviewed_once BEFORE UPDATE OF reviewed_at, reviewed_by ON exceptions
    WHEN OLD.reviewed_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'exceptions: a review is final'); END;
    CREATE TRIGGER exceptions_kept BEFORE DELETE ON exceptions
    BEGIN SELECT RAISE(ABORT, 'exceptions: they stay'); END;
  `,
};
