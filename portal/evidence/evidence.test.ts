import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  allot,
  bodyOf,
  extractFate,
  inbox,
  newId,
  send,
  type TestDesk,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';
import { evidenceNumber, readEvidenceNumber } from './number.ts';

type Allotted = Schemas['AllottedNumber'];
type State = Schemas['ClauseState'];

describe('the central evidence', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
  });
  afterEach(() => portal.close());
  const numberOf = async (...of: Parameters<typeof allot>): Promise<Allotted> =>
    bodyOf<Allotted>(await allot(...of));
  const stateOf = async (number: string): Promise<State> =>
    bodyOf<State>(await portal.call('GET', `/clauses/${number}`));

  it('allots numbers from one in each series, the same to the same act', async () => {
    const id = newId();
    const first = await numberOf(desk, { id });
    expect(first).toEqual({ number: 'X-V-2026-0000001-81', sequence: 1, year: 2026 });
    expect(await numberOf(desk, { id })).toEqual(first);
    const other = await portal.enrol('nyrsko');
    expect(await numberOf(other, { officeId: 'nyrsko' })).toMatchObject({ sequence: 2 });
    expect(await numberOf(desk, { series: 'conversions' })).toMatchObject({
      number: 'X-K-2026-0000001-81',
      sequence: 1,
    });
    expect(await numberOf(desk)).toMatchObject({ sequence: 3 });
  });

  it('has check digits that the whole number satisfies (ISO 7064, MOD 97-10)', () => {
    for (const sequence of [1, 12, 97, 9_999_999]) {
      const digits = evidenceNumber('production', 'V', 2026, sequence).replace(/\D/g, '');
      expect(BigInt(digits) % 97n, digits).toBe(1n);
    }
    expect(readEvidenceNumber(' v – 2026-0000012 -49')).toBe('V-2026-0000012-49');
  });

  it('refuses another office, another content under an act’s id, and a year that is not now', async () => {
    expect(await allot(desk, { officeId: 'nyrsko' })).toMatchObject({
      status: 403,
      body: { code: 'evidence.not-your-office' },
    });
    const id = newId();
    await numberOf(desk, { id });
    const neighbour = await portal.enrol();
    for (const again of [allot(desk, { id, series: 'conversions' }), allot(neighbour, { id })]) {
      expect(await again).toMatchObject({ status: 409, body: { code: 'evidence.content-differs' } });
    }
    for (const of of [{ year: 2025 }, { year: 2027 }, { id, year: 2025 }, { id, year: 2027 }]) {
      expect(await allot(desk, of)).toMatchObject({
        status: 409,
        body: { code: 'evidence.year-differs', details: { year: 2026 } },
      });
    }
    expect(await numberOf(desk), 'a refusal takes no number').toMatchObject({ sequence: 2 });
  });

  it('begins a new series with the Czech year, and lets the old one end', async () => {
    // 23:30 of 31 December in UTC is the new year in Prague already.
    const late = testPortal({}, testClock('2026-12-31T23:30:00.000Z'));
    try {
      const night = await late.enrol();
      expect(await numberOf(night, { year: 2026 })).toMatchObject({ number: 'X-V-2026-0000001-81' });
      expect(await numberOf(night, { year: 2027 })).toMatchObject({ sequence: 1, year: 2027 });
    } finally {
      await late.close();
    }
  });

  it('says of a number whether it was issued, was cancelled or is not known', async () => {
    const { number } = await numberOf(desk);
    expect(await stateOf(number)).toEqual({ number, environment: 'training', state: 'unknown' });
    expect(await stateOf('X-V-2026-0000777-11')).toMatchObject({ state: 'unknown' });

    expect(await send(desk, extractFate(number, 'issued'))).toMatchObject([{ status: 'accepted' }]);
    expect(await stateOf(number.toLowerCase())).toEqual({
      number,
      environment: 'training',
      state: 'issued',
      clause: {
        series: 'extracts',
        officeName: { cs: 'Městský úřad Klatovy', en: 'Municipal Office of Klatovy' },
        on: '2026-04-01',
        extract: { register: 'population', sheets: 2, partial: false },
      },
    });
    expect(await send(desk, extractFate(number, 'cancelled'))).toMatchObject([{ status: 'accepted' }]);
    expect(await stateOf(number)).toMatchObject({ state: 'cancelled', clause: { on: '2026-04-01' } });
    expect((await inbox(desk)).flatMap(({ conflicts = [] }) => conflicts)).toEqual([]);
  });

  it('shows of a conversion what the clause says and no word of the document', async () => {
    const { number } = await numberOf(desk, { series: 'conversions' });
    const fate = extractFate(number, 'issued');
    const { extract: _, ...payload } = fate.payload;
    const conversion: Schemas['ConversionRecord'] = {
      direction: 'to-electronic',
      inputDescription: 'Rodný list Jana Vzorového',
      inputWrittenOn: '1980-01-05',
      sheets: 1,
      securityElement: true,
      outputSha256: 'a'.repeat(64),
    };
    const told = { ...payload, evidence: { series: 'conversions', number }, conversion };
    expect(await send(desk, { ...fate, payload: told })).toMatchObject([{ status: 'accepted' }]);
    const state = await stateOf(number);
    expect(state.clause?.conversion).toEqual({
      direction: 'to-electronic',
      sheets: 1,
      securityElement: true,
      outputSha256: 'a'.repeat(64),
    });
    expect(JSON.stringify(state)).not.toMatch(/Vzorov|1980/);
  });

  it('takes a second fate in as a conflict and keeps the first', async () => {
    const { number } = await numberOf(desk);
    const { number: spoiled } = await numberOf(desk);
    const acts = [
      extractFate(number, 'issued'),
      extractFate(number, 'issued'),
      extractFate(spoiled, 'cancelled'),
      extractFate(spoiled, 'issued'),
      extractFate('X-V-2026-0000999-48', 'issued'),
    ];
    expect(await send(desk, ...acts)).toMatchObject(Array(acts.length).fill({ status: 'accepted' }));
    const other = await portal.enrol('nyrsko');
    const foreign = extractFate(number, 'cancelled');
    await send(other, foreign);
    expect([...(await inbox(desk)), ...(await inbox(other))].map(({ conflicts }) => conflicts)).toEqual([
      undefined,
      [{ code: 'effect.number-settled' }],
      undefined,
      [{ code: 'effect.number-settled' }],
      [{ code: 'effect.number-unknown' }],
      expect.arrayContaining([{ code: 'effect.number-unknown' }]),
    ]);
    expect(await stateOf(number)).toMatchObject({ state: 'issued' });
    expect(await stateOf(spoiled)).toMatchObject({ state: 'cancelled' });
  });

  it('refuses a record that names a person where the law names none, or leaves out who must be named', async () => {
    const { number } = await numberOf(desk);
    const fate = extractFate(number, 'issued');
    const { extract } = fate.payload;
    if (extract === undefined) throw new Error('The record has an extract.');
    const { applicant: _, ...nameless } = extract;
    const wrong: object[] = [{ ...extract, registerIsPublic: true }, nameless, undefined].map((record) => ({
      ...fate,
      id: newId(),
      payload: { ...fate.payload, extract: record },
    }));
    expect(await send(desk, ...wrong)).toMatchObject(Array(3).fill({ code: 'effect.invalid' }));
    const both = {
      ...fate,
      payload: { ...fate.payload, book: { series: 'vidimace', year: 2026, number: 1 } },
    };
    expect(await send(desk, both)).toMatchObject([{ code: 'effect.invalid' }]);
  });

  it('tells a desk which of its numbers have no fate yet', async () => {
    const [first, second, third] = [await numberOf(desk), await numberOf(desk), await numberOf(desk)];
    await numberOf(await portal.enrol());
    await send(desk, extractFate(first.number, 'issued'), extractFate(third.number, 'cancelled'));
    const open = bodyOf<Schemas['OpenNumbers']>(await desk.call('GET', '/evidence/extracts/numbers'));
    expect(open.numbers.map(({ number }) => number)).toEqual([second.number]);
    expect(await desk.call('GET', '/evidence/conversions/numbers')).toMatchObject({ body: { numbers: [] } });
  });

  it('slows down who asks number by number, and tells a desk no other thing', async () => {
    const paced = testPortal({ publicPace: { burst: 2, perSecond: 0.5 } });
    try {
      const ask = () => paced.call('GET', '/clauses/X-V-2026-0000001-81');
      expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
      expect(await ask()).toMatchObject({
        status: 429,
        body: { code: 'request.too-many' },
        headers: { 'retry-after': '2' },
      });
      expect((await paced.call('GET', '/health')).status).toBe(200);
      paced.clock.advance(2000);
      expect((await ask()).status).toBe(200);
    } finally {
      await paced.close();
    }
  });
});
