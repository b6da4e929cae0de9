/** One-shot timers, passed in so that tests decide when time passes. `after` returns the way to call it off. */
export type Timers = { after(ms: number, run: () => void): () => void };

export const systemTimers: Timers = {
  after: (ms, run) => {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};

/** Waits `ms`; an abort ends the wait at once. Says whether the whole time passed. */
export const wait = (timers: Timers, ms: number, signal?: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(false);
      return;
    }
    const onAbort = () => {
      stop();
      resolve(false);
    };
    const stop = timers.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve(true);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });

export type LimitOutcome<T> = { ended: 'value'; value: T } | { ended: 'time-out' } | { ended: 'aborted' };

/**
 * Runs `work` for at most `ms`. The signal given to it is aborted when the time is up or the outer signal is. The
 * outcome does not wait for work that ignores its signal: some device calls never come back.
 */
export const withinLimit = <T>(
  timers: Timers,
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<LimitOutcome<T>> =>
  new Promise((resolve, reject) => {
    const inner = new AbortController();
    if (signal?.aborted) {
      resolve({ ended: 'aborted' });
      return;
    }
    const finish = () => {
      stop();
      signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      finish();
      resolve({ ended: 'aborted' });
      inner.abort();
    };
    const stop = timers.after(ms, () => {
      finish();
      resolve({ ended: 'time-out' });
      inner.abort();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    work(inner.signal).then(
      (value) => {
        finish();
        resolve({ ended: 'value', value });
      },
      (error: unknown) => {
        finish();
        // After the outcome was given (time-out, abort) this rejection changes nothing.
        reject(error);
      },
    );
  });
