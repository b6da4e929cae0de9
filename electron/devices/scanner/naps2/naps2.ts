import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { err, ok, type Result } from '../../../values/result.ts';
import { type ChildEnd, runChild, type Spawn } from '../../child.ts';
import { systemTimers, type Timers, withinLimit } from '../../timers.ts';
import { lineSplitter } from '../lines.ts';
import { pageFolders } from '../page-folder.ts';
import type {
  DocumentScanner,
  ScanFailure,
  ScanHandlers,
  ScannerAddress,
  ScannerDevice,
  ScannerFailure,
  ScanRequest,
} from '../port.ts';
import { dpiOfPng, isWholePng } from './png.ts';
import { askFor, saidFailure, saidPage, saidTotal } from './words.ts';

export type Naps2Options = {
  /** Where the program may be; the first that can be started is taken. */
  programs: readonly string[];
  temporaryFolder?: string;
  /** Whose page images they are, from one run of the program to the next. */
  owner?: string;
  timers?: Timers;
  spawn?: Spawn;
  limits?: Partial<Naps2Limits>;
};

/** Milliseconds. The console speaks once a page; a driver that waits for a click of its own window never speaks. */
export type Naps2Limits = { list: number; silence: number };
const usualLimits: Naps2Limits = { list: 20_000, silence: 120_000 };

/** Windows' two ways to a scanner. WIA is listed first: a TWAIN driver may open windows of its own. */
const drivers = ['wia', 'twain'] as const;
type Driver = (typeof drivers)[number];

/** Where NAPS2's installer puts the console, for all users: only an administrator writes there. */
export const usualPlaces = (env: Readonly<Record<string, string | undefined>>): string[] =>
  ['ProgramFiles', 'ProgramFiles(x86)'].flatMap((name) => {
    const folder = env[name];
    return folder ? [win32.join(folder, 'NAPS2', 'NAPS2.Console.exe')] : [];
  });

const deviceOf = (driver: Driver, name: string): string => `naps2-${driver}:${name}`;
const readDevice = (device: string): { driver: Driver; name: string } | undefined => {
  const [, said, name] = /^naps2-(\w+):(.+)$/u.exec(device) ?? [];
  const driver = drivers.find((each) => each === said);
  return driver && name ? { driver, name } : undefined;
};

const sources = { flatbed: 'glass', feeder: 'feeder', 'feeder-duplex': 'duplex' } as const;
// What is to become black and white is scanned in colour, as by the other drivers.
const depths = { colour: 'color', grey: 'gray', bw: 'color' } as const;

const folderFailure: ScannerFailure = { code: 'scanner.failed', params: { status: 'temporary-folder' } };

/** A driver may scan as it likes. What is bound has its paper's true size only where the picture was scanned as it is told to be. */
const MOST_OFF = 0.02;
const isScannedAt = (dpi: number, picture: Buffer): boolean =>
  dpiOfPng(picture)?.every((own) => Math.abs(own - dpi) <= dpi * MOST_OFF) ?? false;

/**
 * Scanners behind Windows' own drivers, through the console of NAPS2: a program (GPL) that the office installs, started as a child and in no
 * other way joined to us. It has all pages written when its scan ends, so they come together then.
 */
export const naps2Scanner = (options: Naps2Options): DocumentScanner => {
  const timers = options.timers ?? systemTimers;
  const limits = { ...usualLimits, ...options.limits };
  const inFolder = pageFolders(options.temporaryFolder ?? tmpdir(), options.owner);

  const run = async (
    folder: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
    onStdout: (text: string) => void = () => {},
  ): Promise<ChildEnd> => {
    for (const program of options.programs) {
      const end = await runChild(program, args, {
        // Its settings, its temporary pictures and those it keeps for a rescue lie in our folder and go with it, also when it is killed.
        env: { ...process.env, NAPS2_TEST_DATA: join(folder, 'naps2') },
        timers,
        silenceLimitMs: limits.silence,
        onStdout,
        ...(options.spawn ? { spawn: options.spawn } : {}),
        ...(signal ? { signal } : {}),
      });
      if (end.ended !== 'tool-missing') return end;
    }
    return { ended: 'tool-missing' };
  };

  /** Its exit code tells little: 0 comes after some failures too. */
  const failureOf = (end: ChildEnd): ScannerFailure | undefined => {
    switch (end.ended) {
      case 'tool-missing':
        return { code: 'scanner.tool-missing', params: { tool: 'NAPS2' } };
      case 'aborted':
        return { code: 'scanner.cancelled' };
      case 'time-out':
        return { code: 'scanner.time-out' };
      case 'exit': {
        const said = saidFailure(end.stdout);
        if (said || end.exitCode === 0) return said;
        return { code: 'scanner.failed', params: { status: end.exitCode ?? 'signal' } };
      }
    }
  };

  const namesOf = async (
    driver: Driver,
    signal: AbortSignal | undefined,
  ): Promise<Result<string[], ScannerFailure>> => {
    const outcome = await withinLimit(timers, limits.list, signal, (inner) =>
      inFolder((folder) => run(folder, ['--listdevices', '--driver', driver], inner)),
    );
    if (outcome.ended === 'time-out') return err({ code: 'scanner.time-out' });
    if (outcome.ended === 'aborted') return err({ code: 'scanner.cancelled' });
    if (outcome.value === undefined) return err(folderFailure);
    const failure = failureOf(outcome.value);
    if (failure) return failure.code === 'scanner.not-found' ? ok([]) : err(failure);
    const text = outcome.value.ended === 'exit' ? outcome.value.stdout : '';
    return ok(
      text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    );
  };

  const list: DocumentScanner['list'] = async ({ signal } = {}) => {
    const lists = await Promise.all(
      drivers.map(async (driver) => {
        const names = await namesOf(driver, signal);
        if (!names.ok) return names;
        return ok(
          names.value.map(
            (name): ScannerDevice => ({
              device: deviceOf(driver, name),
              vendor: '',
              model: name,
              type: driver,
            }),
          ),
        );
      }),
    );
    // A machine without one of the ways works by the other.
    const good = lists.filter((each) => each.ok);
    const [failed] = lists;
    return failed && good.length === 0 ? failed : ok(good.flatMap(({ value }) => value));
  };

  /** The scanner as it is listed now, and what to ask the program for. */
  const present = async (
    { device }: ScannerAddress,
    signal: AbortSignal | undefined,
  ): Promise<Result<{ driver: Driver; ask: string }, ScannerFailure>> => {
    const wanted = readDevice(device);
    if (!wanted) return err({ code: 'scanner.not-found' });
    const names = await namesOf(wanted.driver, signal);
    if (!names.ok) return names;
    if (!names.value.includes(wanted.name)) return err({ code: 'scanner.not-found' });
    const ask = askFor(wanted.name, names.value);
    return ask === undefined
      ? err({ code: 'scanner.failed', params: { status: 'same-name' } })
      : ok({ driver: wanted.driver, ask });
  };

  /** The console does not tell what a scanner can. What it cannot shows when it is asked for. */
  const capabilities: DocumentScanner['capabilities'] = async (scanner, { signal } = {}) => {
    const found = await present(scanner, signal);
    if (!found.ok) return found;
    return ok({
      sources: ['flatbed', 'feeder', 'feeder-duplex'],
      modes: ['colour', 'grey', 'bw'],
      dpi: [200, 300],
      a4: true,
    });
  };

  const scanInto = async (
    folder: string,
    request: ScanRequest,
    { onPage, onProgress, signal }: ScanHandlers,
  ): Promise<Result<{ pages: number }, ScanFailure>> => {
    const found = await present(request.scanner, signal);
    if (!found.ok) return err({ ...found.error, pages: 0 });
    const end = await run(
      folder,
      [
        ...['--noprofile', '--verbose', '--driver', found.value.driver, `--device=${found.value.ask}`],
        ...['--source', sources[request.source], '--pagesize', 'a4', '--dpi', String(request.dpi)],
        ...['--bitdepth', depths[request.mode], '--output', join(folder, 'page-$(nnnn).png')],
      ],
      signal,
      lineSplitter((line) => {
        const page = saidPage(line);
        if (page !== undefined && !signal?.aborted) onProgress?.({ index: page - 1, fraction: 1 });
      }),
    );
    if (end.ended !== 'exit') return err({ ...(failureOf(end) ?? { code: 'scanner.failed' }), pages: 0 });

    const most = request.source === 'flatbed' ? 1 : (request.maxPages ?? 200);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).toSorted();
    let pages = 0;
    const ended = (failure: ScannerFailure): Result<never, ScanFailure> => err({ ...failure, pages });
    for (const name of names.slice(0, most)) {
      if (signal?.aborted) return ended({ code: 'scanner.cancelled' });
      const image = await readFile(join(folder, name));
      if (!isWholePng(image)) return ended({ code: 'scanner.failed', params: { status: 'image' } });
      if (!isScannedAt(request.dpi, image))
        return ended({ code: 'scanner.not-offered', params: { what: 'dpi' } });
      await onPage({ index: pages, image: new Uint8Array(image), mediaType: 'image/png' });
      pages += 1;
    }
    const failure = failureOf(end);
    if (failure && !(failure.code === 'scanner.no-paper' && pages > 0)) return ended(failure);
    const total = saidTotal(end.stdout);
    if (total === undefined || total > names.length)
      return ended({ code: 'scanner.failed', params: { status: 'pages-missing' } });
    if (total > most) return ended({ code: 'scanner.took-more', params: { taken: total, kept: pages } });
    if (pages === 0)
      return ended(
        request.source === 'flatbed'
          ? { code: 'scanner.failed', params: { status: 'no-page' } }
          : { code: 'scanner.no-paper' },
      );
    return ok({ pages });
  };

  const scan: DocumentScanner['scan'] = async (request, handlers) =>
    (await inFolder((folder) => scanInto(folder, request, handlers))) ?? err({ ...folderFailure, pages: 0 });

  return { list, capabilities, scan };
};
