import { err, ok, type Result } from '../../../values/result.ts';
import { systemTimers, type Timers, wait } from '../../timers.ts';
import type { DocumentScanner, ScanFailure, ScannerFailure } from '../port.ts';
import {
  abilitiesOf,
  type EsclCapabilities,
  type EsclStatus,
  MAX_XML_BYTES,
  planScan,
  readCapabilities,
  readStatus,
} from './documents.ts';
import { failureOfHttp, failureOfJob, failureOfStatus } from './failures.ts';
import {
  connectTo,
  type EsclAnswer,
  type EsclConnection,
  type EsclTrouble,
  type ScannerPins,
  serviceAddress,
} from './http.ts';

/** Milliseconds. A page takes its time: the lamp warms up, the feeder pulls; all of the page is over within `page`. */
export type EsclLimits = { connect: number; answer: number; page: number; busy: number; pause: number };

const usualLimits: EsclLimits = { connect: 5_000, answer: 15_000, page: 180_000, busy: 30_000, pause: 1_000 };

/** A scanner that has gone is not waited for: the desk may be ending. */
const CLOSING_MS = 2_000;
/** A colour A3 page of 600 dpi as JPEG has some 30 MB. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/** A full feeder of colour pages has a third of it; more is somebody who fills the disk. */
const MAX_SCAN_BYTES = 1024 * 1024 * 1024;

export type EsclOptions = {
  pins: ScannerPins;
  timers?: Timers;
  limits?: Partial<EsclLimits>;
  /** The most bytes of one scan, all pages together. */
  mostBytes?: number;
};

const troubleOf = (trouble: EsclTrouble, began: boolean): ScannerFailure => {
  switch (trouble) {
    case 'unreachable':
      return { code: began ? 'scanner.unplugged' : 'scanner.not-found' };
    case 'too-large':
      return { code: 'scanner.failed', params: { status: 'too-large' } };
    case 'time-out':
      return { code: 'scanner.time-out' };
    case 'cancelled':
      return { code: 'scanner.cancelled' };
    case 'not-trusted':
      return { code: 'scanner.not-trusted' };
  }
};

/** From its first marker to its last; some scanners fill up behind it. What the line cut off is no page. */
const isWholeJpeg = (bytes: Buffer): boolean =>
  bytes.length > 100 &&
  bytes.readUInt16BE(0) === 0xffd8 &&
  bytes.subarray(-4096).includes(Buffer.from([0xff, 0xd9]));

/** The job's path on the scanner we asked. Its own idea of its name and port does not lead us elsewhere. */
const jobPath = (location: string | undefined, base: URL): string | undefined => {
  if (location === undefined || !URL.canParse(location, base)) return undefined;
  const path = new URL(location, base).pathname.replace(/\/+$/, '');
  return /\/ScanJobs\/[^/]+$/.test(path) ? path : undefined;
};

/** Scanners on the network that speak eSCL (AirScan, Mopria): no driver is needed. A scanner's `device` is its address. */
export const esclScanner = (options: EsclOptions): Pick<DocumentScanner, 'capabilities' | 'scan'> => {
  const timers = options.timers ?? systemTimers;
  const limits = { ...usualLimits, ...options.limits };
  const mostBytes = options.mostBytes ?? MAX_SCAN_BYTES;

  const readOf = async <T>(
    line: EsclConnection,
    path: string,
    read: (xml: string) => T | undefined,
    began: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<T, ScannerFailure>> => {
    const answer = await line.send({
      method: 'GET',
      path,
      mostBytes: MAX_XML_BYTES,
      limitMs: limits.answer,
      signal,
    });
    if (!answer.ok) return err(troubleOf(answer.error, began));
    if (answer.value.status !== 200) return err(failureOfHttp(answer.value.status));
    const value = read(answer.value.body.toString('utf8'));
    return value === undefined ? err({ code: 'scanner.failed', params: { status: path } }) : ok(value);
  };

  const withLine = async <T, F>(
    device: string,
    unknown: F,
    work: (line: EsclConnection, base: URL) => Promise<Result<T, F>>,
  ): Promise<Result<T, F>> => {
    const base = serviceAddress(device);
    if (!base) return err(unknown);
    const line = connectTo(device, base, { pins: options.pins, timers, connectMs: limits.connect });
    try {
      return await work(line, base);
    } finally {
      await line.close();
    }
  };

  const capabilities: DocumentScanner['capabilities'] = ({ device }, { signal } = {}) =>
    withLine(device, { code: 'scanner.bad-address' } as ScannerFailure, async (line) => {
      const found = await readOf(line, 'ScannerCapabilities', readCapabilities, false, signal);
      return found.ok ? ok(abilitiesOf(found.value)) : found;
    });

  /** Sends until the scanner is no longer busy, for so long as the limit says. */
  const patiently = async (
    send: () => Promise<Result<EsclAnswer, EsclTrouble>>,
    signal: AbortSignal | undefined,
  ): Promise<Result<EsclAnswer, EsclTrouble>> => {
    for (let waited = 0; ; ) {
      const answer = await send();
      if (!answer.ok || answer.value.status !== 503 || waited >= limits.busy) return answer;
      const pause = Math.max(limits.pause, Math.min(answer.value.retryAfter * 1_000, limits.busy - waited));
      waited += pause;
      if (!(await wait(timers, pause, signal))) return err('cancelled');
    }
  };

  type Job = { path: string; status(): Promise<Result<EsclStatus, ScannerFailure>> };

  const begin = async (
    line: EsclConnection,
    base: URL,
    settings: string,
    fromFeeder: boolean,
    signal: AbortSignal | undefined,
  ): Promise<Result<Job, ScannerFailure>> => {
    const status = () => readOf(line, 'ScannerStatus', readStatus, true, signal);
    const before = await status();
    if (!before.ok) return before;
    const inTheWay = failureOfStatus(before.value, fromFeeder);
    if (inTheWay) return err(inTheWay);
    const answer = await patiently(
      () =>
        line.send({
          method: 'POST',
          path: 'ScanJobs',
          xml: settings,
          mostBytes: MAX_XML_BYTES,
          limitMs: limits.answer,
          signal,
        }),
      signal,
    );
    if (!answer.ok) return err(troubleOf(answer.error, true));
    if (answer.value.status !== 201) {
      const after = await status();
      const reason = after.ok ? failureOfStatus(after.value, fromFeeder) : after.error;
      return err(reason ?? failureOfHttp(answer.value.status));
    }
    const path = jobPath(answer.value.location, base);
    if (path === undefined) return err({ code: 'scanner.failed', params: { status: 'Location' } });
    return ok({ path, status });
  };

  const scan: DocumentScanner['scan'] = (request, { onPage, signal }) =>
    withLine(
      request.scanner.device,
      { code: 'scanner.bad-address', pages: 0 } as ScanFailure,
      async (line, base) => {
        const fromFeeder = request.source !== 'flatbed';
        const most = fromFeeder ? (request.maxPages ?? 200) : 1;
        let pages = 0;
        let bytes = 0;
        const ended = (failure: ScannerFailure): Result<never, ScanFailure> => err({ ...failure, pages });

        const found = await readOf(line, 'ScannerCapabilities', readCapabilities, false, signal);
        if (!found.ok) return ended(found.error);
        const plan = planScan(found.value satisfies EsclCapabilities, request);
        if ('missing' in plan) return ended({ code: 'scanner.not-offered', params: { what: plan.missing } });
        const begun = await begin(line, base, plan.settings, fromFeeder, signal);
        if (!begun.ok) return ended(begun.error);
        const { path, status } = begun.value;

        /** Whether the scanner may still be at the job, so that it has to be told to leave it. */
        let atWork = true;
        try {
          while (pages < most) {
            if (signal?.aborted) return ended({ code: 'scanner.cancelled' });
            const page = await patiently(
              () =>
                line.send({
                  method: 'GET',
                  path: `${path}/NextDocument`,
                  mostBytes: MAX_PAGE_BYTES,
                  limitMs: limits.page,
                  signal,
                }),
              signal,
            );
            if (!page.ok) {
              // A scanner that is gone is not asked to stop.
              atWork = page.error !== 'unreachable';
              return ended(troubleOf(page.error, true));
            }
            const { status: http, body } = page.value;
            if (http !== 200) {
              // 404 and 410: no further page. Whether the paper is all through, only the scanner's state tells.
              const after = await status();
              atWork = http !== 404 && http !== 410;
              if (!after.ok) return ended(after.error);
              const stuck = failureOfStatus(after.value, fromFeeder) ?? failureOfJob(after.value, path);
              const isThrough = stuck?.code === 'scanner.no-paper' && pages > 0;
              if (stuck && !isThrough) return ended(stuck);
              if (atWork) return ended(failureOfHttp(http));
              if (pages === 0)
                return ended(
                  fromFeeder
                    ? { code: 'scanner.no-paper' }
                    : { code: 'scanner.failed', params: { status: http } },
                );
              return ok({ pages });
            }
            bytes += body.length;
            if (bytes > mostBytes) return ended(troubleOf('too-large', true));
            if (!isWholeJpeg(body)) return ended({ code: 'scanner.failed', params: { status: 'image' } });
            await onPage({ index: pages, image: new Uint8Array(body), mediaType: 'image/jpeg' });
            pages += 1;
          }
          return signal?.aborted ? ended({ code: 'scanner.cancelled' }) : ok({ pages });
        } finally {
          // Without the caller's signal: it is what ended the scan.
          if (atWork)
            await line.send({ method: 'DELETE', path, mostBytes: MAX_XML_BYTES, limitMs: CLOSING_MS });
        }
      },
    );

  return { capabilities, scan };
};
