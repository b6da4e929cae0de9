import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Claims, compareClaims, isOfAnother, isOfWeight, worstOf } from './identity-comparison.ts';
import { parseMrz } from './mrz.ts';
import { buildMrz } from './testing/build-mrz.ts';

const zone = (claims: Partial<Claims>): Claims => ({ writing: 'zone', truncated: false, ...claims });
const visual = (claims: Partial<Claims>): Claims => ({ writing: 'visual', ...claims });
const of = (field: string, one: Claims, other: Claims) => {
  const { agreement, how } = compareClaims(one, other).find((found) => found.field === field) ?? {};
  return how ? `${agreement}: ${how}` : agreement;
};

describe('names', () => {
  const named = (surname: string, givenNames = 'Jan') => visual({ surname, givenNames });
  const inZone = (surname: string, givenNames = 'JAN', truncated = false) =>
    zone({ surname, givenNames, truncated });

  it.each([
    ['letter for letter', named('Dvořák'), named('Dvořák'), 'equal'],
    ['without marks, as an account may have it', named('Dvořák'), named('Dvorak'), 'alike'],
    ['in a zone', named('Řehoř Žďárský'), inZone('REHOR ZDARSKY'), 'alike'],
    ['a sharp s in a zone', named('Großmann'), inZone('GROSSMANN'), 'alike'],
    ['one of the ways left open', named('Müller'), inZone('MULLER'), 'alike'],
    ['the other of the ways left open', named('Müller'), inZone('MUELLER'), 'alike'],
    ['two zones', inZone('NOVAK'), inZone('NOVAK'), 'equal'],
    [
      'cut where the room ended',
      named('Papandropoulousová-Konstantinidisová'),
      inZone('PAPANDROPOULOUSOVA KONSTANTINI', '', true),
      'alike',
    ],
    ['another one', named('Nováková'), inZone('NOVAK'), 'differs'],
    ['with the name of birth', named('Nováková Malá'), inZone('NOVAKOVA'), 'differs: fewer'],
    ['the other way round', named('Malá Nováková'), inZone('NOVAKOVA MALA'), 'differs: order'],
    ['in another script', named('Шевченко'), inZone('SHEVCHENKO'), 'incomparable'],
    ['in another script, by two people', named('Шевченко'), named('ШЕВЧЕНКО'), 'alike'],
    ['not said', visual({}), inZone('NOVAK'), 'incomparable'],
  ] as const)('%s', (_what, one, other, expected) => {
    expect(of('surname', one, other)).toBe(expected);
    expect(of('surname', other, one)).toBe(expected);
  });

  it.each([
    ['Jan Petr', 'Petr Jan', 'differs: order'],
    ['Jan Petr', 'Jan', 'differs: fewer'],
    ['Jan', '', 'differs'],
    ['', '', 'equal'],
  ])('given names %s and %s: %s', (one, other, expected) => {
    expect(of('givenNames', named('Novák', one), named('Novák', other))).toBe(expected);
  });

  it('agree with every zone built of them, cut or not, and never differ from themselves', () => {
    const word = fc
      .array(fc.constantFrom(...'ABCČDĎEÉĚFGHIÍJKLMNŇOÓPRŘSŠTŤUÚŮVXYÝZŽÄÖÜŁØßaábcčdeé'), {
        minLength: 2,
        maxLength: 14,
      })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.array(word, { maxLength: 4 }),
        fc.constantFrom('TD1', 'TD3'),
        (last, first, format) => {
          const name = { surname: last.join(' '), givenNames: first.join(' ') };
          const built = buildMrz({
            format,
            documentCode: format === 'TD1' ? 'ID' : 'P',
            issuer: 'CZE',
            documentNumber: '123456789',
            nationality: 'CZE',
            birthDate: { year: 1980, month: 4, day: 1 },
            expiryDate: { year: 2030, month: 4, day: 1 },
            sex: 'M',
            ...name,
          });
          const read = parseMrz(built.join('\n'), { today: '2026-04-01' });
          if (!read.ok) throw new Error(read.error.code);
          const written = visual({ ...name });
          for (const field of ['surname', 'givenNames']) {
            expect(['equal', 'alike']).toContain(of(field, written, zone({ ...read.value.name })));
            expect(of(field, written, written)).toBe('equal');
          }
        },
      ),
    );
  });
});

it.each([
  // Behind the last name of a zone that is full there may be more; of one with room left there is nothing.
  ['TD1', 'Nováková', 'Marie Alžběta Karola'],
  ['TD2', 'Nováková', 'Marie Alžběta Karola'],
  ['TD3', 'Nováková', 'Marie Alžběta Karola'],
] as const)('a name goes on where it fills the room of its own zone: %s', (format, surname, givenNames) => {
  const read = (name: string) => {
    const built = buildMrz({
      format,
      documentCode: format === 'TD3' ? 'P' : 'I',
      issuer: 'SVK',
      documentNumber: '123456789',
      nationality: 'SVK',
      birthDate: { year: 1980, month: 4, day: 1 },
      expiryDate: { year: 2030, month: 4, day: 1 },
      sex: 'F',
      surname: name,
      givenNames,
    });
    const parsed = parseMrz(built.join('\n'), { today: '2026-04-01' });
    if (!parsed.ok) throw new Error(parsed.error.code);
    return zone({ ...parsed.value.name });
  };
  const longer = { ...visual({ surname, givenNames: `${givenNames} Zdenka` }) };
  // NOVAKOVA<<MARIE<ALZBETA<KAROLA: thirty characters.
  expect(of('givenNames', longer, read(surname))).toBe(format === 'TD3' ? 'differs: fewer' : 'alike');
  expect(of('givenNames', longer, read(`${surname} Abcdefgh`))).toBe('alike');
});

describe('dates', () => {
  const born = (year: number, month?: number, day?: number) =>
    visual({ birthDate: { year, ...(month && { month }), ...(day && { day }) } });

  it.each([
    ['the same', born(1980, 4, 1), born(1980, 4, 1), 'equal'],
    ['an unknown day', born(1980, 4, 1), born(1980, 4), 'alike: fewer'],
    ['an unknown day of another month', born(1980, 4, 1), born(1980, 5), 'differs'],
    ['another day', born(1980, 4, 1), born(1980, 4, 2), 'differs'],
    ['a hundred years apart, by people', born(1924, 4, 1), born(2024, 4, 1), 'differs'],
    ['a hundred years apart, by a zone', born(1924, 4, 1), { ...born(2024, 4, 1), writing: 'zone' }, 'alike'],
    ['not said', born(1980), visual({}), 'incomparable'],
  ] as const)('%s', (_what, one, other, expected) => {
    expect(of('birthDate', one, other)).toBe(expected);
  });
});

it.each([
  ['AB 123456', 'AB123456', 'alike'],
  ['123456789', '123456789', 'equal'],
  ['123456789', '123456798', 'differs'],
  ['', '123456798', 'incomparable'],
])('document numbers %s and %s: %s', (one, other, expected) => {
  expect(of('documentNumber', visual({ documentNumber: one }), zone({ documentNumber: other }))).toBe(
    expected,
  );
});

it('knows Germany by its one letter and by three', () => {
  expect(of('issuer', visual({ issuer: 'DEU' }), zone({ issuer: 'D' }))).toBe('alike');
  expect(of('issuer', visual({ issuer: 'SVK' }), zone({ issuer: 'CZE' }))).toBe('differs');
});

it('reads the year of birth by its two digits, and never that of the expiry', () => {
  const at = (year: number) => ({ year, month: 6, day: 30 });
  expect(of('birthDate', visual({ birthDate: at(1920) }), zone({ birthDate: at(2020) }))).toBe('alike');
  expect(of('expiry', visual({ expiry: at(2113) }), zone({ expiry: at(2013) }))).toBe('differs');
});

const claims: fc.Arbitrary<Claims> = fc.record(
  {
    writing: fc.constantFrom('zone', 'visual'),
    truncated: fc.boolean(),
    surname: fc.constantFrom('Novák', 'NOVAK', 'Nováková', 'Malá Nováková', 'Шевченко'),
    givenNames: fc.constantFrom('Jan', 'JAN PETR', 'Petr Jan', ''),
    birthDate: fc.constantFrom(
      { year: 1980 },
      { year: 1980, month: 4 },
      { year: 1980, month: 4, day: 1 },
      { year: 1880 },
    ),
    documentNumber: fc.constantFrom('123456789', '12345 6789', 'AB123456'),
    issuer: fc.constantFrom('CZE', 'D', 'DEU'),
  },
  { requiredKeys: ['writing'] },
);

it('says the same whichever source is named first, and nothing of what one does not say', () => {
  fc.assert(
    fc.property(claims, claims, (one, other) => {
      expect(compareClaims(one, other)).toEqual(compareClaims(other, one));
      for (const { field, agreement } of compareClaims(one, { writing: 'visual' })) {
        expect([field, agreement]).toEqual([field, 'incomparable']);
      }
      // Nobody differs from what they say themselves.
      expect(compareClaims(one, one).filter(({ agreement }) => agreement === 'differs')).toEqual([]);
    }),
  );
});

it('takes a source for somebody else’s only where name, day and number all differ', () => {
  const own = visual({
    surname: 'Novák',
    givenNames: 'Jan',
    birthDate: { year: 1980 },
    documentNumber: '123456789',
  });
  const mother = zone({ surname: 'NOVAKOVA', birthDate: { year: 1955 }, documentNumber: '987654321' });
  expect(isOfAnother(own, mother)).toBe(true);
  expect(isOfAnother(own, { ...mother, birthDate: { year: 1980 } })).toBe(false);
  const { surname: _untold, ...nameless } = mother;
  expect(isOfAnother(own, nameless)).toBe(false);
});

it('weighs what may mean another person', () => {
  expect(isOfWeight({ field: 'birthDate', how: null })).toBe(true);
  expect(isOfWeight({ field: 'givenNames', how: null })).toBe(true);
  expect(isOfWeight({ field: 'givenNames', how: 'order' })).toBe(false);
  expect(isOfWeight({ field: 'expiry', how: null })).toBe(false);
});

it('tells the worst of several', () => {
  expect(worstOf([])).toBe('incomparable');
  expect(worstOf(['incomparable', 'equal'])).toBe('equal');
  expect(worstOf(['equal', 'alike'])).toBe('alike');
  expect(worstOf(['alike', 'differs', 'equal'])).toBe('differs');
});
