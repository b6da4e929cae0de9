import { err, type Result } from '../values/result.ts';
import type { IdReader, ReaderFailure, ReaderPort } from './id-reader/port.ts';
import type { Printer, PrinterAddress, PrinterFailure, PrinterStatus } from './printer/port.ts';
import type { DocumentScanner, ScannerDevice, ScannerFailure } from './scanner/port.ts';
import { systemTimers, type Timers, withinLimit } from './timers.ts';

export type FoundDevices = {
  readerPorts: Result<ReaderPort[], ReaderFailure>;
  scanners: Result<ScannerDevice[], ScannerFailure>;
  printers: { printer: PrinterAddress; status: Result<PrinterStatus, PrinterFailure> }[];
};

/**
 * All devices for the settings screen, looked up side by side. A kind that does not answer within `limitMs` (default
 * 20 s) or is aborted is a failure of its own and holds nobody up.
 */
export const discoverDevices = async (
  drivers: { reader: IdReader; scanner: DocumentScanner; printer: Printer },
  printers: readonly PrinterAddress[],
  options: { signal?: AbortSignal; limitMs?: number; timers?: Timers } = {},
): Promise<FoundDevices> => {
  const timers = options.timers ?? systemTimers;
  const within = async <T, F>(
    work: (signal: AbortSignal) => Promise<Result<T, F>>,
    late: F,
  ): Promise<Result<T, F>> => {
    const outcome = await withinLimit(timers, options.limitMs ?? 20_000, options.signal, work);
    return outcome.ended === 'value' ? outcome.value : err(late);
  };
  const [readerPorts, scanners, states] = await Promise.all([
    within((signal) => drivers.reader.list({ signal }), { code: 'reader.time-out' }),
    within((signal) => drivers.scanner.list({ signal }), { code: 'scanner.time-out' }),
    Promise.all(
      printers.map(async (printer) => ({
        printer,
        status: await within((signal) => drivers.printer.status(printer, { signal }), {
          code: 'printer.time-out',
        }),
      })),
    ),
  ]);
  return { readerPorts, scanners, printers: states };
};
