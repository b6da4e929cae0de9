import type { ContractFailure } from '../../contract/shared.ts';
import type { ScanRequest } from '../../devices/scanner/port.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';

type ScanOf = (signal: AbortSignal) => Promise<Result<ScanRequest, ContractFailure>>;

export type PageReader = {
  /**
   * Scans one page to be read, not kept: a picture in memory, at the best the scanner offers for reading. `read` gives it away to the
   * document worker, which wipes it; what is still here afterwards is wiped too.
   */
  read<T>(
    clerkId: string,
    read: (image: Uint8Array) => Promise<Result<T, ContractFailure>>,
    /** From where and how, where it is not the desk's scanner at its best for reading. */
    scan?: ScanOf,
  ): Promise<Result<T, ContractFailure>>;
  /** Ends the scans a clerk waits for; they answer `scanner.cancelled`. */
  cancel(clerkId: string): void;
  /** Ends all of them, and comes back when they are over. */
  stop(): Promise<void>;
};

export function createPageReader(desk: Desk): PageReader {
  const running = new Set<{ clerkId: string; abort: AbortController; over: Promise<unknown> }>();
  let stopped = false;
  return {
    async read(clerkId, read, scan = (signal) => forReading(desk, signal)) {
      const abort = new AbortController();
      if (stopped) abort.abort();
      const scanning = scanPage(desk, scan, abort.signal);
      const reading = { clerkId, abort, over: scanning };
      running.add(reading);
      const page = await scanning.finally(() => running.delete(reading));
      if (!page.ok) return page;
      try {
        return await read(page.value);
      } finally {
        wipe(page.value);
      }
    },
    cancel: (clerkId) => {
      for (const reading of running) if (reading.clerkId === clerkId) reading.abort.abort();
    },
    stop: async () => {
      stopped = true;
      for (const { abort } of running) abort.abort();
      await Promise.allSettled([...running].map(({ over }) => over));
    },
  };
}

/** Bytes that were given away are not here any more, and cannot be filled. */
const wipe = (bytes: Uint8Array | undefined): void => {
  if (bytes !== undefined && bytes.byteLength > 0) bytes.fill(0);
};

async function forReading(desk: Desk, signal: AbortSignal): Promise<Result<ScanRequest, ContractFailure>> {
  const device = desk.store.read((tx) => desk.settings(tx).scanner?.device);
  if (!device) return refuse('scanner.not-set');
  const scanner = { device };
  const offers = await desk.scanner.capabilities(scanner, { signal });
  if (!offers.ok) return failed(offers.error);
  const { sources, modes, dpi } = offers.value;
  return ok({
    scanner,
    source: sources.includes('flatbed') ? 'flatbed' : (sources[0] ?? 'flatbed'),
    dpi: dpi.includes(300) ? 300 : 200,
    mode: modes.includes('colour') ? 'colour' : modes.includes('grey') ? 'grey' : 'bw',
    pageSize: 'A4',
    maxPages: 1,
  });
}

async function scanPage(
  desk: Desk,
  scan: ScanOf,
  signal: AbortSignal,
): Promise<Result<Uint8Array, ContractFailure>> {
  const settings = await scan(signal);
  if (!settings.ok) return settings;
  let page: Uint8Array | undefined;
  const scanned = await desk.scanner.scan(settings.value, {
    signal,
    onPage: ({ image }) => {
      wipe(page);
      page = image;
    },
  });
  if (page !== undefined && scanned.ok) return ok(page);
  wipe(page);
  return scanned.ok ? refuse('scanner.no-paper') : failed(scanned.error);
}

const failed = ({ code, params }: ContractFailure): Result<never, ContractFailure> => ({
  ok: false,
  error: params ? { code, params } : { code },
});
