import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemRandom } from '../../electron/values/ids.ts';
import type { Schemas } from '../api.ts';
import { openDatabase } from '../database.ts';
import { allot, bodyOf, extractFate, send, testClock, testPortal } from '../testing/portal.ts';

it('forgets who asked when the record’s time is over, and keeps the number and its fate', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
  try {
    const first = testPortal({ dataDir });
    const desk = await first.enrol();
    const { number } = bodyOf<Schemas['AllottedNumber']>(await allot(desk));
    await send(desk, extractFate(number, 'issued'));
    await first.close();

    const held = async (start: string): Promise<string> => {
      const portal = testPortal({ dataDir }, testClock(start));
      const state = bodyOf<Schemas['ClauseState']>(await portal.call('GET', `/clauses/${number}`));
      expect(state).toMatchObject({ state: 'issued', clause: { extract: { register: 'population' } } });
      await portal.close();
      const db = openDatabase(dataDir, systemRandom);
      const rows = db.prepare<[], { content: string }>('SELECT content FROM effects').all();
      db.close();
      return JSON.stringify(rows);
    };
    expect(await held('2036-04-01T10:00:00.000Z'), 'ten years are not over').toContain('Vzorový');
    expect(await held('2036-04-02T10:00:00.000Z')).not.toContain('Vzorový');
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
