import { expect, it } from 'vitest';
import { validityAt } from './validity.ts';

const certificate = {
  validFrom: new Date('2026-01-01T00:00:00Z'),
  validTo: new Date('2027-01-01T00:00:00Z'),
};

it.each([
  ['2025-12-31T23:59:59Z', { state: 'not-yet-valid' }],
  ['2026-01-01T00:00:00Z', { state: 'valid', daysLeft: 365 }],
  ['2026-12-02T00:00:00Z', { state: 'valid', daysLeft: 30 }],
  ['2026-12-02T00:00:01Z', { state: 'expires-soon', daysLeft: 29 }],
  ['2027-01-01T00:00:00Z', { state: 'expires-soon', daysLeft: 0 }],
  ['2027-01-01T00:00:01Z', { state: 'expired' }],
])('at %s', (at, expected) => {
  expect(validityAt(certificate, new Date(at))).toEqual(expected);
});
