import type { ExtractView } from '../../contract/extracts.ts';
import type { PrintView } from '../../contract/outputs.ts';
import type { ServiceView } from '../../contract/services.ts';
import type { VisitSummary, VisitView } from '../../contract/visits.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { legalDate } from '../../values/time.ts';
import { accountViewOf } from '../accounts/view.ts';
import { slotViews } from '../attachments/table.ts';
import { clerks, offices, officeView, tariffOn } from '../catalogue/catalogue.ts';
import { isAcceptable, isUnaltered } from '../conversions/rules.ts';
import { feeDue } from '../fees/rules.ts';
import { receiptOf, refundsOf } from '../fees/table.ts';
import { identityViewOf } from '../identity/rules.ts';
import { wereAffairsShown } from '../looks/looks.ts';
import { affairsPrintsOf, isSettled, laterPrintsOf, moneyPrintsOf, printsOf } from '../outputs/table.ts';
import { stepStates } from '../services/steps.ts';
import type { Delivery } from './delivery.ts';
import { deliveryOf } from './delivery.ts';
import type { ExtractRecord, Service, Visit } from './record.ts';
import { servicesOf } from './table.ts';

/** A service as the window shows it. */
export function serviceViewOf(tx: Reader, visit: Visit, service: Service): ServiceView {
  const { record, definition } = service;
  const addressee = record.addresseeId ? offices.find(tx, record.addresseeId) : undefined;
  const prints = (documentId: string | null): PrintView[] => (documentId ? printsOf(tx, documentId) : []);
  const delivery = (effectId: string): Delivery => deliveryOf(tx, effectId);
  return {
    id: service.id,
    visitId: service.visitId,
    definitionId: definition.id,
    version: definition.version,
    kind: definition.kind,
    title: definition.title,
    state: service.state,
    steps: stepStates(service),
    addressee: addressee ? officeView(addressee) : null,
    form: definition.form ? { data: record.form, complete: record.done.includes('form') } : null,
    slots: slotViews(tx, service),
    request: record.requestDocumentId
      ? {
          documentId: record.requestDocumentId,
          prints: prints(record.requestDocumentId),
          signedAt: record.signedAt,
        }
      : null,
    acceptance: record.acceptance && {
      actId: record.acceptance.actId,
      submissionId: record.acceptance.submissionId,
      at: record.acceptance.at,
      // What came after it stands here too: a print nobody sees would keep the visit open for ever.
      prints: [
        ...prints(record.acceptance.receiptDocumentId),
        ...prints(record.acceptance.labelDocumentId),
        ...laterPrintsOf(tx, service.id),
      ],
      // Of an act that was sent again the last one counts.
      delivery: delivery(record.account?.effectIds.at(-1) ?? record.acceptance.submissionId),
      corrections: record.acceptance.corrections,
    },
    exclusions: record.exclusions,
    count: record.count,
    extract: record.extract && extractViewOf(record.extract, prints),
    conversion: record.conversion && {
      ...record.conversion,
      convertible:
        isAcceptable(definition, record.conversion.report) && isUnaltered(record.conversion.envelope),
      prints: [
        ...prints(record.conversion.input?.documentId ?? null),
        ...prints(record.conversion.delivery?.receiptDocumentId ?? null),
      ],
    },
    account: record.account && accountViewOf(tx, record.account, prints),
    signing: record.signing,
    certification: record.certification && {
      number: record.certification.printed,
      at: record.certification.at,
      fate: record.certification.fate,
      cancelReason: record.certification.cancelReason,
      // The output itself stands with the extract or the conversion.
      prints: record.certification.documentIds
        .filter(
          (documentId) =>
            documentId !== record.extract?.answer?.documentId &&
            documentId !== record.conversion?.input?.documentId,
        )
        .flatMap(prints),
      delivery: delivery(record.certification.effectId),
    },
    fee: record.fee && {
      tariffId: record.fee.tariffId,
      parts: record.fee.parts,
      amount: feeDue(service),
      exemptions: (tariffOn(tx, record.fee.tariffId, visit.legalDate)?.exemptions ?? []).map((exemption) => ({
        id: exemption.id,
        title: exemption.title,
        paragraph: exemption.paragraph,
      })),
      exemptionId: record.fee.exemptionId,
    },
    refusal: record.refusal,
  };
}

function extractViewOf(
  { queryId: _id, askedBy: _who, askAgainAt: _again, ticketDocumentId, ...shown }: ExtractRecord,
  prints: (documentId: string | null) => PrintView[],
): ExtractView {
  return { ...shown, prints: [...prints(shown.answer?.documentId ?? null), ...prints(ticketDocumentId)] };
}

/** The whole visit as the window shows it. */
export function visitViewOf(tx: Reader, visit: Visit, now: Date): VisitView {
  const services = servicesOf(tx, visit.id);
  const receipt = receiptOf(tx, visit.id);
  const refunds = receipt ? refundsOf(tx, receipt.id) : [];
  const due = receipt ? 0 : services.reduce((sum, service) => sum + feeDue(service), 0);
  return {
    id: visit.id,
    ticket: visit.ticket,
    state: visit.state,
    openedAt: visit.openedAt,
    clerkId: visit.clerkId,
    identity: identityViewOf(visit.identity, legalDate(now)),
    services: services.map((service) => serviceViewOf(tx, visit, service)),
    payment: {
      due,
      receipt: receipt && {
        number: receipt.number,
        total: receipt.total,
        method: receipt.method,
        at: receipt.at,
        refunds: refunds.map(({ documentId: _paper, ...refund }) => refund),
      },
      // Also what went back, and of a cancelled receipt its cancellation: a print nobody sees would keep the visit open for ever.
      prints: moneyPrintsOf(tx, visit.id),
    },
    papers: affairsPrintsOf(tx, visit.id),
    missing: missingForHandOver(tx, visit, services, due),
  };
}

/** What stands in the way of handing over, as codes the window has sentences for. */
export function missingForHandOver(tx: Reader, visit: Visit, services: Service[], due: number): string[] {
  const missing: string[] = [];
  if (services.length === 0 && visit.identity.state !== 'refused' && !wereAffairsShown(tx, visit.id))
    missing.push('nothing-done');
  if (services.some((service) => service.state === 'in-progress')) missing.push('services-unfinished');
  if (due > 0) missing.push('payment');
  if (!isSettled(tx, visit.id)) missing.push('prints-unresolved');
  return missing;
}

export function visitSummaryOf(tx: Reader, visit: Visit): VisitSummary {
  const clerk = clerks.find(tx, visit.clerkId);
  return {
    id: visit.id,
    ticket: visit.ticket,
    state: visit.state,
    openedAt: visit.openedAt,
    clerkId: visit.clerkId,
    clerkName: clerk ? displayName(clerk.name) : '',
    applicant: visit.identity.applicant ? displayName(visit.identity.applicant.name) : null,
    note: visit.note,
    services: servicesOf(tx, visit.id).map((service) => service.definition.title.cs),
  };
}
