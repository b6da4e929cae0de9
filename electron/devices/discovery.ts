import { err, type Failure, type Result } from '../values/result.ts';
import type { IdReader, ReaderFailure, ReaderPort } from './id-reader/port.ts';
import type { NetworkBrowser, NetworkFailure } from './network/browse.ts';
import type { Announced } from './network/dns-sd.ts';
import type { Printer, PrinterAddress, PrinterFailure, PrinterStatus } from './printer/port.ts';
import type { DocumentScanner, ScannerAbilities, ScannerDevice, ScannerFailure } from './scanner/port.ts';
import { systemTimers, type Timers, withinLimit } from './timers.ts';
import type { UsbDevice, UsbFailure, UsbList } from './usb/sysfs.ts';

export type DeviceDrivers = {
  reader: IdReader;
  scanner: DocumentScanner;
  printer: Printer;
  network: NetworkBrowser;
  usb: UsbList;
};

export type FoundDevices = {
  readerPorts: Result<ReaderPort[], ReaderFailure>;
  scanners: Result<ScannerDevice[], ScannerFailure>;
  printers: { printer: PrinterAddress; status: Result<PrinterStatus, PrinterFailure> }[];
  /** What scanners answer that are reached by an address of their own: no list of the system holds them. */
  networkScanners: { device: string; abilities: Result<ScannerAbilities, ScannerFailure> }[];
  /** Printers and scanners that announce themselves. */
  announced: Result<Announced[], NetworkFailure | Failure<'network.time-out'>>;
  usb: Result<UsbDevice[], UsbFailure>;
};

/**
 * All devices, looked up side by side. A source that does not answer within `limitMs` (default 20 s), is aborted or breaks is a failure
 * of its own and holds nobody up.
 */
export const discoverDevices = async (
  drivers: DeviceDrivers,
  asked: { printers: readonly PrinterAddress[]; networkScanners: readonly string[] },
  options: { signal?: AbortSignal; limitMs?: number; timers?: Timers } = {},
): Promise<FoundDevices> => {
  const timers = options.timers ?? systemTimers;
  const within = async <T, F, L extends F>(
    work: (signal: AbortSignal) => Promise<Result<T, F>>,
    late: L,
  ): Promise<Result<T, F>> => {
    const outcome = await withinLimit(timers, options.limitMs ?? 20_000, options.signal, work).catch(
      () => undefined,
    );
    return outcome?.ended === 'value' ? outcome.value : err(late);
  };
  const [readerPorts, scanners, announced, usb, states, networkScanners] = await Promise.all([
    within((signal) => drivers.reader.list({ signal }), { code: 'reader.time-out' }),
    within((signal) => drivers.scanner.list({ signal }), { code: 'scanner.time-out' }),
    within<Announced[], NetworkFailure | Failure<'network.time-out'>, Failure<'network.time-out'>>(
      (signal) => drivers.network.browse({ signal }),
      { code: 'network.time-out' },
    ),
    within((signal) => drivers.usb.list({ signal }), { code: 'usb.no-list' }),
    Promise.all(
      asked.printers.map(async (printer) => ({
        printer,
        status: await within((signal) => drivers.printer.status(printer, { signal }), {
          code: 'printer.time-out',
        }),
      })),
    ),
    Promise.all(
      asked.networkScanners.map(async (device) => ({
        device,
        abilities: await within((signal) => drivers.scanner.capabilities({ device }, { signal }), {
          code: 'scanner.time-out',
        }),
      })),
    ),
  ]);
  return { readerPorts, scanners, printers: states, networkScanners, announced, usb };
};
