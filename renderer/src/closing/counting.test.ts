import { expect, it } from 'vitest';
import { readCounts, readPieces } from './counting.ts';

it('reads pieces as they are typed', () => {
  expect(['', ' ', '0', '12', ' 3 ', '9999'].map(readPieces)).toEqual([0, 0, 0, 12, 3, 9999]);
  expect(['-1', '1,5', 'x', '10000', '1e3'].map(readPieces)).toEqual([null, null, null, null, null]);
});

it('adds up the drawer, and says nothing while a field makes no sense', () => {
  expect(readCounts({ '1000': '2', '50': '1', '1': '' })).toEqual({
    counts: { '1000': 2, '50': 1 },
    total: 2050,
  });
  expect(readCounts({})).toEqual({ counts: {}, total: 0 });
  expect(readCounts({ '1000': 'dvě' })).toBeNull();
});
