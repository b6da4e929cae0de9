import type { Migration } from './migration.ts';

/** What has been erased of a visit and of a document, and the short ways to what still has to be. */
export const retention: Migration = {
  version: 9,
  name: 'retention',
  sql: `
    ALTER TABLE visits ADD COLUMN erased_at TEXT;
    ALTER TABLE outputs ADD COLUMN erased_at TEXT;

    -- All stay small: what was erased leaves them.
    CREATE INDEX visits_to_erase ON visits (id) WHERE erased_at IS NULL;
    CREATE INDEX outputs_to_erase ON outputs (visit_id) WHERE erased_at IS NULL;
    CREATE INDEX outbox_to_erase ON outbox (visit_id) WHERE payload IS NOT NULL;
    -- An answer as it came names its kind; of an erased one only the number is left.
    CREATE INDEX inbox_answers_to_erase ON inbox_answers (effect_id) WHERE json_extract(body, '$.kind') IS NOT NULL;
    CREATE INDEX journal_payloads_to_erase ON journal_payloads (sequence) WHERE payload IS NOT NULL;

    -- An effect on its way needs its contents, whatever becomes of the visit's own pages and papers meanwhile.
    INSERT OR IGNORE INTO blob_uses (sha256, owner)
      SELECT b.sha256, 'effect:' || b.effect_id FROM outbox_blobs AS b
      JOIN outbox AS o ON o.id = b.effect_id JOIN blobs USING (sha256)
      WHERE o.state NOT IN ('accepted', 'closed');
  `,
};
