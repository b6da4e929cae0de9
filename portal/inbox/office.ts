import type { Schemas } from '../api.ts';
import { statement } from '../database.ts';
import type { Portal } from '../portal.ts';
import { answer } from './answers.ts';

/**
 * What the addressed office says of a complete submission: that it rejects it, or that something has to be completed until
 * a day. To be called within a transaction. False when there is no such submission.
 */
export function answerAsOffice(
  { db, clock }: Portal,
  kind: 'rejected' | 'completion-asked',
  effectId: string,
  reason: Schemas['Text'],
  deadline: string,
): boolean {
  const effect = statement<[string], { desk_id: string; office: string | null }>(
    db,
    `SELECT desk_id, addressed_office_id AS office FROM effects
     WHERE id = ? AND kind = 'submission' AND state = 'complete'`,
  ).get(effectId);
  if (effect === undefined) return false;
  const at = clock.now().getTime();
  const { desk_id: desk, office } = effect;
  if (kind === 'rejected') answer(db, desk, { effectId, kind, at, office, reason });
  else answer(db, desk, { effectId, kind, at, office, reason, deadline });
  return true;
}
