import type { Migration } from './migration.ts';

/**
 * Repeat visitors: found by document or by day of birth among the visits that are still held; what a review came to. Verifications of before
 * get a result: as strong as it was then, with no word of what was compared. Services in progress say who needs witnesses.
 */
export const identity: Migration = {
  version: 19,
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

    -- Who needs witnesses is said by the service (§ 10 odst. 4 a 5 zákona 21/2006 Sb.); what is in progress goes on by the same rule.
    UPDATE services SET definition = json_set(definition, '$.witnesses', json('{
      "when": [["cannot-read", "cannot-write"], ["content-unknown", "cannot-sign"]],
      "paragraph": "§ 10 odst. 4 a 5 zákona č. 21/2006 Sb."
    }'))
    WHERE EXISTS (SELECT 1 FROM json_each(definition, '$.steps') WHERE value = 'signing');

    WITH decided AS (
      SELECT v.id, coalesce(l.at, v.opened_at) AS at, coalesce(l.clerk_id, v.clerk_id) AS clerk_id
      FROM visits AS v LEFT JOIN journal_leaves AS l ON l.sequence = (
        SELECT max(sequence) FROM journal_leaves WHERE visit_id = v.id AND kind = 'identity-verified')
      WHERE v.identity ->> '$.state' = 'verified' AND v.identity ->> '$.applicant' IS NOT NULL
    )
    UPDATE visits SET identity = json_set(identity, '$.verification', json_object(
      'stated', json_object('writing', 'visual'),
      'strength', CASE
        WHEN identity ->> '$.document.chip.strength' IN ('proven', 'data-proven') THEN 'proven'
        WHEN identity ->> '$.document.chip.strength' = 'refuted' OR identity ->> '$.document.source' = 'typed'
          OR json_array_length(identity, '$.document.overruledChecks') > 0
          OR EXISTS (SELECT 1 FROM json_each(identity, '$.document.corrections') WHERE value ->> '$.by' = 'clerk') THEN 'seen'
        ELSE 'read' END,
      'compared', NULL,
      'at', d.at,
      'by', json_object('clerkId', d.clerk_id, 'name', json(coalesce(
        (SELECT name FROM clerk_accounts WHERE id = d.clerk_id),
        (SELECT data -> '$.name' FROM master WHERE collection = 'clerks' AND id = d.clerk_id),
        json_object('surname', d.clerk_id))))))
    FROM decided AS d WHERE d.id = visits.id;
  `,
};
