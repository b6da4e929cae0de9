import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../electron/contract/day-log.ts';
import type { CallInput, CallOutput } from '../../electron/contract/index.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import {
  acceptSubmission,
  certifyCopy,
  wholeLog as everything,
  person,
  settlePrints,
  verify,
} from '../rigs/visits.ts';

type Filter = CallInput<'day-log.page'>['filter'];
const wholeLog: Filter = everything;

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let supervisor: TestWindow;
let visitId: string;
const verifier = new URL('../../verify/verify.mjs', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'virtuos-export-'));
/** What the person chooses in the system's dialog, and under which name it was proposed. */
let chosen: string | null = null;
/** What happens at the desk while the dialog is open. */
let meanwhile = (): void => {};
let proposed = '';

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({
    portal,
    places: {
      save: async ({ name }) => {
        proposed = name;
        meanwhile();
        return chosen;
      },
      open: async () => null,
    },
  });
  clerk = await desk.signedIn('novakova');
  supervisor = await desk.signedIn('dvorak');
  visitId = (await clerk.must('visits.open', {})).id;
  await verify(clerk, visitId);
  await acceptSubmission(clerk, visitId);
  await settlePrints(clerk, visitId);
  await clerk.must('visits.hand-over', { visitId });
}, 60_000);
afterAll(async () => {
  await desk.close();
  await portal.close();
  rmSync(folder, { recursive: true, force: true });
});

const names = {
  columns: ['Č.', 'Datum', 'Čas', 'Úkon', 'Služba', 'Návštěva', 'Popis', 'Obsluha', 'Otisk'],
  kinds: { submission_accepted: 'Přijetí podání' },
  roles: { clerk: 'obsluha' },
  values: {},
  machine: 'přepážka',
};
const page = { before: null, after: null, limit: 200 };
const kinds = async (filter: Partial<Filter>) =>
  (await supervisor.must('day-log.page', { filter: { ...wholeLog, ...filter }, ...page })).entries.map(
    ({ kind }) => kind,
  );

describe('the day log', () => {
  it('is found by name, ticket, state and reference number as soon as the act is done', async () => {
    const { surname } = person('person-01').person.name;
    expect(await kinds({ search: surname.toLowerCase() })).toContain('identity-verified');
    expect(await kinds({ number: '1' })).toContain('visit-opened');
    expect(await kinds({ state: 'service.done' })).toContain('submission-accepted');
    const number = await until('the reference number is there', async () => {
      const { items } = await clerk.must('queue.list', { show: 'all', after: null, limit: 50 });
      return items.find(({ referenceNumber }) => referenceNumber !== null)?.referenceNumber ?? undefined;
    });
    expect(await kinds({ number })).toContain('visit-closed');
    expect(await kinds({ state: 'effect.accepted' })).toContain('submission-accepted');
    expect(await kinds({ search: 'nothinglikethis' })).toEqual([]);
  });

  it('counts what was done', async () => {
    const { state: _state, number: _number, search: _search, ...filter } = wholeLog;
    const totals = await supervisor.must('day-log.totals', { filter });
    expect(totals).toMatchObject({
      visits: 1,
      byService: [{ definitionId: 'general-submission', started: 1, done: 1 }],
    });
    expect(totals.byHour.hours.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(totals.choices.kinds.map(({ kind }) => kind)).toContain('submission-accepted');
  });

  it('gives a proof that leads from the entry to the signed root', async () => {
    const detail = await until('a checkpoint covers the entry', async () => {
      const found = await supervisor.must('day-log.entry', { sequence: 3 });
      return found.proof?.countersignedAt != null && found;
    });
    const { leafHash, proof: path } = detail;
    if (path === null) throw new Error('no proof');
    let [hash, index, last] = [Buffer.from(leafHash, 'hex'), path.index, path.size - 1];
    for (const step of path.path.map((one) => Buffer.from(one, 'hex'))) {
      const node = (left: Uint8Array, right: Uint8Array) =>
        createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
      if (index % 2 === 1 || index === last) {
        hash = node(step, hash);
        while (index % 2 === 0 && index !== 0) [index, last] = [index >> 1, last >> 1];
      } else hash = node(hash, step);
      [index, last] = [index >> 1, last >> 1];
    }
    expect(hash.toString('hex')).toBe(path.rootHash);
    expect(path.note).toContain(Buffer.from(path.rootHash, 'hex').toString('base64'));
  });

  it('gives every entry to nobody but a supervisor', async () => {
    expect(await clerk.call('day-log.page', { filter: wholeLog, ...page })).toMatchObject({
      ok: false,
      error: { code: 'call.not-your-role' },
    });
  });
});

describe('an export', () => {
  it('is not made by who lost the role while the place was chosen', async () => {
    const other = await desk.signedIn('dvorak');
    chosen = join(folder, 'lost.csv');
    const sessions = () =>
      desk.store.read((tx) =>
        tx.all<{ key_hash: string; roles: string }>(
          'SELECT key_hash, roles FROM sessions ORDER BY signed_in_at',
        ),
      );
    const own = sessions().at(-1);
    meanwhile = () =>
      void desk.store.write((tx) =>
        tx.run(`UPDATE sessions SET roles = '["clerk"]' WHERE key_hash = ?`, [own?.key_hash ?? '']),
      );
    expect(await other.call('day-log.export', { filter: wholeLog, format: 'csv', names })).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
    meanwhile = () => {};
    expect(existsSync(chosen)).toBe(false);
  });

  const save = (format: ExportFormat, filter: Filter = wholeLog) =>
    supervisor.call('day-log.export', { filter, format, names });
  const ended = () =>
    until('the export ended', async () => {
      const view = await supervisor.must('day-log.export-state', {});
      return view !== null && view.state !== 'running' && view;
    });

  it.each(['csv', 'xlsx', 'pdf'] as const)('as %s is there whole, and stands in the log', async (format) => {
    chosen = join(folder, `out.${format}`);
    const filter = { ...wholeLog, from: '2026-01-01', to: '2999-01-01' };
    const begun = await save(format, filter);
    expect(begun).toMatchObject({ ok: true, value: { state: 'running' } });
    expect(await ended()).toMatchObject({ state: 'done', fileName: `out.${format}` });
    expect(proposed).toBe(`denni-zaznam-2026-01-01_2999-01-01.${format}`);
    const bytes = readFileSync(chosen);
    if (format === 'pdf') expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    if (format === 'xlsx') expect(bytes.subarray(0, 2).toString()).toBe('PK');
    if (format === 'csv') {
      const lines = bytes.toString('utf8').trimEnd().split('\r\n');
      expect(lines[0]).toBe(`\ufeff${names.columns.join(';')}`);
      expect(lines.some((line) => line.includes(';Přijetí podání;Obecné podání;1;'))).toBe(true);
      // What comes after the file was asked for is not in it, its own act neither.
      expect(lines.some((line) => line.includes(';log-exported;'))).toBe(false);
    }
    expect(existsSync(`${chosen}.part`)).toBe(false);
    const { entries } = await supervisor.must('day-log.page', {
      filter: { ...wholeLog, kind: 'log-exported' },
      ...page,
    });
    const { payload } = await supervisor.must('day-log.entry', { sequence: entries[0]?.sequence ?? 0 });
    expect(payload).toMatchObject({ format, filter: { from: '2026-01-01' } });
  });

  it('of the log itself is found valid by the verifier, and holds nobody’s name', async () => {
    chosen = join(folder, 'out.jsonl');
    expect(await save('jsonl', { ...wholeLog, from: '2026-01-01', to: '2999-01-01' })).toMatchObject({
      ok: true,
    });
    expect(await ended()).toMatchObject({ state: 'done' });
    const text = readFileSync(chosen, 'utf8');
    const { surname } = person('person-01').person.name;
    const leaves = text.split('\n').filter((one) => one.startsWith('{"leaf"'));
    expect(leaves.length).toBeGreaterThan(10);
    for (const one of leaves) expect(Buffer.from(one, 'base64').toString()).not.toContain(surname);
    expect(text).not.toContain('"payload"');
    const verified = spawnSync(process.execPath, [verifier, chosen], { encoding: 'utf8' });
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  });

  it('for which no place was chosen is no act', async () => {
    const before = (await kinds({ kind: 'log-exported' })).length;
    chosen = null;
    expect(await save('csv')).toEqual({ ok: true, value: null });
    expect((await kinds({ kind: 'log-exported' })).length).toBe(before);
  });

  it('of nothing is refused before anybody is asked for a place', async () => {
    proposed = '';
    expect(await save('csv', { ...wholeLog, search: 'nothinglikethis' })).toMatchObject({
      error: { code: 'export.nothing' },
    });
    expect(proposed).toBe('');
  });

  it('that can not be written says so, leaves nothing, and the log knows', async () => {
    chosen = join(folder, 'no-such-folder', 'out.csv');
    expect(await save('csv')).toMatchObject({ ok: true });
    expect(await ended()).toMatchObject({ state: 'failed', failure: { code: 'export.no-access' } });
    expect(await kinds({ kind: 'export-not-finished' })).toHaveLength(1);
  });
});

describe('what needs eyes', () => {
  const list = (more: Partial<CallInput<'exceptions.list'>['filter']> = {}) =>
    supervisor.must('exceptions.list', {
      filter: { from: '2000-01-01', to: '2999-12-31', openOnly: true, kind: null, ...more },
      after: null,
      limit: 100,
    });

  it('is raised by the acts, counted in the frame, reviewed once with a note, as an act', async () => {
    const visit = await clerk.must('visits.open', {});
    await verify(clerk, visit.id);
    const certified = await certifyCopy(clerk, visit.id);
    const submission = await acceptSubmission(clerk, visit.id);
    await settlePrints(clerk, visit.id);
    await clerk.must('services.correct', { serviceId: submission.id, correction: 'Správně je Cvičná 12.' });
    await clerk.must('services.cancel-number', { serviceId: certified.id, reason: 'Vada tisku' });
    const documentId = submission.acceptance?.prints[0]?.documentId ?? '';
    const reprint = await clerk.call('outputs.reprint', { documentId, reason: 'Papír se zmačkal' });
    const raised = (await list()).items;
    expect(raised.map(({ kind }) => kind)).toEqual([
      ...(reprint.ok ? ['document-reprinted'] : []),
      'number-cancelled',
      'submission-corrected',
    ]);
    const [item] = (await list({ kind: 'number-cancelled' })).items;
    expect(item).toMatchObject({
      ticket: visit.ticket,
      reason: 'Vada tisku',
      params: { number: '1/2026' },
      review: null,
    });
    const frame = await supervisor.must('desk.frame', {});
    expect(frame.openExceptions).toBe(raised.length);
    expect((await clerk.must('desk.frame', {})).openExceptions).toBe(0);

    const exceptionId = item?.id ?? '';
    const review = { exceptionId, note: 'Doložka vyražena, číslo škrtnuto i v knize.' };
    expect(await clerk.call('exceptions.review', review)).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
    expect(await supervisor.call('exceptions.review', { exceptionId, note: ' ' })).toMatchObject({
      ok: false,
    });
    expect(await supervisor.must('exceptions.review', review)).toMatchObject({
      review: { note: review.note, own: false },
    });
    expect(await supervisor.call('exceptions.review', review)).toMatchObject({
      error: { code: 'exception.reviewed-already' },
    });
    expect((await supervisor.must('desk.frame', {})).openExceptions).toBe(raised.length - 1);
    expect(await kinds({ kind: 'exception-reviewed', search: 'skrtnuto' })).toHaveLength(1);
    expect((await list()).items.map(({ id }) => id)).not.toContain(exceptionId);
    expect((await list({ openOnly: false })).items.map(({ id }) => id)).toContain(exceptionId);
  });

  it('is listed in pages that lose none', async () => {
    const all = (await list({ openOnly: false })).items.map(({ id }) => id);
    const paged: string[] = [];
    for (let after: { legalDate: string; id: string } | null = null; ; ) {
      const { items, more }: CallOutput<'exceptions.list'> = await supervisor.must('exceptions.list', {
        filter: { from: '2000-01-01', to: '2999-12-31', openOnly: false, kind: null },
        after,
        limit: 1,
      });
      paged.push(...items.map(({ id }) => id));
      const last = items.at(-1);
      if (!more || !last) break;
      after = { legalDate: last.legalDate, id: last.id };
    }
    expect(paged).toEqual(all);
    expect(desk.problems).toEqual([]);
  });
});
