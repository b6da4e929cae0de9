import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparePages, signedDocument } from '../rigs/converted.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import {
  answerAllowed,
  askRegister,
  copyCount,
  countExtract,
  settlePrints,
  startAllowed,
} from '../rigs/visits.ts';

// Whatever is done to them in whatever order, every number of the book and of the central evidence has exactly one fate.

const kinds = ['book', 'extract', 'conversion'] as const;
type Issued = { serviceId: string; kind: (typeof kinds)[number]; number: string; reason: string | null };

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom(...kinds), crash: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel', 'reprint'),
      which: fc.nat(20),
      crash: fc.boolean(),
    }),
  },
);

let portal: PortalRig;
let signed: Uint8Array;
let desk: Awaited<ReturnType<typeof world>>;
beforeAll(async () => {
  portal = await startPortal();
  signed = await signedDocument(portal.url());
  desk = await world();
});
afterAll(async () => {
  await desk.close();
  await portal.close();
});

const ended = ['failed', 'given-up', 'confirmed-by-clerk'];

/** One desk and what it has issued; a crash drops the counter with its command under way and starts it over the same store. */
async function world() {
  let desk: CounterRig = await startCounter({ portal });
  let clerk: TestWindow = await desk.signedIn('novakova');
  const { id: visitId } = await clerk.must('visits.open', {});
  const issued: Issued[] = [];

  /** A command; with a crash its answer is lost, and the window sends it again under its id. */
  async function command(
    name: 'services.issue' | 'services.cancel-number' | 'outputs.reprint',
    input: { serviceId: string; reason?: string } | { documentId: string; reason: string },
    crash: boolean,
  ) {
    const id = newId();
    if (crash) {
      const lost = clerk.raw(name, id, input).catch(() => undefined);
      await Promise.all([lost, desk.stop()]);
      desk = await startCounter({ portal, folder: desk.folder });
      clerk = await desk.signedIn('novakova');
    }
    return clerk.raw(name, id, input);
  }

  const service = async (serviceId: string) => {
    const found = (await clerk.must('visits.get', { visitId })).services.find(({ id }) => id === serviceId);
    if (!found) throw new Error('the service is gone');
    return found;
  };

  /** A service up to where its number is taken. */
  const prepare: Record<Issued['kind'], () => Promise<string>> = {
    book: async () => {
      const serviceId = await startAllowed(clerk, visitId, 'vidimace');
      await clerk.must('services.set-count', { serviceId, count: copyCount });
      return serviceId;
    },
    extract: async () => {
      const asked = await askRegister(clerk, visitId, 'extract-trade', { ico: '99900211' });
      await countExtract(clerk, asked);
      return asked.id;
    },
    conversion: async () => {
      const { id: serviceId } = await clerk.must('services.start', {
        visitId,
        definitionId: 'conversion-to-paper',
      });
      await clerk.must('conversions.take-file', { serviceId, name: 'x.pdf', bytes: new Uint8Array(signed) });
      await clerk.must('conversions.confirm-validation', { serviceId });
      await answerAllowed(clerk, serviceId);
      await clerk.must('conversions.print', { serviceId });
      await settlePrints(clerk, visitId);
      await comparePages(clerk, serviceId);
      await clerk.must('conversions.set-count', {
        serviceId,
        count: { sheets: 1, feePages: 1, description: 'rozhodnutí', writtenOn: null },
      });
      return serviceId;
    },
  };

  async function issue(kind: Issued['kind'], crash: boolean): Promise<void> {
    const serviceId = await prepare[kind]();
    expect(await command('services.issue', { serviceId }, crash)).toMatchObject({ ok: true });
    const { certification } = await service(serviceId);
    issued.push({ serviceId, kind, number: certification?.number ?? '', reason: null });
  }

  async function cancel(which: number, crash: boolean): Promise<void> {
    const one = issued[which % issued.length];
    if (!one) return;
    const reason = `zkažený list ${which}`;
    const answer = await command('services.cancel-number', { serviceId: one.serviceId, reason }, crash);
    // Cancelled once; nobody gives it another reason afterwards.
    expect(answer.ok).toBe(one.reason === null);
    one.reason ??= reason;
  }

  async function reprint(which: number, crash: boolean): Promise<void> {
    const one = issued[which % issued.length];
    const prints = one && (await service(one.serviceId)).certification?.prints;
    const documentId = prints?.[0]?.documentId;
    if (!one || documentId === undefined) return;
    await until('the print has ended', async () => {
      const { certification } = await service(one.serviceId);
      return certification?.prints.every(({ state }) => ended.includes(state));
    });
    const answer = await command('outputs.reprint', { documentId, reason: 'znovu' }, crash);
    expect(answer.ok).toBe(one.reason === null);
  }

  return {
    issued,
    issue,
    cancel,
    reprint,
    rows: () =>
      desk.store.read((tx) => ({
        book: tx.all<{ number: number; fate: string; reason: string | null }>(
          `SELECT number, fate, reason FROM numbers ORDER BY number`,
        ),
        evidence: tx.all<{ number: string; fate: string; reason: string | null }>(
          'SELECT printed AS number, fate, reason FROM evidence_numbers ORDER BY number',
        ),
      })),
    publicState: (number: string, state: string) =>
      until(`the portal says ${state} of ${number}`, async () => {
        await clerk.must('desk.try-line', {});
        const answer = await fetch(`${portal.url()}/v1/clauses/${encodeURIComponent(number)}`);
        const { state: said } = await answer.json();
        return said === state;
      }),
    close: () => desk.close(),
  };
}

it('every number has exactly one fate, whatever is issued, lost, printed again and cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 5 }), async (steps) => {
      for (const one of steps) {
        if (one.do === 'cancel') await desk.cancel(one.which, one.crash);
        else if (one.do === 'reprint') await desk.reprint(one.which, one.crash);
        else await desk.issue(one.do, one.crash);
      }
      const { book, evidence } = desk.rows();
      const fate = ({ reason }: Issued) => ({ fate: reason === null ? 'used' : 'cancelled', reason });
      const ofBook = desk.issued.filter(({ kind }) => kind === 'book');
      const ofEvidence = desk.issued.filter(({ kind }) => kind !== 'book');
      expect(book).toEqual(ofBook.map((each, index) => ({ number: index + 1, ...fate(each) })));
      expect(new Set(evidence.map(({ number }) => number)).size).toBe(evidence.length);
      expect(evidence).toEqual(
        ofEvidence
          .map((each) => ({ number: each.number, ...fate(each) }))
          .sort((a, b) => (a.number < b.number ? -1 : 1)),
      );
      for (const { number, reason } of ofEvidence)
        await desk.publicState(number, reason === null ? 'issued' : 'cancelled');
    }),
    // One desk goes on from run to run, so that what fails cannot be made smaller.
    { numRuns: 2, endOnFailure: true },
  );
}, 120_000);
