import fc from 'fast-check';
import { expect, it } from 'vitest';
import { breakLines, type Measure } from './lines.ts';

const segmenter = new Intl.Segmenter('cs', { granularity: 'grapheme' });
const measure: Measure = (text, _strong, size) => [...segmenter.segment(text)].length * size;
const plain = (text: string) => [{ text, strong: false, struck: false }];
const texts = (text: string, width: number) =>
  breakLines(plain(text), width, 1, measure).map((line) => line.pieces.map((piece) => piece.text).join(''));

it('breaks at spaces, keeps what is tied, obeys line ends', () => {
  expect(texts('Jan Novák v\u00a0Klatovech', 11)).toEqual(['Jan Novák', 'v Klatovech']);
  expect(texts('první\n\ndruhý', 20)).toEqual(['první', '', 'druhý']);
});

it('does not break at a hyphen, which Czech would have to repeat', () => {
  expect(texts('Anna Nováková-Černá', 15)).toEqual(['Anna', 'Nováková-Černá']);
});

it('cuts a word only when it is wider than a line', () => {
  expect(texts('ABCDEFGHIJ', 4)).toEqual(['ABCD', 'EFGH', 'IJ']);
});

it('loses no letter and never overflows, whatever the text', () => {
  const words = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), { maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 3, max: 60 }), (list, width) => {
      const text = list.join(' ');
      const lines = breakLines(plain(text), width, 1, measure);
      const squeezed = (value: string) => value.replace(/[\s\u2060\u200b]/gu, '');
      const drawn = lines.flatMap((line) => line.pieces.map((piece) => piece.text)).join('');
      expect(squeezed(drawn)).toBe(squeezed(text));
      for (const line of lines) expect(line.width).toBeLessThanOrEqual(width + 0.01);
    }),
  );
});
