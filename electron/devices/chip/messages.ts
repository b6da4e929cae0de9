import type { Result } from '../../values/result.ts';
import type { AccessKey } from './access-key.ts';
import type { ChipFailure } from './fault.ts';
import type { CardReader, ChipProgress } from './port.ts';
import type { ChipReading } from './read-chip.ts';

/** What the counter and the process that talks to card readers say to each other. One process does one task. */

export type ToCards =
  | { type: 'list' }
  | {
      type: 'read';
      key: AccessKey;
      authorities: readonly Uint8Array[];
      revocations: readonly Uint8Array[];
      now: Date;
      waitMs: number;
    };

export type FromCards =
  | { type: 'step'; step: ChipProgress }
  | { type: 'listed'; readers: Result<CardReader[], ChipFailure> }
  | { type: 'read'; reading: Result<ChipReading, ChipFailure> };

/** The process as the counter sees it; what starts it differs between Electron and plain Node. */
export type CardsProcess = {
  post(message: ToCards): void;
  onMessage(listener: (message: FromCards) => void): void;
  onEnd(listener: () => void): void;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
};
