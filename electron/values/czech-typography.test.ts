import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nonBreaking } from './czech-typography.ts';

const shown = (text: string) => nonBreaking(text).replaceAll('\u00a0', '~');

it.each([
  ['dům v lese a u vody', 'dům v~lese a~u~vody'],
  ['K tomu i s ním', 'K~tomu i~s~ním'],
  ['a v té době', 'a~v~té době'],
  ['poplatek 1 530 Kč', 'poplatek 1~530~Kč'],
  ['12 345 678 Kč, 5 % a 3 m²', '12~345~678~Kč, 5~% a~3~m²'],
  ['dne 1. 4. 2026 ve městě', 'dne 1.~4.~2026 ve městě'],
  ['dne 1. dubna 2026', 'dne 1.~dubna 2026'],
  ['podle § 9 odst. 1 písm. a) zákona č. 128/2000 Sb.', 'podle §~9 odst.~1 písm.~a) zákona č.~128/2000~Sb.'],
  ['č. j. 12/2026, sp. zn. 5', 'č.~j.~12/2026, sp.~zn.~5'],
  ['Ing. Jan Novák, Ph.D., MBA', 'Ing.~Jan Novák,~Ph.D.,~MBA'],
  ['Ing. arch. Eva Malá', 'Ing.~arch.~Eva Malá'],
  ['prof. MUDr. J. K. Tyl, CSc.', 'prof.~MUDr.~J.~K.~Tyl,~CSc.'],
  ['301 00 Plzeň, +420 377 195 111', '301~00 Plzeň, +420~377~195~111'],
  ['Zaplaceno bylo 5. Další text', 'Zaplaceno bylo 5. Další text'],
  ['les je velký', 'les je velký'],
])('%s', (text, expected) => {
  expect(shown(text)).toBe(expected);
});

it('changes nothing but spaces, and nothing a second time', () => {
  const pieces = fc.constantFrom(
    ...[
      'v',
      'a',
      'K',
      ' ',
      ' ',
      ' ',
      '\u00a0',
      '1',
      '12',
      '530',
      '.',
      ',',
      '§',
      'č.',
      'Kč',
      'Ing.',
      'Ph.D.',
      'arch.',
    ],
    ...['Novák', 'dubna', 'odst.', '(', 'm²', '2026', '\n'],
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const once = nonBreaking(text);
      expect(nonBreaking(once)).toBe(once);
      expect(once.replaceAll('\u00a0', ' ')).toBe(text.replaceAll('\u00a0', ' '));
    }),
    { numRuns: 1000 },
  );
});
