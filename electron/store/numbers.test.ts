import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as numbers from './numbers.ts';
import type { Store } from './open.ts';
import { temporaryStore } from './testing/temporary-store.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

const at = '2026-04-01T08:00:00.000Z';
const allot = (series = 'vidimace', year = 2026, actId = 'act') =>
  store.write((tx) => numbers.allot(tx, { series, year, actId, at }));
const fatesOf = (series = 'vidimace', year = 2026) => store.read((tx) => numbers.fates(tx, series, year));

describe('a series', () => {
  it('says which number comes next without taking it', () => {
    const upcoming = () => store.read((tx) => numbers.upcoming(tx, { series: 'vidimace', year: 2026 }));
    expect([upcoming(), upcoming()]).toEqual([1, 1]);
    allot();
    expect(upcoming()).toBe(2);
  });

  it('counts from 1, each year and each series by itself', () => {
    expect(
      [allot(), allot(), allot('receipt'), allot('vidimace', 2027), allot()].map(({ number }) => number),
    ).toEqual([1, 2, 1, 1, 3]);
  });

  it('has no gap and no number twice, whatever is done and undone', () => {
    const step = fc.record({
      series: fc.constantFrom('vidimace', 'receipt'),
      year: fc.constantFrom(2026, 2027, 0),
      allots: fc.integer({ min: 1, max: 3 }),
      undo: fc.boolean(),
    });
    let run = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        run += 1;
        const expected = new Map<string, number>();
        for (const { series, year, allots, undo } of steps) {
          const name = `${series}-${run}`;
          const key = `${name}/${year}`;
          const before = expected.get(key) ?? 0;
          try {
            store.write((tx) => {
              for (let count = 1; count <= allots; count += 1) {
                expect(numbers.allot(tx, { series: name, year, actId: 'a', at }).number).toBe(before + count);
              }
              if (undo) throw new Error('undone');
            });
            expected.set(key, before + allots);
          } catch (error) {
            if (!(error instanceof Error) || error.message !== 'undone') throw error;
          }
        }
        for (const [key, last] of expected) {
          const [name = '', year = ''] = key.split('/');
          expect(fatesOf(name, Number(year)).map(({ number }) => number)).toEqual(
            Array.from({ length: last }, (_, index) => index + 1),
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses in the database itself what no code may do', () => {
    const number = allot();
    const refused = (sql: string) => expect(() => store.write((tx) => tx.run(sql)), sql).toThrow('numbers:');
    refused('DELETE FROM numbers');
    refused('DELETE FROM series');
    refused("UPDATE numbers SET number = 5 WHERE series = 'vidimace'");
    refused("UPDATE numbers SET act_id = 'other'");
    refused('UPDATE series SET next = 9');
    refused('UPDATE series SET next = next + 1');
    refused('UPDATE series SET next = 1');
    refused("INSERT INTO numbers VALUES ('vidimace', 2026, 3, 'a', 'used', NULL, '', '')");
    refused("INSERT OR REPLACE INTO numbers VALUES ('vidimace', 2026, 1, 'a', 'used', NULL, '', '')");
    refused("INSERT OR REPLACE INTO series VALUES ('vidimace', 2026, 1, 1)");
    expect(allot().number).toBe(number.number + 1);
  });
});

describe('the fate of a number', () => {
  const settle = (number: numbers.SeriesNumber, fate: 'used' | 'cancelled' | 'lost', reason?: string) =>
    store.write((tx) => numbers.setFate(tx, number, fate, at, reason));

  it('is used, then perhaps cancelled with a reason, and stays', () => {
    const number = allot();
    settle(number, 'used');
    settle(number, 'cancelled', 'chybný počet stran');
    expect(fatesOf()).toEqual([{ number: 1, fate: 'cancelled', reason: 'chybný počet stran' }]);
    expect(() => settle(number, 'used')).toThrow('final');
    expect(() => settle(number, 'lost')).toThrow('final');
    expect(() => settle(number, 'cancelled', 'jiný důvod')).toThrow('final');
  });

  it('is not cancelled without a reason', () => {
    const number = allot();
    expect(() => settle(number, 'cancelled')).toThrow();
    expect(() => settle(number, 'cancelled', '')).toThrow();
    expect(fatesOf()).toEqual([{ number: 1, fate: 'allotted', reason: null }]);
  });

  it('is lost for good with its disk', () => {
    const number = allot();
    settle(number, 'lost', 'výměna disku');
    expect(() => settle(number, 'used')).toThrow('final');
  });

  it('is given only to a number that was allotted', () => {
    expect(() => settle({ series: 'vidimace', year: 2026, number: 7 }, 'used')).toThrow();
  });
});
