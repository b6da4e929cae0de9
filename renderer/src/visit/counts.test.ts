import { describe, expect, it } from 'vitest';
import { followCounts, readCount } from './counts.ts';

describe('counters of a certified copy', () => {
  it('begin with one sheet of one page', () => {
    expect(followCounts({})).toEqual({
      sourceSheets: 1,
      sourcePages: 1,
      copySheets: 1,
      copyPages: 1,
      feePages: 1,
      a3Pages: 0,
      copies: 1,
    });
  });

  it('follow each other until they are touched', () => {
    expect(followCounts({ sourceSheets: 3 })).toMatchObject({
      sourcePages: 3,
      copySheets: 3,
      copyPages: 3,
      feePages: 3,
    });
    expect(followCounts({ sourceSheets: 3, sourcePages: 5 })).toMatchObject({
      copySheets: 3,
      copyPages: 5,
      feePages: 5,
    });
    expect(followCounts({ sourceSheets: 3, sourcePages: 5, copyPages: 6 })).toMatchObject({
      copySheets: 3,
      feePages: 6,
    });
    expect(followCounts({ sourceSheets: 3, feePages: 2 })).toMatchObject({ copyPages: 3, feePages: 2 });
  });

  it('an emptied counter empties those that follow it', () => {
    expect(followCounts({ sourceSheets: null })).toMatchObject({ sourcePages: null, feePages: null });
  });

  it.each([
    ['3', 3],
    [' 12 ', 12],
    ['0', null],
    ['', null],
    ['1,5', null],
    ['-2', null],
    ['99999', null],
  ])('reads %o as %o', (text, count) => {
    expect(readCount(text)).toBe(count);
  });

  it('reads none where none is a count', () => {
    expect(readCount('0', 0)).toBe(0);
  });
});
