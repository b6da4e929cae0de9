import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { tariffOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { refuse } from '../failure.ts';
import { feeOf } from '../fees/rules.ts';
import { command, type Handler } from '../handlers.ts';
import { extractTicketData } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { insertPrint, isOnPaper, lastPrint, orderOutput } from '../outputs/table.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { currentStep, withDone } from '../services/steps.ts';
import type { ExtractRecord, Service } from '../visits/record.ts';
import { getRunningService, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import type { RegisterQueries } from './queries.ts';
import { judgeSheets } from './rules.ts';

const withExtract = (service: Service, extract: ExtractRecord): Service => ({
  ...service,
  record: { ...service.record, extract },
});

/** Extracts of registers (§ 9a zákona 365/2000 Sb.) up to the number: asked, printed, read by the applicant, counted. */
export function extractHandlers(desk: Desk, queries: RegisterQueries, prints: PrintRunner): Handler[] {
  const kick = () => prints.kick();

  const question = (acting: Acting, ticket: string | null): ExtractRecord => ({
    queryId: desk.newId(),
    askedBy: actingClerk(acting),
    state: 'asking',
    askedAt: acting.now.toISOString(),
    askAgainAt: null,
    problem: null,
    reason: null,
    ticket,
    expectedOn: null,
    answer: null,
    ticketDocumentId: null,
    agreed: null,
    sheets: null,
    feePages: null,
    partial: false,
  });

  return [
    command('extracts.ask', (commanded, { serviceId }) => {
      const { tx, session, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'query');
      mayGoOn(visit, service, session);
      const before = service.record.extract;
      if (before?.state === 'asking' || before?.state === 'waiting') return refuse('extract.asking');
      if (before?.state === 'manual') return refuse('extract.manual');
      if (before?.answer) return refuse('extract.answered');
      // Whom nobody answered is asked the same again; after a refusal it is another question.
      const extract: ExtractRecord =
        before?.state === 'unreachable'
          ? { ...before, state: 'asking', problem: null }
          : question(commanded, before?.ticket ?? null);
      const asked = withExtract(service, extract);
      saveService(tx, asked);
      record(desk, commanded, {
        kind: 'register-asked',
        visitId: visit.id,
        serviceId,
        payload: { register: service.definition.query?.register ?? null, queryId: extract.queryId },
      });
      after(() => queries.kick());
      return ok(serviceViewOf(tx, visit, asked));
    }),

    command('extracts.ask-by-ticket', (commanded, { serviceId, ticket }) => {
      const { tx, session, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      mayGoOn(visit, service, session);
      if (!service.definition.query) return refuse('service.not-offered');
      const before = service.record.extract;
      if (before?.state === 'asking' || before?.state === 'waiting') return refuse('extract.asking');
      if (before?.answer || before?.state === 'manual') return refuse('extract.answered');
      if (service.record.requestDocumentId !== null || currentStep(service) === 'form')
        return refuse('service.not-at-this-step');
      // What the applicant signed stands with the ticket: nothing is printed and signed a second time.
      const { steps } = service.definition;
      const skipped: Service = {
        ...service,
        record: { ...service.record, done: steps.slice(0, steps.indexOf('query')) },
      };
      const extract = question(commanded, ticket);
      const asked = withExtract(skipped, extract);
      saveService(tx, asked);
      record(desk, commanded, {
        kind: 'register-asked',
        visitId: visit.id,
        serviceId,
        payload: { register: service.definition.query.register, queryId: extract.queryId, ticket },
      });
      after(() => queries.kick());
      return ok(serviceViewOf(tx, visit, asked));
    }),

    command('extracts.hand-ticket', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'query');
      const { extract } = service.record;
      if (extract?.state !== 'manual' || extract.ticket === null) return refuse('extract.no-ticket');
      const ticketDocumentId = desk.newId();
      orderOutput(
        tx,
        {
          documentId: ticketDocumentId,
          visitId: visit.id,
          serviceId,
          kind: 'extract-ticket',
          template: 'extract-ticket',
          data: extractTicketData(desk, tx, service, { documentId: ticketDocumentId, extract, now, session }),
          madeAt: now.toISOString(),
        },
        desk.newId(),
      );
      const handed: Service = {
        ...withExtract(service, { ...extract, ticketDocumentId }),
        state: 'done',
      };
      saveService(tx, handed);
      record(desk, commanded, {
        kind: 'ticket-handed',
        visitId: visit.id,
        serviceId,
        payload: { ticket: extract.ticket, expectedOn: extract.expectedOn },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, handed));
    }),

    command('extracts.print', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'query');
      const { extract } = service.record;
      if (!extract?.answer) return refuse('extract.not-answered');
      // A broken seal is no output of the register: it is not even printed.
      if (extract.answer.seal.result === 'invalid') return refuse('extract.seal-invalid');
      const { documentId } = extract.answer;
      insertPrint(tx, { jobId: desk.newId(), documentId, copyNumber: 1, at: now.toISOString() });
      const printed = withDone(service, 'query');
      saveService(tx, printed);
      record(desk, commanded, {
        kind: 'extract-printed',
        visitId: visit.id,
        serviceId,
        payload: { documentId, pages: extract.answer.pages, seal: extract.answer.seal.result },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, printed));
    }),

    command('extracts.review', (commanded, { serviceId, agreed, note }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'agreement');
      const { extract } = service.record;
      if (!extract?.answer) return refuse('extract.not-answered');
      if (!isOnPaper(lastPrint(tx, extract.answer.documentId))) return refuse('service.not-printed');
      const reviewed = withExtract(service, { ...extract, agreed });
      const reason = `Žadatel nesouhlasí s údaji výpisu${note === '' ? '.' : `: ${note}`}`;
      const after: Service = agreed
        ? withDone(reviewed, 'agreement')
        : {
            ...reviewed,
            state: 'refused',
            record: { ...reviewed.record, refusal: { reason, paragraph: null } },
          };
      saveService(tx, after);
      const leafSequence = record(desk, commanded, {
        kind: 'extract-reviewed',
        visitId: visit.id,
        serviceId,
        payload: { agreed, note },
      });
      if (!agreed)
        raiseFor(desk, commanded, {
          kind: 'service-refused',
          visitId: visit.id,
          serviceId,
          leafSequence,
          params: { paragraph: '–' },
        });
      return ok(serviceViewOf(tx, visit, after));
    }),

    command('extracts.set-sheets', (commanded, { serviceId, ...counted }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'sheets');
      const { extract } = service.record;
      if (!extract?.answer) return refuse('extract.not-answered');
      const { pages } = extract.answer;
      const wrong = judgeSheets({ ...counted, pages });
      if (wrong) return refuse(wrong, { pages });
      const tariffId = service.definition.fee.tariff;
      const tariff = tariffId ? tariffOn(tx, tariffId, visit.legalDate) : undefined;
      if (tariffId && !tariff) return refuse('fee.no-tariff');
      const done = withDone(withExtract(service, { ...extract, ...counted }), 'sheets');
      const after: Service = {
        ...done,
        record: { ...done.record, fee: tariff ? feeOf(tariff, counted.feePages) : null },
      };
      saveService(tx, after);
      record(desk, commanded, {
        kind: 'extract-counted',
        visitId: visit.id,
        serviceId,
        payload: counted,
      });
      return ok(serviceViewOf(tx, visit, after));
    }),
  ];
}
