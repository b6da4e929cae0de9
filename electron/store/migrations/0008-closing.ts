import type { Migration } from './migration.ts';

/**
 * The cash desk and the closing of the day. A closing covers a range of the log, so that a legal date never lies: what is
 * done after a closing waits for the next one, whatever day it is.
 */
export const closing: Migration = {
  version: 8,
  name: 'closing',
  sql: `
    -- Where closings begin: what was done before the desk knew of them asks for none, and its money is in no cash book.
    CREATE TABLE closing_start (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      after_sequence INTEGER NOT NULL
    ) STRICT;
    INSERT INTO closing_start (one, after_sequence) SELECT 1, coalesce(max(sequence), 0) FROM journal_leaves;
    CREATE TRIGGER closing_start_fixed BEFORE UPDATE ON closing_start
    BEGIN SELECT RAISE(ABORT, 'closing: its start is fixed'); END;
    CREATE TRIGGER closing_start_kept BEFORE DELETE ON closing_start
    BEGIN SELECT RAISE(ABORT, 'closing: its start stays'); END;

    -- A cancelled receipt stays with its number; its visit can be paid again. So a visit has one receipt in force, not
    -- one for ever, and the table has to be made anew: SQLite can not drop a UNIQUE.
    CREATE TABLE receipts_new (
      id TEXT PRIMARY KEY,
      visit_id TEXT NOT NULL REFERENCES visits (id),
      number TEXT NOT NULL UNIQUE,
      total INTEGER NOT NULL CHECK (total > 0),
      method TEXT NOT NULL CHECK (method IN ('cash', 'card')),
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      document_id TEXT NOT NULL REFERENCES outputs (document_id),
      -- What was charged; null on a receipt older than this column.
      lines TEXT CHECK (json_valid(lines)),
      cancelled_at TEXT
    ) STRICT;
    INSERT INTO receipts_new (id, visit_id, number, total, method, at, legal_date, document_id)
      SELECT id, visit_id, number, total, method, at, legal_date, document_id FROM receipts;
    DROP TABLE receipts;
    ALTER TABLE receipts_new RENAME TO receipts;
    CREATE UNIQUE INDEX receipts_in_force ON receipts (visit_id) WHERE cancelled_at IS NULL;
    CREATE INDEX receipts_of_visit ON receipts (visit_id);
    CREATE TRIGGER receipts_fixed BEFORE UPDATE OF id, visit_id, number, total, method, at, legal_date, document_id, lines ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts: an issued receipt never changes'); END;
    CREATE TRIGGER receipts_cancelled_once BEFORE UPDATE OF cancelled_at ON receipts
    WHEN OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'receipts: cancelled once, for ever'); END;
    CREATE TRIGGER receipts_kept BEFORE DELETE ON receipts
    BEGIN SELECT RAISE(ABORT, 'receipts: an issued receipt stays'); END;

    -- Storno: an act of its own, with a number of its own.
    CREATE TABLE receipt_cancellations (
      id TEXT PRIMARY KEY,
      receipt_id TEXT NOT NULL UNIQUE REFERENCES receipts (id),
      number TEXT NOT NULL UNIQUE,
      reason TEXT NOT NULL CHECK (length(reason) > 0),
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      document_id TEXT NOT NULL REFERENCES outputs (document_id)
    ) STRICT;
    CREATE TRIGGER receipt_cancellations_fixed BEFORE UPDATE ON receipt_cancellations
    BEGIN SELECT RAISE(ABORT, 'receipts: a cancellation never changes'); END;
    CREATE TRIGGER receipt_cancellations_kept BEFORE DELETE ON receipt_cancellations
    BEGIN SELECT RAISE(ABORT, 'receipts: a cancellation stays'); END;

    -- Whole crowns; in is positive, out negative. Card payments are here too, but in no drawer.
    CREATE TABLE cash_movements (
      id TEXT PRIMARY KEY,
      leaf_sequence INTEGER NOT NULL UNIQUE REFERENCES journal_leaves (sequence),
      kind TEXT NOT NULL CHECK (kind IN ('fee', 'refund', 'in', 'out')),
      method TEXT NOT NULL CHECK (method IN ('cash', 'card')),
      amount INTEGER NOT NULL CHECK (amount <> 0),
      purpose TEXT NOT NULL CHECK (purpose IN ('receipt', 'float', 'bank', 'treasury', 'other')),
      number TEXT,
      reason TEXT NOT NULL,
      clerk_id TEXT NOT NULL,
      at TEXT NOT NULL,
      legal_date TEXT NOT NULL,
      receipt_id TEXT REFERENCES receipts (id),
      CHECK ((amount > 0) = (kind IN ('fee', 'in'))),
      CHECK ((receipt_id IS NOT NULL) = (kind IN ('fee', 'refund'))),
      CHECK (method = 'cash' OR receipt_id IS NOT NULL),
      CHECK (purpose <> 'other' OR length(reason) > 0)
    ) STRICT;
    CREATE TRIGGER cash_movements_fixed BEFORE UPDATE ON cash_movements
    BEGIN SELECT RAISE(ABORT, 'cash: a movement never changes'); END;
    CREATE TRIGGER cash_movements_kept BEFORE DELETE ON cash_movements
    BEGIN SELECT RAISE(ABORT, 'cash: a movement stays'); END;

    -- Closings in their order. Each covers the log from behind the one before up to last_sequence.
    CREATE TABLE day_closings (
      ordinal INTEGER PRIMARY KEY CHECK (ordinal >= 1),
      id TEXT NOT NULL UNIQUE,
      number TEXT NOT NULL UNIQUE,
      leaf_sequence INTEGER NOT NULL UNIQUE REFERENCES journal_leaves (sequence),
      first_sequence INTEGER NOT NULL,
      last_sequence INTEGER NOT NULL,
      first_date TEXT NOT NULL,
      last_date TEXT NOT NULL,
      closed_at TEXT NOT NULL,
      closed_by TEXT NOT NULL,
      way TEXT NOT NULL CHECK (way IN ('at-desk', 'deputy', 'remote')),
      in_place_of TEXT,
      opening INTEGER NOT NULL CHECK (opening >= 0),
      expected INTEGER NOT NULL CHECK (expected >= 0),
      counted INTEGER NOT NULL CHECK (counted >= 0),
      counts TEXT NOT NULL CHECK (json_valid(counts)),
      difference_reason TEXT,
      carried TEXT NOT NULL CHECK (json_valid(carried)),
      checkpoint_size INTEGER,
      root_hash TEXT,
      checkpoint_note TEXT,
      document_id TEXT REFERENCES outputs (document_id),
      CHECK (last_sequence >= first_sequence),
      CHECK (counted = expected OR length(coalesce(difference_reason, '')) > 0),
      CHECK ((way = 'deputy') = (in_place_of IS NOT NULL))
    ) STRICT;
    CREATE TRIGGER day_closings_contiguous BEFORE INSERT ON day_closings
    WHEN NEW.ordinal IS NOT (SELECT coalesce(max(ordinal), 0) + 1 FROM day_closings)
      OR NEW.first_sequence IS NOT 1 + coalesce(
        (SELECT max(last_sequence) FROM day_closings),
        (SELECT after_sequence FROM closing_start)
      )
      OR NEW.opening IS NOT coalesce((SELECT counted FROM day_closings ORDER BY ordinal DESC LIMIT 1), 0)
    BEGIN SELECT RAISE(ABORT, 'closing: each begins where the one before ended'); END;
    CREATE TRIGGER day_closings_fixed BEFORE UPDATE ON day_closings
    BEGIN SELECT RAISE(ABORT, 'closing: it never changes'); END;
    CREATE TRIGGER day_closings_kept BEFORE DELETE ON day_closings
    BEGIN SELECT RAISE(ABORT, 'closing: it stays'); END;

    -- A closing counted at the desk that waits for a supervisor elsewhere.
    CREATE TABLE closing_requests (
      id TEXT PRIMARY KEY,
      leaf_sequence INTEGER NOT NULL UNIQUE REFERENCES journal_leaves (sequence),
      made_at TEXT NOT NULL,
      made_by TEXT NOT NULL,
      closing TEXT NOT NULL CHECK (json_valid(closing)),
      state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'returned', 'withdrawn')),
      answered_at TEXT,
      answered_by TEXT,
      note TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX closing_requests_waiting ON closing_requests (state) WHERE state = 'waiting';

    -- Who stands in for a supervisor, as the supervisor named them at this desk. Days in Europe/Prague.
    CREATE TABLE deputies (
      id TEXT PRIMARY KEY,
      clerk_id TEXT NOT NULL,
      supervisor_id TEXT NOT NULL,
      from_date TEXT NOT NULL,
      to_date TEXT NOT NULL,
      named_at TEXT NOT NULL,
      ended_at TEXT,
      CHECK (to_date >= from_date AND clerk_id <> supervisor_id)
    ) STRICT, WITHOUT ROWID;
  `,
};
