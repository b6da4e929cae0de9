import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FailureCode } from '../../electron/contract/failures.ts';
import type { PrintView } from '../../electron/contract/outputs.ts';
import { ippPrinter } from '../../electron/devices/printer/ipp-printer.ts';
import { breakingLine } from '../rigs/breaking-line.ts';
import { signedDocument } from '../rigs/converted.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { type IppPrinterRig, startIppPrinter } from '../rigs/ipp-printer.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { answerAllowed, certifyCopy, generalForm, verify, wholeLog } from '../rigs/visits.ts';

// Printing is not finishing: what a clerk's papers and numbers go through at a real printer that fails in every way it can.

// A printer that sleeps is waited for longer than any test: nothing here ends by that time.
const limits = {
  wake: 10 * 60_000,
  lostContact: 2_500,
  question: 1_000,
  send: 2_000,
  poll: { first: 50, most: 200 },
};

// Whatever the desk would put aside while it prints, it would put here.
const usual = process.env['TMPDIR'];
const temporary = mkdtempSync(join(tmpdir(), 'desk-temporary-'));

let portal: PortalRig;
let printer: IppPrinterRig;
let desk: CounterRig;
let clerk: TestWindow;
let visitId: string;
let number: string;

beforeAll(async () => {
  portal = await startPortal();
});
afterAll(async () => {
  await portal.close();
  rmSync(temporary, { recursive: true, force: true });
});
beforeEach(async () => {
  printer = await startIppPrinter();
  process.env['TMPDIR'] = temporary;
  await startDesk(printer.uri);
});
afterEach(async () => {
  await desk.close();
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
  await printer.stop();
  expect(leftBehind(temporary)).toEqual([]);
});

async function startDesk(uri: string, folder?: string): Promise<void> {
  desk = await startCounter({ portal, printer: { limits }, ...(folder && { folder }) });
  const administrator = await desk.signedIn('hajickova');
  const settings = await administrator.must('settings.get', {});
  await administrator.must('settings.save', { ...settings, printer: { uri } });
  clerk = await desk.signedIn('novakova');
}

/** Files of the desk's temporary folder that hold a page; the store's own are sealed. */
const leftBehind = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes('%PDF-'));

/** Orders a clause under the next number and the row of the book. */
async function certify(): Promise<void> {
  visitId = (await clerk.must('visits.open', {})).id;
  const service = await certifyCopy(clerk, visitId);
  number = service.certification?.number ?? '';
}

async function prints(): Promise<PrintView[]> {
  const { services } = await clerk.must('visits.get', { visitId });
  return services.flatMap(({ certification }) => certification?.prints ?? []);
}

const clause = async (): Promise<PrintView> => {
  const found = (await prints()).filter(({ kind }) => kind === 'copy-clause').at(-1);
  if (!found) throw new Error('no clause');
  return found;
};

const clauseIs = (state: PrintView['state'], trouble: FailureCode | null) =>
  until(`the clause is ${state}, ${trouble}`, async () => {
    const print = await clause();
    return print.state === state && (print.trouble?.code ?? null) === trouble && print;
  });

const allDone = () =>
  until('every print has come out', async () =>
    (await prints()).every(
      ({ state }) => state === 'completed' || state === 'given-up' || state === 'failed',
    ),
  );

/** Texts of the clauses that came out of the printer. */
async function clausesOnPaper(): Promise<string[]> {
  const texts = await Promise.all(
    (await printer.printed()).map(async (pdf) => (await withPdf(pdf, pageTexts)).join(' ')),
  );
  return texts.filter((text) => text.includes('Vidimační doložka'));
}

/** What became of every number that was given out. */
const fates = () =>
  desk.store.read((tx) =>
    tx.all<{ fate: string; reason: string | null }>('SELECT fate, reason FROM numbers'),
  );

describe.each([
  ['media-jam-error', 'printer.jammed'],
  ['media-empty-error', 'printer.out-of-paper'],
  ['media-needed-report', 'printer.wrong-paper'],
  ['input-tray-missing', 'printer.tray-missing'],
] as const)('%s', (reason, trouble) => {
  it('is told, the job waits, and each paper comes out once', async () => {
    await printer.condition(reason);
    await certify();
    await clauseIs('accepted', trouble);
    await printer.condition(undefined);
    await clauseIs('completed', null);
    await allDone();
    expect(await printer.printed()).toHaveLength(2);
    expect(await clausesOnPaper()).toHaveLength(1);
  });
});

it('a printer that takes one job at a time is waited for: the next paper goes by itself, once', async () => {
  await printer.condition('media-empty-error');
  await certify();
  await clauseIs('accepted', 'printer.out-of-paper');
  await until('the row of the book waits', async () =>
    (await prints()).some(
      ({ state, trouble }) => state === 'rendered' && trouble?.code === 'printer.occupied',
    ),
  );
  expect(await printer.printed()).toEqual([]);
  await printer.condition(undefined);
  await allDone();
  expect((await prints()).map(({ state, trouble }) => [state, trouble])).toEqual([
    ['completed', null],
    ['completed', null],
  ]);
  expect(await printer.printed()).toHaveLength(2);
});

describe('what waits for a busy printer', () => {
  /** One clause lies at the printer without paper; everything else waits for it. */
  async function occupied(): Promise<void> {
    await printer.condition('media-empty-error');
    await certify();
    await clauseIs('accepted', 'printer.out-of-paper');
  }
  const jobs = (kind: string) =>
    desk.store.read((tx) =>
      tx.all<{ state: string }>(
        `SELECT p.state FROM prints p JOIN outputs o ON o.document_id = p.document_id WHERE o.kind = ? ORDER BY p.job_id`,
        [kind],
      ),
    );

  const atPrinter = () =>
    desk.store.read((tx) => tx.all(`SELECT 1 FROM prints WHERE printer_uri IS NOT NULL`, []));

  it('never leaves once its number was cancelled', async () => {
    await occupied();
    const { services } = await clerk.must('visits.get', { visitId });
    await clerk.must('services.cancel-number', { serviceId: services[0]?.id ?? '', reason: 'omyl' });
    await printer.condition(undefined);
    await desk.counter.prints.idle();
    expect(jobs('register-book-row')).toEqual([{ state: 'given-up' }]);
  });

  it('is called back from the printer once its number was cancelled', async () => {
    await occupied();
    const { services } = await clerk.must('visits.get', { visitId });
    await clerk.must('services.cancel-number', { serviceId: services[0]?.id ?? '', reason: 'omyl' });
    await until('the printer was asked to let it be', async () => atPrinter().length === 0);
    await printer.condition(undefined);
    await desk.counter.prints.idle();
    expect(jobs('copy-clause')).toEqual([{ state: 'given-up' }]);
    expect(await ippPrinter().follow({ uri: printer.uri }, { jobId: 1 })).toMatchObject({
      state: 'cancelled',
    });
  });

  it('and comes out although its number was cancelled: whoever has to destroy it is told', async () => {
    const line = await breakingLine(printer.port);
    await desk.close();
    await startDesk(line.uri);
    await occupied();
    const { services } = await clerk.must('visits.get', { visitId });
    line.loseAnswerOf(0x000a);
    await clerk.must('services.cancel-number', { serviceId: services[0]?.id ?? '', reason: 'omyl' });
    await until('the printer was asked for the job', async () => line.posts(0x000a) > 0);
    await printer.condition(undefined);
    await clauseIs('given-up', 'print.void-came-out');
    await new Promise((resolve) => line.server.close(resolve));
  });

  it('never leaves once its visit was cancelled or its service refused', async () => {
    await occupied();
    await clerk.must('visits.park', { visitId, note: '' });
    const applicant = await clerk.must('visits.open', {});
    await verify(clerk, applicant.id);
    const { id: serviceId } = await clerk.must('services.start', {
      visitId: applicant.id,
      definitionId: 'general-submission',
    });
    await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
    await clerk.must('services.complete-attachments', { serviceId });
    await clerk.must('services.print-request', { serviceId });
    await clerk.must('visits.cancel', { visitId: applicant.id, reason: 'odešel' });
    expect(jobs('request')).toEqual([{ state: 'given-up' }]);

    const other = await clerk.must('visits.open', {});
    const conversion = await toComparison(other.id);
    await clerk.must('conversions.print', { serviceId: conversion });
    await clerk.must('conversions.refuse', { serviceId: conversion, note: '' });
    expect(jobs('conversion-document')).toEqual([{ state: 'given-up' }]);
    expect((await clerk.must('visits.hand-over', { visitId: other.id })).state).toBe('closed');

    await printer.condition(undefined);
    await desk.counter.prints.idle();
    expect(await printer.printed()).toHaveLength(2);
  });

  /** A signed file up to where its print is compared. */
  async function toComparison(visitId: string): Promise<string> {
    const { id: serviceId } = await clerk.must('services.start', {
      visitId,
      definitionId: 'conversion-to-paper',
    });
    const bytes = await signedDocument(portal.url());
    await clerk.must('conversions.take-file', { serviceId, name: 'x.pdf', bytes: new Uint8Array(bytes) });
    await clerk.must('conversions.confirm-validation', { serviceId });
    await answerAllowed(clerk, serviceId);
    return serviceId;
  }
});

describe('a printer that sleeps', () => {
  /** A clause on its way to the printer, which takes connections and does not answer yet. */
  async function asleep(): Promise<void> {
    printer.freeze(true);
    await certify();
    await clauseIs('rendered', null);
  }
  afterEach(() => printer.freeze(false));

  it('gets nothing of a number that was cancelled until it wakes', async () => {
    await asleep();
    const { services } = await clerk.must('visits.get', { visitId });
    await clerk.must('services.cancel-number', { serviceId: services[0]?.id ?? '', reason: 'omyl' });
    await desk.counter.prints.idle();
    expect(await clause()).toMatchObject({ state: 'given-up', trouble: null });
    printer.freeze(false);
    await clerk.must('devices.test-page', { purpose: 'usual' });
    await desk.counter.prints.idle();
    expect(await clausesOnPaper()).toEqual([]);
    expect(await printer.printed()).toHaveLength(1);
    expect(await clause()).toMatchObject({ state: 'given-up', trouble: null });
  });

  it('gets each paper once when the desk is started anew meanwhile', async () => {
    await asleep();
    const { folder } = desk;
    await desk.stop();
    printer.freeze(false);
    await startDesk(printer.uri, folder);
    await allDone();
    expect((await prints()).map(({ state, trouble }) => [state, trouble])).toEqual([
      ['completed', null],
      ['completed', null],
    ]);
    expect(await clausesOnPaper()).toHaveLength(1);
    expect(await printer.printed()).toHaveLength(2);
  });

  it('does not hold up the printer of labels and tickets', async () => {
    const other = await startIppPrinter();
    try {
      const administrator = await desk.signedIn('hajickova');
      const settings = await administrator.must('settings.get', {});
      const slips = { uri: other.uri, uuid: null, certificateSha256: null };
      await administrator.must('settings.save', { ...settings, others: { ...settings.others, slips } });
      await asleep();
      await clerk.must('devices.test-page', { purpose: 'slips' });
      await until('the slip', async () => (await other.printed()).length === 1);
      expect(await clause()).toMatchObject({ state: 'rendered', trouble: null });
    } finally {
      await other.stop();
    }
  });
});

it('the desk keeps a copy where it is set to: one job, said in the log, and a clause or what is printed once more is one paper', async () => {
  const administrator = await desk.signedIn('hajickova');
  const settings = await administrator.must('settings.get', {});
  const { printing } = settings;
  const wish = { ...settings, printing: { ...printing, receipts: { ...printing.receipts, copies: 2 } } };
  expect(
    await administrator.raw('settings.save', newId(), {
      ...wish,
      printing: { ...wish.printing, certified: { ...printing.certified, copies: 2 } },
    }),
  ).toMatchObject({ ok: false, error: { code: 'call.wrong-input' } });
  await administrator.must('settings.save', wish);

  await certify();
  await allDone();
  expect(await printer.asked()).not.toMatch(/^IPP_COPIES=/m);
  const { payment } = await clerk.must('visits.get', { visitId });
  await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: payment.due });
  await desk.counter.prints.idle();
  expect(await printer.asked()).toMatch(/^IPP_COPIES=2$/m);
  expect(await printer.printed()).toHaveLength(3);
  const [receipt] = (await clerk.must('visits.get', { visitId })).payment.prints;
  await clerk.must('outputs.reprint', { documentId: receipt?.documentId ?? '', reason: 'zmačkal se' });
  await desk.counter.prints.idle();
  expect(await printer.asked()).not.toMatch(/^IPP_COPIES=/m);

  const supervisor = await desk.signedIn('dvorak');
  const { entries } = await supervisor.must('day-log.page', {
    ...{ filter: wholeLog, before: null, after: null, limit: 200 },
  });
  const ends = await Promise.all(
    entries
      .filter(({ kind }) => kind === 'print-ended')
      .map(async ({ sequence }) => (await supervisor.must('day-log.entry', { sequence })).payload),
  );
  expect(ends.filter((end) => JSON.stringify(end).includes('"papers"'))).toMatchObject([
    { document: 'fee-receipt', copy: 1, papers: 2, outcome: 'completed' },
  ]);
});

it('a job aborted by the printer: the clerk looks, and what is printed once more says so', async () => {
  await printer.fail(true);
  await certify();
  const { jobId, documentId } = await clauseIs('unknown', 'printer.job-aborted');
  expect(await clerk.call('outputs.reprint', { documentId, reason: 'nevyšla' })).toMatchObject({
    error: { code: 'print.look-first' },
  });
  await printer.fail(false);
  await clerk.must('outputs.resolve-print', { jobId, printed: false });
  await clerk.must('outputs.reprint', { documentId, reason: 'nevyšla' });
  await clauseIs('completed', null);
  const [only, ...others] = await clausesOnPaper();
  expect(others).toEqual([]);
  expect(only).toContain('opakovaný tisk, výtisk č. 2');
  expect(only).toContain(number);
});

it('a job cancelled at the printer: the clerk says that it came out, and it is not printed again', async () => {
  await printer.condition('media-empty-error');
  await certify();
  await clauseIs('accepted', 'printer.out-of-paper');
  const job = desk.store.read((tx) =>
    tx.get<{ printer_job: number }>('SELECT printer_job FROM prints WHERE printer_job IS NOT NULL', []),
  );
  await ippPrinter().cancel({ uri: printer.uri }, job?.printer_job ?? 0);
  await printer.condition(undefined);
  const { jobId, documentId } = await clauseIs('unknown', 'printer.job-cancelled');
  await clerk.must('outputs.resolve-print', { jobId, printed: true });
  expect(await clerk.call('outputs.resolve-print', { jobId, printed: false })).toMatchObject({
    error: { code: 'print.decided-already' },
  });
  expect((await clause()).documentId).toBe(documentId);
  expect((await prints()).filter(({ kind }) => kind === 'copy-clause')).toHaveLength(1);
});

describe('a printer that is gone', () => {
  it('before anything is sent: nothing came out, and that is said', async () => {
    await printer.unplug();
    await certify();
    const { documentId } = await clauseIs('failed', 'printer.not-reachable');
    await printer.plugIn();
    await clerk.must('outputs.reprint', { documentId, reason: 'tiskárna byla vypnutá' });
    await clauseIs('completed', null);
    expect(await clausesOnPaper()).toHaveLength(1);
  });

  it('while the document is being sent: nobody but the clerk knows', async () => {
    const line = await breakingLine(printer.port);
    await desk.close();
    await startDesk(line.uri);
    line.loseAnswerOf(0x0002, () => printer.freeze(true));
    await certify();
    await clauseIs('unknown', 'printer.lost-contact');
    expect(line.posts(0x0002)).toBe(1);
    printer.freeze(false);
    await new Promise((resolve) => line.server.close(resolve));
  });

  it('while it hangs: what the clerk did not see come out is called back when it wakes', async () => {
    await printer.condition('media-jam-error');
    await certify();
    await clauseIs('accepted', 'printer.jammed');
    printer.freeze(true);
    const { jobId, documentId } = await clauseIs('unknown', 'printer.lost-contact');
    await clerk.must('outputs.resolve-print', { jobId, printed: false });
    printer.freeze(false);
    await clerk.must('outputs.reprint', { documentId, reason: 'tiskárna zamrzla' });
    await until('the first one is called back', () =>
      desk.store
        .read((tx) =>
          tx.all<{ printer_uri: string | null }>('SELECT printer_uri FROM prints WHERE job_id = ?', [jobId]),
        )
        .every(({ printer_uri }) => printer_uri === null),
    );
    await printer.condition(undefined);
    await clauseIs('completed', null);
  });

  it.each([
    ['and stays away', false, 'printer.lost-contact'],
    ['and comes back without its memory', true, 'printer.job-forgotten'],
  ] as const)('by a power cut in the middle, %s', async (_how, back, trouble) => {
    await printer.condition('media-jam-error');
    await certify();
    await clauseIs('accepted', 'printer.jammed');
    await printer.cutPower();
    if (back) await printer.plugIn();
    const { jobId, documentId } = await clauseIs('unknown', trouble);
    await printer.condition(undefined);
    if (!back) await printer.plugIn();
    await clerk.must('outputs.resolve-print', { jobId, printed: false });
    await clerk.must('outputs.reprint', { documentId, reason: 'výpadek proudu' });
    await clauseIs('completed', null);
    expect(await clausesOnPaper()).toHaveLength(1);
  });
});

it('a desk that dies while the printer works finds its job again and sends nothing twice', async () => {
  await printer.condition('media-empty-error');
  await certify();
  await clauseIs('accepted', 'printer.out-of-paper');
  const { folder } = desk;
  await desk.stop();
  await startDesk(printer.uri, folder);
  await clauseIs('accepted', 'printer.out-of-paper');
  await printer.condition(undefined);
  await clauseIs('completed', null);
  await allDone();
  expect(await clausesOnPaper()).toHaveLength(1);
});

it('a spoiled number stays with its reason, and its clause is not printed again', async () => {
  await certify();
  await clauseIs('completed', null);
  await allDone();
  const { documentId } = await clause();
  const { services } = await clerk.must('visits.get', { visitId });
  await clerk.must('services.cancel-number', {
    serviceId: services[0]?.id ?? '',
    reason: 'list se při tisku zničil',
  });
  expect(await clerk.call('outputs.reprint', { documentId, reason: 'znovu' })).toMatchObject({
    error: { code: 'copy.cancelled-already' },
  });
  expect(fates()).toMatchObject([{ fate: 'cancelled', reason: 'list se při tisku zničil' }]);
});
