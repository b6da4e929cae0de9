import type { FramingEvent } from './framing.ts';

/**
 * What makes reads of the bytes of a line. Nothing in it waits or writes: bytes and silences go in, events come out, and what the
 * reader has to be told is in `send`.
 */
export type Ear = {
  bytes(bytes: Uint8Array): EarEvent[];
  silence(): EarEvent[];
  /** How long nothing may come until `silence` is due. */
  quietMs(): number;
};

export type EarEvent =
  | FramingEvent
  /** A burst as it came, for learning from it. */
  | { type: 'sample'; bytes: Uint8Array }
  | { type: 'send'; bytes: Uint8Array };
