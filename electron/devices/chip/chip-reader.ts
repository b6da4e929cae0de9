import { fail, type Result } from '../../values/result.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { ChipFailure } from './fault.ts';
import type { CardsProcess, FromCards, ToCards } from './messages.ts';
import type { ChipReader } from './port.ts';

export type ChipReaderParts = {
  /** Starts a process that talks to card readers. */
  start(): CardsProcess;
  timers?: Timers;
  /** Milliseconds: how long a document is waited for, the most silence of the process, and the most a task may take with all that. */
  limits?: { wait: number; silence: number; whole?: number };
};

// A slow chip computes for seconds over one command, and says nothing meanwhile.
const usualLimits = { wait: 60_000, silence: 15_000 };
/** The wait, and a face of half a megabyte over a slow reader; one that gives byte after byte would go on for days. */
const MOST_OF_ALL = 300_000;

export function chipReader({
  start,
  timers = systemTimers,
  limits = usualLimits,
}: ChipReaderParts): ChipReader {
  /** Runs one task in a process of its own, which is gone afterwards. `take` says what a message ends it with. */
  const run = <T>(
    task: ToCards,
    signal: AbortSignal | undefined,
    take: (message: FromCards) => Result<T, ChipFailure> | null,
  ): Promise<Result<T, ChipFailure>> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve(fail('chip.cancelled'));
      const cards = start();
      let stopSilence = (): void => {};
      const stopWhole = timers.after(limits.whole ?? MOST_OF_ALL, () => end(fail('chip.time-out')));
      const end = (outcome: Result<T, ChipFailure>): void => {
        stopSilence();
        stopWhole();
        signal?.removeEventListener('abort', onAbort);
        cards.kill();
        resolve(outcome);
      };
      const onAbort = () => end(fail('chip.cancelled'));
      const heard = (): void => {
        stopSilence();
        stopSilence = timers.after(limits.silence, () => end(fail('chip.time-out')));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      cards.onMessage((message) => {
        heard();
        const outcome = take(message);
        if (outcome !== null) end(outcome);
      });
      cards.onEnd(() => end(fail('chip.failed')));
      heard();
      cards.post(task);
    });

  return {
    list: ({ signal } = {}) =>
      run({ type: 'list' }, signal, (message) => (message.type === 'listed' ? message.readers : null)),
    read: ({ signal, onStep, key, authorities, revocations, now }) =>
      run({ type: 'read', key, authorities, revocations, now, waitMs: limits.wait }, signal, (message) => {
        if (message.type === 'step') onStep?.(message.step);
        return message.type === 'read' ? message.reading : null;
      }),
  };
}
