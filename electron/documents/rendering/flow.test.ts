import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flow, type Slice } from './flow.ts';

const slice = fc.record({
  before: fc.integer({ min: 0, max: 30 }),
  height: fc.integer({ min: 0, max: 100 }),
  keepWithNext: fc.boolean(),
  breakBefore: fc.boolean(),
});
const slices = fc
  .array(slice, { minLength: 1, maxLength: 60 })
  .map((list): Slice[] => list.map((each) => ({ ...each, ops: [] })));

it('keeps every slice once, in order, inside its page and clear of its neighbours', () => {
  fc.assert(
    fc.property(slices, (input) => {
      const result = flow(input, 100);
      if (!result.ok) throw new Error(result.error.code);
      expect(result.value.flat().map(({ slice: placed }) => placed)).toEqual(input);
      for (const page of result.value) {
        let bottom = 0;
        for (const { y, slice: placed } of page) {
          expect(y).toBeGreaterThanOrEqual(bottom);
          bottom = y + placed.height;
          expect(bottom).toBeLessThanOrEqual(100);
        }
      }
    }),
  );
});

it('moves tied slices to the next page together when they fit there', () => {
  const line = (height: number, keepWithNext = false): Slice => ({
    before: 0,
    height,
    ops: [],
    keepWithNext,
  });
  const result = flow([line(60), line(20, true), line(30)], 100);
  expect(result.ok && result.value.map((page) => page.map(({ slice: placed }) => placed.height))).toEqual([
    [60],
    [20, 30],
  ]);
});

it('repeats the head of a table on each page it crosses', () => {
  const head: Slice = { before: 0, height: 10, ops: [], keepWithNext: true };
  const row: Slice = { before: 0, height: 40, ops: [], keepWithNext: false, repeated: [head] };
  const result = flow([head, row, row, row], 100);
  expect(result.ok && result.value.map((page) => page.map(({ slice: placed }) => placed.height))).toEqual([
    [10, 40, 40],
    [10, 40],
  ]);
});

it('says when something is taller than a page', () => {
  expect(flow([{ before: 0, height: 101, ops: [], keepWithNext: false }], 100)).toEqual({
    ok: false,
    error: { code: 'documents.block-too-tall' },
  });
});
