/**
 * Time as the rules see it. `now` is the wall clock, which may be wrong or jump;
 * `monotonicMs` only ever grows while the process lives and measures spans.
 */
export type Clock = { now(): Date; monotonicMs(): number };

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
