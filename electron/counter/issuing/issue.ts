import * as evidenceNumbers from '../../store/evidence-numbers.ts';
import type { Tx } from '../../store/open.ts';
import type { AllottedNumber } from '../../sync/answers.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import type { Commanded } from '../handlers.ts';
import { orderOutput } from '../outputs/table.ts';
import { type Acting, actingClerk, enqueue } from '../queue/enqueue.ts';
import { currentStep, withDone } from '../services/steps.ts';
import type { Service, Visit } from '../visits/record.ts';
import { saveService } from '../visits/table.ts';
import { type Acted, type Allotted, certificationOf } from './certification.ts';
import type { Issuer } from './issuer.ts';

/** Commands that end services under numbers. */
export type Issuing = Commanded<'services.issue' | 'services.issue-signed' | 'conversions.sign'>;

/** Ends a service under its number: orders the papers that bear it, and tells the log and the portal. */
export function issueOne(
  desk: Desk,
  commanded: Issuing,
  issuer: Issuer,
  visit: Visit,
  service: Service,
  allotted: Allotted,
): { issued: Service; leafSequence: number } {
  const { tx, session, now } = commanded;
  const at = now.toISOString();
  const papers = issuer.papers(desk, tx, { visit, service, number: allotted.printed, now, session });
  const effectId = desk.newId();
  const ended = withDone(service, 'issue');
  // A file has still to be given over; a paper lies in the printer.
  const issued: Service = { ...ended, state: currentStep(ended) === 'delivery' ? 'in-progress' : 'done' };
  issued.record = {
    ...issued.record,
    certification: {
      ...allotted,
      at,
      effectId,
      documentIds: [
        ...(issuer.printedBefore?.(service) ?? []),
        ...papers.map(({ documentId }) => documentId),
      ],
      fate: 'used',
      cancelReason: null,
    },
  };
  saveService(tx, issued);
  const leafSequence = record(desk, commanded, {
    kind: issuer.act,
    visitId: visit.id,
    serviceId: service.id,
    payload: { ...numberOf(allotted), ...issuer.logged(service) },
  });
  enqueue(desk, tx, {
    id: effectId,
    visitId: visit.id,
    kind: 'certification',
    leafSequence,
    madeAt: now,
    payload: {
      ...certificationOf(service, allotted, acted(commanded)),
      ...issuer.told(service, visit),
    },
    blobs: [],
  });
  for (const paper of papers)
    orderOutput(tx, { ...paper, visitId: visit.id, serviceId: service.id, madeAt: at }, desk.newId());
  return { issued, leafSequence };
}

export function takeEvidenceNumber(
  tx: Tx,
  { id: serviceId, definition: { evidence: series } }: Service,
  { number: printed, sequence: number, year }: AllottedNumber,
  at: string,
): Allotted | null {
  if (!series) return null;
  evidenceNumbers.settle(tx, { serviceId, year, number, printed, fate: 'used', at });
  return { series, year, number, printed };
}

export const numberOf = ({ series, year, number, printed }: Allotted) => ({ series, year, number, printed });

export const acted = (acting: Acting): Acted => ({
  issuedOn: legalDate(acting.now),
  issuedBy: actingClerk(acting),
});
