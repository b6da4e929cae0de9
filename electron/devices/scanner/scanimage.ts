import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../../values/result.ts';
import { type ChildEnd, runChild, type Spawn } from '../child.ts';
import { systemTimers, type Timers, withinLimit } from '../timers.ts';
import { failureOf } from './failures.ts';
import { lineSplitter } from './lines.ts';
import { abilitiesOf, type DeviceOption, parseDeviceOptions, planScan } from './options.ts';
import { pageFolders } from './page-folder.ts';
import type {
  DocumentScanner,
  ScanFailure,
  ScanHandlers,
  ScannerAddress,
  ScannerDevice,
  ScannerFailure,
  ScanRequest,
} from './port.ts';

export type ScanimageOptions = {
  /** Default `scanimage`, looked up on PATH. */
  command?: string;
  /** Added to the environment of the tool, for example SANE_CONFIG_DIR. */
  env?: Readonly<Record<string, string>>;
  /** Where page images lie for the moment between the tool and `onPage`; default the system's temporary folder. */
  temporaryFolder?: string;
  /** Whose page images they are, from one run of the program to the next. */
  owner?: string;
  timers?: Timers;
  spawn?: Spawn;
  limits?: Partial<ScanLimits>;
};

/** Milliseconds. Network drivers take many seconds to look around; a lamp may warm up for a minute. */
export type ScanLimits = { list: number; options: number; silence: number };

const usualLimits: ScanLimits = { list: 20_000, options: 20_000, silence: 120_000 };

/** Parses `scanimage -f '%d|%v|%m|%t%n'`; a vendor or model may itself hold the separator, so it is an unusual one. */
const separator = '\u001f';
export const parseDeviceList = (text: string): ScannerDevice[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const [device, vendor, model, type] = line.split(separator);
    return device && vendor !== undefined && model !== undefined
      ? [{ device, vendor, model, type: type ?? '' }]
      : [];
  });

const backendOf = (device: string): string => device.split(':')[0] ?? device;

/** The device's present name: its own when it is listed, else the only one of the same driver, vendor and model. */
export const presentName = (
  address: ScannerAddress,
  devices: readonly ScannerDevice[],
): string | undefined => {
  if (devices.some(({ device }) => device === address.device)) return address.device;
  if (address.vendor === undefined || address.model === undefined) return undefined;
  const same = devices.filter(
    ({ device, vendor, model }) =>
      vendor === address.vendor && model === address.model && backendOf(device) === backendOf(address.device),
  );
  return same.length === 1 ? same[0]?.device : undefined;
};

/** Document scanners through SANE's command line tool (sane-utils). */
export const scanimageScanner = (options: ScanimageOptions = {}): DocumentScanner => {
  const command = options.command ?? 'scanimage';
  const timers = options.timers ?? systemTimers;
  const limits = { ...usualLimits, ...options.limits };
  const inFolder = pageFolders(options.temporaryFolder ?? tmpdir(), options.owner);

  const run = (
    args: readonly string[],
    extra: {
      silenceLimitMs: number;
      signal?: AbortSignal | undefined;
      saidAll?: AbortSignal;
      onStdout?(text: string): void;
      onStderr?(text: string): void;
    },
  ): Promise<ChildEnd> => {
    const { signal, ...rest } = extra;
    return runChild(command, args, {
      // The tool's own words are parsed, so they must be English.
      env: { ...process.env, ...options.env, LC_ALL: 'C', LANGUAGE: '' },
      timers,
      ...(options.spawn ? { spawn: options.spawn } : {}),
      ...(signal ? { signal } : {}),
      ...rest,
    });
  };

  const endFailure = (end: ChildEnd): ScannerFailure | undefined => {
    if (end.ended === 'exit') return failureOf(end.exitCode, end.stderr);
    if (end.ended === 'tool-missing') return { code: 'scanner.tool-missing', params: { tool: command } };
    return { code: end.ended === 'aborted' ? 'scanner.cancelled' : 'scanner.time-out' };
  };

  const textOf = async (
    args: readonly string[],
    limitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<string, ScannerFailure>> => {
    const outcome = await withinLimit(timers, limitMs, signal, (inner) =>
      run(args, { silenceLimitMs: limitMs, signal: inner }),
    );
    if (outcome.ended === 'time-out') return err({ code: 'scanner.time-out' });
    if (outcome.ended === 'aborted') return err({ code: 'scanner.cancelled' });
    const failure = endFailure(outcome.value);
    if (failure) return err(failure);
    return ok(outcome.value.ended === 'exit' ? outcome.value.stdout : '');
  };

  const list: DocumentScanner['list'] = async ({ signal } = {}) => {
    const format = ['%d', '%v', '%m', '%t'].join(separator);
    const text = await textOf(['-f', `${format}%n`], limits.list, signal);
    return text.ok ? ok(parseDeviceList(text.value)) : text;
  };

  /** Asks the device for its options, under its present name when it was plugged in elsewhere meanwhile. */
  const optionsOf = async (
    address: ScannerAddress,
    signal: AbortSignal | undefined,
  ): Promise<Result<{ device: string; options: DeviceOption[] }, ScannerFailure>> => {
    const ask = async (device: string) => {
      const text = await textOf(['-d', device, '-A'], limits.options, signal);
      return text.ok ? ok({ device, options: parseDeviceOptions(text.value) }) : text;
    };
    const first = await ask(address.device);
    if (first.ok || first.error.code !== 'scanner.not-found' || address.model === undefined) return first;
    const devices = await list(signal ? { signal } : {});
    const name = devices.ok ? presentName(address, devices.value) : undefined;
    return name === undefined || name === address.device ? first : ask(name);
  };

  const capabilities: DocumentScanner['capabilities'] = async (address, { signal } = {}) => {
    const found = await optionsOf(address, signal);
    return found.ok ? ok(abilitiesOf(found.value.options)) : found;
  };

  const scanInto = async (
    target: string,
    request: ScanRequest,
    handlers: ScanHandlers,
  ): Promise<Result<{ pages: number }, ScanFailure>> => {
    const found = await optionsOf(request.scanner, handlers.signal);
    if (!found.ok) return err({ ...found.error, pages: 0 });
    const plan = planScan(found.value.options, request);
    if ('missing' in plan) {
      return err({ code: 'scanner.not-offered', params: { what: plan.missing }, pages: 0 });
    }
    const flatbed = request.source === 'flatbed';
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    if (handlers.signal?.aborted) stop();
    else handlers.signal?.addEventListener('abort', stop, { once: true });

    let pages = 0;
    let inScanner = 0;
    /** A bug in `onPage`, carried out of the chain to our caller. */
    let thrown: { error: unknown } | undefined;
    let deliveries: Promise<void> = Promise.resolve();
    const deliver = async (path: string) => {
      if (thrown || stopping.signal.aborted) return;
      const image = await readFile(path);
      await rm(path, { force: true });
      await handlers.onPage({ index: pages, image, mediaType: 'image/tiff' });
      pages += 1;
    };
    const onFile = lineSplitter((line) => {
      if (!line.startsWith(target)) return;
      deliveries = deliveries
        .then(() => deliver(line))
        .catch((error: unknown) => {
          thrown ??= { error };
          stop();
        });
    });
    const saidAll = new AbortController();
    const onNotice = lineSplitter((line) => {
      // scanimage may hang after this line, cleaning up behind a driver that failed.
      if (/^Batch terminated/.test(line)) saidAll.abort();
      const page = /^Scanning page (\d+)/.exec(line)?.[1];
      if (page !== undefined) inScanner = Number(page) - 1;
      const percent = /^Progress: ([\d.]+)%/.exec(line)?.[1];
      if (percent === undefined || stopping.signal.aborted) return;
      handlers.onProgress?.({ index: inScanner, fraction: Math.min(1, Number(percent) / 100) });
    });

    const end = await run(
      [
        // As it is read, not packed: what is packed has to be unpacked before anything can be shown of it.
        ...['-d', found.value.device, '--format=tiff', '--progress', ...plan.args],
        ...[`--batch=${join(target, 'page-%04d.tiff')}`, '--batch-print'],
        `--batch-count=${flatbed ? 1 : (request.maxPages ?? 200)}`,
      ],
      {
        silenceLimitMs: limits.silence,
        signal: stopping.signal,
        saidAll: saidAll.signal,
        onStdout: onFile,
        onStderr: onNotice,
      },
    );
    await deliveries;
    handlers.signal?.removeEventListener('abort', stop);
    if (thrown) throw thrown.error;
    const failure = endFailure(end);
    // The feeder running empty is how a batch ends well.
    if (failure && !(failure.code === 'scanner.no-paper' && pages > 0)) return err({ ...failure, pages });
    if (pages === 0) return err({ code: flatbed ? 'scanner.failed' : 'scanner.no-paper', pages });
    return ok({ pages });
  };

  const scan: DocumentScanner['scan'] = async (request, handlers) =>
    (await inFolder((target) => scanInto(target, request, handlers))) ??
    err({ code: 'scanner.failed', params: { status: 'temporary-folder' }, pages: 0 });

  return { list, capabilities, scan };
};
