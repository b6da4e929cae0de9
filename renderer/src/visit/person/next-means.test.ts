import { expect, it } from 'vitest';
import { MEANS_KEYS, nextMeans } from './next-means.ts';

const all = { reader: true, image: true, chip: true };
const none = { reader: false, image: false, chip: false };

it.each([
  ['a zone where everything is there', 'read', all, ['reader', 'image', 'chip', 'typed-mrz']],
  ['a zone where nothing is there', 'read', none, ['typed-mrz']],
  ['a zone by the scanner', 'read', { ...none, image: true }, ['image', 'typed-mrz']],
  ['the chip', 'proven', all, ['chip']],
  ['the chip where no chip is read', 'proven', { ...all, chip: false }, []],
] as const)('reaches %s', (_what, needed, setUp, expected) => {
  expect(nextMeans(needed, setUp)).toEqual(expected);
});

it('has a key of its own for each means', () => {
  expect(new Set(Object.values(MEANS_KEYS)).size).toBe(Object.keys(MEANS_KEYS).length);
});
