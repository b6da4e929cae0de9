import type { Result } from '../../values/result.ts';
import type { AccessKey } from './access-key.ts';
import type { ChipFailure } from './fault.ts';
import type { ChipReading, ChipStep } from './read-chip.ts';

/** A reader of PC/SC and the card in it; `atr` in hexadecimal. */
export type CardReader = {
  name: string;
  card: { atr: string; kind: 'contact' | 'contactless' } | null;
};

export type ChipProgress = { part: 'waiting' } | ChipStep;

/** Reads chips of documents. Each task has a process of its own, which ends with it: a driver that hangs or crashes takes nobody along. */
export type ChipReader = {
  /** The readers there are and what lies in them. */
  list(options?: { signal?: AbortSignal }): Promise<Result<CardReader[], ChipFailure>>;
  /** Waits for a document on any reader, reads it and judges it by the authorities and revocation lists given (in DER). */
  read(options: {
    key: AccessKey;
    authorities: readonly Uint8Array[];
    revocations: readonly Uint8Array[];
    now: Date;
    signal?: AbortSignal;
    onStep?(step: ChipProgress): void;
  }): Promise<Result<ChipReading, ChipFailure>>;
};
