import { isDeepStrictEqual } from 'node:util';
import type { Witness } from '../../contract/services.ts';
import { recordBlob } from '../../store/blobs.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import { settleTask } from '../../store/outbox.ts';
import { personName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { declarationData } from '../accounts/papers.ts';
import { record } from '../acts.ts';
import { bindAttachments, boundOf } from '../attachments/handlers.ts';
import type { PagePreparer } from '../attachments/preparer.ts';
import { forgetCutOff, type Scans } from '../attachments/scans.ts';
import { slotViews } from '../attachments/table.ts';
import { offices, officeView, serviceOn, servicesOn, tariffOn } from '../catalogue/catalogue.ts';
import { searchCodes } from '../catalogue/code-lists.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { Refusal, refuse } from '../failure.ts';
import { feeOf } from '../fees/rules.ts';
import { receiptOf } from '../fees/table.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import type { ZoneReadings } from '../identity/zone-readings.ts';
import {
  acceptanceReceiptData,
  completionCallData,
  correctionReceiptData,
  ownNumber,
  paperLabelData,
  proofOf,
  requestData,
} from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { findOutput, isOnPaper, lastPrint, orderOutput } from '../outputs/table.ts';
import { enqueue } from '../queue/enqueue.ts';
import { attachmentOwner, attachmentOwners } from '../retention/owners.ts';
import { deliveryOf } from '../visits/delivery.ts';
import { freshService, type Service, type Visit } from '../visits/record.ts';
import {
  getOpenVisit,
  getRunningService,
  getService,
  getVisit,
  insertService,
  isOfAnother,
  saveService,
} from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { contentHash } from './content-hash.ts';
import { judgeCopyCount, refusalOf } from './copy-rules.ts';
import { correctionPayload, submissionPayload } from './effects.ts';
import { filledForm, ruledAddressee } from './form.ts';
import { mayGoOn, standsAt } from './guards.ts';
import { handedIn } from './handed-in.ts';
import { obstacleTo } from './offer.ts';
import { judgeChosen, judgeSigner, judgeSigning, type SignedDocument } from './signing-rules.ts';
import { reopened, withDone } from './steps.ts';
import { giveUpPapers, giveUpPrint } from './void-request.ts';
import { judgeWitnessed, verifiedWitness } from './witnesses.ts';

/** The runner of service definitions: one step after the other, each durable before the next. */
export function serviceHandlers(
  desk: Desk,
  prints: PrintRunner,
  zones: ZoneReadings,
  { preparer, scans }: { preparer: PagePreparer; scans: Scans },
): Handler[] {
  const { store, sync } = desk;

  // What waits for the portal goes by itself after every commit; a line that is down has its own time for a try.
  const kick = () => prints.kick();

  return [
    query('services.offered', ({ session, now }, { visitId }) =>
      store.read((tx) => {
        const visit = getVisit(tx, visitId);
        const line = sync.line().state;
        return ok(
          servicesOn(tx, legalDate(now)).map((definition) => ({
            definitionId: definition.id,
            title: definition.title,
            summary: definition.summary,
            legalBasis: definition.legalBasis,
            identity: definition.identity,
            offline: definition.offline,
            obstacle: obstacleTo(definition, visit, session, line),
          })),
        );
      }),
    ),

    query('services.definition', ({ session }, { serviceId }) =>
      store.read((tx) => {
        const service = getService(tx, serviceId);
        if (getVisit(tx, service.visitId).clerkId !== session.clerkId)
          return refuse('visit.of-another-clerk');
        return ok(service.definition);
      }),
    ),

    query('services.codes', (_asked, { list, within, search }) =>
      store.read((tx) => ok(searchCodes(tx, list, within, search))),
    ),

    query('services.offices', () =>
      store.read((tx) =>
        ok(
          offices
            .list(tx)
            .filter(({ receivesSubmissions }) => receivesSubmissions !== false)
            .map(officeView),
        ),
      ),
    ),

    command('services.start', (commanded, { visitId, definitionId }) => {
      const { tx, actId, session, now } = commanded;
      const visit = getOpenVisit(tx, visitId, session.clerkId);
      const definition = serviceOn(tx, definitionId, legalDate(now));
      if (!definition) return refuse('service.not-offered');
      const obstacle = obstacleTo(definition, visit, session, sync.line().state);
      if (obstacle) return { ok: false, error: obstacle };
      if (receiptOf(tx, visitId)) return refuse('fee.paid-already');
      const addressee = ruledAddressee(desk, tx, definition, {});
      const service = insertService(tx, {
        id: actId,
        visitId,
        definition,
        state: 'in-progress',
        record: {
          ...freshService,
          addresseeId: addressee.by === 'rule' ? addressee.officeId : null,
        },
      });
      record(desk, commanded, {
        kind: 'service-started',
        visitId,
        serviceId: service.id,
        payload: { service: definition.id, version: definition.version },
      });
      return ok(serviceViewOf(tx, visit, service));
    }),

    command('services.withdraw', (commanded, { serviceId, reason }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      if (service.record.certification) return refuse('visit.has-results');
      giveUpPapers(tx, serviceId, now.toISOString());
      const withdrawn = { ...service, state: 'withdrawn' as const };
      saveService(tx, withdrawn);
      record(desk, commanded, {
        kind: 'service-withdrawn',
        visitId: visit.id,
        serviceId,
        payload: { reason },
      });
      return ok(serviceViewOf(tx, visit, withdrawn));
    }),

    command('services.save-form', ({ tx, session }, { serviceId, data, addresseeId }) => {
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'form');
      const { draft, problems } = filledForm(desk, tx, service, data, addresseeId);
      saveService(tx, draft);
      return ok({ service: serviceViewOf(tx, visit, draft), problems });
    }),

    command('services.complete-form', (commanded, { serviceId, data, addresseeId }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'form');
      const { draft, settled, problems } = filledForm(desk, tx, service, data, addresseeId);
      const isComplete = problems.length === 0;
      const after = isComplete ? withDone(settled, 'form') : draft;
      saveService(tx, after);
      if (isComplete)
        record(desk, commanded, {
          kind: 'form-completed',
          visitId: visit.id,
          serviceId,
          payload: { form: after.record.form, addressee: after.record.addresseeId },
        });
      return ok({ service: serviceViewOf(tx, visit, after), problems });
    }),

    preparedCommand(
      'services.complete-attachments',
      async ({ session, now }, { serviceId, seen }) => {
        const { service, before } = store.read((tx) => {
          const found = getRunningService(tx, serviceId, session.clerkId).service;
          standsAt(found, 'attachments');
          if (seen !== undefined && !isDeepStrictEqual(slotViews(tx, found), seen))
            throw new Refusal('attachments.changed-meanwhile');
          return { service: found, before: boundOf(tx, found) };
        });
        // Pages that come afterwards would be in no document.
        if (scans.isOf(serviceId)) return refuse('attachments.not-ready');
        const bound = await bindAttachments(desk, preparer, service, now);
        return bound.ok ? ok({ before, bound: bound.value }) : bound;
      },
      (commanded, { serviceId }, { before, bound }) => {
        const { tx, session } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'attachments');
        if (boundOf(tx, service) !== before || scans.isOf(serviceId))
          return refuse('attachments.changed-meanwhile');
        for (const { staged, slotId } of bound)
          if (staged)
            recordBlob(tx, staged, {
              mediaType: 'application/pdf',
              owner: attachmentOwner(service, slotId),
            });
        const attachments = bound.map(({ staged: _staged, ...attachment }) => attachment);
        const after = withDone({ ...service, record: { ...service.record, attachments } }, 'attachments');
        saveService(tx, after);
        forgetCutOff(tx, serviceId);
        record(desk, commanded, {
          kind: 'attachments-completed',
          visitId: visit.id,
          serviceId,
          payload: {
            attachments: attachments.map(({ slotId, sha256, pages }) => ({ slotId, sha256, pages })),
          },
        });
        return ok(serviceViewOf(tx, visit, after));
      },
    ),

    command('services.reopen-step', (commanded, { serviceId, step }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      const open = reopened(service, step);
      if (!open) return refuse('service.cannot-reopen');
      if (open.record.requestDocumentId === null)
        giveUpPrint(tx, service.record.requestDocumentId, now.toISOString());
      if (open.record.conversion === null)
        giveUpPrint(tx, service.record.conversion?.input?.documentId ?? null, now.toISOString());
      for (const { slotId } of service.record.attachments)
        if (open.record.attachments.length === 0)
          for (const owner of attachmentOwners(serviceId, slotId)) store.blobs.release(tx, owner);
      saveService(tx, open);
      record(desk, commanded, { kind: 'step-reopened', visitId: visit.id, serviceId, payload: { step } });
      return ok(serviceViewOf(tx, visit, open));
    }),

    command('services.print-request', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'print-and-sign');
      mayGoOn(visit, service, session);
      if (service.record.requestDocumentId) return refuse('service.printed-already');
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: visit.id,
          serviceId,
          kind: 'request',
          template: service.definition.template?.request ?? 'request',
          data: {
            ...(service.record.account
              ? declarationData(desk, tx, visit, service, documentId, now)
              : requestData(desk, tx, visit, service, documentId, now)),
          },
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      const printed = { ...service, record: { ...service.record, requestDocumentId: documentId } };
      saveService(tx, printed);
      record(desk, commanded, {
        kind: 'request-printed',
        visitId: visit.id,
        serviceId,
        payload: { documentId },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, printed));
    }),

    command('services.confirm-signed', (commanded, { serviceId }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'print-and-sign');
      const { requestDocumentId } = service.record;
      const print = requestDocumentId ? lastPrint(tx, requestDocumentId) : undefined;
      if (!isOnPaper(print)) return refuse('service.not-printed');
      const signed = withDone(
        { ...service, record: { ...service.record, signedAt: now.toISOString() } },
        'print-and-sign',
      );
      saveService(tx, signed);
      record(desk, commanded, {
        kind: 'request-signed',
        visitId: visit.id,
        serviceId,
        payload: { documentId: requestDocumentId },
      });
      return ok(serviceViewOf(tx, visit, signed));
    }),

    command('services.accept', (commanded, { serviceId }) => {
      const { tx, actId, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'accept');
      mayGoOn(visit, service, session);
      if (service.definition.kind !== 'submission') return refuse('service.not-at-this-step');
      const addresseeId = service.record.addresseeId ?? desk.enrolled(tx)?.officeId;
      if (!addresseeId) return refuse('service.addressee-missing');
      const request = service.record.requestDocumentId
        ? findOutput(tx, service.record.requestDocumentId)
        : undefined;
      const submissionId = desk.newId();
      const receiptDocumentId = desk.newId();
      const labelDocumentId = service.definition.paper ? desk.newId() : null;
      const hash = contentHash({
        service: { id: service.definition.id, version: service.definition.version },
        addressee: addresseeId,
        applicant: applicantOf(visit, service),
        concerns: jsonOf(visit.identity.concerns),
        form: jsonOf(service.record.form),
        attachments: service.record.attachments.map(({ slotId, sha256 }) => ({ slotId, sha256 })),
        request: request?.sha256 ?? null,
        acceptedAt: now.toISOString(),
      });
      const tariffId = service.definition.fee.tariff;
      const tariff = tariffId ? tariffOn(tx, tariffId, visit.legalDate) : undefined;
      if (tariffId && !tariff) return refuse('fee.no-tariff');
      const accepted: Service = {
        ...withDone(service, 'accept'),
        state: 'done',
      };
      accepted.record = {
        ...accepted.record,
        acceptance: {
          actId,
          submissionId,
          at: now.toISOString(),
          receiptDocumentId,
          labelDocumentId,
          corrections: 0,
        },
        fee: tariff ? feeOf(tariff, 1) : null,
      };
      saveService(tx, accepted);
      const leafSequence = record(desk, commanded, {
        kind: 'submission-accepted',
        visitId: visit.id,
        serviceId,
        payload: {
          service: service.definition.id,
          addressee: addresseeId,
          submissionId,
          contentHash: hash,
          receipt: ownNumber(receiptDocumentId),
          applicant: applicantOf(visit, service),
        },
      });
      enqueue(desk, tx, {
        id: submissionId,
        visitId: visit.id,
        kind: 'submission',
        leafSequence,
        madeAt: now,
        payload: submissionPayload(
          visit,
          service,
          {
            addresseeId,
            contentHash: hash,
            offline: sync.line().state !== 'up',
            receiptNumber: ownNumber(receiptDocumentId),
          },
          commanded,
        ),
        blobs: [
          ...service.record.attachments.map(({ slotId, sha256, size, mediaType }) => ({
            sha256,
            size,
            mediaType,
            role: `attachment:${slotId}`,
          })),
          ...requestBlob(tx, request?.sha256 ?? null),
        ],
      });
      orderOutput(
        tx,
        {
          documentId: receiptDocumentId,
          visitId: visit.id,
          serviceId,
          kind: 'acceptance-receipt',
          template: 'acceptance-receipt',
          data: {
            ...acceptanceReceiptData(desk, tx, visit, service, {
              documentId: receiptDocumentId,
              acceptedAt: now,
              contentHash: hash,
              requestPages: request?.pages ?? 0,
              session,
            }),
            ...proofOf(desk, tx, leafSequence),
          },
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      if (labelDocumentId !== null)
        orderOutput(
          tx,
          {
            documentId: labelDocumentId,
            visitId: visit.id,
            serviceId,
            kind: 'paper-label',
            template: 'paper-label',
            data: paperLabelData(desk, tx, service, { receiptDocumentId, acceptedAt: now, session }),
            madeAt: now.toISOString(),
          },
          desk.newId(),
        );
      after(kick);
      return ok(serviceViewOf(tx, visit, accepted));
    }),

    command('services.print-completion-call', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const service = getService(tx, serviceId);
      const visit = getVisit(tx, service.visitId);
      const { acceptance } = service.record;
      if (!acceptance) return refuse('service.not-accepted');
      if (isOfAnother(visit, session)) return refuse('visit.of-another-clerk');
      const delivery = deliveryOf(tx, acceptance.submissionId);
      if (!delivery.asked || visit.erasedAt !== null) return refuse('service.nothing-asked');
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: visit.id,
          serviceId,
          kind: 'completion-call',
          template: 'completion-call',
          data: completionCallData(desk, tx, visit, service, { documentId, delivery, now }),
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      record(desk, commanded, {
        kind: 'completion-call-printed',
        visitId: visit.id,
        serviceId,
        payload: { submissionId: acceptance.submissionId, documentId, deadline: delivery.asked.deadline },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, service));
    }),

    command('services.correct', (commanded, { serviceId, correction }) => {
      const { tx, session, now, after } = commanded;
      const service = getService(tx, serviceId);
      const visit = getVisit(tx, service.visitId);
      const { acceptance, addresseeId } = service.record;
      if (!acceptance || service.record.account) return refuse('service.not-accepted');
      if (isOfAnother(visit, session)) return refuse('visit.of-another-clerk');
      const corrected: Service = {
        ...service,
        record: { ...service.record, acceptance: { ...acceptance, corrections: acceptance.corrections + 1 } },
      };
      saveService(tx, corrected);
      const leafSequence = record(desk, commanded, {
        kind: 'submission-corrected',
        visitId: visit.id,
        serviceId,
        payload: { submissionId: acceptance.submissionId, correction },
      });
      raiseFor(desk, commanded, {
        kind: 'submission-corrected',
        visitId: visit.id,
        serviceId,
        leafSequence,
        params: { corrections: acceptance.corrections + 1 },
      });
      enqueue(desk, tx, {
        id: desk.newId(),
        visitId: visit.id,
        kind: 'correction',
        leafSequence,
        madeAt: now,
        payload: correctionPayload(
          service,
          {
            submissionId: acceptance.submissionId,
            addresseeId: addresseeId ?? desk.enrolled(tx)?.officeId ?? '',
            correction,
          },
          commanded,
        ),
        blobs: [],
      });
      // What the office asked about the submission is dealt with by its correction.
      settleTask(tx, acceptance.submissionId, now.toISOString());
      desk.emit('queue-changed', {});
      const documentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId,
          visitId: visit.id,
          serviceId,
          kind: 'correction-receipt',
          template: 'correction-receipt',
          data: correctionReceiptData(desk, tx, visit, service, { documentId, correction, now, session }),
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      after(kick);
      return ok(serviceViewOf(tx, visit, corrected));
    }),

    command('services.answer-exclusions', (commanded, { serviceId, answers }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'exclusions');
      mayGoOn(visit, service, session);
      const questions = service.definition.exclusions?.questions ?? [];
      const refusal = refusalOf(questions, answers);
      // One answer is enough to refuse; to go on, all are needed.
      if (!refusal && questions.some(({ id }) => answers[id] === undefined))
        return refuse('copy.questions-open');
      const answered: Service = refusal
        ? {
            ...service,
            state: 'refused',
            record: { ...service.record, exclusions: answers, refusal },
          }
        : withDone({ ...service, record: { ...service.record, exclusions: answers } }, 'exclusions');
      saveService(tx, answered);
      if (refusal) giveUpPapers(tx, serviceId, now.toISOString());
      const leafSequence = record(desk, commanded, {
        kind: refusal ? 'service-refused' : 'exclusions-answered',
        visitId: visit.id,
        serviceId,
        payload: { answers, refusal: refusal ? { ...refusal } : null },
      });
      if (refusal)
        raiseFor(desk, commanded, {
          kind: 'service-refused',
          visitId: visit.id,
          serviceId,
          leafSequence,
          params: { paragraph: refusal.paragraph ?? '–' },
        });
      return ok(serviceViewOf(tx, visit, answered));
    }),

    command('services.set-count', (commanded, { serviceId, count }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'count');
      mayGoOn(visit, service, session);
      const wrong = judgeCopyCount(count);
      if (wrong) return refuse(wrong);
      const tariffId = service.definition.fee.tariff;
      const tariff = tariffId ? tariffOn(tx, tariffId, visit.legalDate) : undefined;
      if (tariffId && !tariff) return refuse('fee.no-tariff');
      const counted = withDone(
        {
          ...service,
          record: {
            ...service.record,
            count,
            fee: tariff ? feeOf(tariff, count.feePages, count.a3Pages) : null,
          },
        },
        'count',
      );
      saveService(tx, counted);
      record(desk, commanded, {
        kind: 'copy-counted',
        visitId: visit.id,
        serviceId,
        payload: { ...count },
      });
      return ok(serviceViewOf(tx, visit, counted));
    }),

    preparedCommand(
      'services.set-signing',
      // In the order of the witnesses; null where the register could not be asked now.
      async (_asked, { signing: { witnesses } }) =>
        ok(
          await Promise.all(
            witnesses.map(async ({ document: { kind, number, issuer } }) => {
              const answer = await desk.sync.checkDocument(kind, number, issuer);
              return answer.ok ? answer.value : null;
            }),
          ),
        ),
      (commanded, { serviceId, signing: said }, answers) => {
        const { tx, session, now } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'signing');
        mayGoOn(visit, service, session);
        const { applicant, document } = visit.identity;
        const { witnesses: rule } = service.definition;
        if (!applicant || !document) return refuse('service.needs-identity');
        if (rule === undefined) throw new Error('a signature is certified by a rule of witnesses');
        const witnesses: Witness[] = [];
        for (const [index, witness] of said.witnesses.entries()) {
          const name = personName(witness.name);
          if (!name.ok) return name;
          const verified = verifiedWitness(
            { ...witness, name: name.value },
            answers[index] ?? null,
            { zones: zones.of(visit.id), today: legalDate(now) },
            { clerkId: session.clerkId, name: session.name, at: now.toISOString() },
          );
          if (!verified.ok) return verified;
          witnesses.push(verified.value);
        }
        const file = signedDocumentOf(service);
        // On an electronic document a signature is one of those that were chosen.
        const signing = { ...said, witnesses, ...(file && { signatures: said.chosen.length }) };
        const by = { clerk: session.name, today: legalDate(now) };
        const wrong =
          judgeSigner(visit.identity, by) ??
          judgeSigning(signing, rule, applicant, by) ??
          judgeWitnessed(witnesses, visit.identity) ??
          judgeChosen(signing, file);
        if (wrong) return refuse(wrong);
        const tariffId = service.definition.fee.tariff;
        const tariff = tariffId ? tariffOn(tx, tariffId, visit.legalDate) : undefined;
        if (tariffId && !tariff) return refuse('fee.no-tariff');
        const recorded = withDone(
          { ...service, record: { ...service.record, signing, fee: tariff ? feeOf(tariff, 1) : null } },
          'signing',
        );
        saveService(tx, recorded);
        const { manner, signatures, language, outside } = signing;
        record(desk, commanded, {
          kind: 'signing-recorded',
          visitId: visit.id,
          serviceId,
          payload: {
            manner,
            signatures,
            language,
            witnesses: witnesses.length,
            witnessChecks: witnesses.map(({ document: { source }, register, result }) => ({
              source,
              register: register?.state ?? null,
              strength: result?.strength ?? null,
            })),
            outside,
          },
        });
        return ok(serviceViewOf(tx, visit, recorded));
      },
    ),
  ];
}

function signedDocumentOf({ definition: { electronic }, record }: Service): SignedDocument | null {
  const { input, report } = record.conversion ?? {};
  return electronic && input && report ? { rules: electronic, report, pages: input.pages } : null;
}

const requestBlob = (tx: Reader, sha256: string | null) => {
  if (!sha256) return [];
  const row = tx.get<{ size: number }>('SELECT size FROM blobs WHERE sha256 = ?', [sha256]);
  return row ? [{ sha256, size: row.size, mediaType: 'application/pdf', role: 'signed-request' }] : [];
};

/** Who submits: whose identity was verified, or who a paper says. */
const applicantOf = (visit: Visit, service: Service): JsonValue =>
  jsonOf(handedIn(service)?.party ?? visit.identity.applicant);

const jsonOf = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value));
