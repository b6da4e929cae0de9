import type { Migration } from './migration.ts';

/** The hash tree over the log's leaves, and the checkpoints signed over it. */
export const evidence: Migration = {
  version: 4,
  name: 'evidence',
  sql: `
    -- Hashes of complete subtrees of RFC 6962: the one at (level, position) covers the leaves with the indexes from
    -- position * 2^level on, 2^level of them. Level 0 is journal_leaves.leaf_hash. A log from before this step has none
    -- of them until the first entry after it is appended; reading computes what is missing.
    CREATE TABLE journal_nodes (
      level INTEGER NOT NULL CHECK (level >= 1),
      position INTEGER NOT NULL CHECK (position >= 0),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (level, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER journal_nodes_fixed BEFORE UPDATE ON journal_nodes
    BEGIN SELECT RAISE(ABORT, 'journal: a node never changes'); END;
    CREATE TRIGGER journal_nodes_kept BEFORE DELETE ON journal_nodes
    BEGIN SELECT RAISE(ABORT, 'journal: a node is never deleted'); END;

    -- Signed notes. At one size there is one per key.
    CREATE TABLE journal_checkpoints (
      size INTEGER NOT NULL CHECK (size >= 1),
      key_id BLOB NOT NULL CHECK (length(key_id) = 4),
      root_hash BLOB NOT NULL CHECK (length(root_hash) = 32),
      epoch INTEGER NOT NULL CHECK (epoch >= 1),
      reason TEXT NOT NULL CHECK (reason IN ('sync', 'closing', 'demand', 'restore')),
      made_at TEXT NOT NULL,
      note TEXT NOT NULL,
      cosignature TEXT,
      countersigned_at TEXT,
      PRIMARY KEY (size, key_id),
      CHECK ((cosignature IS NULL) = (countersigned_at IS NULL))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX journal_checkpoints_countersigned ON journal_checkpoints (size) WHERE cosignature IS NOT NULL;
    CREATE TRIGGER journal_checkpoints_fixed BEFORE UPDATE ON journal_checkpoints
    WHEN OLD.cosignature IS NOT NULL OR NEW.cosignature IS NULL OR NEW.size <> OLD.size OR NEW.key_id <> OLD.key_id
      OR NEW.root_hash <> OLD.root_hash OR NEW.epoch <> OLD.epoch OR NEW.reason <> OLD.reason
      OR NEW.made_at <> OLD.made_at OR NEW.note <> OLD.note
    BEGIN SELECT RAISE(ABORT, 'journal: a checkpoint is countersigned once, never changed'); END;
    CREATE TRIGGER journal_checkpoints_kept BEFORE DELETE ON journal_checkpoints
    BEGIN SELECT RAISE(ABORT, 'journal: a checkpoint is never deleted'); END;

    -- Every key this log was ever signed with: who checks an old checkpoint needs its public half.
    CREATE TABLE journal_keys (
      public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
      key_id BLOB NOT NULL CHECK (length(key_id) = 4),
      name TEXT NOT NULL,
      first_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER journal_keys_fixed BEFORE UPDATE ON journal_keys
    BEGIN SELECT RAISE(ABORT, 'journal: a key never changes'); END;
    CREATE TRIGGER journal_keys_kept BEFORE DELETE ON journal_keys
    BEGIN SELECT RAISE(ABORT, 'journal: a key stays'); END;

    -- When the log went on under a new epoch, and the portal's checkpoint it goes on from (null: the portal had none).
    CREATE TABLE journal_epochs (
      epoch INTEGER PRIMARY KEY CHECK (epoch >= 2),
      first_sequence INTEGER NOT NULL CHECK (first_sequence >= 1),
      opened_at TEXT NOT NULL,
      names_size INTEGER,
      names_root BLOB CHECK (length(names_root) = 32),
      announced_at TEXT,
      CHECK ((names_size IS NULL) = (names_root IS NULL))
    ) STRICT;
    CREATE TRIGGER journal_epochs_fixed BEFORE UPDATE OF epoch, first_sequence, opened_at, names_size, names_root ON journal_epochs
    BEGIN SELECT RAISE(ABORT, 'journal: an epoch never changes'); END;
    CREATE TRIGGER journal_epochs_kept BEFORE DELETE ON journal_epochs
    BEGIN SELECT RAISE(ABORT, 'journal: an epoch stays'); END;

    -- An entry known from the portal alone (its payload went with a lost disk) is written as one whose payload is
    -- erased already; 0001 let a payload row begin only whole.
    DROP TRIGGER journal_payloads_once;
    CREATE TRIGGER journal_payloads_once BEFORE INSERT ON journal_payloads
    WHEN EXISTS (SELECT 1 FROM journal_payloads WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'journal: a payload is written once'); END;

    -- How far the desk's clock was from the portal's when the two were last compared and how long the log was then; what
    -- the log last said against the clock, and the latest time the clock had shown before that.
    CREATE TABLE journal_clock (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      offset_ms INTEGER,
      compared_at TEXT,
      compared_leaf INTEGER NOT NULL DEFAULT 0,
      marked TEXT CHECK (marked IN ('set-back', 'drifting')),
      shown_at TEXT
    ) STRICT;
    INSERT INTO journal_clock (one) VALUES (1);
  `,
};
