import type { Desk, Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';
import type { EvidenceRules } from './rules.ts';

type Certification = Schemas['CertificationPayload'];
type Row = { series: string; office_id: string; issued_by: string | null; cancelled_by: string | null };

/** What stands against the fate an act gives to a number of evidence; null when nothing does. */
export function fateConflict(
  db: Database,
  desk: Desk,
  { evidence, state }: Certification,
): Schemas['EffectConflict'] | null {
  if (evidence === undefined) return null;
  const row = statement<[string], Row>(
    db,
    'SELECT series, office_id, issued_by, cancelled_by FROM evidence_numbers WHERE number = ?',
  ).get(evidence.number);
  if (row === undefined || row.office_id !== desk.officeId || row.series !== evidence.series)
    return { code: 'effect.number-unknown' };
  const isOpen = row.cancelled_by === null && (state === 'cancelled' || row.issued_by === null);
  return isOpen ? null : { code: 'effect.number-settled' };
}

/**
 * Gives a number its fate: issued, or cancelled, also after it was issued. To be called in the transaction that stores the effect,
 * when nothing stands against it.
 */
export function settleNumber(
  db: Database,
  rules: EvidenceRules,
  effectId: string,
  { evidence, state, issuedOn }: Certification,
): void {
  if (evidence === undefined) return;
  const column = state === 'issued' ? 'issued_by' : 'cancelled_by';
  const kept = rules[evidence.series].keptYears;
  const keptTo = `${Number(issuedOn.slice(0, 4)) + kept}${issuedOn.slice(4)}`;
  statement(db, `UPDATE evidence_numbers SET ${column} = ?, kept_to = ? WHERE number = ?`).run(
    effectId,
    keptTo,
    evidence.number,
  );
}

/**
 * Takes out of the records what the law lets be kept only for a time: who asked, what the document was. The number, its fate
 * and its day stay.
 */
export function forgetExpiredRecords(db: Database, today: string): void {
  statement(
    db,
    `UPDATE effects SET content = json_remove(content, '$.payload.extract.applicant', '$.payload.conversion.inputDescription')
     WHERE id IN (SELECT issued_by FROM evidence_numbers WHERE kept_to < :today AND forgotten = 0
       UNION SELECT cancelled_by FROM evidence_numbers WHERE kept_to < :today AND forgotten = 0)`,
  ).run({ today });
  statement(db, 'UPDATE evidence_numbers SET forgotten = 1 WHERE kept_to < ? AND forgotten = 0').run(today);
}
