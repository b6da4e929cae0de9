import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Issued, testAuthority } from '../../../../test/rigs/certificates.ts';
import { type EsclMischief, type EsclRig, esclCapabilities, startEscl } from '../../../../test/rigs/escl.ts';
import type { ScanHandlers, ScannedPage, ScanRequest } from '../port.ts';
import { type EsclOptions, esclScanner } from './escl.ts';

const noPins = { known: () => undefined, remember: () => {} };

describe('a scanner that speaks eSCL', () => {
  let rig: EsclRig;
  let usual: EsclMischief;
  beforeAll(async () => {
    rig = await startEscl();
    usual = { ...rig.mischief };
  });
  afterAll(() => rig.stop());
  afterEach(() => {
    Object.assign(rig.mischief, usual, { instead: {} });
    rig.plugIn();
    rig.load(-rig.sheetsLeft());
  });

  const driver = (more: Partial<EsclOptions> = {}) =>
    esclScanner({ pins: noPins, ...more, limits: { pause: 1, ...more.limits } });

  const scan = async (
    wanted: Partial<ScanRequest> = {},
    handlers: Partial<ScanHandlers> = {},
    scanner = driver(),
  ) => {
    const pages: ScannedPage[] = [];
    const result = await scanner.scan(
      {
        scanner: { device: rig.address },
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
        ...handlers,
      },
    );
    return { result, pages };
  };

  it('tells what it can', async () => {
    expect(await driver().capabilities({ device: rig.address })).toEqual({
      ok: true,
      value: {
        sources: ['flatbed', 'feeder', 'feeder-duplex'],
        modes: ['colour', 'grey', 'bw'],
        dpi: [200, 300],
        a4: true,
      },
    });
  });

  it.each([
    ['colour', 200, 3],
    ['grey', 300, 1],
    ['bw', 200, 3],
  ] as const)(
    'scans A4 from the glass, byte for byte what the scanner gave: %s at %s dpi',
    async (mode, dpi, channels) => {
      const { result, pages } = await scan({ mode, dpi });
      expect(result).toEqual({ ok: true, value: { pages: 1 } });
      expect(pages).toMatchObject([{ index: 0, mediaType: 'image/jpeg' }]);
      expect(Buffer.from(pages[0]?.image ?? []).equals(rig.sent.at(-1) ?? Buffer.alloc(0))).toBe(true);
      const picture = await sharp(pages[0]?.image).metadata();
      expect(picture).toMatchObject({ format: 'jpeg', channels, density: dpi });
      expect(Math.abs(picture.width - (210 / 25.4) * dpi)).toBeLessThan(2);
      expect(Math.abs(picture.height - (297 / 25.4) * dpi)).toBeLessThan(2);
      expect(rig.openJobs()).toBe(0);
    },
  );

  it('takes all sheets of the feeder, both sides of each, and no more than asked for', async () => {
    rig.load(3);
    expect((await scan({ source: 'feeder' })).result).toEqual({ ok: true, value: { pages: 3 } });
    rig.load(2);
    expect((await scan({ source: 'feeder-duplex' })).result).toEqual({ ok: true, value: { pages: 4 } });
    rig.load(3);
    expect((await scan({ source: 'feeder', maxPages: 2 })).result).toEqual({ ok: true, value: { pages: 2 } });
    expect([rig.sheetsLeft(), rig.openJobs()]).toEqual([1, 0]);
  });

  it.each([
    ['ScannerAdfJam', 'scanner.jammed'],
    ['ScannerAdfMispick', 'scanner.jammed'],
    ['ScannerAdfHatchOpen', 'scanner.cover-open'],
    ['ScannerAdfMultipickDetected', 'scanner.double-feed'],
    ['ScannerAdfDuplexPageTooLong', 'scanner.failed'],
  ])('keeps the pages before %s, and goes on afterwards', async (adfState, code) => {
    Object.assign(rig.mischief, { stopAfter: 2, adfState });
    rig.load(4);
    const { result, pages } = await scan({ source: 'feeder' });
    expect(result).toMatchObject({ ok: false, error: { code, pages: 2 } });
    expect(pages).toHaveLength(2);
    // It stays as it is until a hand clears it; nothing is begun meanwhile.
    expect((await scan({ source: 'feeder' })).result).toMatchObject({ ok: false, error: { code, pages: 0 } });
    Object.assign(rig.mischief, usual);
    rig.load(0);
    expect((await scan({ source: 'feeder' })).result).toEqual({ ok: true, value: { pages: 2 } });
  });

  it('ends a scan that would fill the disk, with the pages before', async () => {
    rig.load(3);
    const { pages } = await scan({ source: 'feeder' });
    const mostBytes = pages.reduce((sum, { image }) => sum + image.length, -1);
    rig.load(3);
    expect(await scan({ source: 'feeder' }, {}, driver({ mostBytes }))).toMatchObject({
      result: { error: { code: 'scanner.failed', params: { status: 'too-large' }, pages: 2 } },
      pages: [{ index: 0 }, { index: 1 }],
    });
  });

  it('tells an empty feeder, and that what is asked for is not offered', async () => {
    expect((await scan({ source: 'feeder' })).result).toEqual({
      ok: false,
      error: { code: 'scanner.no-paper', pages: 0 },
    });
    const onlyGlass = esclCapabilities.replace(/<scan:Adf>.*<\/scan:Adf>/s, '');
    rig.mischief.instead = { capabilities: { body: onlyGlass } };
    expect((await scan({ source: 'feeder' })).result).toEqual({
      ok: false,
      error: { code: 'scanner.not-offered', params: { what: 'source' }, pages: 0 },
    });
  });

  it('waits while the scanner is busy, and not for ever', async () => {
    rig.mischief.busy = 3;
    expect((await scan()).result).toEqual({ ok: true, value: { pages: 1 } });
    rig.mischief.busy = 1_000;
    const impatient = driver({ limits: { busy: 5 } });
    expect((await scan({}, {}, impatient)).result).toEqual({
      ok: false,
      error: { code: 'scanner.busy', pages: 0 },
    });
  });

  it('keeps the pages before it was unplugged in the middle of one', async () => {
    rig.mischief.unplugAt = 1;
    rig.load(3);
    const { result, pages } = await scan({ source: 'feeder' });
    expect(result).toEqual({ ok: false, error: { code: 'scanner.unplugged', pages: 1 } });
    expect(pages).toHaveLength(1);
    expect((await scan()).result).toEqual({ ok: false, error: { code: 'scanner.not-found', pages: 0 } });
    rig.plugIn();
    rig.load(0);
    expect((await scan()).result.ok).toBe(true);
  });

  it('ends a job whose page never comes', async () => {
    rig.mischief.silentAt = 1;
    rig.load(2);
    const { result } = await scan({ source: 'feeder' }, {}, driver({ limits: { page: 300 } }));
    expect(result).toEqual({ ok: false, error: { code: 'scanner.time-out', pages: 1 } });
    expect(rig.openJobs()).toBe(0);
  });

  it('keeps the pages before a cancel, and tells the scanner to stop', async () => {
    const stopping = new AbortController();
    rig.load(5);
    let kept = 0;
    const { result } = await scan(
      { source: 'feeder' },
      {
        signal: stopping.signal,
        onPage: () => {
          kept += 1;
          if (kept === 2) stopping.abort();
        },
      },
    );
    expect(result).toEqual({ ok: false, error: { code: 'scanner.cancelled', pages: 2 } });
    expect([kept, rig.openJobs()]).toEqual([2, 0]);
    const before = await scan({}, { signal: AbortSignal.abort() });
    expect(before.result).toEqual({ ok: false, error: { code: 'scanner.cancelled', pages: 0 } });
  });

  it('throws what the receiver of pages throws, and tells the scanner to stop', async () => {
    rig.load(2);
    const broken = scan(
      { source: 'feeder' },
      {
        onPage: () => {
          throw new TypeError('a bug');
        },
      },
    );
    await expect(broken).rejects.toThrow('a bug');
    expect(rig.openJobs()).toBe(0);
  });

  it.each<[string, Partial<EsclMischief>, object]>([
    [
      'capabilities that are none',
      { instead: { capabilities: { body: '<html/>' } } },
      { status: 'ScannerCapabilities' },
    ],
    ['a status that is none', { instead: { status: { body: 'OK' } } }, { status: 'ScannerStatus' }],
    ['endless XML', { instead: { status: { body: 'x'.repeat(600_000) } } }, { status: 'too-large' }],
    ['a page that is no picture', { instead: { page: { body: 'x'.repeat(5_000) } } }, { status: 'image' }],
    [
      'a picture that is cut off',
      { instead: { page: { body: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(9_000)]) } } },
      { status: 'image' },
    ],
    ['a job without a place', { location: () => 'https://elsewhere.example/' }, { status: 'Location' }],
    [
      'a scanner that sends us elsewhere',
      { instead: { capabilities: { status: 302, headers: { location: '/x' } } } },
      { status: 302 },
    ],
    ['a server that fails', { instead: { capabilities: { status: 500 } } }, { status: 500 }],
  ])('refuses %s', async (_, mischief, params) => {
    Object.assign(rig.mischief, mischief);
    expect((await scan()).result).toEqual({ ok: false, error: { code: 'scanner.failed', params, pages: 0 } });
  });

  it('asks only the scanner it was given, whatever that says of its own name', async () => {
    rig.mischief.location = (path) => `http://scanner.invalid:9${path}`;
    expect((await scan()).result).toEqual({ ok: true, value: { pages: 1 } });
  });

  it.each(['ftp://127.0.0.1/', 'http://user:word@127.0.0.1/', 'http://127.0.0.1/?a=b', 'test:0'])(
    'has no address %s',
    async (device) => {
      expect(await driver().capabilities({ device })).toMatchObject({
        error: { code: 'scanner.bad-address' },
      });
    },
  );

  it('tells a scanner that lets only others in', async () => {
    rig.mischief.instead = { capabilities: { status: 403 } };
    expect((await scan()).result).toMatchObject({ error: { code: 'scanner.access-denied' } });
  });
});

describe('a scanner behind TLS with a certificate of its own', () => {
  let authority: ReturnType<typeof testAuthority>;
  let issued: Issued[];
  beforeAll(() => {
    authority = testAuthority();
    issued = [authority.issue('one'), authority.issue('two')];
  });
  afterAll(() => authority.remove());

  it('is held to the certificate that was seen first', async () => {
    const [one, two] = issued;
    if (!one || !two) throw new Error('no certificates');
    const pinned = new Map<string, string>();
    const scanner = esclScanner({
      pins: {
        known: (device) => pinned.get(device),
        remember: (device, pin) => void pinned.set(device, pin),
      },
    });
    const first = await startEscl(one);
    const second = await startEscl(two);
    try {
      const { address: device } = first;
      expect((await scanner.capabilities({ device })).ok).toBe(true);
      expect(pinned.get(device)).toMatch(/^[0-9a-f]{64}$/);
      expect((await scanner.capabilities({ device })).ok).toBe(true);
      pinned.set(second.address, pinned.get(device) ?? '');
      expect(await scanner.capabilities({ device: second.address })).toEqual({
        ok: false,
        error: { code: 'scanner.not-trusted' },
      });
      // Not a byte left for the stranger.
      expect(second.requests).toEqual([]);
    } finally {
      await first.stop();
      await second.stop();
    }
  });

  it('is not taken with a certificate of its own once an authority has vouched for it', async () => {
    const [one] = issued;
    if (!one) throw new Error('no certificate');
    const pinned = new Map<string, string>();
    const scanner = esclScanner({
      pins: {
        known: (device) => pinned.get(device),
        remember: (device, pin) => void pinned.set(device, pin),
      },
    });
    const usual = getCACertificates('default');
    const rig = await startEscl(one);
    try {
      setDefaultCACertificates([authority.ca]);
      expect((await scanner.capabilities({ device: rig.address })).ok).toBe(true);
      expect((await scanner.capabilities({ device: rig.address })).ok).toBe(true);
      // Whoever stands in its place now has nobody's word.
      setDefaultCACertificates(usual);
      expect(await scanner.capabilities({ device: rig.address })).toMatchObject({
        error: { code: 'scanner.not-trusted' },
      });
    } finally {
      setDefaultCACertificates(usual);
      await rig.stop();
    }
  });
});
