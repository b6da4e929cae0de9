import type { Ear, EarEvent } from './ear-events.ts';
import { frame, framingStart, longestRead, silenceMs } from './framing.ts';
import { type LearntFraming, learntEar } from './learnt-framing.ts';
import { protocolEar, type ReaderProtocol } from './protocol.ts';

/** How a line is listened to; `automatic` needs no setting and knows documents only. */
export type Hearing =
  | { kind: 'automatic' }
  | { kind: 'learnt'; framing: LearntFraming }
  | { kind: 'protocol'; protocol: ReaderProtocol }
  | { kind: 'samples' };

const automaticEar = (): Ear => {
  let state = framingStart;
  const step = (input: Parameters<typeof frame>[1]): EarEvent[] => {
    const next = frame(state, input);
    state = next.state;
    return next.events;
  };
  return {
    bytes: (bytes) => step({ kind: 'bytes', bytes }),
    silence: () => step({ kind: 'silence' }),
    quietMs: () => silenceMs,
  };
};

/** The longest burst that is kept to learn from: a page of codes is not a sample. */
const longestSample = 4 * longestRead;

const samplingEar = (): Ear => {
  let heard: number[] = [];
  return {
    bytes: (bytes) => {
      for (const byte of bytes) if (heard.length < longestSample) heard.push(byte);
      return [];
    },
    silence: () => {
      const bytes = Uint8Array.from(heard);
      heard = [];
      return bytes.some((byte) => byte !== 0) ? [{ type: 'sample', bytes }] : [];
    },
    quietMs: () => silenceMs,
  };
};

export const earFor = (hearing: Hearing): Ear => {
  switch (hearing.kind) {
    case 'automatic':
      return automaticEar();
    case 'learnt':
      return learntEar(hearing.framing);
    case 'protocol':
      return protocolEar(hearing.protocol);
    case 'samples':
      return samplingEar();
  }
};
