import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallInput } from '../../electron/contract/index.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { decryptedPages, filesBelow, findLeaks } from '../rigs/leak-scan.ts';
import { person, takeDocument } from '../rigs/visits.ts';

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let visitId = '';

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterAll(async () => {
  await desk.close();
  await portal.close();
});
beforeEach(async () => {
  visitId = (await clerk.must('visits.open', {})).id;
});
afterEach(async () => {
  await end();
});

const { person: who, document } = person('person-01');
const needle = (name: string, text: string) => ({
  name,
  bytes: [Buffer.from(text), Buffer.from(text, 'utf16le')],
});
const confirming = (change: Partial<CallInput<'identity.confirm'>> = {}): CallInput<'identity.confirm'> => ({
  visitId,
  name: who.name,
  birthDate: who.birthDate,
  birthNumber: null,
  citizenship: null,
  address: null,
  actingAs: 'in-person',
  concerns: null,
  overrideReason: null,
  ...change,
});
const another = { ...who.name, surname: 'Zcela Jinýšová' };
const end = (): Promise<unknown> => clerk.call('visits.cancel', { visitId, reason: 'jen zkouška' });

describe('two sources of an identity', () => {
  it('that agree make a result: who, by what, how strong, compared with what, not checked by what, when, by whom', async () => {
    await takeDocument(clerk, visitId);
    const { result, sources, mrzName, strength } = await clerk.must('identity.confirm', confirming());
    expect(strength).toBe('read');
    expect(result).toMatchObject({
      who: { name: who.name, birthDate: who.birthDate },
      actingAs: 'in-person',
      concerns: null,
      documentKind: 'id-card',
      means: 'typed-mrz',
      strength: 'read',
      notChecked: expect.arrayContaining(['population-register']),
      by: { name: { surname: 'Nováková' } },
    });
    expect(result?.compared?.map(({ field, agreement }) => [field, agreement])).toEqual([
      ['surname', 'alike'],
      ['givenNames', 'alike'],
      ['birthDate', 'equal'],
      ['documentNumber', 'equal'],
      ['expiry', 'equal'],
      ['issuer', 'equal'],
    ]);
    // The zone lives until the confirmation.
    expect([sources, mrzName]).toEqual([[], null]);
  });

  it('that differ stop the verification until the clerk decides with a reason; it is then what a person saw, and the log says why', async () => {
    await takeDocument(clerk, visitId);
    const call = async (settled: CallInput<'identity.confirm'>['settled'], name = another) => {
      const reply = await clerk.call('identity.confirm', confirming({ name, settled }));
      return reply.ok ? reply.value.strength : reply.error.code;
    };
    expect(await call([])).toBe('identity.sources-differ');
    expect(await call([{ field: 'birthDate', reason: 'omyl' }])).toBe('identity.nothing-to-settle');
    expect(await call([{ field: 'surname', reason: null }])).toBe('identity.settling-reason');
    expect(await call([{ field: 'surname', reason: 'x' }], who.name)).toBe('identity.nothing-to-settle');
    expect(await call([{ field: 'surname', reason: 'oddací list předložen' }])).toBe('seen');

    const logged = desk.store.read((tx) =>
      tx.get<{ payload: string }>(
        `SELECT CAST(p.payload AS TEXT) AS payload FROM journal_leaves l JOIN journal_payloads p USING (sequence)
         WHERE l.kind = 'identity-verified' AND l.visit_id = ?`,
        [visitId],
      ),
    );
    expect(JSON.parse(logged?.payload ?? '{}')).toMatchObject({
      strength: 'seen',
      comparison: {
        source: ['typed-mrz'],
        differences: [{ field: 'surname', source: ['typed-mrz'], reason: 'oddací list předložen' }],
      },
    });
  });

  it('stay beside one another when the clerk mends what was read, and what is mended after the confirmation is compared no more', async () => {
    const taken = await takeDocument(clerk, visitId);
    const { document: known, birthDate } = taken.identity;
    if (known === null) throw new Error('nothing was taken');
    const { overruledChecks: _none, ...read } = known;
    const mended = await clerk.must('identity.take-document', {
      visitId,
      document: { ...read, number: '998001999' },
      birthDate,
      zone: null,
    });
    expect(mended).toMatchObject({
      strength: 'seen',
      sources: [{ claims: { documentNumber: read.number } }],
    });
    await takeDocument(clerk, visitId);
    await clerk.must('identity.confirm', confirming());
    await clerk.must('identity.reopen', { visitId });
    // Nothing changed: as compared before.
    expect(await clerk.must('identity.confirm', confirming({ citizenship: 'CZE' }))).toMatchObject({
      strength: 'read',
    });
    await clerk.must('identity.reopen', { visitId });
    expect(await clerk.must('identity.confirm', confirming({ name: another }))).toMatchObject({
      strength: 'seen',
      notChecked: expect.arrayContaining(['name-not-compared']),
    });
  });
});

describe('a proof by a machine', () => {
  const reopened = async (change: Partial<CallInput<'identity.confirm'>>) => {
    const { strength } = await clerk.must('identity.confirm', confirming(change));
    await clerk.must('identity.reopen', { visitId });
    return strength;
  };

  it('is none of a name in a script that its zone is not written in', async () => {
    await takeDocument(clerk, visitId);
    expect(await reopened({ name: { givenNames: 'Иван', surname: 'Иванов' } })).toBe('seen');
    // Nor is it by way of one that nothing was compared with.
    expect(await reopened({})).toBe('seen');
  });

  it('is none of given names that were changed after the first confirmation', async () => {
    await takeDocument(clerk, visitId);
    expect(await reopened({})).toBe('read');
    expect(await reopened({ name: { ...who.name, givenNames: 'Zcelajiný' } })).toBe('seen');
  });

  it('is not led to another by small steps', async () => {
    await takeDocument(clerk, visitId);
    expect(await reopened({})).toBe('read');
    expect(await reopened({ name: { ...who.name, surname: 'Иванов' } })).toBe('seen');
    await takeDocument(clerk, visitId);
    const { year } = who.birthDate;
    expect(await reopened({ birthDate: { year } })).toBe('seen');
    expect(await reopened({ birthDate: { year, month: 12, day: 31 } })).toBe('seen');
  });

  it('is none of a day of birth that is stated as a year, though the document tells the day', async () => {
    await takeDocument(clerk, visitId);
    const { year, month = 0 } = who.birthDate;
    expect(await reopened({ birthDate: { year } })).toBe('seen');
    await takeDocument(clerk, visitId);
    expect(await reopened({ birthDate: { year, month } })).toBe('seen');
    await takeDocument(clerk, visitId);
    expect(await reopened({})).toBe('read');
  });
});

describe('what was read of a zone', () => {
  it.each(['confirmed', 'refused', 'left with the visit'])(
    'is in the store until the identity is %s, and then in no page and no log of it',
    async (how) => {
      const { identity } = await takeDocument(clerk, visitId);
      const { surname = '' } = identity.mrzName ?? {};
      const needles = [needle('name', surname), ...document.mrz.map((line) => needle('line', line))];
      const leaks = () => {
        const pages = decryptedPages(join(desk.folder, 'desk.db'), new Uint8Array(32).fill(7));
        return findLeaks([...pages, ...filesBelow(desk.folder)], needles).map(({ what }) => what);
      };
      // The lines themselves were never there.
      expect(new Set(leaks())).toEqual(new Set(['name']));
      if (how === 'confirmed') await clerk.must('identity.confirm', confirming());
      else if (how === 'refused')
        await clerk.must('identity.refuse', { visitId, reason: 'podoba nesouhlasí' });
      else await clerk.must('visits.cancel', { visitId, reason: 'odešel' });
      expect(leaks()).toEqual([]);
    },
  );
});

describe('repeat visitors', () => {
  const mine: string[] = [];
  const card = (number: string): CallInput<'identity.take-document'> => ({
    visitId,
    document: {
      kind: 'id-card',
      number,
      issuer: 'CZE',
      expiry: '2099-01-01',
      source: 'typed',
    },
    birthDate: null,
    zone: null,
  });
  async function came(number: string, surname: string): Promise<void> {
    visitId = (await clerk.must('visits.open', {})).id;
    mine.push(visitId);
    await clerk.must('identity.take-document', card(number));
    await until('the register answers', async () => {
      const { identity } = await clerk.must('visits.get', { visitId });
      return identity.register?.state !== 'asking';
    });
    await clerk.must('identity.confirm', confirming({ name: { givenNames: 'Bohdana', surname } }));
    await clerk.must('visits.park', { visitId, note: '' });
  }
  const raised = async (kind: string) => {
    const supervisor = await desk.signedIn('dvorak');
    const { items } = await supervisor.must('exceptions.list', {
      filter: { from: '2000-01-01', to: '2999-12-31', openOnly: false, kind },
      after: null,
      limit: 50,
    });
    return { supervisor, items: items.filter((item) => mine.includes(item.visitId ?? '')) };
  };

  it('are put before a supervisor by documents alone, once for each pair, and nobody is merged', async () => {
    await end();
    await came('998007001', 'Opakovaná');
    await came('998007001', 'Opakovaná');
    for (const kind of ['document-of-two', 'two-documents']) expect((await raised(kind)).items).toEqual([]);
    await came('998007002', 'Opakovaná');
    await came('998007001', 'Zcela Jiná');
    const { items: two } = await raised('two-documents');
    expect(two).toHaveLength(1);
    const { supervisor, items } = await raised('document-of-two');
    expect(items).toMatchObject([{ visitId, otherVisit: { ticket: expect.any(Number) }, review: null }]);
    const exceptionId = items[0]?.id ?? '';
    const reviewing = { exceptionId, note: 'prověřeno s oběma' };
    expect(await clerk.call('exceptions.review', { ...reviewing, outcome: 'mistake' })).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
    expect(await supervisor.call('exceptions.review', reviewing)).toMatchObject({
      error: { code: 'exception.outcome' },
    });
    expect(
      await supervisor.must('exceptions.review', { ...reviewing, outcome: 'told-to-portal' }),
    ).toMatchObject({ review: { outcome: 'told-to-portal' } });
    // The same two again: a pair somebody judged is not asked about anew.
    await came('998007001', 'Opakovaná');
    await came('998007001', 'Zcela Jiná');
    expect((await raised('document-of-two')).items).toHaveLength(1);
    expect((await raised('two-documents')).items).toHaveLength(1);
  });
});
