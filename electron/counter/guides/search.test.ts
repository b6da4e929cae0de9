import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guide } from '../../contract/guides.ts';
import { folded, wordsOf } from '../../values/words.ts';
import { findGuides } from './search.ts';

const folder = fileURLToPath(new URL('../../../resources/catalogue/guides/', import.meta.url));
const guides = readdirSync(folder)
  .map((name) => guide.parse(JSON.parse(readFileSync(folder + name, 'utf8'))))
  .sort((a, b) => a.order - b.order);
const first = (typed: string): string | undefined => findGuides(guides, typed)[0]?.id;

describe('a guide is found by everyday words', () => {
  it.each([
    ['chci pokácet strom na zahradě', 'tree'],
    ['skaceni stromu', 'tree'],
    ['poridil jsem si stene', 'dog'],
    ['kolik se plati za psa', 'dog'],
    ['vdala jsem se', 'after-wedding'],
    ['zmena prijmeni po svatbe', 'after-wedding'],
    ['overit podpis na plne moci', 'certified-copy'],
    ['vypis z trestniho rejstriku', 'criminal-record'],
    ['chci zacit podnikat', 'start-trade'],
    ['zivnostensky list', 'start-trade'],
    ['stavim plot a bazen', 'small-building'],
    ['potřebuji převést papír na soubor', 'conversion'],
    ['criminal record', 'criminal-record'],
  ])('%s: %s', (typed, id) => {
    expect(first(typed)).toBe(id);
  });

  it('all of them where nothing is typed, in the catalogue’s order; none where nothing fits', () => {
    expect(findGuides(guides, '  ').map(({ id }) => id)).toEqual(guides.map(({ id }) => id));
    expect(findGuides(guides, 'xyzxyzxyz')).toEqual([]);
  });
});

it('leads to services the catalogue has', () => {
  const services = readdirSync(`${folder}../services`).map((name) => name.replace('.json', ''));
  expect(services).toEqual(expect.arrayContaining(guides.flatMap((one) => one.services)));
});

const said = guides.flatMap(({ id, title, words }) => [title.cs, ...words.cs].map((text) => ({ id, text })));

it('is found by its title and by each of its own words, whatever the case, the order and the diacritics', () => {
  fc.assert(
    fc.property(fc.constantFrom(...said), fc.boolean(), fc.boolean(), ({ id, text }, plain, turned) => {
      const shown = plain ? folded(text) : text.toUpperCase();
      const typed = turned ? shown.split(' ').reverse().join(' ') : shown;
      expect(findGuides(guides, typed).map((one) => one.id)).toContain(id);
    }),
  );
});

it('is found also when one letter of a long word was left out', () => {
  const long = said.flatMap(({ id, text }) =>
    wordsOf(text)
      .filter((word) => word.length >= 7)
      .map((word) => ({ id, word })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...long), fc.nat(), ({ id, word }, place) => {
      const at = 1 + (place % (word.length - 1));
      const typed = word.slice(0, at) + word.slice(at + 1);
      expect(findGuides(guides, typed).map((one) => one.id)).toContain(id);
    }),
  );
});
