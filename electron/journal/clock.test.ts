import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../store/open.ts';
import { mustOpen, temporaryStore } from '../store/testing/temporary-store.ts';
import { systemRandom } from '../values/ids.ts';
import { append } from './append.ts';
import { clockMark, clockTrust, compareClocks, keepShown, notBefore, setClockMark } from './clock.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-04-01T08:00:00.000Z');
let store: Store;
let folder: string;
let remove: () => void;
let wallMs: number;
let monotonicMs: number;
let acts = 0;
const clock = { now: () => new Date(wallMs), monotonicMs: () => monotonicMs };
const pass = (ms: number): void => {
  wallMs += ms;
  monotonicMs += ms;
};
const trust = () => store.read((tx) => clockTrust(tx, clock));
const compare = (portalMs: number): void =>
  store.write((tx) => compareClocks(tx, { portal: new Date(portalMs), desk: clock.now() }, clock));
const act = (): void =>
  store.write((tx) => {
    acts += 1;
    append(
      tx,
      { clock, random: systemRandom, desk: 'desk' },
      { kind: 'k', actId: `clock-${acts}`, clerk: 'c', role: 'r', payload: null },
    );
  });

beforeEach(() => {
  wallMs = START;
  monotonicMs = 1000;
  ({ store, folder, remove } = temporaryStore());
});
afterEach(() => {
  store.close();
  remove();
});

it('is unknown before the portal said the time, and trusted after', () => {
  expect(trust()).toEqual({ state: 'unknown', offMs: 0 });
  compare(START + 300);
  pass(MINUTE);
  act();
  expect(trust()).toEqual({ state: 'trusted', offMs: 0 });
  // The time the machine slept passes on the wall alone.
  wallMs += 8 * 60 * MINUTE;
  expect(trust().state).toBe('trusted');
});

it('drifts when the portal’s time is another', () => {
  compare(START + 4 * MINUTE);
  expect(trust()).toEqual({ state: 'drifting', offMs: -4 * MINUTE });
  pass(MINUTE);
  compare(START + MINUTE - 2000);
  expect(trust()).toEqual({ state: 'trusted', offMs: 0 });
});

it('was set back: by the monotonic clock, by the last entry, and over a mark of it', () => {
  compare(START);
  pass(10 * MINUTE);
  act();
  pass(MINUTE);
  wallMs -= 30 * MINUTE;
  expect(trust()).toEqual({ state: 'set-back', offMs: -30 * MINUTE });
  // The mark's own entry bears the wrong time.
  store.write((tx) => {
    keepShown(tx, clock);
    setClockMark(tx, 'set-back');
  });
  act();
  expect(trust().state).toBe('set-back');
  expect(store.read(clockMark)).toBe('set-back');
  expect(store.read((tx) => notBefore(tx, clock)).toISOString()).toBe('2026-04-01T08:11:00.000Z');
  // The next run goes on from there, however short the runs are.
  pass(6 * MINUTE);
  store.write((tx) => keepShown(tx, clock));
  const { schemaVersion } = store;
  store.close();
  store = mustOpen(folder);
  expect(store.schemaVersion).toBe(schemaVersion);
  pass(2 * MINUTE);
  expect(trust().state).toBe('set-back');
  expect(store.read((tx) => notBefore(tx, clock)).toISOString()).toBe('2026-04-01T08:17:00.000Z');
  // The portal says the time: only how far the clock is off counts now.
  compare(START + 19 * MINUTE);
  expect(trust()).toEqual({ state: 'drifting', offMs: -30 * MINUTE });
  wallMs += 30 * MINUTE;
  compare(START + 19 * MINUTE);
  expect(trust()).toEqual({ state: 'trusted', offMs: 0 });
});

it('that was ahead and was put right is not set back once the portal has said so', () => {
  wallMs += 365 * 24 * 60 * MINUTE;
  act();
  wallMs = START + MINUTE;
  expect(trust().state).toBe('set-back');
  compare(START + MINUTE);
  expect(trust()).toEqual({ state: 'trusted', offMs: 0 });
  expect(store.read((tx) => notBefore(tx, clock))).toEqual(clock.now());
});
