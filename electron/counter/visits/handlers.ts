import type { Session } from '../../contract/clerks.ts';
import { page } from '../../journal/read.ts';
import * as numbers from '../../store/numbers.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { endCall } from '../bookings/waiting.ts';
import { insertMovement } from '../cash-desk/table.ts';
import { tariffOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { chargedLines, receiptEffect } from '../fees/lines.ts';
import { feeDue } from '../fees/rules.ts';
import { insertReceipt, receiptOf } from '../fees/table.ts';
import { command, type Handler, query } from '../handlers.ts';
import { afterVisit, type Forgetting } from '../identity/forgetting.ts';
import { hasLookedInto } from '../looks/looks.ts';
import { feeReceiptData, proofOf } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { actingClerk, enqueue } from '../queue/enqueue.ts';
import { hasResult, inOtherHands, withDone } from '../services/steps.ts';
import { giveUpPapers } from '../services/void-request.ts';
import { noIdentity, type Visit } from './record.ts';
import {
  getOpenVisit,
  getService,
  getVisit,
  insertVisit,
  openVisitOf,
  saveService,
  saveVisit,
  servicesOf,
  visitsInProgress,
} from './table.ts';
import { missingForHandOver, visitSummaryOf, visitViewOf } from './view.ts';

/** A visit from the first word to the last paper: open, park, pay once, hand over. */
export function visitHandlers(desk: Desk, prints: PrintRunner, forgetting: Forgetting): Handler[] {
  const { store } = desk;
  return [
    command('visits.open', (commanded) => {
      const { tx, actId, session, now } = commanded;
      if (openVisitOf(tx, session.clerkId)) return refuse('visit.one-open-already');
      const visit = insertVisit(tx, {
        id: actId,
        legalDate: legalDate(now),
        state: 'open',
        clerkId: session.clerkId,
        openedAt: now.toISOString(),
        note: null,
        identity: noIdentity,
      });
      record(desk, commanded, { kind: 'visit-opened', visitId: visit.id, payload: { ticket: visit.ticket } });
      return ok(visitViewOf(tx, visit, now));
    }),

    query('visits.get', ({ session, now }, { visitId }) =>
      store.read((tx) => {
        const visit = getVisit(tx, visitId);
        const refused = whyNotShown(tx, session, visit);
        if (refused) return refuse(refused);
        return ok(visitViewOf(tx, visit, now));
      }),
    ),

    query('visits.in-progress', ({ session }) =>
      store.read((tx) =>
        ok(
          visitsInProgress(tx)
            .filter((visit) => visit.state === 'parked' || visit.clerkId === session.clerkId)
            .map((visit) => visitSummaryOf(tx, visit)),
        ),
      ),
    ),

    command('visits.park', (commanded, { visitId, note }) => {
      const { tx, session } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      const parked = { ...visit, state: 'parked' as const, note: note === '' ? null : note };
      saveVisit(tx, parked);
      forgetting.chip(commanded, visit);
      record(desk, commanded, { kind: 'visit-parked', visitId, payload: { note: parked.note } });
      return ok(visitSummaryOf(tx, parked));
    }),

    command('visits.take-up', (commanded, { visitId }) => {
      const { tx, session, now } = commanded;
      const visit = getVisit(tx, visitId);
      if (visit.state === 'open' && visit.clerkId === session.clerkId) return ok(visitViewOf(tx, visit, now));
      if (visit.state !== 'parked') return refuse('visit.not-parked');
      if (openVisitOf(tx, session.clerkId)) return refuse('visit.one-open-already');
      const open = { ...visit, state: 'open' as const, clerkId: session.clerkId, note: null };
      saveVisit(tx, open);
      if (visit.clerkId !== session.clerkId)
        for (const service of servicesOf(tx, visitId)) {
          const again = inOtherHands(service);
          if (again) saveService(tx, again);
        }
      record(desk, commanded, { kind: 'visit-taken-up', visitId, payload: { from: visit.clerkId } });
      return ok(visitViewOf(tx, open, now));
    }),

    command('visits.cancel', (commanded, { visitId, reason }) => {
      const { tx, session, now } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      const services = servicesOf(tx, visitId);
      if (services.some(hasResult)) return refuse('visit.has-results');
      for (const service of services.filter(({ state }) => state === 'in-progress')) {
        saveService(tx, { ...service, state: 'withdrawn' });
        giveUpPapers(tx, service.id, now.toISOString());
      }
      const cancelled = { ...visit, state: 'cancelled' as const, identity: afterVisit(visit.identity) };
      saveVisit(tx, cancelled);
      forgetting.read(commanded, visit);
      record(desk, commanded, { kind: 'visit-cancelled', visitId, payload: { reason } });
      endCall(desk, commanded, visitId);
      return ok(visitSummaryOf(tx, cancelled));
    }),

    command('visits.set-exemption', (commanded, { serviceId, exemptionId }) => {
      const { tx, session, now } = commanded;
      const service = getService(tx, serviceId);
      const visit = getOpenVisit(tx, service.visitId, session.clerkId);
      const { fee } = service.record;
      if (!fee) return refuse('fee.none');
      if (receiptOf(tx, visit.id)) return refuse('fee.paid-already');
      const exemption = tariffOn(tx, fee.tariffId, visit.legalDate)?.exemptions.find(
        ({ id }) => id === exemptionId,
      );
      if (exemptionId !== null && !exemption) return refuse('fee.no-such-exemption');
      saveService(tx, { ...service, record: { ...service.record, fee: { ...fee, exemptionId } } });
      record(desk, commanded, {
        kind: 'exemption-set',
        visitId: visit.id,
        serviceId,
        payload: { exemption: exemptionId, paragraph: exemption?.paragraph ?? null },
      });
      return ok(visitViewOf(tx, visit, now));
    }),

    command('visits.pay', (commanded, { visitId, method, expectedTotal }) => {
      const { tx, actId, session, now, after } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      if (receiptOf(tx, visitId)) return refuse('fee.paid-already');
      const services = servicesOf(tx, visitId);
      if (services.some(({ state }) => state === 'in-progress')) return refuse('fee.services-unfinished');
      const charged = services.filter(({ record: { fee }, state }) => fee && state === 'done');
      const total = charged.reduce((sum, service) => sum + feeDue(service), 0);
      if (total === 0) return refuse('fee.nothing-due');
      if (total !== expectedTotal) return refuse('fee.total-changed', { total });
      const at = now.toISOString();
      const year = Number(legalDate(now).slice(0, 4));
      const allotted = numbers.allot(tx, { series: 'receipt', year, actId, at });
      numbers.setFate(tx, allotted, 'used', at);
      const number = `${allotted.number}/${year}`;
      const documentId = desk.newId();
      const lines = chargedLines(tx, visit, services);
      const leafSequence = record(desk, commanded, {
        kind: 'fee-paid',
        visitId,
        payload: {
          number,
          total,
          method,
          lines: charged.map((service) => ({ service: service.definition.id, amount: feeDue(service) })),
        },
      });
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId,
        kind: 'receipt',
        leafSequence,
        madeAt: now,
        payload: receiptEffect({ number, at, total, method, lines }, actingClerk(commanded)),
        blobs: [],
      });
      orderOutput(
        tx,
        {
          documentId,
          visitId,
          serviceId: null,
          kind: 'fee-receipt',
          template: 'fee-receipt',
          data: {
            ...feeReceiptData(desk, tx, { visit, lines, total, method, number, now, session }),
            ...proofOf(desk, tx, leafSequence),
          },
          madeAt: at,
        },
        desk.newId(),
      );
      const receipt = {
        id: actId,
        visitId,
        number,
        total,
        method,
        at,
        legalDate: legalDate(now),
        documentId,
      };
      insertReceipt(tx, { ...receipt, lines });
      insertMovement(tx, {
        id: actId,
        leafSequence,
        kind: 'fee',
        method,
        amount: total,
        purpose: 'receipt',
        number,
        reason: '',
        clerkId: session.clerkId,
        at,
        legalDate: legalDate(now),
        receiptId: actId,
      });
      after(() => {
        prints.kick();
      });
      return ok(visitViewOf(tx, visit, now));
    }),

    command('visits.hand-over', (commanded, { visitId }) => {
      const { tx, session, now } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      const services = servicesOf(tx, visitId);
      const due = receiptOf(tx, visitId) ? 0 : services.reduce((sum, service) => sum + feeDue(service), 0);
      const missing = missingForHandOver(tx, visit, services, due);
      if (missing[0]) return refuse('visit.not-finished', { missing: missing.join(', ') });
      for (const service of services)
        if (service.state === 'done') saveService(tx, withDone(service, 'hand-over'));
      const closed = { ...visit, state: 'closed' as const, identity: afterVisit(visit.identity) };
      saveVisit(tx, closed);
      forgetting.read(commanded, visit);
      record(desk, commanded, {
        kind: 'visit-closed',
        visitId,
        payload: {
          ticket: visit.ticket,
          applicant: visit.identity.applicant ? displayName(visit.identity.applicant.name) : null,
          services: services.map(({ definition, state }) => ({ id: definition.id, state })),
        },
      });
      endCall(desk, commanded, visitId);
      return ok(visitViewOf(tx, closed, now));
    }),
  ];
}

/**
 * Whoever serves a visit sees it, and in the same session also once it has ended; anybody else says why first. What a colleague
 * is serving just now is nobody else's to look into.
 */
function whyNotShown(
  tx: Reader,
  session: Session,
  { id, state, clerkId }: Visit,
): 'visit.of-another-clerk' | 'look.purpose-missing' | null {
  const isOwn = clerkId === session.clerkId;
  if (state === 'open') return isOwn ? null : 'visit.of-another-clerk';
  if (isOwn && (state === 'parked' || hasEndedSince(tx, session, id))) return null;
  return hasLookedInto(tx, session, id) ? null : 'look.purpose-missing';
}

const hasEndedSince = (tx: Reader, { clerkId, signedInAt }: Session, visitId: string): boolean =>
  (['visit-closed', 'visit-cancelled'] as const).some((kind) =>
    page(tx, { filter: { kind, clerk: clerkId, visitId }, before: null, limit: 1 }).some(
      ({ at }) => at >= signedInAt,
    ),
  );
