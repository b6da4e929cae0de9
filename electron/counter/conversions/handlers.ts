import { blobInfo } from '../../store/blobs.ts';
import type { Reader } from '../../store/open.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import { tariffOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { raiseFor } from '../exceptions/raise.ts';
import { judgeSheets } from '../extracts/rules.ts';
import { Refusal, refuse } from '../failure.ts';
import { feeOf } from '../fees/rules.ts';
import { type Commanded, command, type Handler, preparedCommand, query } from '../handlers.ts';
import { pagePicture } from '../outputs/page-picture.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { findOutput, insertPrint, isOnPaper, lastPrint } from '../outputs/table.ts';
import { mayGoOn, standsAt } from '../services/guards.ts';
import { currentStep, withDone } from '../services/steps.ts';
import { giveUpPapers } from '../services/void-request.ts';
import type { Trust } from '../trust/trust.ts';
import type { Service } from '../visits/record.ts';
import { getRunningService, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';
import { type Envelope, isToBeOpened, MAX_MESSAGE_BYTES, openMessage, takeOut } from './data-message.ts';
import { type Examined, examine, judge, keepInput, largestInput, tooLarge } from './input.ts';
import { withConversion } from './record.ts';
import { isAcceptable, isUnaltered, pagesLeft, withAgreed } from './rules.ts';
import { toElectronicHandlers } from './to-electronic.ts';

/** Authorised conversion (§ 22 to 30 zákona 300/2008 Sb.) up to the number; files with a signature to be certified are taken in alike. */
export function conversionHandlers(desk: Desk, trust: Trust, prints: PrintRunner): Handler[] {
  const { store } = desk;
  const kick = () => prints.kick();

  const runningAt = (serviceId: string, clerkId: string, step: 'input' | 'validation'): Service => {
    const { service } = store.read((tx) => getRunningService(tx, serviceId, clerkId));
    standsAt(service, step);
    return service;
  };

  function takeIn(
    commanded: Commanded<
      'conversions.take-file' | 'conversions.take-attachment' | 'conversions.take-deposit'
    >,
    serviceId: string,
    { input, report, staged }: Examined,
    envelope: Envelope | null = null,
  ) {
    const { tx, session, now } = commanded;
    const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
    standsAt(service, 'input');
    mayGoOn(visit, service, session);
    keepInput(tx, service, { input, report, staged }, now.toISOString());
    const taken = withDone(withConversion(service, { input, report, envelope }), 'input');
    saveService(tx, taken);
    record(desk, commanded, {
      kind: 'conversion-input-taken',
      visitId: visit.id,
      serviceId,
      payload: {
        documentId: input.documentId,
        sha256: staged.sha256,
        pages: input.pages,
        from: input.from,
        outcome: report.outcome,
        recognised: report.recognised,
        ...(envelope && { messageOutcome: envelope.report.outcome }),
      },
    });
    return ok(serviceViewOf(tx, visit, taken));
  }

  return [
    ...toElectronicHandlers(desk, trust),

    preparedCommand(
      'conversions.take-file',
      async ({ session }, { serviceId, name, bytes }) => {
        const service = runningAt(serviceId, session.clerkId, 'input');
        if (isToBeOpened(service, bytes)) return refuse('conversion.message-to-open');
        return examine(desk, trust, service.definition.electronic, { name, bytes, from: 'medium' });
      },
      (commanded, { serviceId }, examined) => takeIn(commanded, serviceId, examined),
    ),

    query('conversions.open-message', async ({ session }, { serviceId, message }) => {
      runningAt(serviceId, session.clerkId, 'input');
      const opened = await openMessage(desk, trust, message);
      return opened.ok ? ok({ name: opened.value.name, report: opened.value.report }) : opened;
    }),

    preparedCommand(
      'conversions.take-attachment',
      async ({ session }, { serviceId, message, attachment }) => {
        const { electronic } = runningAt(serviceId, session.clerkId, 'input').definition;
        const taken = await takeOut(desk, trust, message, attachment);
        if (!taken.ok) return taken;
        const { brought, envelope } = taken.value;
        const examined = await examine(desk, trust, electronic, brought);
        return examined.ok ? ok({ examined: examined.value, envelope }) : examined;
      },
      (commanded, { serviceId }, { examined, envelope }) => takeIn(commanded, serviceId, examined, envelope),
    ),

    preparedCommand(
      'conversions.take-deposit',
      async ({ session }, { serviceId, token }) => {
        const service = runningAt(serviceId, session.clerkId, 'input');
        const { electronic } = service.definition;
        const most = Math.max(largestInput(electronic), MAX_MESSAGE_BYTES);
        const deposit = await desk.sync.readDeposit(token, most);
        if (!deposit.ok) return deposit.error.code === 'file.too-large' ? tooLarge(electronic) : deposit;
        if (isToBeOpened(service, deposit.value.bytes)) return refuse('conversion.message-to-open');
        return examine(desk, trust, electronic, { ...deposit.value, from: 'depot' });
      },
      (commanded, { serviceId }, examined) => takeIn(commanded, serviceId, examined),
    ),

    preparedCommand(
      'conversions.validate',
      async ({ session }, { serviceId }) => {
        const { conversion } = runningAt(serviceId, session.clerkId, 'validation').record;
        const documentId = conversion?.input?.documentId ?? '';
        const sha256 = store.read((tx) => findOutput(tx, documentId))?.sha256;
        if (!sha256) return refuse('conversion.no-input');
        const content = await store.blobs.read(sha256);
        return content.ok ? ok({ documentId, report: await judge(trust, content.value) }) : content;
      },
      (commanded, { serviceId }, { documentId, report }) => {
        const { tx, session } = commanded;
        const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'validation');
        if (service.record.conversion?.input?.documentId !== documentId) return refuse('conversion.no-input');
        const judged = withConversion(service, { report });
        saveService(tx, judged);
        record(desk, commanded, {
          kind: 'conversion-validated',
          visitId: visit.id,
          serviceId,
          payload: { outcome: report.outcome, recognised: report.recognised },
        });
        return ok(serviceViewOf(tx, visit, judged));
      },
    ),

    command('conversions.confirm-validation', (commanded, { serviceId }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'validation');
      mayGoOn(visit, service, session);
      const { report = null, envelope = null } = service.record.conversion ?? {};
      const { electronic } = service.definition;
      if (report === null || !isAcceptable(service.definition, report))
        return refuse(electronic ? 'signing.file-broken' : 'conversion.not-recognised');
      if (!isUnaltered(envelope)) return refuse('conversion.altered-message');
      const confirmed = withDone(service, 'validation');
      saveService(tx, confirmed);
      record(desk, commanded, {
        kind: 'conversion-confirmed',
        visitId: visit.id,
        serviceId,
        payload: { checkedAt: report.checkedAt, signatures: report.signatures.length },
      });
      return ok(serviceViewOf(tx, visit, confirmed));
    }),

    command('conversions.refuse', (commanded, { serviceId, note }) => {
      const { tx, session, now } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      const rule = refusalAt(service);
      if (rule === null) return refuse('conversion.nothing-refused');
      const refusal = {
        reason: [rule.text.cs, note].filter((part) => part !== '').join(' '),
        paragraph: rule.paragraph,
      };
      const refused: Service = { ...service, state: 'refused', record: { ...service.record, refusal } };
      saveService(tx, refused);
      giveUpPapers(tx, serviceId, now.toISOString());
      const leafSequence = record(desk, commanded, {
        kind: 'service-refused',
        visitId: visit.id,
        serviceId,
        payload: { refusal },
      });
      raiseFor(desk, commanded, {
        kind: 'service-refused',
        visitId: visit.id,
        serviceId,
        leafSequence,
        params: { paragraph: rule.paragraph },
      });
      return ok(serviceViewOf(tx, visit, refused));
    }),

    command('conversions.print', (commanded, { serviceId }) => {
      const { tx, session, now, after } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      standsAt(service, 'comparison');
      mayGoOn(visit, service, session);
      const input = service.record.conversion?.input;
      if (!input) return refuse('conversion.no-input');
      const { documentId, pages } = input;
      if (lastPrint(tx, documentId)) return refuse('service.printed-already');
      insertPrint(tx, { jobId: desk.newId(), documentId, copyNumber: 1, at: now.toISOString() });
      record(desk, commanded, {
        kind: 'conversion-printed',
        visitId: visit.id,
        serviceId,
        payload: { documentId, pages },
      });
      after(kick);
      return ok(serviceViewOf(tx, visit, service));
    }),

    query('conversions.scan-page', async ({ session }, { serviceId, page, maxPixels }) => {
      const scan = store.read((tx) => {
        const { service } = getRunningService(tx, serviceId, session.clerkId);
        standsAt(service, 'comparison');
        return scanIn(tx, service);
      });
      return scan ? pagePicture(desk, scan.sha256, { page, maxPixels }) : refuse('conversion.no-input');
    }),

    command('conversions.agree-page', ({ tx, session }, { serviceId, page }) => {
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      const { pages } = comparedAt(tx, service);
      const agreed = withAgreed(agreedIn(service), page, pages);
      if (agreed === null) return refuse('conversion.no-such-page', { pages });
      const confirmed = withConversion(service, { agreed });
      saveService(tx, confirmed);
      return ok(serviceViewOf(tx, visit, confirmed));
    }),

    command('conversions.confirm-comparison', (commanded, { serviceId }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      const input = comparedAt(tx, service);
      const agreed = agreedIn(service);
      const left = pagesLeft(agreed, input.pages);
      if (left > 0) return refuse('conversion.pages-left', { count: left });
      const compared = withDone(service, 'comparison');
      saveService(tx, compared);
      record(desk, commanded, {
        kind: 'conversion-compared',
        visitId: visit.id,
        serviceId,
        payload: { documentId: input.documentId, pages: input.pages, pagesCompared: agreed.length },
      });
      return ok(serviceViewOf(tx, visit, compared));
    }),

    command('conversions.set-count', (commanded, { serviceId, count }) => {
      const { tx, session } = commanded;
      const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
      const step = service.definition.kind === 'conversion-to-electronic' ? 'features' : 'sheets';
      standsAt(service, step);
      const input = inputOf(tx, service);
      if (!input) return refuse('conversion.no-input');
      const { pages } = input;
      const wrong = judgeSheets({ ...count, pages });
      if (wrong) return refuse(wrong, { pages });
      const tariffId = service.definition.fee.tariff;
      const tariff = tariffId ? tariffOn(tx, tariffId, visit.legalDate) : undefined;
      if (tariffId && !tariff) return refuse('fee.no-tariff');
      const done = withDone(withConversion(service, { count }), step);
      const counted: Service = {
        ...done,
        record: { ...done.record, fee: tariff ? feeOf(tariff, count.feePages) : null },
      };
      saveService(tx, counted);
      record(desk, commanded, {
        kind: 'conversion-counted',
        visitId: visit.id,
        serviceId,
        payload: { ...count },
      });
      return ok(serviceViewOf(tx, visit, counted));
    }),
  ];
}

/** The scan of the paper, bound; a restored store has none any more. */
function scanIn(tx: Reader, { record: { attachments } }: Service) {
  const [scan] = attachments;
  return scan && blobInfo(tx, scan.sha256) ? scan : null;
}

/** What is converted: the file that was taken in, or the scan of the paper. */
function inputOf(tx: Reader, service: Service) {
  const { conversion } = service.record;
  if (conversion?.input) return { documentId: conversion.input.documentId, pages: conversion.input.pages };
  const scan = scanIn(tx, service);
  return scan && { documentId: null, pages: scan.pages };
}

const agreedIn = ({ record: { conversion } }: Service): readonly number[] => conversion?.agreed ?? [];

/** What is compared now: a paper was scanned, and its scan is compared with it; a file is compared with its print. */
function comparedAt(tx: Reader, service: Service) {
  standsAt(service, 'comparison');
  const input = inputOf(tx, service);
  if (!input) throw new Refusal('conversion.no-input');
  if (input.documentId !== null && !isOnPaper(lastPrint(tx, input.documentId)))
    throw new Refusal('service.not-printed');
  return input;
}

/** What the definition says of a refusal at the step the service stands at; null where there is nothing to refuse for. */
function refusalAt(service: Service) {
  const { conversion, electronic } = service.definition;
  const step = currentStep(service);
  if (step === 'comparison') return conversion?.differs ?? null;
  if (step !== 'validation') return null;
  const { report = null, envelope = null } = service.record.conversion ?? {};
  if (!isUnaltered(envelope)) return conversion?.alteredMessage ?? null;
  return isAcceptable(service.definition, report)
    ? null
    : (electronic?.broken ?? conversion?.unsigned ?? null);
}
