import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Organisation, Party, Person } from '../../contract/shared.ts';
import { legalDate } from '../../values/time.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';
import type { Service, Visit } from '../visits/record.ts';
import { handedIn } from './handed-in.ts';

type Schemas = components['schemas'];

/** What the portal is told of accepted submissions and corrections. */

const personOf = (person: Person): Schemas['NaturalPerson'] => {
  const { kind: _kind, ...rest } = person;
  return { type: 'person', ...rest };
};

const organisationOf = ({ kind: _kind, title, ...rest }: Organisation): Schemas['Organisation'] => ({
  type: 'organisation',
  name: title,
  ...rest,
});

export const partyOf = (party: Party): Schemas['Party'] =>
  party.kind === 'person' ? personOf(party) : organisationOf(party);

export function submissionPayload(
  visit: Visit,
  service: Service,
  of: { addresseeId: string; contentHash: string; offline: boolean; receiptNumber: string },
  acting: Acting,
): Schemas['SubmissionPayload'] {
  const paper = handedIn(service);
  const subject = paper?.subject ?? service.record.form['subject'];
  return {
    service: { id: service.definition.id, version: service.definition.version },
    addressedOfficeId: of.addresseeId,
    subject:
      typeof subject === 'string' && subject !== '' ? subject.slice(0, 255) : service.definition.title.cs,
    acceptedAt: acting.now.toISOString(),
    acceptedOn: legalDate(acting.now),
    acceptedBy: actingClerk(acting),
    offline: of.offline,
    receiptNumber: of.receiptNumber,
    contentHash: of.contentHash,
    ...(paper ? { applicant: paper.party, authority: 'handed-in' as const } : whoSubmits(visit)),
    ...(service.record.repliesTo !== null && { repliesTo: service.record.repliesTo }),
    form: service.record.form,
  };
}

/** Whom it concerns comes first; who stood at the desk for another is told beside. */
function whoSubmits(
  visit: Visit,
): Pick<Schemas['SubmissionPayload'], 'applicant' | 'authority' | 'actingPerson'> {
  const { applicant, concerns, actingAs } = visit.identity;
  if (!applicant) throw new Error('a submission has a verified applicant');
  return {
    applicant: concerns ? partyOf(concerns) : personOf(applicant),
    authority: actingAs ?? 'in-person',
    ...(concerns && { actingPerson: personOf(applicant) }),
  };
}

export function correctionPayload(
  service: Service,
  of: { submissionId: string; addresseeId: string; correction: string },
  acting: Acting,
): Schemas['CorrectionPayload'] {
  return {
    corrects: of.submissionId,
    addressedOfficeId: of.addresseeId,
    reason: `Oprava podání: ${service.definition.title.cs}`,
    madeBy: actingClerk(acting),
    note: of.correction,
  };
}
