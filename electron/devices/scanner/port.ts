import type { Failure, Result } from '../../values/result.ts';

export type ScanSource = 'flatbed' | 'feeder' | 'feeder-duplex';
export type ScanMode = 'colour' | 'grey' | 'bw';
export type ScanDpi = 200 | 300;

/**
 * A scanner as settings hold it: the system driver's name of the device, or the address (http, https) of one that speaks eSCL. The device name of a USB scanner changes when it is plugged in again; vendor and model,
 * when known, find it under its new name as long as there is one of its kind.
 */
export type ScannerAddress = { device: string; vendor?: string; model?: string };

export type ScannerDevice = { device: string; vendor: string; model: string; type: string };

export type ScannerAbilities = {
  sources: ScanSource[];
  modes: ScanMode[];
  dpi: ScanDpi[];
  /** The area can be set to A4; otherwise the scanner's own full area is scanned. */
  a4: boolean;
};

export type ScanRequest = {
  scanner: ScannerAddress;
  source: ScanSource;
  dpi: ScanDpi;
  mode: ScanMode;
  pageSize: 'A4';
  /** The most pages taken from the feeder, default 200. */
  maxPages?: number;
};

/**
 * One page as the scanner gave it, byte for byte; `index` from 0. For 'bw', what it is to become, the scanner is asked for the most it
 * can tell: colour, else grey, else its own one bit.
 */
export type ScannedPage = {
  index: number;
  image: Uint8Array;
  mediaType: 'image/tiff' | 'image/png' | 'image/jpeg';
};

export type ScanCode =
  | 'scanner.not-found'
  | 'scanner.busy'
  | 'scanner.access-denied'
  | 'scanner.jammed'
  | 'scanner.no-paper'
  | 'scanner.cover-open'
  /** The feeder took more than one sheet: a page may be missing. */
  | 'scanner.double-feed'
  /** A whole feeder went through though fewer pages were asked for: the pages behind those are not kept. */
  | 'scanner.took-more'
  | 'scanner.bad-address'
  | 'scanner.not-trusted'
  | 'scanner.unplugged'
  | 'scanner.cancelled'
  | 'scanner.time-out'
  | 'scanner.tool-missing'
  | 'scanner.not-offered'
  | 'scanner.failed';

export type ScannerFailure = Failure<ScanCode>;

/** A scan that ended early; the `pages` pages given to `onPage` before are good and kept. */
export type ScanFailure = ScannerFailure & { pages: number };

export type ScanHandlers = {
  /** Called for one page after the other; the next page waits until it has resolved. */
  onPage(page: ScannedPage): void | Promise<void>;
  /** `index` of the page in the scanner, `fraction` 0 to 1 of it, where the scanner tells. */
  onProgress?(progress: { index: number; fraction: number }): void;
  signal?: AbortSignal;
};

export type DocumentScanner = {
  list(options?: { signal?: AbortSignal }): Promise<Result<ScannerDevice[], ScannerFailure>>;
  capabilities(
    scanner: ScannerAddress,
    options?: { signal?: AbortSignal },
  ): Promise<Result<ScannerAbilities, ScannerFailure>>;
  scan(request: ScanRequest, handlers: ScanHandlers): Promise<Result<{ pages: number }, ScanFailure>>;
};
