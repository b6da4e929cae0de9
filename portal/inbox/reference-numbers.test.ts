import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../electron/values/clock.ts';
import {
  deskOf,
  inbox,
  newId,
  send,
  submission,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';

describe('reference numbers', () => {
  let dataDir: string;
  const opened: TestPortal[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
  });
  afterEach(async () => {
    for (const portal of opened.splice(0)) await portal.close();
    rmSync(dataDir, { recursive: true });
  });
  const open = (...args: Parameters<typeof testPortal>): TestPortal => {
    const portal = testPortal(...args);
    opened.push(portal);
    return portal;
  };

  it('are the addressed office’s own, in its series, after the delay', async () => {
    const portal = open({ referenceDelayMs: 5000 });
    const desk = await portal.enrol('klatovy');
    const [one, two, three] = ['plzen', 'nyrsko', 'plzen'].map((office) =>
      submission(newId(), 1, [], office),
    );
    await send(desk, one ?? {}, two ?? {}, three ?? {});
    portal.clock.advance(4999);
    expect((await inbox(desk)).map(({ kind }) => kind)).toEqual(['received', 'received', 'received']);
    portal.clock.advance(1);
    const given = (await inbox(desk)).slice(3);
    expect(given.map(({ effectId, referenceNumber, office }) => [effectId, referenceNumber, office])).toEqual(
      [
        [one?.id, 'MMP/1/2026', 'plzen'],
        [two?.id, 'MUNY/1/2026', 'nyrsko'],
        [three?.id, 'MMP/2/2026', 'plzen'],
      ],
    );
  });

  it('begin with 1 in the year of Prague, not of Greenwich', async () => {
    const portal = open({ referenceDelayMs: 0 }, testClock('2026-12-31T22:59:00.000Z'));
    const desk = await portal.enrol();
    await send(desk, submission(newId(), 1));
    await inbox(desk);
    portal.clock.advance(60_000);
    await send(desk, submission(newId(), 1));
    const numbers = (await inbox(desk)).flatMap(({ referenceNumber }) => referenceNumber ?? []);
    expect(numbers).toEqual(['MMP/1/2026', 'MMP/1/2027']);
  });

  it('are given once, whether the portal stops before or after they fall due', async () => {
    const clock = testClock();
    const first = open({ dataDir, referenceDelayMs: 5000 }, clock);
    const { deskId, token } = await first.enrol();
    await send(deskOf(first.call, deskId, token), submission(newId(), 1));
    await first.close();

    clock.advance(60_000);
    const second = open({ dataDir }, clock);
    const answers = await inbox(deskOf(second.call, deskId, token));
    expect(answers.map(({ kind }) => kind)).toEqual(['received', 'reference-number']);
    await second.close();

    clock.advance(60_000);
    const third = open({ dataDir }, clock);
    expect(await inbox(deskOf(third.call, deskId, token))).toEqual(answers);
  });

  it('are given although nobody asks', async () => {
    const portal = open({ dataDir, referenceDelayMs: 50, clock: systemClock });
    const desk = await portal.enrol();
    await send(desk, submission(newId(), 1));
    // Looked at in the data: whoever asks for the inbox is given what is due.
    const data = new Database(join(dataDir, 'portal.sqlite'), { readonly: true });
    const kinds = () => data.prepare('SELECT kind FROM answers ORDER BY sequence').pluck().all();
    await vi.waitFor(() => expect(kinds()).toEqual(['received', 'reference-number']), { timeout: 30_000 });
    data.close();
  });

  it('reads on after the cursor and refuses a foreign one', async () => {
    const portal = open({ referenceDelayMs: 0 });
    const desk = await portal.enrol();
    await send(desk, submission(newId(), 1));
    const page = await desk.call('GET', '/inbox');
    expect(page).toMatchObject({ status: 200, body: { more: false } });
    const { cursor } = JSON.parse(JSON.stringify(page.body));
    expect(await desk.call('GET', `/inbox?cursor=${cursor}`)).toMatchObject({
      body: { answers: [], cursor },
    });
    const other = await portal.enrol();
    expect(await other.call('GET', `/inbox?cursor=${cursor}`)).toMatchObject({
      status: 410,
      body: { code: 'inbox.cursor-unknown' },
    });
  });
});
