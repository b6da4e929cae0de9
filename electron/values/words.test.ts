import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitOf, folded, isOneSlipFrom, stemOf, wordsOf } from './words.ts';

describe('stems', () => {
  it.each([
    ['strom', 'stromy', 'stromu', 'stromů'],
    ['živnost', 'živnosti', 'živností'],
    ['poplatek', 'poplatku', 'poplatky', 'poplatkem'],
    ['domek', 'domku', 'domkem'],
    ['výpis', 'výpisu', 'výpisy', 'výpisem'],
    ['stavba', 'stavby', 'stavbu', 'stavbou', 'stavbám'],
    ['rejstřík', 'rejstříku', 'rejstříky'],
    ['svatba', 'svatbě', 'svatbou'],
  ])('all forms of %s have one stem', (...forms) => {
    expect(new Set(forms.map((form) => stemOf(folded(form)))).size).toBe(1);
  });

  it('leave three letters of a word at least, or the whole word', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,15}$/), (word) => {
        expect(stemOf(word).length).toBeGreaterThanOrEqual(Math.min(3, word.length));
      }),
    );
  });
});

const word = fc.stringMatching(/^[a-z]{5,12}$/);

describe('slips', () => {
  it('a letter left out, added, changed or exchanged is one slip, either way round', () => {
    fc.assert(
      fc.property(word, fc.nat(), fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), (text, place, letter) => {
        const at = place % (text.length - 1);
        const slips = [
          text.slice(0, at) + text.slice(at + 1),
          text.slice(0, at) + letter + text.slice(at),
          text.slice(0, at) + letter + text.slice(at + 1),
          text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2),
        ];
        for (const slip of slips)
          if (slip !== text) {
            expect(isOneSlipFrom(text, slip)).toBe(true);
            expect(isOneSlipFrom(slip, text)).toBe(true);
          }
      }),
    );
  });

  it('two slips are not one, nor is none', () => {
    expect(isOneSlipFrom('stavba', 'stavba')).toBe(false);
    expect(isOneSlipFrom('stavba', 'staba1')).toBe(false);
    expect(isOneSlipFrom('stavba', 'stavbami')).toBe(false);
  });
});

describe('how a typed word fits', () => {
  it.each([
    ['pes', 'pes', 4],
    ['stromu', 'strom', 3],
    ['zivno', 'zivnostnik', 2],
    ['stavab', 'stavba', 1],
    ['pes', 'les', 0],
    ['dum', 'strom', 0],
  ] as const)('%s to %s: %i', (typed, text, fit) => {
    expect(fitOf(typed, text)).toBe(fit);
  });

  it('a word fits itself best, also without diacritics and in capitals', () => {
    fc.assert(
      fc.property(fc.constantFrom('Žluťoučký', 'Přihlášení', 'kůň', 'Ověření'), (text) => {
        const [typed = ''] = wordsOf(text.toUpperCase());
        expect(fitOf(typed, folded(text))).toBe(4);
      }),
    );
  });
});
