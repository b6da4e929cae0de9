import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceView } from '../../electron/contract/services.ts';
import * as numbers from '../../electron/store/numbers.ts';
import type { Clock } from '../../electron/values/clock.ts';
import { wholeDate } from '../../electron/values/partial-date.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import {
  certifyCopy,
  person,
  prepareSignature,
  signing,
  startAllowed,
  verify,
  witnesses,
} from '../rigs/visits.ts';

/** Certified copies and signatures in the one register book of a desk, against the real portal. */

// The day before the year ends, so that its end can be waited for.
let nowMs = Date.parse('2026-12-30T09:00:00.000Z');
const clock: Clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs };
const year = 2026;

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;

beforeEach(async () => {
  nowMs = Date.parse('2026-12-30T09:00:00.000Z');
  portal = await startPortal(50, { clock });
  desk = await startCounter({ portal, clock });
  clerk = await desk.signedIn('novakova');
});
afterEach(async () => {
  await desk.close();
  await portal.close();
});

const book = {
  series: 'vidimace',
  year,
  kind: null,
  state: null,
  number: null,
  date: null,
  before: null,
  limit: 50,
};
/** Time passes; a session so long without its clerk was locked meanwhile. */
const later = async (at: string): Promise<void> => {
  nowMs = Date.parse(at);
  clerk = await desk.signedIn('novakova');
};
const certifications = () =>
  desk.store.read((tx) =>
    tx
      .all<{ payload: string; state: string }>(
        `SELECT payload, state FROM outbox WHERE kind = 'certification' ORDER BY id`,
        [],
      )
      .map(({ payload, state }) => ({ ...JSON.parse(payload), delivery: state })),
  );
const rowsPrinted = () =>
  desk.store.read((tx) =>
    tx
      .all<{ kind: string; data: string }>(
        `SELECT kind, data FROM outputs WHERE kind IN ('register-book-row', 'signature-clause') ORDER BY document_id`,
        [],
      )
      .map(({ kind: of, data }) => ({ of, ...JSON.parse(data) })),
  );

describe('a signature', () => {
  it('on three counterparts gets three numbers, fees, clauses and rows, and the portal hears of each', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const prepared = await prepareSignature(clerk, visit.id, { signatures: 3 });
    expect(prepared.fee).toMatchObject({ amount: 50 });
    const issued = await clerk.must('services.issue', { serviceId: prepared.id });
    expect(issued.certification?.number).toBe(`1/${year}`);
    const all = (await clerk.must('visits.get', { visitId: visit.id })).services;
    expect(all.map(({ certification }) => certification?.number)).toEqual(
      [1, 2, 3].map((n) => `${n}/${year}`),
    );
    expect((await clerk.must('visits.get', { visitId: visit.id })).payment.due).toBe(150);
    const papers = rowsPrinted();
    expect(papers.filter(({ of }) => of === 'signature-clause')).toHaveLength(3);
    expect(papers.find(({ of }) => of === 'register-book-row')).toMatchObject({
      kind: 'L',
      fee: '50\u00a0Kč',
      applicant: { birthPlace: 'Klatovy', document: expect.stringMatching(/^Občanský průkaz č\. /) },
    });
    await until('the portal has all', async () =>
      certifications().every(({ delivery }) => delivery === 'accepted'),
    );
    expect(certifications().map(({ signature }) => signature)).toEqual(
      Array(3).fill({ manner: 'signed', medium: 'paper', witnesses: 0, outsideOffice: false }),
    );
    // Who signed stands in the bound book only.
    expect(JSON.stringify(certifications())).not.toContain('Klatovy');
  });

  it('says its exemption in the row of the book and costs nothing', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await prepareSignature(clerk, visit.id);
    await clerk.must('visits.set-exemption', { serviceId, exemptionId: 'disability-card' });
    await clerk.must('services.issue', { serviceId });
    expect(rowsPrinted().find(({ kind }) => kind === 'L')?.fee).toMatch(
      /^osvobozeno – osvobození k\u00a0pol\. 5/,
    );
    expect((await clerk.must('visits.get', { visitId: visit.id })).payment.due).toBe(0);
  });

  it('of a blind person is refused while a witness’s document is not one of their own, is listed, or says another name', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const [first, second] = witnesses('person-02', 'person-04');
    if (first === undefined || second === undefined) throw new Error('two witnesses');
    const serviceId = await startAllowed(clerk, visit.id, 'legalizace');
    const said = async (change: Partial<typeof second>) => {
      const reply = await clerk.call('services.set-signing', {
        serviceId,
        signing: { ...signing, canRead: false, chosen: [], witnesses: [first, { ...second, ...change }] },
      });
      return reply.ok ? reply.value.signing?.witnesses[1]?.result : reply.error.code;
    };
    expect(await said({ document: first.document })).toBe('signing.witnesses-one-document');
    const listed = { ...second.document, number: '999000036' };
    expect(await said({ document: listed })).toBe('signing.witness-document-listed');
    const zone = person('person-04').document.mrz.join('\n');
    const { expiryDate } = await clerk.must('identity.read-mrz', { text: zone });
    const document = {
      ...second.document,
      expiry: expiryDate && wholeDate(expiryDate),
      source: 'typed-mrz' as const,
    };
    // The counter reads the lines itself, and takes none for the reader's that the reader did not read.
    expect(await said({ zone, document: { ...document, source: 'reader' } })).toBe('identity.zone-unknown');
    expect(await said({ zone: null, document })).toBe('identity.zone-unknown');
    const other = { ...second.name, surname: 'Zcela Jiná' };
    expect(await said({ zone, document, name: other })).toBe('signing.witness-differs');
    expect(await said({ zone, document, birthDate: { year: 1951 } })).toBe('signing.witness-differs');
    expect(await said({ zone, document })).toMatchObject({
      means: 'typed-mrz',
      strength: 'read',
      notChecked: expect.not.arrayContaining(['register-not-asked']),
    });
    await clerk.must('visits.cancel', { visitId: visit.id, reason: 'jen zkouška' });
  });

  it('of a blind person is witnessed; outside of the office it is looked at by the supervisor', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await prepareSignature(clerk, visit.id, {
      canRead: false,
      witnesses: witnesses('person-02', 'person-04'),
      outside: { place: 'Domov pro seniory', reason: 'nemůže se dostavit' },
    });
    await clerk.must('services.issue', { serviceId });
    const papers = rowsPrinted();
    expect(papers.map((paper) => paper.witnesses.length)).toEqual([2, 2]);
    // Each proved who they are as the applicant did: the same result, by the same register.
    const { signing: recorded } = (await clerk.must('visits.get', { visitId: visit.id })).services[0] ?? {};
    expect(recorded?.witnesses).toMatchObject(
      Array(2).fill({
        register: { state: 'not-listed' },
        result: {
          means: 'typed',
          strength: 'seen',
          actingAs: 'in-person',
          by: { clerkId: expect.any(String) },
        },
      }),
    );
    expect(papers.find(({ kind }) => kind === 'L')?.outside).toEqual({
      place: 'Domov pro seniory',
      reason: 'nemůže se dostavit',
    });
    const boss = await desk.signedIn('dvorak');
    const { items } = await boss.must('exceptions.list', {
      filter: { from: '2026-12-01', to: '2026-12-31', openOnly: true, kind: 'signature-outside' },
      after: null,
      limit: 10,
    });
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items[0]?.params)).not.toContain('Domov');
  });

  it('is asked again at the last moment: a document that expired in a parked visit ends it', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await prepareSignature(clerk, visit.id);
    await clerk.must('visits.park', { visitId: visit.id, note: '' });
    desk.store.write((tx) =>
      tx.run(
        `UPDATE visits SET identity = json_set(identity, '$.document.expiry', '2026-12-29') WHERE id = ?`,
        [visit.id],
      ),
    );
    await clerk.must('visits.take-up', { visitId: visit.id });
    expect(await clerk.call('services.issue', { serviceId })).toMatchObject({
      ok: false,
      error: { code: 'signing.document-expired' },
    });
    expect(desk.store.read((tx) => numbers.fates(tx, 'vidimace', year))).toEqual([]);
  });

  it('is never certified to another than it was prepared for: who is identified anew says it anew', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const { id: serviceId } = await prepareSignature(clerk, visit.id, {
      canRead: false,
      witnesses: witnesses('person-02', 'person-04'),
    });
    await clerk.must('visits.set-exemption', { serviceId, exemptionId: 'disability-card' });
    await clerk.must('identity.reopen', { visitId: visit.id });
    const { person: who } = person('person-02');
    await clerk.must('identity.confirm', {
      visitId: visit.id,
      name: who.name,
      birthDate: who.birthDate,
      birthNumber: null,
      citizenship: null,
      address: who.address ?? null,
      actingAs: 'in-person',
      concerns: null,
      overrideReason: null,
    });
    expect(await clerk.call('services.issue', { serviceId })).toMatchObject({
      error: { code: 'service.not-at-this-step' },
    });
    const { services } = await clerk.must('visits.get', { visitId: visit.id });
    expect(services[0]).toMatchObject({ signing: null, fee: null });
  });

  it('needs who signs and a competent clerk, and refuses by an answer with its paragraph', async () => {
    const visit = await clerk.must('visits.open', {});
    const start = { visitId: visit.id, definitionId: 'legalizace' };
    expect(await clerk.call('services.start', start)).toMatchObject({
      error: { code: 'service.needs-identity' },
    });
    await verify(clerk, visit.id);
    const { id: serviceId } = await clerk.must('services.start', start);
    const refused = await clerk.must('services.answer-exclusions', {
      serviceId,
      answers: { 'somebody-elses': true },
    });
    expect(refused).toMatchObject({
      state: 'refused',
      refusal: { paragraph: expect.stringContaining('§ 10') },
    });
    const { id: again } = await clerk.must('services.start', start);
    expect(
      await clerk.call('services.set-signing', { serviceId: again, signing: { ...signing, witnesses: [] } }),
    ).toMatchObject({
      error: { code: 'service.not-at-this-step' },
    });
    expect(await (await desk.signedIn('cizek')).call('book.years', {})).toMatchObject({
      error: { code: 'service.needs-competence' },
    });
  });
});

describe('the book', () => {
  it('has copies and signatures in one series, found by number, kind, state and date', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    await certifyCopy(clerk, visit.id, { copies: 2, a3Pages: 1 });
    const { id: serviceId } = await prepareSignature(clerk, visit.id);
    const signed = await clerk.must('services.issue', { serviceId });
    expect(signed.certification?.number).toBe(`3/${year}`);
    const { services, payment } = await clerk.must('visits.get', { visitId: visit.id });
    expect(payment.due).toBe(2 * (2 * 30 + 60) + 50);
    await clerk.must('services.cancel-number', {
      serviceId: services[0]?.id ?? '',
      reason: 'zmačkaný list',
    });
    await clerk.must('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 120 + 50 });
    // The portal knows the price of an A3 page too: nothing of it waits for a person.
    const queue = await until('the portal has all', async () => {
      const frame = await clerk.must('desk.frame', {});
      return frame.queue.waiting === 0 && frame.queue;
    });
    expect(queue.needsPerson).toBe(0);
    const rows = async (change: Partial<Parameters<typeof clerk.must<'book.rows'>>[1]>) =>
      (await clerk.must('book.rows', { ...book, ...change })).rows.map(({ number, kind, state }) => [
        number,
        kind,
        state,
      ]);
    expect(await rows({})).toEqual([
      [3, 'L', 'used'],
      [2, 'V', 'used'],
      [1, 'V', 'cancelled'],
    ]);
    expect(await rows({ kind: 'L' })).toEqual([[3, 'L', 'used']]);
    expect(await rows({ state: 'cancelled' })).toEqual([[1, 'V', 'cancelled']]);
    expect(await rows({ number: 2 })).toEqual([[2, 'V', 'used']]);
    expect(await rows({ date: '2026-12-29' })).toEqual([]);
    expect(await rows({ date: '2026-12-30', before: 2 })).toEqual([[1, 'V', 'cancelled']]);
    expect(await clerk.must('book.rows', { ...book, limit: 2 })).toMatchObject({ more: true });
    expect(await clerk.must('book.years', {})).toMatchObject([
      {
        year,
        last: 3,
        closable: false,
        closing: null,
        counts: { copies: 1, signatures: 1, cancelled: 1, lost: 0 },
      },
    ]);
  });

  it('is closed on the last day, once; then no number of it is taken, and the next year begins at 1', async () => {
    const visit = await clerk.must('visits.open', {});
    const first = await certifyCopy(clerk, visit.id);
    await clerk.must('services.cancel-number', { serviceId: first.id, reason: 'zmačkaný list' });
    await certifyCopy(clerk, visit.id);
    const of = { series: 'vidimace', year };
    expect(await clerk.call('book.close', of)).toMatchObject({ error: { code: 'book.year-not-over' } });
    expect(await clerk.call('book.close', { ...of, year: 2020 })).toMatchObject({
      error: { code: 'book.nothing' },
    });
    await later('2026-12-31T15:00:00.000Z');
    const closed = await clerk.must('book.close', of);
    expect(closed).toMatchObject({
      closable: false,
      closing: { last: 2, prints: [{ kind: 'book-closing' }] },
    });
    expect(await clerk.call('book.close', of)).toMatchObject({ error: { code: 'book.closed' } });
    const paper = desk.store.read((tx) =>
      tx.get<{ data: string }>(`SELECT data FROM outputs WHERE kind = 'book-closing'`, []),
    );
    expect(JSON.parse(paper?.data ?? '')).toMatchObject({
      last: 2,
      counts: { copies: 1, signatures: 0, cancelled: 1, lost: 0 },
      cancelled: [{ number: `1/${year}`, kind: 'vidimace', reason: 'zmačkaný list' }],
    });
    await desk.counter.prints.idle();
    expect(
      desk.store.read((tx) =>
        tx.get<{ pages: number }>(`SELECT pages FROM outputs WHERE kind = 'book-closing'`, []),
      ),
    ).toEqual({ pages: 1 });
    await expect(certifyCopy(clerk, visit.id)).rejects.toThrow('book.closed');
    await later('2026-12-31T23:30:00.000Z');
    const { services } = await clerk.must('visits.get', { visitId: visit.id });
    const waiting = services.find(({ state }) => state === 'in-progress');
    const next = await clerk.must('services.issue', { serviceId: waiting?.id ?? '' });
    // Half past midnight in Prague: the first number of the next year's book.
    expect(next.certification?.number).toBe(`1/${year + 1}`);
  });
});

describe('whatever happens to the desk', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('copy' as const), times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('signature' as const), times: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat(10) }),
    fc.record({ do: fc.constant('reprint' as const), which: fc.nat(10) }),
    fc.record({ do: fc.constant('crash' as const) }),
  );

  it('every number of the book has exactly one fate, one clause and one word to the portal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
        await desk.close();
        desk = await startCounter({ portal, clock });
        clerk = await desk.signedIn('novakova');
        const visit = await clerk.must('visits.open', {});
        await verify(clerk, visit.id);
        const issued = async (): Promise<ServiceView[]> =>
          (await clerk.must('visits.get', { visitId: visit.id })).services.filter(
            ({ certification }) => certification,
          );
        for (const one of steps) {
          if (one.do === 'copy') await certifyCopy(clerk, visit.id, { copies: one.times });
          if (one.do === 'signature') {
            const { id: serviceId } = await prepareSignature(clerk, visit.id, { signatures: one.times });
            await clerk.must('services.issue', { serviceId });
          }
          const all = await issued();
          const service = 'which' in one ? all[one.which % Math.max(1, all.length)] : undefined;
          if (one.do === 'cancel' && service)
            await clerk.call('services.cancel-number', { serviceId: service.id, reason: 'zkažený list' });
          if (one.do === 'reprint' && service) {
            await desk.counter.prints.idle();
            const documentId = service.certification?.prints[0]?.documentId ?? '';
            await clerk.call('outputs.reprint', { documentId, reason: 'zmačkaný list' });
          }
          if (one.do === 'crash') {
            await desk.stop();
            desk = await startCounter({ portal, clock, folder: desk.folder });
            clerk = await desk.signedIn('novakova');
          }
        }
        const fates = desk.store.read((tx) => numbers.fates(tx, 'vidimace', year));
        expect(fates.map(({ number }) => number)).toEqual(fates.map((_, index) => index + 1));
        const said = certifications().map(({ book: of, state }) => `${of.number} ${state}`);
        const known = (await issued()).map(
          ({ certification }) => `${certification?.number} ${certification?.fate}`,
        );
        expect(known.sort()).toEqual(fates.map(({ number, fate }) => `${number}/${year} ${fate}`).sort());
        expect(said.sort()).toEqual(
          fates
            .flatMap(({ number, fate }) => [
              `${number} issued`,
              ...(fate === 'cancelled' ? [`${number} cancelled`] : []),
            ])
            .sort(),
        );
        for (const { fate, reason } of fates) expect(fate === 'used' || reason === 'zkažený list').toBe(true);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  }, 240_000);
});
