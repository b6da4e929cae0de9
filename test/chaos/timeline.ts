import { access } from 'node:fs';
import type { Timers } from '../../electron/sync/timers.ts';
import type { Clock } from '../../electron/values/clock.ts';
import { isCompressing } from './compressing.ts';
import { chanceOf } from './random.ts';

type Entry = { at: number; tie: number; order: number; run: () => void };

const GIVE_UP_MS = 20_000;
const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Resolves when what was handed to libuv's threads before (files, compression) is done: with one thread
 * (UV_THREADPOOL_SIZE=1) they do one thing after another.
 */
const threadsRest = (): Promise<void> =>
  new Promise((resolve) => {
    access('/', () => resolve());
  });

/** Files of the store and the portal are real: whether any of them is being read or written. */
const filesBusy = (): boolean =>
  process.getActiveResourcesInfo().some((name) => /^(FSReq|FileHandle|ZLIB|FSREQ)/i.test(name));

/**
 * Time that goes on from one planned happening to the next and stands still in between: timers, deliveries, faults and the
 * clerk's acts stand in one queue, ordered by time, and by a seeded throw where the time is the same. After each one
 * everything that really runs (promises, files) comes to rest before the next.
 */
export function createTimeline(seed: string, startMs: number) {
  const chance = chanceOf(seed, 'ties');
  const queue: Entry[] = [];
  let nowMs = 0;
  let order = 0;
  let skewMs = 0;
  let working = 0;

  function at(ms: number, run: () => void): () => void {
    const entry = { at: Math.max(ms, nowMs), tie: chance.next(), order, run };
    order += 1;
    let low = 0;
    let high = queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = queue[middle];
      if (
        other &&
        (other.at < entry.at ||
          (other.at === entry.at &&
            (other.tie < entry.tie || (other.tie === entry.tie && other.order < order))))
      )
        low = middle + 1;
      else high = middle;
    }
    queue.splice(low, 0, entry);
    return () => {
      const index = queue.indexOf(entry);
      if (index >= 0) queue.splice(index, 1);
    };
  }

  /** Real work that time has to wait for. */
  async function busy<T>(work: () => Promise<T>): Promise<T> {
    working += 1;
    try {
      return await work();
    } finally {
      working -= 1;
    }
  }

  async function settle(): Promise<void> {
    let since = 0;
    for (let calm = 0; calm < 2; ) {
      await threadsRest();
      await immediate();
      if (working === 0 && !isCompressing() && !filesBusy()) {
        calm += 1;
        continue;
      }
      calm = 0;
      since ||= performance.now();
      if (performance.now() - since > GIVE_UP_MS) throw new Error('something never came to rest');
    }
  }

  const clock: Clock = {
    now: () => new Date(startMs + nowMs + skewMs),
    monotonicMs: () => nowMs,
  };

  return {
    at,
    after: (ms: number, run: () => void): (() => void) => at(nowMs + ms, run),
    busy,
    settle,
    now: (): number => nowMs,
    /** The desk's clock; its wall side can be set wrong. */
    clock,
    /** A clock that is always right: the portal's. */
    rightClock: { now: () => new Date(startMs + nowMs), monotonicMs: () => nowMs } satisfies Clock,
    skew: (ms: number): void => {
      skewMs = ms;
    },
    /** Timers that stop meaning anything when their owner is dead. */
    timersWhile: (alive: () => boolean): Timers => ({
      after: (ms, run) =>
        at(nowMs + ms, () => {
          if (alive()) run();
        }),
    }),
    /** Lets the next thing happen; false when there is none. */
    async step(): Promise<boolean> {
      const entry = queue.shift();
      if (!entry) return false;
      nowMs = Math.max(nowMs, entry.at);
      entry.run();
      await settle();
      return true;
    },
    nextAt: (): number | null => queue[0]?.at ?? null,
  };
}

export type Timeline = ReturnType<typeof createTimeline>;
