import type { Migration } from './migration.ts';

/** What a store that was restored, rescued or taken over has to settle with the portal before it numbers anything. */
export const recovery: Migration = {
  version: 10,
  name: 'recovery',
  sql: `
    CREATE TABLE recoveries (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('restored', 'rescued', 'taken-over')),
      backup_id TEXT,
      backup_at TEXT,
      -- The last entry of the log that was here when it began.
      last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
      -- reconciling: the portal is to say what it has; numbering: a person is to say the last numbers on paper.
      state TEXT NOT NULL CHECK (state IN ('reconciling', 'numbering', 'done')),
      begun_at TEXT NOT NULL,
      reconciled_at TEXT,
      done_at TEXT,
      done_by TEXT,
      -- The token this machine takes at the portal, made before it is told so that a lost answer loses nothing.
      new_token TEXT,
      report TEXT NOT NULL CHECK (json_valid(report)),
      CHECK ((done_at IS NOT NULL) = (state = 'done') AND (reconciled_at IS NULL) = (state = 'reconciling'))
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX recoveries_one_open ON recoveries ((state <> 'done')) WHERE state <> 'done';
    CREATE TRIGGER recoveries_forward BEFORE UPDATE OF state ON recoveries
    WHEN OLD.state = 'done' OR (OLD.state = 'numbering' AND NEW.state = 'reconciling')
    BEGIN SELECT RAISE(ABORT, 'recoveries: they only go on'); END;
    CREATE TRIGGER recoveries_kept BEFORE DELETE ON recoveries
    BEGIN SELECT RAISE(ABORT, 'recoveries: they stay'); END;

    -- Entries whose leaf came back and whose payload did not: the disk that held it is gone.
    CREATE TABLE recovered_leaves (
      sequence INTEGER PRIMARY KEY,
      recovery_id TEXT NOT NULL REFERENCES recoveries (id)
    ) STRICT;

    -- Entries rescued from a damaged file, until the portal has filled the holes between them.
    CREATE TABLE rescued_entries (
      sequence INTEGER PRIMARY KEY,
      leaf BLOB NOT NULL,
      salt BLOB,
      payload BLOB,
      erased_at TEXT
    ) STRICT;

    -- Rows of other tables rescued from it, until the entries they refer to stand in the log.
    CREATE TABLE rescued_rows (
      ordinal INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      row TEXT NOT NULL CHECK (json_valid(row))
    ) STRICT;

    -- Numbers lost or recognised are entered with their fate; none is allotted anew before both are known. Rescued ones are
    -- entered as they were, while nothing but the recovery can write.
    CREATE TRIGGER numbers_after_recovery BEFORE INSERT ON numbers
    WHEN NEW.fate = 'allotted' AND EXISTS (SELECT 1 FROM recoveries WHERE state <> 'done')
      AND NOT EXISTS (SELECT 1 FROM rescued_rows)
    BEGIN SELECT RAISE(ABORT, 'numbers: not reconciled with the portal yet'); END;
  `,
};
