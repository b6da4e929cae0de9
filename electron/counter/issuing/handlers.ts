import type { components } from '../../../resources/portal-api/schema.d.ts';
import * as numbers from '../../store/numbers.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { refuse } from '../failure.ts';
import { receiptOf } from '../fees/table.ts';
import { command, type Handler } from '../handlers.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { type Acting, actingClerk, enqueue } from '../queue/enqueue.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { withDone } from '../services/steps.ts';
import { giveUpPrint } from '../services/void-request.ts';
import type { Service } from '../visits/record.ts';
import { getRunningService, getService, getVisit, isOfAnother, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { copyIssuer } from './copy.ts';
import type { IssuedKind, Issuer } from './issuer.ts';

const issuers: Record<IssuedKind, Issuer> = {
  'copy-certification': copyIssuer,
};

const issuerOf = ({ definition: { kind } }: Service): Issuer | null =>
  kind === 'submission' ? null : issuers[kind];

/** What is issued under a number: the number's allotment, its papers, and its cancellation. */
export function issuingHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const kick = () => prints.kick();
  return [
    command('services.issue', (commanded, { serviceId }) => {
      const { tx, actId, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'issue');
      mayGoOn(visit, service, session);
      const { book } = service.definition;
      const issuer = issuerOf(service);
      if (!book || !issuer) return refuse('service.not-offered');
      const at = now.toISOString();
      const year = Number(legalDate(now).slice(0, 4));
      const allotted = numbers.allot(tx, { series: book.series, year, actId, at });
      numbers.setFate(tx, allotted, 'used', at);
      const number = `${allotted.number}/${year}`;
      const papers = issuer.papers(desk, tx, { visit, service, number, now, session });
      const effectId = desk.newId();
      const issued: Service = { ...withDone(service, 'issue'), state: 'done' };
      issued.record = {
        ...issued.record,
        certification: {
          number: allotted.number,
          year,
          series: book.series,
          printed: number,
          at,
          effectId,
          documentIds: papers.map(({ documentId }) => documentId),
          fate: 'used',
          cancelReason: null,
        },
      };
      saveService(tx, issued);
      const leafSequence = record(desk, commanded, {
        kind: issuer.act,
        visitId: visit.id,
        serviceId,
        payload: { series: book.series, number: allotted.number, year, ...issuer.logged(service) },
      });
      enqueue(desk, tx, {
        id: effectId,
        visitId: visit.id,
        kind: 'certification',
        leafSequence,
        madeAt: now,
        payload: certificationPayload(issuer, service, { ...allotted, cancelled: null }, commanded),
        blobs: [],
      });
      for (const paper of papers)
        orderOutput(tx, { ...paper, visitId: visit.id, serviceId, madeAt: at }, desk.newId());
      after(kick);
      return ok(serviceViewOf(tx, visit, issued));
    }),

    command('services.cancel-number', (commanded, { serviceId, reason }) => {
      const { tx, session, now, after } = commanded;
      const service = getService(tx, serviceId);
      const visit = getVisit(tx, service.visitId);
      const issuer = issuerOf(service);
      const { certification } = service.record;
      if (!certification || !issuer) return refuse('copy.no-number');
      if (certification.fate === 'cancelled') return refuse('copy.cancelled-already');
      if (isOfAnother(visit, session)) return refuse('visit.of-another-clerk');
      // Money that was taken stays on its receipt; giving it back is the cash desk's matter.
      if (receiptOf(tx, visit.id)) return refuse('fee.paid-already');
      const { series, year, number } = certification;
      numbers.setFate(tx, { series, year, number }, 'cancelled', now.toISOString(), reason);
      const cancelled: Service = {
        ...service,
        record: {
          ...service.record,
          certification: { ...certification, fate: 'cancelled', cancelReason: reason },
        },
      };
      saveService(tx, cancelled);
      for (const documentId of certification.documentIds) giveUpPrint(tx, documentId, now.toISOString());
      const leafSequence = record(desk, commanded, {
        kind: 'number-cancelled',
        visitId: visit.id,
        serviceId,
        payload: { series, year, number, reason },
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
        payload: certificationPayload(
          issuer,
          service,
          { series, year, number, cancelled: reason },
          commanded,
        ),
        blobs: [],
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, cancelled));
    }),
  ];
}

const certificationPayload = (
  issuer: Issuer,
  service: Service,
  { cancelled, ...book }: numbers.SeriesNumber & { cancelled: string | null },
  acting: Acting,
): components['schemas']['CertificationPayload'] => ({
  service: { id: service.definition.id, version: service.definition.version },
  book,
  issuedOn: legalDate(acting.now),
  issuedBy: actingClerk(acting),
  state: cancelled === null ? 'issued' : 'cancelled',
  ...(cancelled !== null && { cancellationReason: cancelled }),
  ...issuer.told(service),
});
