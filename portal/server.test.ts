import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createClient from 'openapi-fetch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { legalDate } from '../electron/values/time.ts';
import type { paths } from '../resources/portal-api/schema.d.ts';
import { newId, submission } from './testing/portal.ts';

describe('the portal as a process', () => {
  let dataDir: string;
  const running: ChildProcess[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
  });
  afterEach(async () => {
    for (const child of running.splice(0)) await stop(child, 'SIGKILL');
    rmSync(dataDir, { recursive: true });
  });

  const start = async (env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'server.ts')], {
      env: { ...process.env, DATA_DIR: dataDir, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let out = '';
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    for await (const chunk of child.stdout) {
      out += String(chunk);
      if (out.includes('\n')) break;
    }
    if (!out.includes('\n')) throw new Error(err);
    const ready: { ready: true; url: string; pid: number } = JSON.parse(out);
    return { child, ready, client: createClient<paths>({ baseUrl: `${ready.url}/v1` }) };
  };
  const stop = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };

  it('serves a desk through the generated types, and loses nothing when it is killed', async () => {
    const first = await start({
      PORTAL_ENROLMENT_CODE: 'ABCD-2345-EFGH@nyrsko,KLMN-2345-PQRS',
      PORTAL_REFERENCE_DELAY_MS: '0',
    });
    expect(first.ready).toMatchObject({ ready: true, pid: first.child.pid });
    expect(first.ready.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const enrolled = await first.client.POST('/desks/enrolments', {
      body: { enrolmentCode: 'ABCD-2345-EFGH', deskName: 'Přepážka 3' },
    });
    expect(enrolled.data?.office.id).toBe('nyrsko');
    const headers = { authorization: `Bearer ${enrolled.data?.deskToken}` };
    const checked = await first.client.POST('/document-checks', {
      headers,
      body: { kind: 'passport', number: '99900022' },
    });
    expect(checked.data?.outcome).toBe('listed');
    const effect = submission(newId(), 1);
    const sent = await first.client.POST('/effects', { headers, body: { effects: [effect] } });
    expect(sent.data?.results).toEqual([{ id: effect.id, status: 'accepted' }]);
    await stop(first.child, 'SIGKILL');

    const second = await start({});
    const again = await second.client.POST('/effects', { headers, body: { effects: [effect] } });
    expect(again.data?.results).toEqual([{ id: effect.id, status: 'duplicate' }]);
    const { data } = await second.client.GET('/inbox', { headers });
    expect(data?.answers.map(({ kind, referenceNumber }) => [kind, referenceNumber])).toEqual([
      ['received', undefined],
      ['reference-number', `MMP/1/${legalDate(new Date()).slice(0, 4)}`],
    ]);
    expect(await stop(second.child, 'SIGTERM')).toBe(0);
  });

  it('says why it does not start', async () => {
    await expect(start({ PORTAL_ENVIRONMENT: 'staging' })).rejects.toThrow(/staging/);
    await expect(start({ PORT: 'many' })).rejects.toThrow(/PORT/);
  });
});
