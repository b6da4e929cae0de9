import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCounter, startPortal } from '../../../test/rigs/counter.ts';

it('saves the report where the supervisor says, and says where it could not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-report-'));
  const portal = await startPortal();
  let chosen: string | null = null;
  const desk = await startCounter({
    portal,
    places: { save: async () => chosen, open: async () => null },
  });
  try {
    const supervisor = await desk.signedIn('dvorak');
    const text = 'Co chybí: úkon č. 12 – příliš žluťoučký kůň';
    expect(await supervisor.must('recovery.save-report', { text })).toBe(false);
    chosen = join(folder, 'obnova.txt');
    expect(await supervisor.must('recovery.save-report', { text })).toBe(true);
    expect(readFileSync(chosen, 'utf8')).toContain(text);
    chosen = join(folder, 'neni', 'obnova.txt');
    expect(await supervisor.call('recovery.save-report', { text })).toMatchObject({
      error: { code: expect.stringMatching(/^(export|store)\./) },
    });
    const clerk = await desk.signedIn('novakova');
    expect(await clerk.call('recovery.save-report', { text })).toMatchObject({
      error: { code: 'call.not-your-role' },
    });
  } finally {
    await desk.close();
    await portal.close();
    rmSync(folder, { recursive: true });
  }
});
