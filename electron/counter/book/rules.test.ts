import { expect, it } from 'vitest';
import { mayBeClosed } from './rules.ts';

it.each([
  ['2026-12-30', false],
  ['2026-12-31', true],
  ['2027-01-01', true],
  ['2025-12-31', false],
])('the book of 2026 on %s: %s', (today, may) => {
  expect(mayBeClosed(2026, today)).toBe(may);
});
