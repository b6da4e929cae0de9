import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Naps2Rig, startNaps2Console } from '../../../../test/rigs/naps2-console.ts';
import { systemTimers } from '../../timers.ts';
import type { ScanHandlers, ScannedPage, ScanRequest } from '../port.ts';
import { naps2Scanner, usualPlaces } from './naps2.ts';

const picture = async (grey: number, density?: number): Promise<Uint8Array> => {
  const plain = sharp({
    create: { width: 40, height: 60, channels: 3, background: { r: grey, g: grey, b: grey } },
  });
  return new Uint8Array(await (density ? plain.withMetadata({ density }) : plain).png().toBuffer());
};

describe('a scanner behind NAPS2', { timeout: 60_000 }, () => {
  let rig: Naps2Rig;
  let folder: string;
  let sheets: Uint8Array[];
  beforeAll(async () => {
    sheets = await Promise.all([10, 90, 170].map((grey) => picture(grey, 300)));
    rig = await startNaps2Console(await picture(250, 300));
    folder = await mkdtemp(join(tmpdir(), 'naps2-test-'));
  });
  afterAll(async () => {
    await rig.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    // Whatever happened: no page of it may be left, nor what NAPS2 keeps for a rescue.
    expect(await readdir(folder)).toEqual([]);
    await rig.trouble(undefined);
    await rig.load(sheets);
    await rig.change({
      devices: { wia: ['Brother ADS-2200'], twain: ['Brother ADS-2200'] },
      language: 'cs',
      encoding: 'dos',
    });
  });

  const driver = (more: Partial<Parameters<typeof naps2Scanner>[0]> = {}) =>
    naps2Scanner({
      programs: [join(folder, 'no-such-program'), rig.program],
      temporaryFolder: folder,
      ...more,
    });
  const scan = async (
    wanted: Partial<ScanRequest> = {},
    handlers: Partial<ScanHandlers> = {},
    scanner = driver(),
  ) => {
    const pages: ScannedPage[] = [];
    const result = await scanner.scan(
      { scanner: { device: rig.device }, source: 'feeder', dpi: 300, mode: 'bw', pageSize: 'A4', ...wanted },
      {
        onPage: (page) => {
          pages.push(page);
        },
        ...handlers,
      },
    );
    return { result, pages };
  };
  const failed = (code: string, pages: number, params?: unknown) => ({
    ok: false,
    error: { code, pages, ...(params ? { params } : {}) },
  });

  it('is listed by both of Windows’ ways, or by the one that is there, with what it may be asked for', async () => {
    expect(await driver().list()).toEqual({
      ok: true,
      value: (['wia', 'twain'] as const).map((type) => ({
        device: `naps2-${type}:Brother ADS-2200`,
        vendor: '',
        model: 'Brother ADS-2200',
        type,
      })),
    });
    await rig.change({ devices: { wia: ['Brother ADS-2200'], twain: null } });
    expect(await driver().list()).toMatchObject({ ok: true, value: [{ type: 'wia' }] });
    expect(await driver().capabilities({ device: rig.device })).toMatchObject({
      ok: true,
      value: { sources: ['flatbed', 'feeder', 'feeder-duplex'], dpi: [200, 300] },
    });
    await rig.change({ devices: { wia: null, twain: null } });
    expect(await driver().list()).toEqual({
      ok: false,
      error: { code: 'scanner.failed', params: { status: 'driver' } },
    });
  });

  it('gives a page from the glass, and all sheets of the feeder in their order', async () => {
    expect((await scan({ source: 'flatbed', mode: 'colour' })).result).toEqual({
      ok: true,
      value: { pages: 1 },
    });
    await rig.load(await Promise.all(Array.from({ length: 12 }, (_none, at) => picture(at * 20, 300))));
    const progress: number[] = [];
    const { result, pages } = await scan(
      { source: 'feeder-duplex' },
      { onProgress: ({ index }) => progress.push(index) },
    );
    expect(result).toEqual({ ok: true, value: { pages: 12 } });
    const first = await Promise.all(pages.map(async ({ image }) => (await sharp(image).raw().toBuffer())[0]));
    expect(first).toEqual(Array.from({ length: 12 }, (_none, at) => at * 20));
    expect(pages.map(({ index }) => index)).toEqual(progress);
  });

  it.each([
    ['jam', 2, failed('scanner.jammed', 2)],
    ['cover', 0, failed('scanner.cover-open', 0)],
    ['busy', 0, failed('scanner.busy', 0)],
    ['offline', 0, failed('scanner.not-found', 0)],
    ['interrupted', 1, failed('scanner.unplugged', 1)],
    ['empty', 0, failed('scanner.no-paper', 0)],
    ['no-feeder', 0, failed('scanner.not-offered', 0, { what: 'source' })],
    ['driver', 1, failed('scanner.failed', 1, { status: 'driver' })],
    ['crashes', 2, failed('scanner.failed', 0, { status: 'signal' })],
    ['unexpected', 2, failed('scanner.failed', 0, { status: 'unexpected' })],
    ['disk-full', 2, failed('scanner.failed', 2, { status: 1 })],
  ] as const)('tells %s behind %s pages, in either language', async (is, after, told) => {
    await rig.trouble(is, after);
    for (const language of ['cs', 'en'] as const) {
      await rig.change({ language });
      const { result, pages } = await scan();
      expect(result).toEqual(told);
      expect(pages.map(({ image }) => Buffer.from(image))).toEqual(
        sheets.slice(0, told.error.pages).map((sheet) => Buffer.from(sheet)),
      );
    }
  });

  it.each([200, 292, undefined])(
    'takes no page of %s dots to an inch where 300 were asked for: it would be bound in another size',
    async (density) => {
      await rig.load([await picture(10, 304), await picture(90, density)]);
      expect((await scan()).result).toEqual(failed('scanner.not-offered', 1, { what: 'dpi' }));
    },
  );

  it('ends well when the feeder is empty behind its sheets, and tells an empty one', async () => {
    await rig.trouble('empty', 3);
    expect((await scan()).result).toEqual({ ok: true, value: { pages: 3 } });
    await rig.trouble(undefined);
    await rig.load([]);
    expect((await scan()).result).toEqual(failed('scanner.no-paper', 0));
  });

  it('says that a whole feeder went through where fewer sheets were asked for', async () => {
    const { result, pages } = await scan({ maxPages: 1 });
    expect(result).toEqual(failed('scanner.took-more', 1, { taken: 3, kept: 1 }));
    expect(pages).toHaveLength(1);
  });

  it('is cancelled while it scans, and while its pages are taken', async () => {
    await rig.trouble('hangs', 1);
    const stopping = new AbortController();
    expect((await scan({}, { signal: stopping.signal, onProgress: () => stopping.abort() })).result).toEqual(
      failed('scanner.cancelled', 0),
    );
    await rig.trouble(undefined);
    const later = new AbortController();
    expect((await scan({}, { signal: later.signal, onPage: () => later.abort() })).result).toEqual(
      failed('scanner.cancelled', 1),
    );
    expect((await scan({}, { signal: AbortSignal.abort() })).result).toEqual(failed('scanner.cancelled', 0));
  });

  it('is ended when it hangs and does not let itself be asked', async () => {
    await rig.trouble('deaf', 1);
    const hasty = driver({ timers: { after: (ms, run) => systemTimers.after(ms / 20, run) } });
    expect((await scan({}, {}, hasty)).result).toEqual(failed('scanner.time-out', 0));
  });

  it('is not taken for another, nor looked for under an address of another driver', async () => {
    await rig.change({ devices: { wia: ['Brother ADS-2200 LAN', 'Brother ADS-2200'], twain: [] } });
    expect((await scan()).result).toEqual(failed('scanner.failed', 0, { status: 'same-name' }));
    for (const device of ['naps2-twain:Brother ADS-2200', 'naps2-wia:fi-7160', 'naps2-escl:x', 'test:0'])
      expect((await scan({ scanner: { device } })).result).toEqual(failed('scanner.not-found', 0));
  });

  it('is found by what can be read of a name with accents in the console’s code page', async () => {
    await rig.change({ devices: { wia: ['Skener přízemí'], twain: [] } });
    const listed = await driver().list();
    const device = listed.ok ? (listed.value[0]?.device ?? '') : '';
    expect(device).toContain('Skener p');
    expect((await scan({ scanner: { device } })).result).toEqual({ ok: true, value: { pages: 3 } });
  });

  it('says that the program is missing', async () => {
    const none = driver({ programs: usualPlaces({ ProgramFiles: folder }) });
    expect(await none.list()).toEqual({
      ok: false,
      error: { code: 'scanner.tool-missing', params: { tool: 'NAPS2' } },
    });
    expect(
      usualPlaces({ ProgramFiles: 'C:\\Program Files', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' }),
    ).toEqual([
      'C:\\Program Files\\NAPS2\\NAPS2.Console.exe',
      'C:\\Program Files (x86)\\NAPS2\\NAPS2.Console.exe',
    ]);
  });

  it('throws what the receiver of pages throws, and leaves nothing behind', async () => {
    const broken = scan(
      {},
      {
        onPage: () => {
          throw new TypeError('a bug');
        },
      },
    );
    await expect(broken).rejects.toThrow('a bug');
  });
});
