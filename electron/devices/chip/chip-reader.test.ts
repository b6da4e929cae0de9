import { expect, it } from 'vitest';
import { chipReader } from './chip-reader.ts';
import type { FromCards } from './messages.ts';

it('ends a chip that gives a little for ever', async () => {
  const due = new Map<() => void, number>();
  let tell = (_message: FromCards): void => {};
  let killed = 0;
  const reader = chipReader({
    timers: {
      after: (ms, run) => {
        due.set(run, ms);
        return () => void due.delete(run);
      },
    },
    limits: { wait: 60_000, silence: 15_000, whole: 90_000 },
    start: () => ({
      post: () => {},
      onMessage: (listener) => {
        tell = listener;
      },
      onEnd: () => {},
      kill: () => {
        killed += 1;
      },
    }),
  });
  const read = reader.read({
    key: { kind: 'can', can: '123456' },
    authorities: [],
    revocations: [],
    now: new Date(0),
  });
  for (let at = 1; at <= 5; at += 1)
    tell({ type: 'step', step: { part: 'photo', fraction: at / 1_000_000 } });
  // Whatever it says begins the silence anew, and never the whole.
  expect([...due.values()].sort()).toEqual([15_000, 90_000]);
  for (const [run, ms] of due) if (ms === 90_000) run();
  expect(await read).toEqual({ ok: false, error: { code: 'chip.time-out' } });
  expect([killed, due.size]).toEqual([1, 0]);
});
