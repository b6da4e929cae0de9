import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IppPrinterRig, startIppPrinter } from '../../../test/rigs/ipp-printer.ts';
import { until } from '../../../test/rigs/process.ts';
import { ippPrinter } from '../printer/ipp-printer.ts';
import { multicastBrowser } from './browse.ts';
import type { Announced } from './dns-sd.ts';

describe('a printer announced by Avahi', { timeout: 60_000 }, () => {
  let printer: IppPrinterRig;

  beforeAll(async () => {
    printer = await startIppPrinter({ announced: true });
  }, 60_000);
  afterAll(() => printer?.stop());

  const look = async (): Promise<Announced | undefined> => {
    const found = await multicastBrowser({ listenMs: 300 }).browse();
    if (!found.ok) throw new Error(found.error.code);
    return found.value.find(({ uri }) => uri.includes(`:${printer.port}/`));
  };

  it('is found with its identity and an address that answers, until it takes its leave', async () => {
    const found = await until('the announcement', look);
    expect(found).toMatchObject({
      kind: 'printer',
      instance: 'Rig printer',
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(found.uri).toMatch(/^ipps:\/\/.*\/ipp\/print$/);
    expect(await ippPrinter().status({ uri: found.uri.replace('ipps:', 'ipp:') })).toMatchObject({
      ok: true,
      value: { state: 'idle' },
    });
    await printer.unplug();
    await until('its leave', async () => ((await look()) === undefined ? 'gone' : undefined));
    await printer.plugIn();
    expect((await until('the announcement', look)).uuid, 'the same printer').toBe(found.uuid);
  });

  it('is asked for no longer than somebody waits', async () => {
    const stopping = new AbortController();
    stopping.abort();
    expect(await multicastBrowser({ listenMs: 60_000 }).browse({ signal: stopping.signal })).toMatchObject({
      ok: true,
    });
  });
});
