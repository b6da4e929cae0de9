import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CallInput } from '../../electron/contract/index.ts';
import type { CopyCount, ServiceView } from '../../electron/contract/services.ts';
import { address, partialDate, personName } from '../../electron/contract/shared.ts';
import type { VisitView } from '../../electron/contract/visits.ts';
import { wholeDate } from '../../electron/values/partial-date.ts';
import { resources, type TestWindow, until } from './counter.ts';

const seededPerson = z.object({
  id: z.string(),
  person: z.object({
    name: personName,
    birthDate: partialDate,
    birthNumber: z.string().optional(),
    citizenship: z.string().optional(),
    address: z.object(address.shape).optional(),
  }),
  document: z.object({ mrz: z.array(z.string()) }),
});

/** A fictitious person of the training seed, with the zone of the document they bring. */
export function person(id: string) {
  const all = z
    .array(z.looseObject({ id: z.string() }))
    .parse(JSON.parse(readFileSync(join(resources, 'training', 'persons.json'), 'utf8')));
  return seededPerson.parse(all.find((one) => one.id === id));
}

/** Takes the document to the visit and waits for the register's answer. */
export async function takeDocument(window: TestWindow, visitId: string, id = 'person-01') {
  const { document } = person(id);
  const read = await window.must('identity.read-mrz', { text: document.mrz.join('\n') });
  await window.must('identity.take-document', {
    visitId,
    document: {
      kind: read.suggestedKind,
      number: read.documentNumber,
      issuer: read.issuer,
      expiry: read.expiryDate ? wholeDate(read.expiryDate) : null,
      source: 'typed-mrz',
    },
    birthDate: read.birthDate,
    zone: document.mrz.join('\n'),
  });
  return until('the register answers', async () => {
    const visit = await window.must('visits.get', { visitId });
    return visit.identity.register?.state !== 'asking' && visit;
  });
}

/** Whom somebody represents in a visit, and how. */
type Represents = Pick<CallInput<'identity.confirm'>, 'actingAs' | 'concerns'>;
const forThemselves: Represents = { actingAs: 'in-person', concerns: null };

export async function verify(
  window: TestWindow,
  visitId: string,
  id = 'person-01',
  represents = forThemselves,
) {
  await takeDocument(window, visitId, id);
  const { person: who } = person(id);
  return window.must('identity.confirm', {
    visitId,
    name: who.name,
    birthDate: who.birthDate,
    birthNumber: null,
    citizenship: null,
    address: who.address ?? null,
    ...represents,
    overrideReason: null,
  });
}

/** The day log's filter that finds everything. */
export const wholeLog = {
  from: '2000-01-01',
  to: '2999-12-31',
  clerkId: null,
  kind: null,
  service: null,
  state: null,
  number: '',
  search: '',
};

export const generalForm = {
  submissionType: 'request',
  subject: 'Oprava chodníku',
  content: 'Žádám o sdělení, kdy bude opraven chodník v Cvičné ulici.',
};

/** The clerk looked at the printer: everything of the visit came out. For desks without a printer. */
export async function settlePrints(window: TestWindow, visitId: string): Promise<VisitView> {
  return until('prints are settled', async () => {
    const visit = await window.must('visits.get', { visitId });
    const prints = visit.services.flatMap(
      ({ request, acceptance, extract, conversion, account, certification }) => [
        ...(request?.prints ?? []),
        ...(extract?.prints ?? []),
        ...(conversion?.prints ?? []),
        ...(acceptance?.prints ?? []),
        ...(account?.prints ?? []),
        ...(certification?.prints ?? []),
      ],
    );
    for (const print of [...prints, ...visit.payment.prints, ...visit.papers])
      if (print.state === 'failed')
        await window.call('outputs.resolve-print', { jobId: print.jobId, printed: true });
    return !visit.missing.includes('prints-unresolved') && visit;
  });
}

/** A general submission from its start to acceptance, at a desk without printer and scanner. */
export async function acceptSubmission(window: TestWindow, visitId: string): Promise<ServiceView> {
  const started = await window.must('services.start', { visitId, definitionId: 'general-submission' });
  const serviceId = started.id;
  const filled = await window.must('services.complete-form', {
    serviceId,
    data: generalForm,
    addresseeId: 'nyrsko',
  });
  if (filled.problems.length > 0) throw new Error(JSON.stringify(filled.problems));
  if (filled.service.steps.some(({ step, state }) => step === 'attachments' && state === 'current'))
    await window.must('services.complete-attachments', { serviceId });
  await window.must('services.print-request', { serviceId });
  await until('the request is printed', async () => {
    const visit = await window.must('visits.get', { visitId });
    const print = visit.services.find(({ id }) => id === serviceId)?.request?.prints.at(-1);
    if (print?.state === 'failed')
      await window.call('outputs.resolve-print', { jobId: print.jobId, printed: true });
    return print?.state === 'confirmed-by-clerk' || print?.state === 'completed';
  });
  await window.must('services.confirm-signed', { serviceId });
  return window.must('services.accept', { serviceId });
}

export const signing = {
  manner: 'signed',
  description: 'plná moc',
  signatures: 1,
  language: 'cs',
  birthPlace: 'Klatovy',
  addressIs: 'permanent',
  canRead: true,
  canWrite: true,
  canSign: true,
  contentBy: null,
  witnesses: [],
  outside: null,
} as const;

/** Two people of the training seed as witnesses. */
export const witnesses = (...ids: string[]): CallInput<'services.set-signing'>['signing']['witnesses'] =>
  ids.map((id) => {
    const { person: who, document } = person(id);
    const mrz = document.mrz.join('');
    return {
      name: who.name,
      birthDate: who.birthDate,
      birthPlace: 'Plzeň',
      address: who.address ?? { municipality: 'Plzeň' },
      document: { kind: 'id-card', number: mrz.slice(5, 14), expiry: '2099-12-31' },
    };
  });

/** A service that begins with exclusion questions, up to the step behind them. */
export async function startAllowed(
  window: TestWindow,
  visitId: string,
  definitionId: string,
): Promise<string> {
  const { id: serviceId } = await window.must('services.start', { visitId, definitionId });
  await answerAllowed(window, serviceId);
  return serviceId;
}

/** Exclusion questions answered so that none of them refuses. */
export async function answerAllowed(window: TestWindow, serviceId: string): Promise<void> {
  const { exclusions } = await window.must('services.definition', { serviceId });
  await window.must('services.answer-exclusions', {
    serviceId,
    answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
  });
}

/** A certified signature from its start up to where its number is taken. */
export async function prepareSignature(
  window: TestWindow,
  visitId: string,
  change: Partial<CallInput<'services.set-signing'>['signing']> = {},
): Promise<ServiceView> {
  const serviceId = await startAllowed(window, visitId, 'legalizace');
  return window.must('services.set-signing', {
    serviceId,
    signing: { ...signing, witnesses: [], chosen: [], ...change },
  });
}

export const copyCount = {
  sourceSheets: 2,
  sourcePages: 3,
  copySheets: 2,
  copyPages: 3,
  feePages: 3,
  a3Pages: 0,
  copies: 1,
  sourceIs: 'original',
  extent: 'complete',
  madeAs: 'copy',
  securityFeature: false,
  description: 'maturitní vysvědčení',
} as const;

/** A certified copy from its start to its number. */
export async function certifyCopy(
  window: TestWindow,
  visitId: string,
  change: Partial<CopyCount> = {},
): Promise<ServiceView> {
  const serviceId = await startAllowed(window, visitId, 'vidimace');
  await window.must('services.set-count', { serviceId, count: { ...copyCount, ...change } });
  return window.must('services.issue', { serviceId });
}

/** The clerk looked at the printer: every paper of one service came out. */
async function servicePrinted(window: TestWindow, visitId: string, serviceId: string): Promise<void> {
  await until('the papers of the service are out', async () => {
    const visit = await window.must('visits.get', { visitId });
    const service = visit.services.find(({ id }) => id === serviceId);
    const prints = [...(service?.request?.prints ?? []), ...(service?.extract?.prints ?? [])];
    for (const print of prints)
      if (print.state === 'failed')
        await window.call('outputs.resolve-print', { jobId: print.jobId, printed: true });
    return prints.length > 0 && prints.every(({ state }) => state === 'confirmed-by-clerk');
  });
}

/** A service of extracts up to the question, which the register has then answered in one way or another. */
export async function askRegister(
  window: TestWindow,
  visitId: string,
  definitionId: string,
  form: Record<string, string>,
): Promise<ServiceView> {
  const { id: serviceId } = await window.must('services.start', { visitId, definitionId });
  const filled = await window.must('services.complete-form', { serviceId, data: form, addresseeId: null });
  if (filled.problems.length > 0) throw new Error(JSON.stringify(filled.problems));
  if (filled.service.steps.some(({ step, state }) => step === 'print-and-sign' && state === 'current')) {
    await window.must('services.print-request', { serviceId });
    await servicePrinted(window, visitId, serviceId);
    await window.must('services.confirm-signed', { serviceId });
  }
  await window.must('extracts.ask', { serviceId });
  return registerAnswered(window, visitId, serviceId);
}

export const registerAnswered = (
  window: TestWindow,
  visitId: string,
  serviceId: string,
): Promise<ServiceView> =>
  until('the register has answered', async () => {
    const { services } = await window.must('visits.get', { visitId });
    const service = services.find(({ id }) => id === serviceId);
    const state = service?.extract?.state;
    return state !== 'asking' && state !== 'waiting' && service;
  });

/** From the answer to the counted sheets: printed, read by the applicant, counted. */
export async function countExtract(window: TestWindow, service: ServiceView): Promise<ServiceView> {
  const { id: serviceId, visitId } = service;
  await window.must('extracts.print', { serviceId });
  await servicePrinted(window, visitId, serviceId);
  await window.must('extracts.review', { serviceId, agreed: true, note: '' });
  const pages = service.extract?.answer?.pages ?? 0;
  return window.must('extracts.set-sheets', { serviceId, sheets: pages, feePages: pages, partial: false });
}
