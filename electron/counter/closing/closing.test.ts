import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../../../test/rigs/counter.ts';
import { certifyCopy, settlePrints } from '../../../test/rigs/visits.ts';
import type { ClosingState } from '../../contract/closing.ts';
import { systemClock } from '../../values/clock.ts';
import { addDays, legalDate } from '../../values/time.ts';
import { unclosedDays } from './days.ts';

const folder = mkdtempSync(join(tmpdir(), 'virtuos-closing-'));
let dayOffset = 0;
const clock = { ...systemClock, now: () => new Date(Date.now() + dayOffset * 86_400_000) };
const today = (): string => legalDate(clock.now());
const password = 'Cvicna-Prepazka-3';
let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal, folder, clock });
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
});
afterAll(async () => {
  await desk.close();
  await portal.close();
  rmSync(folder, { recursive: true, force: true });
});

const state = (): Promise<ClosingState> => supervisor.must('closing.state', {});
const decide = (open: ClosingState['open'], reason = 'dořeší se zítra') =>
  open.map(({ kind, id }) => ({ kind, id, reason }));

async function serve(window: TestWindow): Promise<void> {
  const visit = await window.must('visits.open', {});
  await certifyCopy(window, visit.id);
  await window.must('visits.pay', { visitId: visit.id, method: 'cash', expectedTotal: 90 });
  await settlePrints(window, visit.id);
  await window.must('visits.hand-over', { visitId: visit.id });
}

describe('closing the day', () => {
  it('has nothing to close while nobody did anything', async () => {
    expect(await state()).toMatchObject({ days: [], entries: 0, needsSomebodyElse: false });
    expect(
      await supervisor.call('closing.close', {
        closingId: newId(),
        password,
        expected: 0,
        counts: {},
        differenceReason: null,
        carried: [],
      }),
    ).toMatchObject({ error: { code: 'closing.nothing-to-close' } });
  });

  it('asks for the password again, for the count, its difference and a decision about everything open', async () => {
    await clerk.must('cash-desk.move', { direction: 'in', purpose: 'float', amount: 1000, reason: '' });
    await serve(clerk);
    const parked = await clerk.must('visits.open', {});
    await clerk.must('visits.park', { visitId: parked.id, note: 'přijde zítra' });
    const now = await state();
    expect(now).toMatchObject({
      days: [today()],
      cash: { opening: 0, expected: 1090 },
      needsSomebodyElse: false,
    });
    expect(now.open).toMatchObject([{ kind: 'visit', id: parked.id, what: 'parked' }]);

    const close = (change: object) =>
      supervisor.raw('closing.close', newId(), {
        closingId: newId(),
        password,
        expected: 1090,
        counts: { '1000': 1, '50': 1, '20': 2 },
        differenceReason: null,
        carried: decide(now.open),
        ...change,
      });
    expect(await close({ password: 'nikoli' })).toMatchObject({ error: { code: 'clerk.wrong-password' } });
    expect(await close({ expected: 1000 })).toMatchObject({
      error: { code: 'closing.changed', params: { expected: 1090 } },
    });
    expect(await close({ counts: { '1000': 1 } })).toMatchObject({
      error: { code: 'closing.difference-reason' },
    });
    expect(await close({ carried: [] })).toMatchObject({
      error: { code: 'closing.items-open', params: { count: 1 } },
    });
    expect((await state()).entries).toBe(now.entries);
    expect(await clerk.raw('closing.close', newId(), {})).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
  });

  it('closes in one act, once however often it is asked, and opens the next period with what was counted', async () => {
    const now = await state();
    const input = {
      closingId: newId(),
      password,
      expected: now.cash.expected,
      counts: { '1000': 1, '50': 1, '20': 1, '10': 1 },
      differenceReason: 'chyba při vracení',
      carried: decide(now.open, 'klient přijde zítra'),
    };
    const closed = await supervisor.must('closing.close', input);
    expect(closed).toMatchObject({
      number: `1/${today().slice(0, 4)}`,
      firstDate: today(),
      lastDate: today(),
      expected: 1090,
      counted: 1080,
      carried: 1,
      way: 'at-desk',
    });
    expect(closed.checkpointSize).toBe(closed.lastSequence);
    expect(closed.rootHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await supervisor.must('closing.close', { ...input, password: 'na hesle nezáleží' })).id).toBe(
      closed.id,
    );
    expect((await supervisor.must('closing.list', { before: null, limit: 10 })).closings).toHaveLength(1);
    const after = await state();
    expect(after).toMatchObject({ days: [], cash: { opening: 1080, expected: 1080, fees: 0 } });
    expect(after.open.map(({ kind, what }) => [kind, what])).toEqual(
      expect.arrayContaining([
        ['visit', 'parked'],
        ['exception', 'cash-difference'],
        ['exception', 'day-carried-over'],
      ]),
    );
  });

  it('prints a report that can be printed again', async () => {
    const printed = await until('the report is made', async () => {
      const { closings } = await supervisor.must('closing.list', { before: null, limit: 1 });
      const print = closings[0]?.prints[0];
      return print !== undefined && print.state === 'failed' && print;
    });
    expect(printed).toMatchObject({ kind: 'closing-report', trouble: { code: 'printer.not-set' } });
    expect(printed.pages).toBeGreaterThan(0);
    await supervisor.must('outputs.resolve-print', { jobId: printed.jobId, printed: true });
    const again = await supervisor.must('outputs.reprint', {
      documentId: printed.documentId,
      reason: 'do spisu',
    });
    expect(again.copyNumber).toBe(2);
    await until('the copy is made', async () => {
      const { closings } = await supervisor.must('closing.list', { before: null, limit: 1 });
      return closings[0]?.prints[1]?.state === 'failed';
    });
    await supervisor.must('outputs.resolve-print', { jobId: again.jobId, printed: true });
    expect((await state()).entries).toBe(0);
  });

  it('leaves a day open for what is done after it, and asks for it from the next day on', async () => {
    await serve(clerk);
    expect((await state()).days).toEqual([today()]);
    const before = today();
    dayOffset = 1;
    expect(desk.store.read((tx) => unclosedDays(tx, today()))).toEqual([before]);
    supervisor = await desk.signedIn('dvorak');
    clerk = await desk.signedIn('novakova');
    const now = await state();
    const closed = await supervisor.must('closing.close', {
      closingId: newId(),
      password,
      expected: now.cash.expected,
      counts: { '1000': 1, '100': 1, '50': 1, '20': 1 },
      differenceReason: null,
      carried: decide(now.open),
    });
    expect(closed).toMatchObject({ firstDate: before, lastDate: before, expected: 1170 });
    expect(desk.store.read((tx) => unclosedDays(tx, today()))).toEqual([]);
    expect((await state()).open.some(({ what }) => what === 'day-closed-late')).toBe(true);
  });

  it('is not done alone by whoever served people', async () => {
    const visit = await supervisor.must('visits.open', {});
    await supervisor.must('visits.cancel', { visitId: visit.id, reason: 'klient odešel' });
    const now = await state();
    expect(now.needsSomebodyElse).toBe(true);
    expect(
      await supervisor.call('closing.close', {
        closingId: newId(),
        password,
        expected: now.cash.expected,
        counts: { '1000': 1, '100': 1, '50': 1, '20': 1 },
        differenceReason: null,
        carried: decide(now.open),
      }),
    ).toMatchObject({ error: { code: 'closing.four-eyes' } });
  });

  it('is done by a deputy within the days named, who is a supervisor then and says in whose place', async () => {
    const { candidates } = await supervisor.must('closing.deputies', {});
    const cizek = candidates.find(({ name }) => name.includes('Čížek'));
    const named = { clerkId: cizek?.clerkId ?? '', from: today(), to: today() };
    expect(
      await supervisor.call('closing.name-deputy', { ...named, to: addDays(today(), -1) }),
    ).toMatchObject({
      error: { code: 'closing.deputy-period' },
    });
    const deputy = await supervisor.must('closing.name-deputy', named);
    const deputies = await desk.signedIn('cizek');
    const now = await deputies.must('closing.state', {});
    const closed = await deputies.must('closing.close', {
      closingId: newId(),
      password: 'Cvicna-Prepazka-2',
      expected: now.cash.expected,
      counts: { '1000': 1, '100': 1, '50': 1, '20': 1 },
      differenceReason: null,
      carried: decide(now.open),
    });
    expect(closed).toMatchObject({
      way: 'deputy',
      inPlaceOf: expect.stringContaining('Dvořák'),
      expected: 1170,
    });
    const leaf = desk.store.read((tx) =>
      tx.get<{ leaf: Uint8Array }>(
        `SELECT leaf FROM journal_leaves WHERE kind = 'day-closed' ORDER BY sequence DESC`,
      ),
    );
    expect(JSON.parse(Buffer.from(leaf?.leaf ?? []).toString())).toMatchObject({
      role: 'supervisor',
      ids: { inPlaceOf: expect.any(String) },
    });
    expect(await deputies.call('closing.name-deputy', named)).toMatchObject({
      error: { code: 'closing.deputy-cannot-name' },
    });
    await supervisor.must('closing.end-deputy', { deputyId: deputy.id });
    expect(await deputies.raw('closing.deputies', null, {})).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
  });
});
