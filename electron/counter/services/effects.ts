import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Organisation, Party, Person } from '../../contract/shared.ts';
import { legalDate } from '../../values/time.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';
import type { Service, Visit } from '../visits/record.ts';

type Schemas = components['schemas'];

/** What the portal is told of accepted submissions, corrections and certified copies. */

const personOf = (person: Person): Schemas['NaturalPerson'] => {
  const { kind: _kind, ...rest } = person;
  return { type: 'person', ...rest };
};

const organisationOf = ({ kind: _kind, title, ...rest }: Organisation): Schemas['Organisation'] => ({
  type: 'organisation',
  name: title,
  ...rest,
});

const partyOf = (party: Party): Schemas['Party'] =>
  party.kind === 'person' ? personOf(party) : organisationOf(party);

export function submissionPayload(
  visit: Visit,
  service: Service,
  of: { addresseeId: string; contentHash: string; offline: boolean; receiptNumber: string },
  acting: Acting,
): Schemas['SubmissionPayload'] {
  const { applicant, concerns, actingAs } = visit.identity;
  if (!applicant) throw new Error('a submission has a verified applicant');
  const subject = service.record.form['subject'];
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
    // Whom it concerns comes first; who stood at the desk for another is told beside.
    applicant: concerns ? partyOf(concerns) : personOf(applicant),
    authority: actingAs ?? 'in-person',
    ...(concerns && { actingPerson: personOf(applicant) }),
    form: service.record.form,
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

export function certificationPayload(
  service: Service,
  of: { series: string; year: number; number: number; cancelled: string | null },
  acting: Acting,
): Schemas['CertificationPayload'] {
  const { count } = service.record;
  return {
    service: { id: service.definition.id, version: service.definition.version },
    book: { series: of.series, year: of.year, number: of.number },
    issuedOn: legalDate(acting.now),
    issuedBy: actingClerk(acting),
    state: of.cancelled === null ? 'issued' : 'cancelled',
    ...(of.cancelled !== null && { cancellationReason: of.cancelled }),
    ...(count && {
      clause: {
        sourceKind: count.sourceIs,
        sourcePages: count.sourcePages,
        copyPages: count.copyPages,
        complete: count.extent === 'complete',
        copyKind: count.madeAs,
        securityElement: count.securityFeature,
      },
      counts: { sheets: count.copySheets, sides: count.copyPages, begunPages: count.feePages },
    }),
  };
}
