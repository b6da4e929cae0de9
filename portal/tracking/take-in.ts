import type { Schemas } from '../api.ts';
import type { Portal } from '../portal.ts';
import { addState, insertSubmission } from './table.ts';

/** A submission of a desk is complete here: its office has it from now on. Within the transaction that completes it. */
export function receiveSubmission(
  { db, clock }: Portal,
  effectId: string,
  {
    addressedOfficeId,
    subject,
    receiptNumber,
    acceptedOn,
    authority,
    applicant,
    actingPerson,
  }: Schemas['SubmissionPayload'],
): void {
  insertSubmission(db, {
    id: effectId,
    effectId,
    medium: authority === 'handed-in' ? 'paper' : 'electronic',
    officeId: addressedOfficeId,
    subject,
    receiptNumber: receiptNumber ?? null,
    handedInOn: acceptedOn,
    parties: [
      { role: 'applicant', party: applicant },
      ...(actingPerson === undefined ? [] : [{ role: 'acting' as const, party: actingPerson }]),
    ],
  });
  addState(db, effectId, { state: 'received', at: clock.now().toISOString() });
}
