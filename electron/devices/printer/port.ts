import type { Failure, Result } from '../../values/result.ts';

/**
 * `certificateSha256`: the SHA-256 fingerprint (hexadecimal, colons allowed) of the printer's own certificate for
 * ipps/https. Printers have self-signed ones; without a fingerprint the system's authorities decide.
 */
export type PrinterAddress = { uri: string; certificateSha256?: string };

/** What the printer itself reports; a sentence each. */
export type PrinterConditionCode =
  | 'printer.out-of-paper'
  | 'printer.wrong-paper'
  | 'printer.not-loaded'
  | 'printer.paper-low'
  | 'printer.jammed'
  | 'printer.cover-open'
  | 'printer.out-of-toner'
  | 'printer.toner-low'
  | 'printer.offline'
  | 'printer.asleep'
  | 'printer.paused'
  | 'printer.output-full'
  | 'printer.tray-missing'
  | 'printer.memory-full'
  | 'printer.needs-attention';

/** Why nothing was printed, or why it is not known. */
export type PrinterCode =
  | PrinterConditionCode
  | 'printer.not-reachable'
  | 'printer.not-trusted'
  | 'printer.bad-address'
  | 'printer.answer-malformed'
  | 'printer.time-out'
  | 'printer.cancelled'
  | 'printer.refused'
  | 'printer.not-authorised'
  | 'printer.not-accepting'
  | 'printer.busy'
  | 'printer.too-large'
  | 'printer.format-unsupported'
  | 'printer.sides-unsupported'
  | 'printer.size-unsupported'
  | 'printer.tray-unsupported'
  | 'printer.paper-unsupported'
  | 'printer.colour-unsupported'
  | 'printer.copies-unsupported'
  | 'printer.job-aborted'
  | 'printer.job-cancelled'
  | 'printer.job-forgotten'
  | 'printer.lost-contact'
  | 'printer.not-finished'
  | 'printer.not-followed';

export type PrinterFailure = Failure<PrinterCode>;
export type PrinterCondition = Failure<PrinterConditionCode> & {
  /** It keeps the printer from printing; else a warning. */
  blocking: boolean;
};

export type PrinterStatus = {
  state: 'idle' | 'processing' | 'stopped';
  acceptingJobs: boolean;
  conditions: PrinterCondition[];
  makeAndModel?: string;
  printsPdf: boolean;
  offers: PrinterOffers;
  /** What lies in its trays; null: it does not tell. */
  loaded: LoadedPaper[] | null;
  /**
   * Whose word the end of a print is: the printer's own, that of the printer behind a print server, or only the server's, which has
   * handed the pages on and has not seen paper.
   */
  endIsToldBy: 'printer' | 'printer-behind-server' | 'server';
};

export type Sides = 'one-sided' | 'two-sided-long-edge' | 'two-sided-short-edge';
export type Colour = 'colour' | 'monochrome';
/** Hundredths of a millimetre. */
export type PaperSize = { width: number; height: number };

/** `trays` and `papers` are the printer's keywords (media-source and media-type, PWG 5100.3), without `auto`. */
export type PrinterOffers = {
  sides: Sides[];
  colours: Colour[];
  trays: string[];
  papers: string[];
  copies: number;
};

/** What lies in a tray, as far as the printer says. */
export type LoadedPaper = { tray: string | null; paper: string | null; size: PaperSize | null };

export type PrintRequest = PrinterAddress & {
  /** A PDF. */
  document: Uint8Array;
  /** Our print's id: the job is found again by it. No personal data: it shows on the printer's panel. */
  jobName: string;
  /** Default 1. A printer that cannot make so many makes as many as it can. */
  copies?: number;
  /** Default 'one-sided'. */
  sides?: Sides;
  /** The printer's keywords; without them it chooses by itself. */
  tray?: string;
  paper?: string;
  /** Without it the printer prints as it is set. */
  colour?: Colour;
};

export type PrintState =
  /** The bytes may have reached the printer: from now on the job is never sent again by itself. */
  | { state: 'sent' }
  | { state: 'accepted'; jobId: number }
  | { state: 'waiting' | 'processing'; jobId: number; conditions: PrinterCondition[] };

/** How a job that may have reached the printer ended. */
export type PrintEnd =
  /**
   * `faults`: why the paper has to be looked at. `copies`: how many of it the job was for. `handedOn`: a print
   * server says so, which has given the pages to the printer and has not seen paper.
   */
  | { state: 'completed'; jobId: number; faults: PrinterCondition[]; copies: number; handedOn?: true }
  | { state: 'aborted' | 'cancelled'; jobId: number; reason: PrinterFailure }
  /** Contact was lost: whether paper came out, only the clerk can see. */
  | { state: 'unknown'; jobId?: number; reason: PrinterFailure };

export type FollowOptions = { signal?: AbortSignal; onState?(state: PrintState): void };

export type PrintOptions = FollowOptions & {
  /**
   * Asked when the printer is awake and takes such a document, before the first byte of it leaves: the last moment to say no, and to
   * write down that it may be there from now on.
   */
  mayLeave?(): boolean;
};

/**
 * An error of `print` means: nothing reached the printer, printing again is safe. A value means the printer may have
 * printed; only `PrintEnd` tells.
 */
export type Printer = {
  status(
    printer: PrinterAddress,
    options?: { signal?: AbortSignal },
  ): Promise<Result<PrinterStatus, PrinterFailure>>;
  /**
   * Sends the document once and follows it to its end. Aborted before it leaves, it never does (`printer.cancelled`); aborted later, only
   * the watching ends and the printer goes on.
   */
  print(request: PrintRequest, options?: PrintOptions): Promise<Result<PrintEnd, PrinterFailure>>;
  /**
   * Takes up a job again, after a restart of ours. Aborting only ends the watching. With `jobName` a job of another name
   * under this number (the printer was restarted and counts anew) is not taken for ours. `copies`: as many as were asked for, where the
   * job itself does not say.
   */
  follow(
    printer: PrinterAddress,
    job: { jobId: number; jobName?: string; copies?: number },
    options?: FollowOptions,
  ): Promise<PrintEnd>;
  /** Whether the printer has, or had, a job of this name: tells if a print whose answer was lost had been accepted. */
  findJob(
    printer: PrinterAddress,
    jobName: string,
    options?: { signal?: AbortSignal },
  ): Promise<Result<{ jobId: number } | undefined, PrinterFailure>>;
  cancel(
    printer: PrinterAddress,
    jobId: number,
    options?: { signal?: AbortSignal },
  ): Promise<Result<undefined, PrinterFailure>>;
};
