import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
} from '../rigs/counter.ts';
import { acceptSubmission, certifyCopy, generalForm, settlePrints, verify } from '../rigs/visits.ts';

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
});
afterAll(() => portal.close());
beforeEach(async () => {
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterEach(() => desk.close());

const prints = (visitId: string) =>
  desk.store.read((tx) =>
    tx.all<{ job_id: string; document_id: string; kind: string; state: string; sha256: string | null }>(
      `SELECT p.job_id, p.document_id, p.state, o.kind, o.sha256 FROM prints p
       JOIN outputs o ON o.document_id = p.document_id WHERE o.visit_id = ? ORDER BY p.job_id`,
      [visitId],
    ),
  );

/** A general submission whose request is ordered; its pages are being made. */
async function requestOrdered(visitId: string): Promise<string> {
  await verify(clerk, visitId);
  const { id: serviceId } = await clerk.must('services.start', {
    visitId,
    definitionId: 'general-submission',
  });
  const { service } = await clerk.must('services.complete-form', {
    serviceId,
    data: generalForm,
    addresseeId: 'nyrsko',
  });
  if (service.steps.some(({ step, state }) => step === 'attachments' && state === 'current'))
    await clerk.must('services.complete-attachments', { serviceId });
  await clerk.must('services.print-request', { serviceId });
  return serviceId;
}

describe('a paper that became void', () => {
  it('while its pages were made never leaves for the printer and does not keep the visit open', async () => {
    const visit = await clerk.must('visits.open', {});
    const serviceId = await requestOrdered(visit.id);
    await clerk.must('services.withdraw', { serviceId, reason: 'klient si to rozmyslel' });
    await desk.counter.prints.idle();
    expect(prints(visit.id).map(({ state }) => state)).toEqual(['given-up']);
    expect((await clerk.must('visits.hand-over', { visitId: visit.id })).state).toBe('closed');
  });

  it('is not printed again: neither the clause of a cancelled number nor a request that was reopened', async () => {
    const visit = await clerk.must('visits.open', {});
    const copy = await certifyCopy(clerk, visit.id);
    await settlePrints(clerk, visit.id);
    await clerk.must('services.cancel-number', { serviceId: copy.id, reason: 'zkažený list' });
    for (const { document_id } of prints(visit.id))
      expect(
        await clerk.call('outputs.reprint', { documentId: document_id, reason: 'ještě jednou' }),
      ).toMatchObject({ ok: false, error: { code: 'copy.cancelled-already' } });

    const serviceId = await requestOrdered(visit.id);
    await desk.counter.prints.idle();
    await clerk.must('services.reopen-step', { serviceId, step: 'form' });
    const request = prints(visit.id).find(({ kind }) => kind === 'request');
    expect(
      await clerk.call('outputs.reprint', { documentId: request?.document_id ?? '', reason: 'znovu' }),
    ).toMatchObject({ ok: false, error: { code: 'print.not-found' } });
  });
});

describe('a print the clerk decides about', () => {
  it('is decided by the clerk of the visit or a supervisor, by nobody else', async () => {
    const visit = await clerk.must('visits.open', {});
    await certifyCopy(clerk, visit.id);
    await desk.counter.prints.idle();
    const [first, second] = prints(visit.id);
    const resolve = (by: TestWindow, jobId = '') =>
      by.call('outputs.resolve-print', { jobId, printed: true });
    expect(await resolve(await desk.signedIn('cizek'), first?.job_id)).toMatchObject({
      ok: false,
      error: { code: 'visit.of-another-clerk' },
    });
    expect((await resolve(await desk.signedIn('dvorak'), first?.job_id)).ok).toBe(true);
    expect((await resolve(clerk, second?.job_id)).ok).toBe(true);
  });

  it('did not come out when its pages were never made; made later, they go with the submission', async () => {
    const visit = await clerk.must('visits.open', {});
    const serviceId = await requestOrdered(visit.id);
    await desk.counter.prints.idle();
    // As if making the pages had failed: what a full disk or a dead worker leaves behind.
    desk.store.write((tx) => tx.run(`UPDATE outputs SET sha256 = NULL, pages = NULL`));
    const [request] = prints(visit.id);
    expect(
      await clerk.call('outputs.resolve-print', { jobId: request?.job_id ?? '', printed: true }),
    ).toMatchObject({ ok: false, error: { code: 'service.not-printed' } });
    await clerk.must('outputs.reprint', { documentId: request?.document_id ?? '', reason: 'nevytiskla se' });
    await desk.counter.prints.idle();
    await settlePrints(clerk, visit.id);
    await clerk.must('services.confirm-signed', { serviceId });
    const { acceptance } = await clerk.must('services.accept', { serviceId });
    const roles = desk.store.read((tx) =>
      tx.all<{ role: string }>('SELECT role FROM outbox_blobs WHERE effect_id = ?', [
        acceptance?.submissionId ?? '',
      ]),
    );
    expect(roles.map(({ role }) => role)).toEqual(['signed-request']);
  });
});

it('a correction has its receipt among the prints of the visit, so that it can be decided about', async () => {
  const visit = await clerk.must('visits.open', {});
  await verify(clerk, visit.id);
  const accepted = await acceptSubmission(clerk, visit.id);
  await clerk.must('services.correct', { serviceId: accepted.id, correction: 'správně Cvičná 13' });
  await settlePrints(clerk, visit.id);
  expect((await clerk.must('visits.hand-over', { visitId: visit.id })).state).toBe('closed');
});
