import type { ContractFailure } from '../../contract/shared.ts';
import * as evidenceNumbers from '../../store/evidence-numbers.ts';
import * as numbers from '../../store/numbers.ts';
import type { AllottedNumber } from '../../sync/answers.ts';
import { ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { refuse } from '../failure.ts';
import { refundService } from '../fees/refund.ts';
import { receiptOf } from '../fees/table.ts';
import { command, type Handler, preparedCommand } from '../handlers.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { enqueue } from '../queue/enqueue.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { giveUpPapers } from '../services/void-request.ts';
import type { Service } from '../visits/record.ts';
import { getRunningService, getService, getVisit, isOfAnother, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { bookObstacle, takeBookNumber } from './book-number.ts';
import { cancelledCertification } from './certification.ts';
import { toElectronicIssuer, toPaperIssuer } from './conversion.ts';
import { copyIssuer } from './copy.ts';
import { electronicSignatureIssuer } from './electronic-signature.ts';
import { askNumber } from './evidence.ts';
import { extractIssuer } from './extract.ts';
import { furtherService } from './further.ts';
import { acted, issueOne, numberOf, takeEvidenceNumber } from './issue.ts';
import type { IssuedKind, Issuer } from './issuer.ts';
import { signatureIssuer } from './signature.ts';

const issuers: Record<IssuedKind, Issuer> = {
  'copy-certification': copyIssuer,
  'register-extract': extractIssuer,
  'signature-certification': signatureIssuer,
  'electronic-signature-certification': electronicSignatureIssuer,
  'conversion-to-paper': toPaperIssuer,
  'conversion-to-electronic': toElectronicIssuer,
};

const issuerOf = ({ definition: { kind } }: Service): Issuer | null =>
  kind === 'submission' || kind === 'account' ? null : issuers[kind];

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
        const { tx, session, now, after } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'issue');
        mayGoOn(visit, service, session);
        const issuer = issuerOf(service);
        const obstacle = issuer?.obstacle?.({ visit, service, now, session });
        if (obstacle) return refuse(obstacle);
        const closed = bookObstacle(tx, service.definition, now);
        if (closed) return { ok: false, error: closed };
        const allotted = fromEvidence
          ? takeEvidenceNumber(tx, service, fromEvidence, now.toISOString())
          : takeBookNumber(tx, service, commanded);
        if (!issuer || !allotted) return refuse('service.not-offered');
        const { issued, leafSequence } = issueOne(desk, commanded, issuer, visit, service, allotted);
        for (let further = 1; further < (issuer.times?.(service) ?? 1); further += 1) {
          const next = furtherService(desk, commanded, visit, service);
          const another = takeBookNumber(tx, next.service, next.act);
          if (another) issueOne(desk, next.act, issuer, visit, next.service, another);
        }
        const exception = issuer.exception?.(service);
        if (exception)
          raiseFor(desk, commanded, { kind: exception, visitId: visit.id, serviceId, leafSequence });
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
        // What waited to be given over is not given over any more.
        state: 'done',
        record: {
          ...service.record,
          certification: { ...certification, fate: 'cancelled', cancelReason: reason },
        },
      };
      saveService(tx, cancelled);
      giveUpPapers(tx, serviceId, at);
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
