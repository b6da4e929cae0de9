import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPortal } from './app.ts';
import { operate } from './operator.ts';
import { type TestDesk, type TestPortal, testPortal } from './testing/portal.ts';

describe('a person at the portal', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
  });
  afterEach(() => portal.close());

  it('sees a forked log, as often as it came, and reviews it', async () => {
    expect(await operate(portal, ['exceptions'])).toBe('Nothing needs a look.\n');
    const append = (text: string) =>
      desk.call('POST', '/log', { json: { from: 1, leaves: [Buffer.from(text).toString('base64')] } });
    await append('one');
    await append('other');
    await append('other');
    const told = await operate(portal, ['exceptions']);
    expect(told).toContain('Přepážka 1');
    expect(told).toContain('the day log says something else than before: sequence 1');
    expect(told).toContain('2 times');

    await expect(operate(portal, ['review', '99', 'A. Nováková', 'nic'])).rejects.toThrow('no exception 99');
    await operate(portal, ['review', '1', 'A. Nováková', 'přepážka obnovena ze zálohy']);
    expect(await operate(portal, ['exceptions'])).toBe('Nothing needs a look.\n');
    expect(await operate(portal, ['exceptions', 'all'])).toContain(
      'by A. Nováková: přepážka obnovena ze zálohy',
    );
  });

  it('is told what can be typed', async () => {
    for (const typed of [['nothing'], ['review', '1'], ['new-master-key', 'x'], ['constructor']])
      await expect(operate(portal, typed)).rejects.toThrow('import-medium <file> <file for the answer>');
    await expect(operate(portal, ['permit-new-key', 'nobody'])).rejects.toThrow('no desk nobody');
    await expect(operate(portal, ['revoke-desk', 'nobody'])).rejects.toThrow('no desk nobody');
  });

  it('takes nothing away that is just coming in at the portal beside', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'virtuos-portal-'));
    const serving = testPortal({ dataDir });
    try {
      await serving.enrol();
      const halfHere = join(dataDir, 'blobs', 'incoming', 'half');
      writeFileSync(halfHere, 'half');
      const beside = createPortal({ dataDir });
      await operate(beside, ['exceptions']);
      await beside.close();
      expect(existsSync(halfHere)).toBe(true);
    } finally {
      await serving.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('withdraws a desk', async () => {
    await operate(portal, ['revoke-desk', desk.deskId]);
    expect(await desk.call('GET', '/inbox')).toMatchObject({ status: 401 });
  });
});
