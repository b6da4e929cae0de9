import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../test/rigs/process.ts';
import { type SaneRig, startSane } from '../../../test/rigs/sane.ts';
import { systemTimers } from '../timers.ts';
import type { ScanHandlers, ScannedPage, ScanRequest } from './port.ts';
import { scanimageScanner } from './scanimage.ts';

describe('a scanner behind SANE', { timeout: 60_000 }, () => {
  let rig: SaneRig;
  let folder: string;

  beforeAll(async () => {
    rig = await startSane();
    folder = await mkdtemp(join(tmpdir(), 'scan-test-'));
  });
  afterAll(async () => {
    await rig.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    // Whatever happened: no page of it may be left.
    expect(await readdir(folder)).toEqual([]);
    await rig.fail(undefined);
    await rig.jamAfter(undefined);
    await rig.slow(false);
    await rig.plugIn();
  });

  const driver = (more: Parameters<typeof scanimageScanner>[0] = {}) =>
    scanimageScanner({ env: rig.env, command: rig.command, temporaryFolder: folder, ...more });

  const scan = async (
    wanted: Partial<ScanRequest> = {},
    handlers: Partial<ScanHandlers> = {},
    scanner = driver(),
  ) => {
    const pages: ScannedPage[] = [];
    const progress: { index: number; fraction: number }[] = [];
    const result = await scanner.scan(
      {
        scanner: { device: rig.device },
        source: 'flatbed',
        dpi: 200,
        mode: 'grey',
        pageSize: 'A4',
        ...wanted,
      },
      {
        onPage: (page) => {
          pages.push(page);
        },
        onProgress: (step) => progress.push(step),
        ...handlers,
      },
    );
    return { result, pages, progress };
  };

  it('is listed, with what it can', async () => {
    const listed = await driver().list();
    expect(listed).toEqual({
      ok: true,
      value: [{ device: 'test:0', vendor: 'Noname', model: 'frontend-tester', type: 'virtual device' }],
    });
    expect(await driver().capabilities({ device: 'test:0' })).toEqual({
      ok: true,
      value: { sources: ['flatbed', 'feeder'], modes: ['colour', 'grey', 'bw'], dpi: [200, 300], a4: true },
    });
  });

  it.each([
    ['colour', 200, 3],
    ['colour', 300, 3],
    ['grey', 200, 1],
    ['bw', 300, 3],
  ] as const)('scans an A4 page from the glass: %s at %s dpi', async (mode, dpi, channels) => {
    const { result, pages, progress } = await scan({ mode, dpi });
    expect(result).toEqual({ ok: true, value: { pages: 1 } });
    const [page] = pages;
    const picture = await sharp(page?.image).metadata();
    expect(page?.index).toBe(0);
    expect(picture).toMatchObject({ format: 'tiff', channels, density: dpi });
    // A4 is 210 by 297 mm; the backend rounds to whole lines.
    expect(Math.abs((picture.width ?? 0) - (210 / 25.4) * dpi)).toBeLessThan(2);
    expect(Math.abs((picture.height ?? 0) - (297 / 25.4) * dpi)).toBeLessThan(2);
    expect(progress.at(-1)).toEqual({ index: 0, fraction: 1 });
  });

  it('takes all sheets from the feeder, one page after the other', async () => {
    let inHand = 0;
    const order: number[] = [];
    const { result, progress } = await scan(
      { source: 'feeder' },
      {
        onPage: async ({ index }) => {
          inHand += 1;
          expect(inHand).toBe(1);
          await stat(folder);
          order.push(index);
          inHand -= 1;
        },
      },
    );
    expect(result).toEqual({ ok: true, value: { pages: 10 } });
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(progress.map(({ index }) => index)).size).toBeGreaterThanOrEqual(10);
  });

  it('keeps the pages before a jam', async () => {
    await rig.jamAfter(3);
    const { result, pages } = await scan({ source: 'feeder' });
    expect(result).toEqual({ ok: false, error: { code: 'scanner.jammed', pages: 3 } });
    expect(pages).toHaveLength(3);
    await rig.jamAfter(undefined);
    expect((await scan()).result.ok).toBe(true);
  });

  it.each([
    ['JAMMED', 'scanner.jammed'],
    ['NO_DOCS', 'scanner.no-paper'],
    ['COVER_OPEN', 'scanner.cover-open'],
    ['IO_ERROR', 'scanner.unplugged'],
    ['DEVICE_BUSY', 'scanner.busy'],
    ['ACCESS_DENIED', 'scanner.access-denied'],
    ['NO_MEM', 'scanner.failed'],
  ] as const)('tells %s as %s', async (status, code) => {
    await rig.fail(status);
    const { result, pages } = await scan({ source: 'feeder' });
    expect(result).toMatchObject({ ok: false, error: { code, pages: 0 } });
    expect(pages).toEqual([]);
  });

  it('is cancelled in the middle of a page, at once', async () => {
    await rig.slow(true);
    const stopping = new AbortController();
    const started = performance.now();
    const { result } = await scan(
      { mode: 'colour', dpi: 300 },
      { signal: stopping.signal, onProgress: () => stopping.abort() },
    );
    expect(result).toEqual({ ok: false, error: { code: 'scanner.cancelled', pages: 0 } });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('does not start when cancelled before', async () => {
    const { result } = await scan({}, { signal: AbortSignal.abort() });
    expect(result).toEqual({ ok: false, error: { code: 'scanner.cancelled', pages: 0 } });
  });

  it('keeps the pages before a cancel', async () => {
    const stopping = new AbortController();
    let kept = 0;
    const { result } = await scan(
      { source: 'feeder', mode: 'colour' },
      {
        signal: stopping.signal,
        onPage: () => {
          kept += 1;
          if (kept === 3) stopping.abort();
        },
      },
    );
    expect(kept).toBe(3);
    expect(result).toEqual({ ok: false, error: { code: 'scanner.cancelled', pages: 3 } });
  });

  it('ends a scan that says nothing any more', async () => {
    // The slow backend gives a sign of life every 20 ms.
    await rig.slow(true);
    const impatient = driver({ limits: { silence: 2 } });
    const { result } = await scan({ mode: 'colour', dpi: 300 }, {}, impatient);
    expect(result).toMatchObject({ ok: false, error: { code: 'scanner.time-out' } });
  });

  it('outlives a driver that crashes, and ends one that hangs and does not let itself be asked', async () => {
    const tools = await mkdtemp(join(tmpdir(), 'scan-tools-'));
    const tool = async (name: string, script: string): Promise<string> => {
      const path = join(tools, name);
      await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return path;
    };
    try {
      const crashing = driver({ command: await tool('crash', 'kill -SEGV $$') });
      expect(await crashing.list()).toMatchObject({ ok: false, error: { code: 'scanner.failed' } });

      const pidFile = join(tools, 'pid');
      const hanging = driver({
        command: await tool('hang', `trap '' INT; echo $$ >${pidFile}; exec sleep 1000`),
        limits: { list: 20_000 },
        timers: { after: (ms, run) => systemTimers.after(ms / 100, run) },
      });
      expect(await hanging.list()).toEqual({ ok: false, error: { code: 'scanner.time-out' } });
      const pid = Number(await readFile(pidFile, 'utf8'));
      await until('its end', () => !existsSync(`/proc/${pid}`));
    } finally {
      await rm(tools, { recursive: true, force: true });
    }
  });

  it('tells an absent device, an unknown one, and a missing tool apart', async () => {
    expect((await scan({ source: 'feeder-duplex' })).result).toEqual({
      ok: false,
      error: { code: 'scanner.not-offered', params: { what: 'source' }, pages: 0 },
    });
    await rig.unplug();
    expect((await scan()).result).toEqual({ ok: false, error: { code: 'scanner.not-found', pages: 0 } });
    expect(await driver().list()).toEqual({ ok: true, value: [] });
    const none = driver({ command: join(folder, 'no-such-tool') });
    expect(await none.list()).toMatchObject({ ok: false, error: { code: 'scanner.tool-missing' } });
  });

  it('is found again under another name by its maker and model', async () => {
    const scanner = { device: 'test:7', vendor: 'Noname', model: 'frontend-tester' };
    expect((await scan({ scanner })).result).toEqual({ ok: true, value: { pages: 1 } });
    expect((await scan({ scanner: { device: 'test:7' } })).result).toMatchObject({
      ok: false,
      error: { code: 'scanner.not-found' },
    });
  });

  it('throws what the receiver of pages throws, and leaves nothing behind', async () => {
    const broken = scan(
      { source: 'feeder' },
      {
        onPage: () => {
          throw new TypeError('a bug');
        },
      },
    );
    await expect(broken).rejects.toThrow('a bug');
  });
});
