import type { Failure } from '../../values/result.ts';

export type ChipCode =
  | 'chip.no-service'
  | 'chip.no-driver'
  | 'chip.no-reader'
  | 'chip.no-card'
  | 'chip.not-a-document'
  | 'chip.no-pace'
  | 'chip.wrong-key'
  | 'chip.in-use'
  | 'chip.removed'
  | 'chip.unreadable'
  | 'chip.time-out'
  | 'chip.failed'
  | 'chip.cancelled';

export type ChipFailure = Failure<ChipCode>;

/** Why a reading ends, thrown through the layers of the protocol; `readChip` makes a value of it. */
export class ChipFault extends Error {
  readonly code: ChipCode;
  constructor(code: ChipCode) {
    super(code);
    this.code = code;
  }
}

/** What a chip may not send: the reading ends, whatever else it says. */
export const unreadable = (): ChipFault => new ChipFault('chip.unreadable');
