import type { Migration } from './migration.ts';

/** Media that left for the portal, and the portal's answers to them that were taken in. */
export const media: Migration = {
  version: 11,
  name: 'media',
  sql: `
    CREATE TABLE media_written (
      number INTEGER PRIMARY KEY CHECK (number >= 1),
      -- abandoned: it never left the desk whole.
      state TEXT NOT NULL CHECK (state IN ('writing', 'written', 'abandoned')),
      at TEXT NOT NULL,
      entries INTEGER NOT NULL CHECK (entries >= 0),
      effects INTEGER NOT NULL CHECK (effects >= 0),
      -- How far the desk had read from the portal then, by the names of the cursors: where the answer goes on from.
      cursors TEXT NOT NULL CHECK (json_valid(cursors))
    ) STRICT;
    CREATE UNIQUE INDEX media_written_one ON media_written ((state = 'writing')) WHERE state = 'writing';
    CREATE TRIGGER media_written_forward BEFORE UPDATE OF state ON media_written WHEN OLD.state <> 'writing'
    BEGIN SELECT RAISE(ABORT, 'media: a number keeps its end'); END;
    CREATE TRIGGER media_written_kept BEFORE DELETE ON media_written
    BEGIN SELECT RAISE(ABORT, 'media: numbers stay'); END;

    CREATE TABLE media_taken (
      number INTEGER PRIMARY KEY CHECK (number >= 1),
      -- The medium of this desk that it answers.
      answers INTEGER NOT NULL CHECK (answers >= 1),
      -- The portal's time when it was written.
      at TEXT NOT NULL,
      taken_at TEXT NOT NULL,
      -- How far the desk had read from the portal with it.
      cursors TEXT NOT NULL CHECK (json_valid(cursors))
    ) STRICT;
    CREATE TRIGGER media_taken_kept BEFORE DELETE ON media_taken
    BEGIN SELECT RAISE(ABORT, 'media: answers stay'); END;
  `,
};
