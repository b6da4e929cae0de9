import type { Migration } from './migration.ts';

// An accepted effect may go back to waiting in one case only: the portal no longer has it. The reason and the instant
// are written with the move, so the exception to "what was accepted stays so" is always on record.
export const delivery: Migration = {
  version: 5,
  name: 'delivery',
  sql: `
    ALTER TABLE outbox ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0);
    ALTER TABLE outbox ADD COLUMN first_refused_at TEXT;
    -- What is asked of a person about an effect the portal accepted: a code, until somebody has dealt with it.
    ALTER TABLE outbox ADD COLUMN task TEXT CHECK (task IS NULL OR state = 'accepted');
    ALTER TABLE outbox ADD COLUMN handed_over_at TEXT;
    ALTER TABLE outbox ADD COLUMN handed_over_by TEXT;
    ALTER TABLE outbox ADD COLUMN reopened_for TEXT CHECK (reopened_for IN ('portal-forgot'));
    ALTER TABLE outbox ADD COLUMN reopened_at TEXT;

    DROP TRIGGER outbox_end_is_final;
    CREATE TRIGGER outbox_end_is_final BEFORE UPDATE OF state ON outbox
    WHEN OLD.state IN ('accepted', 'closed') AND NEW.state <> OLD.state
      AND NOT (OLD.state = 'accepted' AND NEW.state = 'waiting' AND NEW.payload IS NOT NULL
        AND NEW.reopened_for = 'portal-forgot' AND NEW.reopened_at IS NOT NULL
        AND NEW.reopened_at IS NOT OLD.reopened_at)
    BEGIN SELECT RAISE(ABORT, 'outbox: what was accepted or closed stays so'); END;

    -- The order in which acts were made, which a clock set back does not change.
    CREATE INDEX outbox_to_send ON outbox (leaf_sequence, visit_id, ordinal)
      WHERE state IN ('waiting', 'incomplete');
    CREATE INDEX outbox_tasks ON outbox (id) WHERE task IS NOT NULL;
    CREATE INDEX outbox_blobs_missing ON outbox_blobs (effect_id) WHERE uploaded_at IS NULL;

    -- Contents on their way by tus: where the portal keeps what has arrived.
    CREATE TABLE uploads (
      sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
      upload_id TEXT NOT NULL,
      size INTEGER NOT NULL CHECK (size > 0),
      made_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
