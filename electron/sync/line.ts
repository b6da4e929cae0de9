import type { Clock } from '../values/clock.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import type { LineCode } from './line-code.ts';
import type { LineState } from './port.ts';

type LineDeps = { clock: Clock; random: (length: number) => Uint8Array; onChange: () => void };

/** Keeps how the line is, and when it is tried again. Waits are measured by the monotonic clock, shown by the wall clock. */
export function createLine({ clock, random, onChange }: LineDeps) {
  let state: LineState = { state: 'unknown', since: clock.now(), nextTryAt: null, reason: null };
  let failures = 0;
  let tryAtMs: number | null = null;
  // Until then the portal asked not to be asked; only a person's explicit wish comes before it.
  let askedToWaitUntilMs = 0;
  let askedAtMs = 0;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  function become(next: Omit<LineState, 'since'>): void {
    const before = state;
    state = { ...next, since: before.state === next.state ? before.since : clock.now() };
    const isSame =
      before.state === state.state &&
      before.reason?.code === state.reason?.code &&
      before.nextTryAt?.getTime() === state.nextTryAt?.getTime();
    if (!isSame) onChange();
  }

  return {
    state: (): LineState => state,
    isUp: (): boolean => state.state === 'up',

    /**
     * The portal answered the desk. True when it had not before. An answer that was under way when the portal asked to be
     * left alone takes nothing back of that; one to the line's own try since then does. `begunMs`: when the call began.
     */
    succeeded(isTry: boolean, begunMs: number): boolean {
      const takesBack = isTry && begunMs > askedAtMs;
      if (!takesBack && clock.monotonicMs() < askedToWaitUntilMs) return false;
      const cameUp = state.state !== 'up';
      failures = 0;
      tryAtMs = null;
      askedToWaitUntilMs = 0;
      become({ state: 'up', nextTryAt: null, reason: null });
      return cameUp;
    },

    /**
     * The portal could not be asked. Only the line's own tries (`isTry`), or the first failure of a line that was up, move
     * the next try: a clerk who signs in again and again does not push it away, and calls that a cut takes together are one
     * failure. `begunMs`: when the call began.
     */
    failed(code: LineCode, retryAfterMs: number | null, isTry: boolean, begunMs: number): void {
      const isNew = begunMs > failedAtMs;
      failedAtMs = clock.monotonicMs();
      if ((isTry && isNew) || state.state === 'up' || tryAtMs === null) {
        failures += 1;
        const wait = Math.max(backOffMs(failures, chanceOf(random)), retryAfterMs ?? 0);
        tryAtMs = clock.monotonicMs() + wait;
      }
      // Whoever is asked, and whatever fails meanwhile without a word: the wish to be left alone holds.
      if (retryAfterMs !== null) {
        askedAtMs = clock.monotonicMs();
        askedToWaitUntilMs = Math.max(askedToWaitUntilMs, askedAtMs + retryAfterMs);
      }
      tryAtMs = Math.max(tryAtMs ?? 0, askedToWaitUntilMs);
      const wait = Math.max(0, (tryAtMs ?? 0) - clock.monotonicMs());
      become({ state: 'down', nextTryAt: new Date(clock.now().getTime() + wait), reason: { code } });
    },

    /** There is no portal to ask yet. */
    notEnrolled(): void {
      failures = 0;
      tryAtMs = null;
      become({ state: 'unknown', nextTryAt: null, reason: { code: 'line.not-enrolled' } });
    },

    /** Milliseconds until the next try; 0 when it may be now. */
    waitMs: (): number => Math.max(0, (tryAtMs ?? 0) - clock.monotonicMs()),
    isAskedToWait: (): boolean => clock.monotonicMs() < askedToWaitUntilMs,
    hasFailed: (): boolean => failures > 0,
  };
}

export type Line = ReturnType<typeof createLine>;
