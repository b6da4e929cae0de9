import type { Migration } from './migration.ts';

// A table WITHOUT ROWID keeps its rows in a tree of keys: what is longer than a quarter of a page goes to a page of its own,
// and every change of the row writes that page anew, encrypted. Effects and results of commands are that long.
export const plainRows: Migration = {
  version: 13,
  name: 'plain-rows',
  sql: `
    CREATE TABLE outbox_new (
      id TEXT PRIMARY KEY NOT NULL,
      visit_id TEXT NOT NULL,
      ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
      kind TEXT NOT NULL,
      leaf_sequence INTEGER NOT NULL REFERENCES journal_leaves (sequence),
      made_at TEXT NOT NULL,
      payload TEXT CHECK (json_valid(payload)),
      state TEXT NOT NULL
        CHECK (state IN ('waiting', 'sending', 'incomplete', 'accepted', 'needs-person', 'closed')),
      attempts INTEGER NOT NULL DEFAULT 0,
      next_try_at TEXT,
      last_code TEXT,
      last_params TEXT CHECK (json_valid(last_params)),
      changed_at TEXT NOT NULL,
      refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0),
      first_refused_at TEXT,
      -- What is asked of a person about an effect the portal accepted: a code, until somebody has dealt with it.
      task TEXT CHECK (task IS NULL OR state = 'accepted'),
      handed_over_at TEXT,
      handed_over_by TEXT,
      reopened_for TEXT CHECK (reopened_for IN ('portal-forgot')),
      reopened_at TEXT,
      UNIQUE (visit_id, ordinal),
      -- What the machine owns has a time of the next try; what it does not own has none.
      CHECK ((next_try_at IS NOT NULL) = (state IN ('waiting', 'incomplete'))),
      CHECK (payload IS NOT NULL OR state IN ('accepted', 'closed'))
    ) STRICT;
    INSERT INTO outbox_new SELECT * FROM outbox ORDER BY leaf_sequence, visit_id, ordinal;

    CREATE TABLE outbox_blobs_new (
      effect_id TEXT NOT NULL REFERENCES outbox_new (id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
      role TEXT NOT NULL,
      size INTEGER NOT NULL,
      media_type TEXT NOT NULL,
      uploaded_at TEXT,
      PRIMARY KEY (effect_id, sha256, role)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO outbox_blobs_new SELECT * FROM outbox_blobs;

    -- What refers to the effects goes first: it would be deleted with them.
    DROP TABLE outbox_blobs;
    DROP TABLE outbox;
    ALTER TABLE outbox_new RENAME TO outbox;
    ALTER TABLE outbox_blobs_new RENAME TO outbox_blobs;

    CREATE INDEX outbox_due ON outbox (next_try_at, id) WHERE state IN ('waiting', 'incomplete');
    CREATE INDEX outbox_open ON outbox (visit_id, ordinal) WHERE state IN ('waiting', 'sending', 'needs-person');
    CREATE INDEX outbox_by_state ON outbox (state, id);
    -- The order in which acts were made, which a clock set back does not change.
    CREATE INDEX outbox_to_send ON outbox (leaf_sequence, visit_id, ordinal)
      WHERE state IN ('waiting', 'incomplete');
    CREATE INDEX outbox_tasks ON outbox (id) WHERE task IS NOT NULL;
    CREATE INDEX outbox_by_leaf ON outbox (leaf_sequence, state);
    CREATE INDEX outbox_leaves_by_state ON outbox (state, leaf_sequence);
    CREATE INDEX outbox_to_erase ON outbox (visit_id) WHERE payload IS NOT NULL;
    CREATE INDEX outbox_blobs_by_hash ON outbox_blobs (sha256);
    CREATE INDEX outbox_blobs_missing ON outbox_blobs (effect_id) WHERE uploaded_at IS NULL;

    CREATE TRIGGER outbox_identity_fixed BEFORE UPDATE OF id, visit_id, ordinal, kind, leaf_sequence, made_at ON outbox
    BEGIN SELECT RAISE(ABORT, 'outbox: what an effect is never changes'); END;
    -- An accepted effect goes back to waiting in one case only: the portal no longer has it, and that is on record.
    CREATE TRIGGER outbox_end_is_final BEFORE UPDATE OF state ON outbox
    WHEN OLD.state IN ('accepted', 'closed') AND NEW.state <> OLD.state
      AND NOT (OLD.state = 'accepted' AND NEW.state = 'waiting' AND NEW.payload IS NOT NULL
        AND NEW.reopened_for = 'portal-forgot' AND NEW.reopened_at IS NOT NULL
        AND NEW.reopened_at IS NOT OLD.reopened_at)
    BEGIN SELECT RAISE(ABORT, 'outbox: what was accepted or closed stays so'); END;

    CREATE TABLE commands_new (
      id TEXT PRIMARY KEY NOT NULL,
      name TEXT NOT NULL,
      clerk_id TEXT,
      input_hash BLOB NOT NULL CHECK (length(input_hash) = 32),
      result TEXT NOT NULL CHECK (json_valid(result)),
      at TEXT NOT NULL
    ) STRICT;
    INSERT INTO commands_new SELECT * FROM commands;
    DROP TABLE commands;
    ALTER TABLE commands_new RENAME TO commands;
    CREATE INDEX commands_by_time ON commands (at);
  `,
};
