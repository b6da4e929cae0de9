import { createHash, randomBytes } from 'node:crypto';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onePage } from '../../../test/fixtures/pdf/make.ts';
import { type BreakingLine, breakingLine } from '../../../test/rigs/breaking-line.ts';
import { type IppPrinterRig, startIppPrinter } from '../../../test/rigs/ipp-printer.ts';
import { type PrintServerRig, startPrintServer } from '../../../test/rigs/print-server.ts';
import { freePort, until } from '../../../test/rigs/process.ts';
import { ippPrinter, type PrinterLimits } from './ipp-printer.ts';
import { A4, A4_NAME } from './paper.ts';
import type { PrintRequest, PrintState } from './port.ts';

// The printer keeps what it is sent; what is inside does not matter to it.
const pdf = (size = 20_000): Uint8Array => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size)]);

const quick: Partial<PrinterLimits> = {
  lostContact: 3_000,
  question: 3_000,
  poll: { first: 50, most: 200 },
};

let jobs = 0;
const request = (uri: string, more: Partial<PrintRequest> = {}): PrintRequest => {
  jobs += 1;
  return { uri, document: pdf(), jobName: `print-${process.pid}-${jobs}`, ...more };
};

const watcher = () => {
  const states: PrintState[] = [];
  const conditions = () =>
    states.flatMap((state) => ('conditions' in state ? state.conditions.map(({ code }) => code) : []));
  return {
    states,
    conditions,
    onState: (state: PrintState) => {
      states.push(state);
    },
    kinds: () => states.map(({ state }) => state),
  };
};

describe('an IPP printer', { timeout: 90_000 }, () => {
  let rig: IppPrinterRig;
  const printer = ippPrinter({ limits: quick });

  beforeAll(async () => {
    rig = await startIppPrinter({ twoSided: true });
  }, 60_000);
  afterAll(() => rig.stop());
  afterEach(async () => {
    rig.freeze(false);
    await rig.condition(undefined);
    await rig.fail(false);
    await until('an idle printer', async () => {
      const status = await printer.status({ uri: rig.uri });
      return status.ok && status.value.state === 'idle' && status.value.conditions.length === 0;
    });
  });

  it('tells its state and what it can', async () => {
    const status = await printer.status({ uri: rig.uri });
    expect(status).toMatchObject({
      ok: true,
      value: { state: 'idle', acceptingJobs: true, conditions: [], printsPdf: true },
    });
    expect(status.ok && status.value.makeAndModel).toMatch(/Printer/);
    expect(status).toMatchObject({
      ok: true,
      value: {
        endIsToldBy: 'printer',
        loaded: [{ tray: 'main', paper: 'stationery', size: A4 }],
        offers: {
          sides: ['one-sided', 'two-sided-long-edge', 'two-sided-short-edge'],
          colours: ['colour', 'monochrome'],
          trays: ['main', 'photo'],
          papers: expect.arrayContaining(['stationery', 'labels']),
          copies: 999,
        },
      },
    });
  });

  it('prints a document to the end, byte by byte as it was', async () => {
    const before = (await rig.printed()).length;
    const { states, kinds, onState } = watcher();
    const wanted = request(rig.uri, { document: pdf(300_000), sides: 'two-sided-long-edge', copies: 2 });
    const printed = await printer.print(wanted, { onState });
    expect(printed).toMatchObject({ ok: true, value: { state: 'completed', copies: 2 } });
    const asked = await rig.asked();
    expect(asked).toMatch(/^IPP_COPIES=2$/m);
    expect(asked).toMatch(/^IPP_MULTIPLE_DOCUMENT_HANDLING=separate-documents-collated-copies$/m);
    expect(kinds().slice(0, 2)).toEqual(['sent', 'accepted']);
    expect(states.filter(({ state }) => state === 'sent')).toHaveLength(1);
    const out = await rig.printed();
    expect(out).toHaveLength(before + 1);
    expect(out.at(-1)?.equals(wanted.document)).toBe(true);
  });

  it('prints as it is wished, and refuses what it does not offer before anything is sent', async () => {
    const wish = { tray: 'photo', paper: 'labels', colour: 'monochrome' } as const;
    expect(await printer.print(request(rig.uri, wish))).toMatchObject({
      ok: true,
      value: { state: 'completed' },
    });
    const asked = await rig.asked();
    expect(asked).toMatch(/^IPP_MEDIA_COL=.*media-size=.*x-dimension=21000 y-dimension=29700/m);
    expect(asked).toMatch(/^IPP_MEDIA_COL=.*media-source=photo media-type=labels/m);
    expect(asked).toMatch(/^IPP_PRINT_COLOR_MODE=monochrome$/m);
    expect(asked).not.toMatch(/^IPP_(MEDIA|COPIES|MULTIPLE_DOCUMENT_HANDLING)=/m);
    const { states, onState } = watcher();
    expect(await printer.print(request(rig.uri, { tray: 'tray-7' }), { onState })).toEqual({
      ok: false,
      error: { code: 'printer.tray-unsupported', params: { tray: 'tray-7' } },
    });
    expect(states).toEqual([]);
  });

  it('says which paper is missing where while a job waits', async () => {
    await rig.load('na_letter_8.5x11in');
    await rig.condition('media-needed-report');
    const seen = watcher();
    const printing = printer.print(request(rig.uri, { tray: 'main' }), seen);
    await until('missing paper', () => seen.conditions().includes('printer.not-loaded'));
    expect(seen.states.at(-1)).toMatchObject({
      conditions: [{ code: 'printer.not-loaded', params: { tray: 'main', paper: 'any' }, blocking: true }],
    });
    await rig.load(A4_NAME);
    await until('loaded', () => !JSON.stringify(seen.states.at(-1)).includes('printer.not-loaded'));
    await rig.condition(undefined);
    expect(await printing).toMatchObject({ ok: true, value: { state: 'completed', faults: [] } });
  });

  it('with little toner prints as ever: a warning says nothing of the paper', async () => {
    await rig.condition('toner-low-warning');
    const seen = watcher();
    const printing = printer.print(request(rig.uri), seen);
    await until('the warning', () => seen.conditions().includes('printer.toner-low'));
    await rig.condition(undefined);
    expect(await printing).toMatchObject({ ok: true, value: { state: 'completed', faults: [] } });
  });

  it('prints 20 MB', async () => {
    const wanted = request(rig.uri, { document: pdf(20 * 1024 * 1024) });
    expect(await printer.print(wanted)).toMatchObject({ ok: true, value: { state: 'completed' } });
    expect((await rig.printed()).at(-1)?.equals(wanted.document)).toBe(true);
  });

  it.each([
    ['media-empty-error', 'printer.out-of-paper'],
    ['media-jam-error', 'printer.jammed'],
    ['cover-open-error', 'printer.cover-open'],
    ['toner-empty-error', 'printer.out-of-toner'],
  ] as const)('waits with %s, says so, and goes on when it is put right', async (reason, code) => {
    await rig.condition(reason);
    const seen = watcher();
    const printing = printer.print(request(rig.uri), seen);
    await until(`${code} in ${JSON.stringify(seen.states)}`, () => seen.conditions().includes(code));
    expect(seen.states.at(-1)).toMatchObject({ state: 'waiting', conditions: [{ code, blocking: true }] });
    await rig.condition(undefined);
    expect(await printing).toMatchObject({ ok: true, value: { state: 'completed' } });
  });

  it('tells an aborted job', async () => {
    await rig.fail(true);
    expect(await printer.print(request(rig.uri))).toMatchObject({
      ok: true,
      value: { state: 'aborted', reason: { code: 'printer.job-aborted' } },
    });
  });

  it('cancels a job when asked to, and says how it ended', async () => {
    const before = (await rig.printed()).length;
    await rig.condition('media-empty-error');
    const wanted = request(rig.uri);
    const seen = watcher();
    const printing = printer.print(wanted, seen);
    await until('waiting', () => seen.conditions().includes('printer.out-of-paper'));
    const found = await printer.findJob({ uri: rig.uri }, wanted.jobName);
    await printer.cancel({ uri: rig.uri }, (found.ok && found.value?.jobId) || 0);
    // The printer notices when its own command has ended.
    await rig.condition(undefined);
    expect(await printing).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    expect((await rig.printed()).length - before).toBeLessThanOrEqual(1);
  });

  it('goes on with a job that is no longer watched', async () => {
    const before = (await rig.printed()).length;
    await rig.condition('media-empty-error');
    const seen = watcher();
    const stopping = new AbortController();
    const printing = printer.print(request(rig.uri), { ...seen, signal: stopping.signal });
    await until('waiting', () => seen.conditions().includes('printer.out-of-paper'));
    stopping.abort();
    expect(await printing).toMatchObject({
      ok: true,
      value: { state: 'unknown', reason: { code: 'printer.not-followed' } },
    });
    await rig.condition(undefined);
    await until('it came out', async () => (await rig.printed()).length === before + 1);
  });

  it('gets nothing of what was called off before, however late', async () => {
    const before = (await rig.printed()).length;
    const { states, onState } = watcher();
    const late = new AbortController();
    const calledOff = { ok: false, error: { code: 'printer.cancelled' } };
    expect(await printer.print(request(rig.uri), { signal: AbortSignal.abort(), onState })).toEqual(
      calledOff,
    );
    expect(await printer.print(request(rig.uri), { mayLeave: () => false, onState })).toEqual(calledOff);
    const calledOffLate = printer.print(request(rig.uri), {
      signal: late.signal,
      mayLeave: () => {
        late.abort();
        return true;
      },
      onState,
    });
    expect(await calledOffLate).toEqual(calledOff);
    expect(states).toEqual([]);
    expect(await printer.print(request(rig.uri))).toMatchObject({ ok: true, value: { state: 'completed' } });
    expect(await rig.printed()).toHaveLength(before + 1);
  });

  it('that sleeps: what is called off until it wakes never leaves', async () => {
    const before = (await rig.printed()).length;
    const { states, onState } = watcher();
    const calling = new AbortController();
    rig.freeze(true);
    const printing = printer.print(request(rig.uri), { signal: calling.signal, onState });
    calling.abort();
    expect(await printing).toEqual({ ok: false, error: { code: 'printer.cancelled' } });
    rig.freeze(false);
    expect(await printer.print(request(rig.uri))).toMatchObject({ ok: true, value: { state: 'completed' } });
    expect(states).toEqual([]);
    expect(await rig.printed()).toHaveLength(before + 1);
  });

  it('is taken up again by its number or by its name', async () => {
    await rig.condition('media-empty-error');
    const wanted = request(rig.uri);
    const seen = watcher();
    const first = printer.print(wanted, seen);
    const jobId = await until('accepted', () =>
      seen.states.flatMap((state) => (state.state === 'accepted' ? [state.jobId] : [])).at(0),
    );
    expect(await printer.findJob({ uri: rig.uri }, wanted.jobName)).toEqual({ ok: true, value: { jobId } });
    expect(await printer.findJob({ uri: rig.uri }, 'never-sent')).toEqual({ ok: true, value: undefined });

    const stopped = new AbortController();
    const watching = printer.follow({ uri: rig.uri }, { jobId }, { signal: stopped.signal });
    stopped.abort();
    expect(await watching).toEqual({ state: 'unknown', jobId, reason: { code: 'printer.not-followed' } });

    const again = printer.follow({ uri: rig.uri }, { jobId, jobName: wanted.jobName });
    await rig.condition(undefined);
    expect(await again).toMatchObject({ state: 'completed', jobId });
    expect(await first).toMatchObject({ ok: true, value: { state: 'completed', jobId } });
    // It stays findable after its end.
    expect(await printer.findJob({ uri: rig.uri }, wanted.jobName)).toEqual({ ok: true, value: { jobId } });
    expect(await printer.follow({ uri: rig.uri }, { jobId, jobName: 'another print' })).toMatchObject({
      state: 'unknown',
      reason: { code: 'printer.job-forgotten' },
    });
    expect(await printer.follow({ uri: rig.uri }, { jobId: 9_999 })).toMatchObject({
      state: 'unknown',
      reason: { code: 'printer.job-forgotten' },
    });
  });

  it('that hangs: says it is offline, then that the end is not known', async () => {
    await rig.condition('media-empty-error');
    const seen = watcher();
    const impatient = ippPrinter({ limits: { ...quick, question: 300, lostContact: 1_500 } });
    const printing = impatient.print(request(rig.uri), seen);
    await until('waiting', () => seen.conditions().includes('printer.out-of-paper'));
    rig.freeze(true);
    expect(await printing).toMatchObject({
      ok: true,
      value: { state: 'unknown', reason: { code: 'printer.lost-contact' } },
    });
    expect(seen.conditions()).toContain('printer.offline');
    expect(await impatient.status({ uri: rig.uri })).toEqual({
      ok: false,
      error: { code: 'printer.time-out' },
    });
  });

  it('that hangs for a moment: the job is followed to its end', async () => {
    await rig.condition('media-empty-error');
    const seen = watcher();
    const patient = ippPrinter({ limits: { ...quick, question: 300, lostContact: 30_000 } });
    const printing = patient.print(request(rig.uri), seen);
    await until('waiting', () => seen.conditions().includes('printer.out-of-paper'));
    rig.freeze(true);
    await until('offline', () => seen.conditions().includes('printer.offline'));
    rig.freeze(false);
    await rig.condition(undefined);
    expect(await printing).toMatchObject({ ok: true, value: { state: 'completed' } });
  });

  it('speaks TLS to one whose certificate is known, and to no other', async () => {
    const shown = await new Promise<Buffer>((resolve, reject) => {
      const socket = tlsConnect({ host: 'localhost', port: rig.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().raw);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    const certificateSha256 = createHash('sha256').update(shown).digest('hex');
    const wanted = request(rig.secureUri, { certificateSha256 });
    expect(await printer.print(wanted)).toMatchObject({ ok: true, value: { state: 'completed' } });
    expect((await rig.printed()).at(-1)?.equals(wanted.document)).toBe(true);
    const other = { uri: rig.secureUri, certificateSha256: '00'.repeat(32) };
    expect(await printer.status(other)).toEqual({ ok: false, error: { code: 'printer.not-trusted' } });
    expect(await printer.status({ uri: rig.secureUri })).toEqual({
      ok: false,
      error: { code: 'printer.not-trusted' },
    });
  });

  it('makes as many copies as it can where it cannot make all, and refuses at another path before anything is sent', async () => {
    expect(await printer.print(request(rig.uri, { copies: 5_000 }))).toMatchObject({
      ok: true,
      value: { state: 'completed', copies: 999 },
    });
    expect(await rig.asked()).toMatch(/^IPP_COPIES=999$/m);
    const { states, onState } = watcher();
    expect(
      await printer.print(request(rig.uri.replace('/ipp/print', '/elsewhere')), { onState }),
    ).toMatchObject({ ok: false });
    expect(states).toEqual([]);
  });
});

describe('printers that cannot be used', { timeout: 60_000 }, () => {
  const printer = ippPrinter({ limits: { ...quick, question: 1_000 } });

  it('one without PDF', async () => {
    const rig = await startIppPrinter({ formats: ['image/pwg-raster'] });
    try {
      const { states, onState } = watcher();
      expect(await printer.print(request(rig.uri, { sides: 'one-sided' }), { onState })).toEqual({
        ok: false,
        error: { code: 'printer.format-unsupported' },
      });
      expect(states).toEqual([]);
    } finally {
      await rig.stop();
    }
  });

  it('one that is switched off, and one that forgets its jobs', async () => {
    const rig = await startIppPrinter();
    try {
      expect(await printer.print(request(rig.uri, { sides: 'two-sided-long-edge' }))).toEqual({
        ok: false,
        error: { code: 'printer.sides-unsupported' },
      });
      await rig.condition('media-empty-error');
      const wanted = request(rig.uri);
      const seen = watcher();
      const patient = ippPrinter({ limits: { ...quick, question: 1_000, lostContact: 60_000 } });
      const printing = patient.print(wanted, seen);
      await until('waiting', () => seen.conditions().includes('printer.out-of-paper'));
      await rig.unplug();
      expect(await printer.status({ uri: rig.uri })).toEqual({
        ok: false,
        error: { code: 'printer.not-reachable' },
      });
      expect(await printer.print(request(rig.uri))).toEqual({
        ok: false,
        error: { code: 'printer.not-reachable' },
      });
      await rig.condition(undefined);
      await rig.plugIn();
      expect(await printing).toMatchObject({
        ok: true,
        value: { state: 'unknown', reason: { code: 'printer.job-forgotten' } },
      });
      expect(await printer.findJob({ uri: rig.uri }, wanted.jobName)).toEqual({ ok: true, value: undefined });
      expect(await rig.printed()).toHaveLength(0);
    } finally {
      await rig.stop();
    }
  });

  it('an address where nobody is, or that is none', async () => {
    expect(await printer.status({ uri: `ipp://localhost:${await freePort()}/ipp/print` })).toEqual({
      ok: false,
      error: { code: 'printer.not-reachable' },
    });
    expect(await printer.status({ uri: 'lpd://old' })).toEqual({
      ok: false,
      error: { code: 'printer.bad-address' },
    });
  });
});

describe('a printer behind a print server', { timeout: 120_000 }, () => {
  let rig: IppPrinterRig;
  let server: PrintServerRig;
  const printer = ippPrinter({ limits: { ...quick, lostContact: 30_000 } });

  beforeAll(async () => {
    rig = await startIppPrinter({ twoSided: true });
    server = await startPrintServer();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await rig?.stop();
  });

  it('has the last word: what the server calls completed may have been given up there', async () => {
    const uri = await server.queue('desk', rig.uri);
    const status = await until('a server that knows its printer', async () => {
      const now = await printer.status({ uri });
      return now.ok && now.value.offers.trays.length > 0 && now;
    });
    expect(status).toMatchObject({
      ok: true,
      value: {
        endIsToldBy: 'printer-behind-server',
        // The server would say what it was set to; this is what lies there.
        loaded: [{ tray: 'main', paper: 'stationery', size: A4 }],
        offers: { trays: ['main', 'photo'] },
      },
    });
    const document = onePage('');
    const print = request(uri, { document, tray: 'main', copies: 2 });
    expect(await printer.print(print)).toEqual({
      ok: true,
      value: { state: 'completed', jobId: 1, faults: [], copies: 2 },
    });
    expect(await rig.printed()).toHaveLength(1);

    await rig.condition('media-empty-error');
    const seen = watcher();
    const waiting = printer.print(request(uri, { document }), seen);
    await until('no paper', () => seen.conditions().includes('printer.out-of-paper'));
    await rig.condition(undefined);
    expect(await waiting).toMatchObject({ ok: true, value: { state: 'completed' } });

    await rig.fail(true);
    expect(await printer.print(request(uri, { document }))).toMatchObject({
      ok: true,
      // The server cancels what its printer has given up.
      value: { state: expect.stringMatching(/^(aborted|cancelled)$/), jobId: 3 },
    });
    expect(await rig.printed()).toHaveLength(2);
    await rig.fail(false);
  });

  it('that cannot be asked: the server has handed it on, and more is not known', async () => {
    const uri = await server.queue('nowhere', 'file:/dev/null');
    expect(await printer.print(request(uri, { document: onePage('') }))).toMatchObject({
      ok: true,
      value: { state: 'completed', faults: [], handedOn: true },
    });
  });
});

describe('a line that breaks while the document is on its way', { timeout: 60_000 }, () => {
  let rig: IppPrinterRig;
  let line: BreakingLine;

  beforeAll(async () => {
    rig = await startIppPrinter();
    line = await breakingLine(rig.port);
  }, 60_000);
  afterAll(async () => {
    await new Promise((resolve) => line.server.close(resolve));
    await rig.stop();
  });

  const printJob = 0x0002;

  it('the answer is lost: the job is found by its name, followed, and never sent twice', async () => {
    const before = (await rig.printed()).length;
    const seen = watcher();
    line.loseAnswerOf(printJob);
    const printer = ippPrinter({ limits: { ...quick, lostContact: 20_000 } });
    const printed = await printer.print(request(line.uri), seen);
    expect(printed).toMatchObject({ ok: true, value: { state: 'completed' } });
    expect(seen.kinds().slice(0, 2)).toEqual(['sent', 'accepted']);
    expect(line.posts(printJob)).toBe(1);
    expect(await rig.printed()).toHaveLength(before + 1);
  });

  it('the answer is lost and the printer is gone: the end is not known', async () => {
    const before = line.posts(printJob);
    line.loseAnswerOf(printJob);
    const seen = watcher();
    const printer = ippPrinter({ limits: { ...quick, send: 2_000, question: 500, lostContact: 1_500 } });
    const printing = printer.print(request(line.uri), {
      onState: (state) => {
        seen.onState(state);
        if (state.state === 'sent') rig.freeze(true);
      },
    });
    expect(await printing).toEqual({
      ok: true,
      value: { state: 'unknown', reason: { code: 'printer.lost-contact' } },
    });
    expect(seen.kinds()).toEqual(['sent']);
    expect(line.posts(printJob)).toBe(before + 1);
    rig.freeze(false);
  });
});
