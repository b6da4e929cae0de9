import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysInMonth } from './calendar.ts';
import { checkDigit, type MrzField, type MrzFormat, type MrzReading, parseMrz } from './mrz.ts';
import { LAYOUTS } from './mrz-layout.ts';
import { judgeTypedMrz } from './mrz-live.ts';
import { buildMrz, type MrzContent } from './testing/build-mrz.ts';
import { transliterate } from './transliteration.ts';

const today = '2026-04-01';

const TD1 = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];
const TD1_LONG = [
  'I<UTOD23145890<7349<<<<<<<<<<<',
  '3407127M9507122UTO<<<<<<<<<<<2',
  'STEVENSON<<PETER<JOHN<<<<<<<<<',
];
const TD2 = ['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'];
const TD3 = ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'];
const MRV_A = [
  'V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L8988901C4XXX4009078F96121096ZE184226B<<<<<<',
];
const MRV_B = ['V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'L8988901C4XXX4009078F9612109<<<<<<<<'];
const CZ_ID = [
  'IDCZE9990000180<<<<<<<<<<<<<<<',
  '8001014M3001019CZE<<<<<<<<<<<2',
  'VZOROVY<<JAN<KAREL<<<<<<<<<<<<',
];
const CZ_PASSPORTS = [
  ['P<CZESPECIMEN<<VZOR<<<<<<<<<<<<<<<<<<<<<<<<<', '99009054<4CZE6906229F16072996956220612<<<<74'],
  ['P<CZESPECIMEN<<VZOR<<<<<<<<<<<<<<<<<<<<<<<<<', '99003853<1CZE1101018M1207046110101111<<<<<94'],
  ['P<CZESPECIMEN<<VZOR<<<<<<<<<<<<<<<<<<<<<<<<<', '99006000<8CZE1102299F16090641152291111<<<<24'],
];

function reading(text: string): MrzReading {
  const result = parseMrz(text, { today });
  if (!result.ok) throw new Error(`expected a reading, got ${result.error.code}`);
  return result.value;
}

const wrong = (text: string): MrzField[] =>
  reading(text)
    .checks.filter((check) => !check.ok)
    .map(({ field }) => field);

function failure(text: string): unknown {
  const result = parseMrz(text, { today });
  return result.ok ? 'a reading' : result.error;
}

describe('specimens', () => {
  it('reads the TD1 card', () => {
    expect(reading(TD1.join('\n'))).toMatchObject({
      format: 'TD1',
      documentCode: 'I',
      issuer: 'UTO',
      documentNumber: 'D23145890',
      nationality: 'UTO',
      birthDate: { year: 1974, month: 8, day: 12 },
      sex: 'F',
      expiryDate: { year: 2012, month: 4, day: 15 },
      optionalData: ['', ''],
      name: { surname: 'ERIKSSON', givenNames: 'ANNA MARIA', truncated: false },
      valid: true,
    });
  });

  it('puts a long number of a TD1 card together', () => {
    const card = reading(TD1_LONG.join('\n'));
    expect(card).toMatchObject({ documentNumber: 'D23145890734', optionalData: ['', ''], valid: true });
    expect(card.checks[0]).toMatchObject({ field: 'documentNumber', lineIndex: 0, position: 19, found: '9' });
  });

  it('reads the TD2 card', () => {
    expect(reading(TD2.join('\n'))).toMatchObject({
      format: 'TD2',
      documentNumber: 'D23145890',
      valid: true,
    });
  });

  it('reads the TD3 passport', () => {
    expect(reading(TD3.join('\n'))).toMatchObject({
      format: 'TD3',
      documentCode: 'P',
      documentNumber: 'L898902C3',
      optionalData: ['ZE184226B'],
      valid: true,
    });
  });

  it('reads both visas, which have no composite digit', () => {
    for (const [lines, format, optional] of [
      [MRV_A, 'MRV-A', '6ZE184226B'],
      [MRV_B, 'MRV-B', ''],
    ] as const) {
      const visa = reading(lines.join('\n'));
      expect(visa).toMatchObject({ format, documentCode: 'V', documentNumber: 'L8988901C', valid: true });
      expect(visa).toMatchObject({ nationality: 'XXX', optionalData: [optional] });
      expect(visa.checks.some(({ field }) => field === 'composite')).toBe(false);
    }
  });

  it('reads the Czech identity card', () => {
    expect(reading(CZ_ID.join('\n'))).toMatchObject({
      format: 'TD1',
      documentCode: 'ID',
      issuer: 'CZE',
      documentNumber: '999000018',
      birthDate: { year: 1980, month: 1, day: 1 },
      expiryDate: { year: 2030, month: 1, day: 1 },
      name: { transliteration: true, surname: 'VZOROVY', givenNames: 'JAN KAREL' },
      valid: true,
    });
  });

  it('reads the Czech passports; all their digits hold', () => {
    const passports = CZ_PASSPORTS.map((lines) => reading(lines.join('\n')));
    expect(passports.map(({ documentNumber }) => documentNumber)).toEqual([
      '99009054',
      '99003853',
      '99006000',
    ]);
    expect(passports.map(({ optionalData }) => optionalData[0])).toEqual([
      '6956220612',
      '110101111',
      '1152291111',
    ]);
    for (const { checks } of passports) {
      expect(checks.filter(({ code, ok }) => code === 'mrz.check-digit' && !ok)).toEqual([]);
    }
  });

  it('names a birth on a day that never was, though its digit holds', () => {
    const passport = reading((CZ_PASSPORTS[2] ?? []).join('\n'));
    expect(passport.valid).toBe(false);
    expect(passport.birthDate).toBeNull();
    expect(passport.checks.filter(({ ok }) => !ok)).toEqual([
      {
        field: 'birthDate',
        code: 'mrz.no-such-date',
        lineIndex: 1,
        position: 14,
        expected: '',
        found: '110229',
        ok: false,
      },
    ]);
  });
});

describe('input as readers and people give it', () => {
  it.each([
    ['CR', TD1.join('\r')],
    ['CRLF and a last one', `${TD1.join('\r\n')}\r\n`],
    ['an unbroken line', TD1.join('')],
    ['lower case', TD1.join('\n').toLowerCase()],
    ['spaces around', TD1.map((line) => `  ${line} \t`).join('\n')],
    ['STX and ETX', `\u0002${TD1.join('\r')}\r\u0003`],
    ['empty lines between', TD1.join('\n\n\n')],
  ])('%s', (_name, text) => {
    expect(reading(text).lines).toEqual(TD1);
  });

  it('splits unbroken two-line zones', () => {
    expect(reading(TD2.join('')).lines).toEqual(TD2);
    expect(reading(TD3.join('')).lines).toEqual(TD3);
  });

  it('accepts an empty optional field with either digit, filler or 0', () => {
    const base = { ...content('TD3'), optionalData: [] };
    const [first = '', second = ''] = buildMrz(base);
    expect(second[42]).toBe('<');
    const zero = `${second.slice(0, 42)}0${second.slice(43)}`;
    expect(reading(`${first}\n${second}`).valid).toBe(true);
    expect(reading(`${first}\n${zero}`).valid).toBe(true);
  });

  it('keeps an unknown day and month of birth unknown', () => {
    for (const birthDate of [{ year: 1975 }, { year: 1975, month: 6 }]) {
      expect(reading(buildMrz({ ...content('TD1'), birthDate }).join('\n'))).toMatchObject({
        birthDate,
        valid: true,
      });
    }
    expect(reading(buildMrz({ ...content('TD1'), birthDate: null }).join('\n')).birthDate).toBeNull();
  });

  it('takes the century of birth from today; expiry is always in this one', () => {
    const birthYear = (year: number, month: number, day: number) => {
      const lines = buildMrz({ ...content('TD1'), birthDate: { year, month, day } });
      return reading(lines.join('\n')).birthDate?.year;
    };
    expect(birthYear(2026, 4, 1)).toBe(2026);
    expect(birthYear(1926, 4, 2)).toBe(1926);
    expect(birthYear(1927, 1, 1)).toBe(1927);
    expect(birthYear(2025, 1, 1)).toBe(2025);
    const expiryDate = { year: 2095, month: 1, day: 1 };
    expect(reading(buildMrz({ ...content('TD1'), expiryDate }).join('\n')).expiryDate).toEqual(expiryDate);
  });

  it('says that a name may have been cut off', () => {
    const lines = buildMrz({
      ...content('TD1'),
      surname: 'NOVAKOVA',
      givenNames: 'MARIE ALZBETA KAROLINA TEREZIE',
    });
    expect(reading(lines.join('\n')).name).toMatchObject({ truncated: true, surname: 'NOVAKOVA' });
  });

  it('knows people with one name', () => {
    const lines = buildMrz({ ...content('TD3'), surname: 'Suharto', givenNames: '' });
    expect(reading(lines.join('\n')).name).toMatchObject({ surname: 'SUHARTO', givenNames: '' });
  });
});

describe('failures', () => {
  it.each<[string, string, unknown]>([
    ['nothing', ' \r\n\u0002\u0003', { code: 'mrz.empty' }],
    ['10 KB without a line end', 'A'.repeat(10_240), { code: 'mrz.too-long', params: { max: 256 } }],
    [
      'a letter with an accent',
      CZ_ID.join('\n').replace('VZOROVY', 'VZOROVÝ'),
      { code: 'mrz.characters', params: { line: 3, column: 7, character: 'Ý' } },
    ],
    [
      'a byte that cannot be seen',
      CZ_ID.join('\n').replace('CZE9', 'CZE\u0007'),
      { code: 'mrz.characters', params: { line: 1, column: 6, character: 'U+0007' } },
    ],
    ['one line of three', TD1[0] ?? '', { code: 'mrz.line-count', params: { found: 1, expected: 3 } }],
    [
      'two of three',
      TD1.slice(0, 2).join('\n'),
      { code: 'mrz.line-count', params: { found: 2, expected: 3 } },
    ],
    ['one line of two', TD3[0] ?? '', { code: 'mrz.line-count', params: { found: 1, expected: 2 } }],
    [
      'four lines',
      [...TD1, ...TD1].slice(0, 4).join('\n'),
      { code: 'mrz.line-count', params: { found: 4, expected: 3 } },
    ],
    [
      'a second line cut off',
      TD3.join('\n').slice(0, -5),
      { code: 'mrz.line-length', params: { line: 2, found: 39, expected: 44, missing: 5 } },
    ],
    [
      'an unbroken line cut off',
      TD3.join('').slice(0, -1),
      { code: 'mrz.line-length', params: { line: 1, found: 87, expected: 88, missing: 1 } },
    ],
    [
      'a line too long',
      `${TD1.join('\n')}<`,
      { code: 'mrz.line-surplus', params: { line: 3, found: 31, expected: 30, surplus: 1 } },
    ],
    [
      'no document code',
      TD2.join('\n').replace('I<', '9<'),
      { code: 'mrz.document-code', params: { found: '9<' } },
    ],
    [
      'an old French card',
      ['IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<', '8806923102858CORINNE<<<<<<<6512068F6'].join('\n'),
      { code: 'mrz.national-layout', params: { issuer: 'FRA' } },
    ],
  ])('%s', (_name, text, expected) => {
    expect(failure(text)).toEqual(expected);
  });
});

it('names the wrong digit, where it stands and what it should be', () => {
  const text = TD3.join('\n').replace('7408122F', '7408123F');
  expect(reading(text).valid).toBe(false);
  expect(reading(text).checks.filter(({ ok }) => !ok)).toEqual([
    {
      field: 'birthDate',
      code: 'mrz.check-digit',
      lineIndex: 1,
      position: 20,
      expected: '2',
      found: '3',
      ok: false,
    },
    {
      field: 'composite',
      code: 'mrz.check-digit',
      lineIndex: 1,
      position: 44,
      expected: '3',
      found: '0',
      ok: false,
    },
  ]);
});

it('corrects nothing by itself', () => {
  const text = CZ_ID.join('\n').replace('8001014M', '80O1014M');
  expect(reading(text)).toMatchObject({ valid: false, birthDate: null });
  expect(wrong(text)).toContain('birthDate');
});

it('says of each field what it cannot hold', () => {
  expect(wrong(CZ_ID.join('\n').replace('VZOROVY', 'VZ0ROVY'))).toEqual(['name']);
  expect(wrong(CZ_ID.join('\n').replace('IDCZE', 'IDCZ3'))).toEqual(['issuer']);
  expect(wrong(CZ_ID.join('\n').replace('4M3', '4X3'))).toEqual(['sex']);
  expect(wrong(CZ_ID.join('\n').replace('019CZE', '0190ZE'))).toEqual(['nationality']);
});

it('computes check digits as Doc 9303 does', () => {
  expect(['D23145890', '740812', '120415', 'L898902C3', '<<<<', ''].map(checkDigit)).toEqual([
    '7',
    '2',
    '9',
    '6',
    '0',
    '0',
  ]);
  expect(checkDigit('7408-12')).toBeNull();
});

it('transliterates as an issuer does', () => {
  expect(transliterate('Nováková-Černá')).toBe('NOVAKOVA<CERNA');
  expect(transliterate('Großmüller D’Angelo')).toBe('GROSSMUELLER<DANGELO');
});

function content(format: MrzFormat): MrzContent {
  return {
    format,
    documentCode: format.startsWith('MRV') ? 'V' : format === 'TD3' ? 'P' : 'ID',
    issuer: 'CZE',
    documentNumber: '999000018',
    nationality: 'CZE',
    birthDate: { year: 1980, month: 1, day: 1 },
    sex: 'M',
    expiryDate: { year: 2030, month: 1, day: 1 },
    surname: 'Vzorový',
    givenNames: 'Jan',
  };
}

const letters = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), minLength: min, maxLength: max });
const alphanumeric = (min: number, max: number) =>
  fc.string({
    unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    minLength: min,
    maxLength: max,
  });
const dates = (from: number, to: number) =>
  fc
    .record({
      year: fc.integer({ min: from, max: to }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 31 }),
    })
    .filter(({ year, month, day }) => day <= daysInMonth(year, month));
const births = fc.oneof(
  dates(1927, 2025),
  fc.record({ year: fc.integer({ min: 1927, max: 2025 }) }),
  fc.record({ year: fc.integer({ min: 1927, max: 2025 }), month: fc.integer({ min: 1, max: 12 }) }),
);
const words = (min: number, max: number, length: number) =>
  fc.array(letters(1, length), { minLength: min, maxLength: max }).map((parts) => parts.join(' '));

const contents: fc.Arbitrary<MrzContent> = fc
  .constantFrom<MrzFormat>('TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B')
  .chain((format) =>
    fc.record({
      format: fc.constant(format),
      documentCode: fc.constantFrom(
        ...(format.startsWith('MRV')
          ? ['V', 'VC']
          : format === 'TD3'
            ? ['P', 'PD']
            : ['I', 'ID', 'IR', 'AC']),
      ),
      issuer: fc.constantFrom('CZE', 'D', 'SVK', 'UKR', 'VNM'),
      documentNumber: fc.oneof(
        alphanumeric(1, 9),
        ...(format === 'TD1' ? [alphanumeric(10, 20)] : []),
        ...(format === 'TD2' ? [alphanumeric(10, 14)] : []),
      ),
      nationality: fc.constantFrom('CZE', 'D', 'XXA', 'UKR'),
      birthDate: births,
      sex: fc.constantFrom('F', 'M', 'unspecified'),
      expiryDate: dates(2000, 2099),
      surname: words(1, 2, 6),
      givenNames: words(0, 2, 6),
    }),
  );

describe('properties', () => {
  it('reads back whatever is composed', () => {
    fc.assert(
      fc.property(contents, (given) => {
        const parsed = reading(buildMrz(given).join('\r\n'));
        expect(parsed.checks.filter(({ ok }) => !ok)).toEqual([]);
        const { surname, givenNames, ...rest } = given;
        expect(parsed).toMatchObject({ ...rest, valid: true });
        expect(parsed.name).toMatchObject({ surname, givenNames });
      }),
      { numRuns: 500 },
    );
  });

  it('reads optional data back', () => {
    fc.assert(
      fc.property(alphanumeric(1, 14), alphanumeric(1, 11), (first, second) => {
        const passport = buildMrz({ ...content('TD3'), optionalData: [first] });
        expect(reading(passport.join('')).optionalData).toEqual([first]);
        const card = buildMrz({ ...content('TD1'), optionalData: [first, second] });
        expect(reading(card.join('')).optionalData).toEqual([first, second]);
      }),
    );
  });

  it('finds any one protected character changed to another value', () => {
    const value = (character: string) => (character === '<' ? 0 : Number.parseInt(character, 36) % 10);
    fc.assert(
      fc.property(
        contents,
        fc.nat(),
        fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<'),
        (given, pick, character) => {
          const lines = buildMrz(given);
          const places = protectedPlaces(given.format);
          const place = places[pick % places.length] ?? { line: 1, column: 0 };
          const line = lines[place.line] ?? '';
          fc.pre(value(line[place.column] ?? '') !== value(character));
          lines[place.line] = line.slice(0, place.column) + character + line.slice(place.column + 1);
          expect(reading(lines.join('\n')).valid).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never throws nor hangs, whatever comes', () => {
    const bytes = fc.uint8Array({ maxLength: 10_240 }).map((array) => String.fromCharCode(...array));
    const nearly = fc.string({
      unit: fc.constantFrom(...'PIVAC<<<<<09ZÝß\n\r \u0000\u{1F600}'),
      maxLength: 260,
    });
    fc.assert(
      fc.property(fc.oneof(bytes, nearly, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        const result = parseMrz(text, { today });
        judgeTypedMrz(text, { today });
        expect(typeof result.ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });

  it('takes any 2 or 3 lines of the right length as a reading or a failure', () => {
    const zone = fc
      .constantFrom([3, 30], [2, 36], [2, 44])
      .chain(([count = 2, length = 44]) =>
        fc.array(
          fc.string({ unit: fc.constantFrom(...'PIVAC<<<0123456789'), minLength: length, maxLength: length }),
          { minLength: count, maxLength: count },
        ),
      );
    fc.assert(
      fc.property(zone, (lines) => {
        const result = parseMrz(lines.join('\n'), { today });
        if (!result.ok) expect(['mrz.document-code', 'mrz.national-layout']).toContain(result.error.code);
      }),
    );
  });
});

function protectedPlaces(format: MrzFormat): { line: number; column: number }[] {
  const layout = LAYOUTS[format];
  const ranges =
    layout.composite.length > 0
      ? [...layout.composite, { line: 1, start: layout.length - 1, end: layout.length }]
      : [layout.number, layout.birth, layout.expiry].map((range) => ({ ...range, end: range.end + 1 }));
  return ranges.flatMap(({ line, start, end }) =>
    Array.from({ length: end - start }, (_, offset) => ({ line, column: start + offset })),
  );
}

describe('while typing', () => {
  const live = (text: string) => judgeTypedMrz(text, { today });
  const states = (text: string) =>
    Object.fromEntries(
      live(text)
        .checks.filter(({ code }) => code === 'mrz.check-digit')
        .map(({ field, state }) => [field, state]),
    );

  it('is quiet before the first character', () => {
    expect(live('')).toEqual({
      format: null,
      expectedLines: 0,
      expectedLength: 0,
      lines: [],
      checks: [],
      result: null,
    });
  });

  it('says how much of each line is missing', () => {
    const judged = live(`${TD3[0]}\nL898902C36UTO74`);
    expect(judged).toMatchObject({ format: 'TD3', expectedLines: 2, expectedLength: 44, result: null });
    expect(judged.lines.map(({ state, missing }) => [state, missing])).toEqual([
      ['full', 0],
      ['short', 29],
    ]);
  });

  it('judges each field as soon as it is whole', () => {
    expect(states(`${TD3[0]}\nL898902C3`)).toMatchObject({ documentNumber: 'pending', birthDate: 'pending' });
    expect(states(`${TD3[0]}\nL898902C36`)).toMatchObject({ documentNumber: 'ok', birthDate: 'pending' });
    expect(states(`${TD3[0]}\nL898902C37UTO7408122`)).toMatchObject({
      documentNumber: 'wrong',
      birthDate: 'ok',
    });
  });

  it('marks characters that cannot stand there, and lines too long', () => {
    expect(live('P<CZE8-Č').lines[0]).toMatchObject({ state: 'characters', wrongColumns: [7, 8] });
    expect(live(`${TD3[0]}<<`).lines[0]).toMatchObject({ state: 'long', missing: -2 });
  });

  it('tells the shape from what is typed, and gives the reading when all is there', () => {
    for (const lines of [TD1, TD2, TD3, MRV_A, MRV_B, TD1_LONG]) {
      const judged = live(lines.join('\n'));
      expect(judged.result).toEqual(parseMrz(lines.join('\n'), { today }));
      expect(judged.checks.every(({ state }) => state === 'ok')).toBe(true);
    }
    expect(live(TD1.join('')).result?.ok).toBe(true);
  });

  it('never fails at any stage of typing', () => {
    fc.assert(
      fc.property(contents, fc.nat({ max: 92 }), (given, length) => {
        const typed = buildMrz(given).join('\n').slice(0, length);
        expect(
          judgeTypedMrz(typed, { today, format: given.format }).checks.some(({ state }) => state === 'wrong'),
        ).toBe(false);
      }),
    );
  });
});
