import type { Timers } from '../../electron/sync/timers.ts';

export type ManualTimers = Timers & {
  /** Timers that wait. */
  count(): number;
  /** Lets time pass: runs what falls due, in its order. */
  advance(ms: number): void;
};

/** Timers and a clock of their own time, which stands still until it is let pass. */
export function manualTime(start = '2026-04-01T08:00:00.000Z') {
  const begin = Date.parse(start);
  let nowMs = 0;
  let skewMs = 0;
  const waiting = new Set<{ at: number; run: () => void }>();
  const timers: ManualTimers = {
    after(ms, run) {
      const timer = { at: nowMs + ms, run };
      waiting.add(timer);
      return () => waiting.delete(timer);
    },
    count: () => waiting.size,
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const next = [...waiting].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        waiting.delete(next);
        nowMs = Math.max(nowMs, next.at);
        next.run();
      }
      nowMs = end;
    },
  };
  const clock = { now: () => new Date(begin + nowMs + skewMs), monotonicMs: () => nowMs };
  return {
    timers,
    clock,
    /** Sets the wall clock off; the monotonic one goes on. */
    skew: (ms: number): void => {
      skewMs = ms;
    },
  };
}
