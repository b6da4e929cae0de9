import type { Migration } from './migration.ts';

/** Repeat visitors: found by document or by day of birth among the visits that are still held; what a review came to. */
export const identity: Migration = {
  version: 17,
  name: 'identity',
  sql: `
    CREATE INDEX visits_by_document ON visits (identity ->> '$.document.number') WHERE erased_at IS NULL;
    CREATE INDEX visits_by_birth ON visits (identity ->> '$.birthDate.year', identity ->> '$.birthDate.month',
      identity ->> '$.birthDate.day') WHERE erased_at IS NULL;

    -- What a review came to, where there is a choice; of other kinds the note says it.
    ALTER TABLE exceptions ADD COLUMN outcome TEXT
      CHECK (outcome IS NULL OR (reviewed_at IS NOT NULL AND outcome IN ('not-the-same', 'told-to-portal', 'mistake')));
    CREATE TRIGGER exceptions_outcome_once BEFORE UPDATE OF outcome ON exceptions
    WHEN OLD.reviewed_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'exceptions: a review is final'); END;
  `,
};
