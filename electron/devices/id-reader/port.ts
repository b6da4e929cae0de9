import type { Result } from '../../values/result.ts';
import type { Hearing } from './ear.ts';
import type { ReaderFailure } from './failures.ts';

export type { ReaderCode, ReaderFailure } from './failures.ts';

/** What stays the same wherever the reader is plugged in. USB ids are hexadecimal text, as the systems list them. */
export type ReaderIdentity = { vendorId: string; productId: string; serialNumber?: string };

/**
 * How the reader is found and spoken to. With an identity the path only decides between two readers that cannot be
 * told apart; without one (a plain serial port) the path is all there is.
 */
export type ReaderSettings = {
  identity?: ReaderIdentity;
  path?: string;
  /** Default 9600. */
  baudRate?: number;
  /** Default 8. */
  dataBits?: 7 | 8;
  /** Default 'none'. */
  parity?: 'none' | 'even' | 'odd';
  /** Default 1. */
  stopBits?: 1 | 2;
  /** How what comes is understood. Default automatic. */
  hearing?: Hearing;
};

/**
 * `text`: the lines of one read, joined by `\n`, as the reader sent them, or a code's content; what they mean is not the reader's matter.
 * `sample`: a burst as it came, where samples are asked for.
 */
export type ReaderEvent =
  | { type: 'connected'; path: string }
  | { type: 'disconnected' }
  | { type: 'read'; text: string }
  | { type: 'sample'; bytes: Uint8Array }
  | { type: 'trouble'; failure: ReaderFailure };

export type ReaderPort = {
  path: string;
  identity?: ReaderIdentity;
  manufacturer?: string;
};

export type OpenReader = {
  /** Stops reading and looking for the reader; no event comes after it. */
  close(): Promise<void>;
};

export type IdReader = {
  /** Ports a reader may be behind, with the identity where the port tells one. */
  list(options?: { signal?: AbortSignal }): Promise<Result<ReaderPort[], ReaderFailure>>;
  /**
   * Reads until closed or aborted. An absent or unplugged reader is no failure of this call: it is told as events,
   * and the reader is looked for again and again.
   */
  open(
    settings: ReaderSettings,
    options: { onEvent(event: ReaderEvent): void; signal?: AbortSignal },
  ): OpenReader;
};
