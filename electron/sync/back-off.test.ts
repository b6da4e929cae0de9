import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs, CEILING_MS, chanceOf, LONGEST_ASKED_MS, retryAfterMs } from './back-off.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('no wait is longer than the ceiling or none at all, however often it failed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), chance, (failures, random) => {
      const wait = backOffMs(failures, random);
      expect(wait).toBeGreaterThanOrEqual(100);
      expect(wait).toBeLessThanOrEqual(CEILING_MS);
    }),
  );
});

test('waits grow with failures and spread over the whole span', () => {
  expect([1, 2, 3, 6, 7, 50].map((failures) => backOffMs(failures, 0.5))).toEqual([
    500, 1000, 2000, 16_000, 30_000, 30_000,
  ]);
  expect(backOffMs(20, 0)).toBe(100);
});

test('bytes make a chance below one', () => {
  expect(chanceOf((length) => new Uint8Array(length).fill(255))).toBeLessThan(1);
  expect(chanceOf((length) => new Uint8Array(length))).toBe(0);
});

test('Retry-After is seconds or a date, never negative, and no error of the portal stops the desk for good', () => {
  const now = new Date('2026-04-01T08:00:00.000Z');
  expect(retryAfterMs('7', now)).toBe(7000);
  expect(retryAfterMs('Wed, 01 Apr 2026 08:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Wed, 01 Apr 2026 07:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('999999999', now)).toBe(LONGEST_ASKED_MS);
  expect(retryAfterMs('soon', now)).toBeNull();
  expect(retryAfterMs(null, now)).toBeNull();
});
