import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../electron/values/clock.ts';
import { legalDate } from '../../electron/values/time.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import {
  askRegister,
  certifyCopy,
  countExtract,
  person,
  registerAnswered,
  settlePrints,
  takeDocument,
  verify,
} from '../rigs/visits.ts';

// Extracts of registers, over the whole counter and the real portal with its training registers.

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

const year = legalDate(new Date()).slice(0, 4);
const trade = { short: '99900211', long: '99900220', slow: '99900238', failing: '99900254' };

const open = async (): Promise<string> => (await clerk.must('visits.open', {})).id;
const publicClause = async (number: string): Promise<{ state: string }> =>
  (await fetch(`${portal.url()}/v1/clauses/${encodeURIComponent(number)}`)).json();
/** What the public page says once everything has arrived at the portal. */
const publicState = (number: string, state: string) =>
  until(`the portal says ${state}`, async () => {
    await clerk.must('desk.try-line', {});
    return (await publicClause(number)).state === state;
  });
const evidence = () =>
  desk.store.read((tx) =>
    tx.all<{ number: number; fate: string; reason: string | null }>(
      'SELECT number, fate, reason FROM evidence_numbers ORDER BY number',
    ),
  );
const contents = (owner: string) =>
  desk.store.read((tx) => tx.all('SELECT sha256 FROM blob_uses WHERE owner LIKE ?', [owner])).length;

describe('an extract of a public register', () => {
  it('is asked without identity, read, counted, certified under a number of the evidence, paid last', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.long });
    expect(asked.extract).toMatchObject({
      state: 'answered',
      agreed: null,
      sheets: null,
      answer: { seal: { result: 'valid', findings: [] } },
    });
    const pages = asked.extract?.answer?.pages ?? 0;
    expect(pages).toBeGreaterThan(4);
    const page = await clerk.must('outputs.page', {
      documentId: asked.extract?.answer?.documentId ?? '',
      page: 0,
      maxPixels: 600,
    });
    expect(page).toMatchObject({ pages, mediaType: 'image/png' });
    const counted = await countExtract(clerk, asked);
    expect(counted.fee?.parts.map(({ units, unitAmount }) => [units, unitAmount])).toEqual([
      [1, 100],
      [pages - 1, 50],
    ]);
    const issued = await clerk.must('services.issue', { serviceId: asked.id });
    const number = issued.certification?.number ?? '';
    expect(number).toMatch(new RegExp(`${year}`));
    expect(issued.certification?.prints.map(({ kind }) => kind)).toEqual(['extract-clause']);
    const due = 100 + (pages - 1) * 50;
    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: due });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });
    await publicState(number, 'issued');
    expect(evidence()).toMatchObject([{ fate: 'used' }]);
    // The desk must not keep outputs (DOMAIN 3.7): nothing of the pages is left once they were handed over.
    await until(
      'its pages are gone',
      async () => contents('output:%') === 0 || desk.counter.retention.delivered(),
    );
  });

  it('asks on by itself while the register is slow, and again at the clerk’s word after a failure', async () => {
    const visitId = await open();
    expect((await askRegister(clerk, visitId, 'extract-trade', { ico: trade.slow })).extract?.state).toBe(
      'answered',
    );
    const failed = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.failing });
    expect(failed.extract).toMatchObject({
      state: 'unreachable',
      problem: { code: 'register.unavailable' },
    });
    await clerk.must('extracts.ask', { serviceId: failed.id });
    expect((await registerAnswered(clerk, visitId, failed.id)).extract?.state).toBe('answered');
  });

  it('is not issued when the applicant disagrees: no number, no fee, nothing kept', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await clerk.must('extracts.print', { serviceId: asked.id });
    expect(
      await clerk.call('extracts.review', { serviceId: asked.id, agreed: false, note: '' }),
    ).toMatchObject({
      error: { code: 'service.not-printed' },
    });
    await settlePrints(clerk, visitId);
    const refused = await clerk.must('extracts.review', {
      serviceId: asked.id,
      agreed: false,
      note: 'chybí provozovna',
    });
    expect(refused).toMatchObject({
      state: 'refused',
      fee: null,
      certification: null,
      refusal: { reason: 'Žadatel nesouhlasí s údaji výpisu: chybí provozovna' },
    });
    expect(evidence()).toEqual([]);
    await clerk.must('visits.hand-over', { visitId });
  });

  it('refuses sheets that cannot be', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.long });
    const pages = asked.extract?.answer?.pages ?? 0;
    await clerk.must('extracts.print', { serviceId: asked.id });
    await settlePrints(clerk, visitId);
    await clerk.must('extracts.review', { serviceId: asked.id, agreed: true, note: '' });
    const count = (sheets: number, feePages: number) =>
      clerk.call('extracts.set-sheets', { serviceId: asked.id, sheets, feePages, partial: false });
    expect(await count(1, pages)).toMatchObject({ error: { code: 'extract.sheets', params: { pages } } });
    expect(await count(pages + 1, pages)).toMatchObject({ error: { code: 'extract.sheets' } });
    expect(await count(pages, pages + 1)).toMatchObject({ error: { code: 'extract.fee-pages' } });
    expect((await count(Math.ceil(pages / 2), pages)).ok).toBe(true);
  });
});

describe('an extract of a non-public register', () => {
  it('needs who asks, their signed request, and puts the number to it', async () => {
    const visitId = await open();
    expect(
      await clerk.call('services.start', { visitId, definitionId: 'extract-criminal-record' }),
    ).toMatchObject({ error: { code: 'service.needs-identity' } });
    await verify(clerk, visitId);
    const asked = await askRegister(clerk, visitId, 'extract-criminal-record', { birthPlace: 'Klatovy' });
    expect(asked.extract?.state).toBe('answered');
    await countExtract(clerk, asked);
    const issued = await clerk.must('services.issue', { serviceId: asked.id });
    expect(issued.certification?.prints.map(({ kind }) => kind)).toEqual([
      'extract-clause',
      'archive-request',
    ]);
    expect(issued.fee?.amount).toBe(100);
    await publicState(issued.certification?.number ?? '', 'issued');
    const shown = JSON.stringify(await publicClause(issued.certification?.number ?? ''));
    expect(shown).not.toContain('Vzorov');
  });

  it('goes on after a crash with the same answer, and has one number whatever dies', async () => {
    const visitId = await open();
    await verify(clerk, visitId);
    const asked = await askRegister(clerk, visitId, 'extract-criminal-record', { birthPlace: 'Klatovy' });
    await desk.stop();
    desk = await startCounter({ portal, folder: desk.folder });
    clerk = await desk.signedIn('novakova');
    const again = await registerAnswered(clerk, visitId, asked.id);
    expect(again.extract?.answer).toEqual(asked.extract?.answer);
    await countExtract(clerk, again);
    // Asked for and lost: the desk dies between the portal's answer and the act.
    const first = await desk.counter.desk.sync.evidenceNumber('extracts', {
      id: asked.id,
      officeId: 'klatovy',
      year: Number(year),
    });
    const issued = await clerk.must('services.issue', { serviceId: asked.id });
    expect(first).toMatchObject({ ok: true, value: { number: issued.certification?.number } });
    expect(evidence()).toHaveLength(1);
  });
});

describe('the seal of an output', () => {
  it('that does not hold stops it before anything is printed', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: '99900262' });
    expect(asked.extract?.answer?.seal.result).toBe('invalid');
    expect(asked.extract?.answer?.seal.findings.map(({ code }) => code)).toContain('signature.digest');
    expect(await clerk.call('extracts.print', { serviceId: asked.id })).toMatchObject({
      error: { code: 'extract.seal-invalid' },
    });
    await clerk.must('services.withdraw', { serviceId: asked.id, reason: 'vadná pečeť' });
    await clerk.must('visits.hand-over', { visitId });
  });
});

describe('a number of the central evidence', () => {
  it('that was asked for by a service which then ended is cancelled, here and at the portal', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, asked);
    const allotted = desk.counter.desk.sync.evidenceNumber;
    let number = '';
    // The answer is lost on its way: the desk has asked and does not know.
    desk.counter.desk.sync.evidenceNumber = async (...of) => {
      const answer = await allotted(...of);
      if (answer.ok) number = answer.value.number;
      return { ok: false, error: { code: 'line.time-out' } };
    };
    expect(await clerk.call('services.issue', { serviceId: asked.id })).toMatchObject({
      error: { code: 'line.time-out' },
    });
    desk.counter.desk.sync.evidenceNumber = allotted;
    await clerk.must('services.withdraw', { serviceId: asked.id, reason: 'žadatel odešel' });
    await until('the number has its fate', async () => evidence()[0]?.fate === 'cancelled');
    await publicState(number, 'cancelled');
  });

  it('is cancelled with its reason by the clerk, and its papers are void', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, asked);
    const issued = await clerk.must('services.issue', { serviceId: asked.id });
    const cancelled = await clerk.must('services.cancel-number', {
      serviceId: asked.id,
      reason: 'poškozená doložka',
    });
    expect(cancelled).toMatchObject({ certification: { fate: 'cancelled' }, fee: { amount: 0 } });
    expect(evidence()).toMatchObject([{ fate: 'cancelled', reason: 'poškozená doložka' }]);
    await publicState(issued.certification?.number ?? '', 'cancelled');
    expect(
      await clerk.call('outputs.reprint', {
        documentId: asked.extract?.answer?.documentId ?? '',
        reason: 'znovu',
      }),
    ).toMatchObject({ error: { code: 'copy.cancelled-already' } });
  });
});

describe('money that was taken for what is then cancelled', () => {
  it('goes back by an act with a number and a paper of its own; the rest of the receipt stays', async () => {
    const visitId = await open();
    const first = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, first);
    await clerk.must('services.issue', { serviceId: first.id });
    const second = await certifyCopy(clerk, visitId);
    const { payment } = await clerk.must('visits.get', { visitId });
    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: payment.due });
    const paid = first.extract?.answer?.pages === 1 ? 100 : payment.due - 90;
    const expected = async () =>
      (await clerk.must('cash-desk.view', { before: null, limit: 1 })).totals.expected;
    const before = await expected();
    const other = await desk.signedIn('cizek');
    expect(await other.call('services.cancel-number', { serviceId: first.id, reason: 'omyl' })).toMatchObject(
      { error: { code: 'visit.of-another-clerk' } },
    );
    await clerk.must('services.cancel-number', { serviceId: first.id, reason: 'vadná doložka' });
    expect(await expected()).toBe(before - paid);
    const after = await clerk.must('visits.get', { visitId });
    expect(after.payment.receipt).toMatchObject({ total: payment.due });
    expect(after.payment.prints.map(({ kind }) => kind)).toEqual(['fee-receipt', 'refund-receipt']);
    expect(after.services.find(({ id }) => id === second.id)?.certification?.fate).toBe('used');
    // What is left of the receipt is what its storno gives back.
    const receipt = await clerk.must('cash-desk.receipt', { number: after.payment.receipt?.number ?? '' });
    const storno = await clerk.must('cash-desk.cancel-receipt', {
      receiptId: receipt?.receiptId ?? '',
      reason: 'platí kartou',
    });
    expect(storno.amount).toBe(paid - payment.due);
    expect(await expected()).toBe(before - payment.due);
    await until('the portal has the refund', async () => {
      await clerk.must('desk.try-line', {});
      return (
        desk.store.read((tx) => tx.get<{ state: string }>("SELECT state FROM outbox WHERE kind = 'refund'"))
          ?.state === 'accepted'
      );
    });
    expect(desk.problems).toEqual([]);
  });
});

describe('what the register refuses or does by hand', () => {
  it('sends the clerk back to the form with the register’s own words', async () => {
    const visitId = await open();
    const refused = await askRegister(clerk, visitId, 'extract-land', {
      cadastralArea: 'Cvičná Lhota',
      variant: 'complete',
    });
    expect(refused.extract?.state).toBe('refused');
    expect(refused.extract?.reason?.cs.length).toBeGreaterThan(10);
    await clerk.must('services.reopen-step', { serviceId: refused.id, step: 'form' });
    await clerk.must('services.complete-form', {
      serviceId: refused.id,
      data: { cadastralArea: 'Cvičná Lhota', ownershipSheet: '1', variant: 'complete' },
      addresseeId: null,
    });
    await clerk.must('extracts.ask', { serviceId: refused.id });
    expect((await registerAnswered(clerk, visitId, refused.id)).extract?.state).toBe('answered');
  });

  it('lets the applicant come back with a ticket, without a second request', async () => {
    const visitId = await open();
    const manual = await askRegister(clerk, visitId, 'extract-land', {
      cadastralArea: 'Cvičná Lhota',
      ownershipSheet: '4',
      variant: 'complete',
    });
    const ticket = manual.extract?.ticket ?? '';
    expect(manual.extract).toMatchObject({ state: 'manual' });
    const handed = await clerk.must('extracts.hand-ticket', { serviceId: manual.id });
    expect(handed).toMatchObject({ state: 'done', fee: null, certification: null });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });

    const later = await open();
    const { id: serviceId } = await clerk.must('services.start', {
      visitId: later,
      definitionId: 'extract-land',
    });
    const data = { cadastralArea: 'Cvičná Lhota', ownershipSheet: '4', variant: 'complete' };
    await clerk.must('services.complete-form', { serviceId, data, addresseeId: null });
    await clerk.must('extracts.ask-by-ticket', { serviceId, ticket: 'NIC-TAKOVEHO' });
    expect((await registerAnswered(clerk, later, serviceId)).extract?.state).toBe('refused');
    await clerk.must('extracts.ask-by-ticket', { serviceId, ticket });
    const { extract } = await registerAnswered(clerk, later, serviceId);
    expect(extract?.ticket).toBe(ticket);
    expect(['manual', 'answered']).toContain(extract?.state);
  });
});

describe('an extract whose ground changes', () => {
  it('is never issued to another than it was asked about: with an answer the person stays', async () => {
    const visitId = await open();
    await verify(clerk, visitId);
    const asked = await askRegister(clerk, visitId, 'extract-criminal-record', { birthPlace: 'Klatovy' });
    expect(await clerk.call('identity.reopen', { visitId })).toMatchObject({
      error: { code: 'identity.services-depend' },
    });
    await clerk.must('services.withdraw', { serviceId: asked.id, reason: 'jiná osoba' });
    await clerk.must('identity.reopen', { visitId });
  });

  it('stays under its own question when nobody knows whether the register heard it: no second fee', async () => {
    const visitId = await open();
    await verify(clerk, visitId, 'person-16');
    const failed = await askRegister(clerk, visitId, 'extract-criminal-record', { birthPlace: 'Klatovy' });
    expect(failed.extract?.state).toBe('unreachable');
    const serviceId = failed.id;
    expect(await clerk.call('services.reopen-step', { serviceId, step: 'form' })).toMatchObject({
      error: { code: 'service.cannot-reopen' },
    });
    expect(await clerk.call('identity.reopen', { visitId })).toMatchObject({
      error: { code: 'identity.services-depend' },
    });
    await clerk.must('extracts.ask', { serviceId });
    expect((await registerAnswered(clerk, visitId, serviceId)).extract?.state).toBe('answered');
  });

  it('is asked anew, about who is there now, after a question that the register refused', async () => {
    const visitId = await open();
    // Whose document is listed as invalid is verified with a reason.
    const { person: who } = person('person-03');
    const confirm = () =>
      clerk.must('identity.confirm', {
        visitId,
        name: who.name,
        birthDate: who.birthDate,
        birthNumber: null,
        citizenship: null,
        address: who.address ?? null,
        actingAs: 'in-person',
        concerns: null,
        overrideReason: 'Nový doklad předložen.',
      });
    await takeDocument(clerk, visitId, 'person-03');
    await confirm();
    const refused = await askRegister(clerk, visitId, 'extract-driver-points', {});
    expect(refused.extract?.state).toBe('refused');
    await clerk.must('identity.reopen', { visitId });
    await confirm();
    const { services } = await clerk.must('visits.get', { visitId });
    expect(services[0]).toMatchObject({ extract: null });
  });
});

describe('an output that came to nothing', () => {
  it('is not printed again after the applicant disagreed or the service was withdrawn, and its pages go', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    const documentId = asked.extract?.answer?.documentId ?? '';
    await clerk.must('extracts.print', { serviceId: asked.id });
    await settlePrints(clerk, visitId);
    await clerk.must('extracts.review', { serviceId: asked.id, agreed: false, note: '' });
    expect(await clerk.call('outputs.reprint', { documentId, reason: 'znovu' })).toMatchObject({
      error: { code: 'service.ended' },
    });
    await until('its pages are gone', async () => contents(`output:${documentId}`) === 0);
  });
});

describe('money of a period that was closed', () => {
  it('a number is cancelled by its clerk no more; the supervisor gives the fee back once', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, asked);
    await clerk.must('services.issue', { serviceId: asked.id });
    const { payment } = await clerk.must('visits.get', { visitId });
    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: payment.due });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });
    await clerk.must('cash-desk.move', {
      direction: 'out',
      purpose: 'bank',
      amount: payment.due,
      reason: '',
    });
    const cancel = { serviceId: asked.id, reason: 'vadná doložka' };
    expect(await clerk.call('services.cancel-number', cancel)).toMatchObject({
      error: { code: 'cash.not-enough' },
    });
    expect(evidence()).toMatchObject([{ fate: 'used' }]);
    await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 500, reason: '' });
    const boss = await desk.signedIn('dvorak');
    const both = await Promise.all([
      boss.call('services.cancel-number', cancel),
      clerk.call('services.cancel-number', cancel),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    const receipt = await boss.must('cash-desk.receipt', { number: `1/${year}` });
    expect(
      await boss.call('cash-desk.cancel-receipt', { receiptId: receipt?.receiptId ?? '', reason: 'omyl' }),
    ).toMatchObject({ error: { code: 'cash.refunded-already' } });
    expect((await boss.must('cash-desk.view', { before: null, limit: 1 })).totals.expected).toBe(
      500 - payment.due,
    );
    expect(desk.problems).toEqual([]);
  });
});

describe('the year a number is of', () => {
  it('is the one it was allotted in, though it was asked for before New Year and the answer was lost after it', async () => {
    let nowMs = Date.parse('2026-12-31T09:00:00.000Z');
    const clock: Clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs };
    const itsPortal = await startPortal(50, { clock });
    const itsDesk = await startCounter({ portal: itsPortal, clock });
    try {
      let window = await itsDesk.signedIn('novakova');
      const { id: visitId } = await window.must('visits.open', {});
      const { id: serviceId } = await countExtract(
        window,
        await askRegister(window, visitId, 'extract-trade', { ico: trade.short }),
      );
      const { sync } = itsDesk.counter.desk;
      const allotted = sync.evidenceNumber;
      const timeOut = { ok: false as const, error: { code: 'line.time-out' as const } };
      // The question does not leave before New Year; after it the answer is lost.
      sync.evidenceNumber = async () => timeOut;
      expect((await window.call('services.issue', { serviceId })).ok).toBe(false);
      nowMs = Date.parse('2027-01-03T09:00:00.000Z');
      window = await itsDesk.signedIn('novakova');
      let number = '';
      sync.evidenceNumber = async (...of) => {
        const answer = await allotted(...of);
        if (answer.ok) number = answer.value.number;
        return timeOut;
      };
      expect((await window.call('services.issue', { serviceId })).ok).toBe(false);
      sync.evidenceNumber = allotted;
      const issued = await window.must('services.issue', { serviceId });
      expect(issued.certification?.number).toBe(number);
      expect(number).toContain('2027');
    } finally {
      await itsDesk.close();
      await itsPortal.close();
    }
  });
});

describe('a portal that errs', () => {
  it('a number that another service bears already is not issued a second time', async () => {
    const visitId = await open();
    const first = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, first);
    const allotted = desk.counter.desk.sync.evidenceNumber;
    await clerk.must('services.issue', { serviceId: first.id });
    const second = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.long });
    await countExtract(clerk, second);
    desk.counter.desk.sync.evidenceNumber = (series, of) => allotted(series, { ...of, id: first.id });
    expect(await clerk.call('services.issue', { serviceId: second.id })).toMatchObject({
      error: { code: 'evidence.content-differs' },
    });
    desk.counter.desk.sync.evidenceNumber = allotted;
    await clerk.must('services.issue', { serviceId: second.id });
    expect(evidence()).toHaveLength(2);
    expect(desk.problems).toEqual([]);
  });

  it('two commands at once issue once', async () => {
    const visitId = await open();
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    await countExtract(clerk, asked);
    const both = await Promise.all([
      clerk.call('services.issue', { serviceId: asked.id }),
      clerk.call('services.issue', { serviceId: asked.id }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(evidence()).toMatchObject([{ fate: 'used' }]);
  });

  it('an output whose pages are other than the portal says is not taken', async () => {
    const visitId = await open();
    const { askRegister: ask } = desk.counter.desk.sync;
    desk.counter.desk.sync.askRegister = async (question) => {
      const answer = await ask(question);
      if (answer.ok && answer.value.state === 'answered') answer.value.document.pages += 5;
      return answer;
    };
    const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: trade.short });
    expect(asked.extract).toMatchObject({
      state: 'unreachable',
      problem: { code: 'register.document-damaged' },
    });
  });
});
