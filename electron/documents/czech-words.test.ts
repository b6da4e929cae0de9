import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crownsInWords, pluralForm } from './czech-words.ts';

describe('crownsInWords', () => {
  it.each([
    [0, 'nula korun českých'],
    [1, 'jedna koruna česká'],
    [2, 'dvě koruny české'],
    [4, 'čtyři koruny české'],
    [5, 'pět korun českých'],
    [14, 'čtrnáct korun českých'],
    [21, 'dvacet jedna korun českých'],
    [30, 'třicet korun českých'],
    [100, 'sto korun českých'],
    [219, 'dvě stě devatenáct korun českých'],
    [1000, 'jeden tisíc korun českých'],
    [1530, 'jeden tisíc pět set třicet korun českých'],
    [2001, 'dva tisíce jedna korun českých'],
    [5000, 'pět tisíc korun českých'],
    [12_345, 'dvanáct tisíc tři sta čtyřicet pět korun českých'],
    [21_000, 'dvacet jeden tisíc korun českých'],
    [101_000, 'sto jeden tisíc korun českých'],
    [999_999, 'devět set devadesát devět tisíc devět set devadesát devět korun českých'],
  ])('%i', (amount, words) => {
    expect(crownsInWords(amount)).toBe(words);
  });

  it('has other words for every other amount', () => {
    const amount = fc.integer({ min: 0, max: 999_999 });
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(crownsInWords(a) === crownsInWords(b)).toBe(a === b);
        expect(crownsInWords(a)).toMatch(/^[\p{Ll} ]+ (koruna česká|koruny české|korun českých)$/u);
        expect(crownsInWords(a)).not.toMatch(/ {2}/);
      }),
    );
  });

  it.each([-1, 1_000_000, 1.5, Number.NaN])('refuses %s', (amount) => {
    expect(() => crownsInWords(amount)).toThrow(RangeError);
  });
});

it('picks the word form for a count', () => {
  const forms = ['list', 'listy', 'listů'] as const;
  expect([0, 1, 2, 4, 5, 11, 22, 101].map((count) => pluralForm(count, forms))).toEqual([
    'listů',
    'list',
    'listy',
    'listy',
    'listů',
    'listů',
    'listů',
    'listů',
  ]);
});
