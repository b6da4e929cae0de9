import { describe, expect, it } from 'vitest';
import { systemTimers, wait, withinLimit } from './timers.ts';

const never = () => new Promise<never>(() => {});

describe('a time limit', () => {
  it('gives the value of work that ends in time', async () => {
    expect(await withinLimit(systemTimers, 10_000, undefined, async () => 7)).toEqual({
      ended: 'value',
      value: 7,
    });
  });
  it('does not wait for work that never comes back, and tells it to stop', async () => {
    let told: AbortSignal | undefined;
    const outcome = await withinLimit(systemTimers, 1, undefined, (signal) => {
      told = signal;
      return never();
    });
    expect(outcome).toEqual({ ended: 'time-out' });
    expect(told?.aborted).toBe(true);
  });
  it('ends at an abort, before or during the work', async () => {
    expect(await withinLimit(systemTimers, 10_000, AbortSignal.abort(), never)).toEqual({ ended: 'aborted' });
    const stopping = new AbortController();
    const outcome = withinLimit(systemTimers, 10_000, stopping.signal, never);
    stopping.abort();
    expect(await outcome).toEqual({ ended: 'aborted' });
  });
  it('lets a bug through', async () => {
    await expect(
      withinLimit(systemTimers, 10_000, undefined, async () => {
        throw new TypeError('a bug');
      }),
    ).rejects.toThrow('a bug');
  });
});

describe('a wait', () => {
  it('says whether the whole time passed', async () => {
    expect(await wait(systemTimers, 1)).toBe(true);
    expect(await wait(systemTimers, 10_000, AbortSignal.abort())).toBe(false);
    const stopping = new AbortController();
    const waiting = wait(systemTimers, 10_000, stopping.signal);
    stopping.abort();
    expect(await waiting).toBe(false);
  });
});
