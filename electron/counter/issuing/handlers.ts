import type { ContractFailure } from '../../contract/shared.ts';
import * as evidenceNumbers from '../../store/evidence-numbers.ts';
import * as numbers from '../../store/numbers.ts';
import type { Tx } from '../../store/open.ts';
import type { AllottedNumber } from '../../sync/answers.ts';
import { ok, type Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { refuse } from '../failure.ts';
import { refundService } from '../fees/refund.ts';
import { receiptOf } from '../fees/table.ts';
import { command, type Handler, preparedCommand } from '../handlers.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { type Acting, actingClerk, enqueue } from '../queue/enqueue.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { withDone } from '../services/steps.ts';
import { giveUpPrint } from '../services/void-request.ts';
import type { Service } from '../visits/record.ts';
import { getRunningService, getService, getVisit, isOfAnother, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { type Acted, type Allotted, cancelledCertification, certificationOf } from './certification.ts';
import { copyIssuer } from './copy.ts';
import { askNumber } from './evidence.ts';
import { extractIssuer } from './extract.ts';
import type { IssuedKind, Issuer } from './issuer.ts';

const issuers: Record<IssuedKind, Issuer> = {
  'copy-certification': copyIssuer,
  'register-extract': extractIssuer,
};

const issuerOf = ({ definition: { kind } }: Service): Issuer | null =>
  kind === 'submission' ? null : issuers[kind];

/** What is issued under a number: the number's allotment, its papers, and its cancellation. */
export function issuingHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const kick = () => prints.kick();
  return [
    preparedCommand(
      'services.issue',
      async (asked, { serviceId }): Promise<Result<AllottedNumber | null, ContractFailure>> => {
        const { session } = asked;
        const { visit, service } = desk.store.read((tx) => getRunningService(tx, serviceId, session.clerkId));
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const { evidence } = service.definition;
        return evidence
          ? askNumber(desk, { serviceId, series: evidence, acting: { ...asked, role: 'clerk' } })
          : ok(null);
      },
      (commanded, { serviceId }, fromEvidence) => {
        const { tx, actId, session, now, after } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const issuer = issuerOf(service);
        const at = now.toISOString();
        const allotted = fromEvidence
          ? takeEvidenceNumber(tx, service, fromEvidence, at)
          : takeBookNumber(tx, service, { year: Number(legalDate(now).slice(0, 4)), actId, at });
        if (!issuer || !allotted) return refuse('service.not-offered');
        const papers = issuer.papers(desk, tx, { visit, service, number: allotted.printed, now, session });
        const effectId = desk.newId();
        const issued: Service = { ...withDone(service, 'issue'), state: 'done' };
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
          serviceId,
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
          orderOutput(tx, { ...paper, visitId: visit.id, serviceId, madeAt: at }, desk.newId());
        after(kick);
        return ok(serviceViewOf(tx, visit, issued));
      },
    ),

    command('services.cancel-number', (commanded, { serviceId, reason }) => {
      const { tx, session, now, after } = commanded;
      const service = getService(tx, serviceId);
      const visit = getVisit(tx, service.visitId);
      const issuer = issuerOf(service);
      const { certification } = service.record;
      if (!certification || !issuer) return refuse('copy.no-number');
      if (certification.fate === 'cancelled') return refuse('copy.cancelled-already');
      if (isOfAnother(visit, session)) return refuse('visit.of-another-clerk');
      const at = now.toISOString();
      if (service.definition.evidence)
        evidenceNumbers.settle(tx, { ...certification, serviceId, fate: 'cancelled', reason, at });
      else numbers.setFate(tx, certification, 'cancelled', at, reason);
      // Money that was taken goes back with it; the receipt stays as it was issued.
      const receipt = receiptOf(tx, visit.id);
      if (receipt) refundService(desk, commanded, { visit, service, receipt, reason });
      const cancelled: Service = {
        ...service,
        record: {
          ...service.record,
          certification: { ...certification, fate: 'cancelled', cancelReason: reason },
        },
      };
      saveService(tx, cancelled);
      for (const documentId of certification.documentIds) giveUpPrint(tx, documentId, at);
      const leafSequence = record(desk, commanded, {
        kind: 'number-cancelled',
        visitId: visit.id,
        serviceId,
        payload: { ...numberOf(certification), reason },
      });
      raiseFor(desk, commanded, {
        kind: 'number-cancelled',
        visitId: visit.id,
        serviceId,
        leafSequence,
        params: { number: certification.printed },
      });
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId: visit.id,
        kind: 'certification',
        leafSequence,
        madeAt: now,
        payload: cancelledCertification(service, certification, reason, acted(commanded)),
        blobs: [],
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, cancelled));
    }),
  ];
}

function takeBookNumber(
  tx: Tx,
  { definition: { book } }: Service,
  of: { year: number; actId: string; at: string },
): Allotted | null {
  if (!book) return null;
  const allotted = numbers.allot(tx, { series: book.series, ...of });
  numbers.setFate(tx, allotted, 'used', of.at);
  return { ...allotted, printed: `${allotted.number}/${of.year}` };
}

function takeEvidenceNumber(
  tx: Tx,
  { id: serviceId, definition: { evidence: series } }: Service,
  { number: printed, sequence: number, year }: AllottedNumber,
  at: string,
): Allotted | null {
  if (!series) return null;
  evidenceNumbers.settle(tx, { serviceId, year, number, printed, fate: 'used', at });
  return { series, year, number, printed };
}

const numberOf = ({ series, year, number, printed }: Allotted) => ({ series, year, number, printed });

const acted = (acting: Acting): Acted => ({
  issuedOn: legalDate(acting.now),
  issuedBy: actingClerk(acting),
});
