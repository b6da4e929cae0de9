import { expect, it } from 'vitest';
import { legalDate } from '../../values/time.ts';
import { evidenceOf } from './evidence.ts';
import { readMrz } from './mrz.ts';
import { correctionsOf } from './zone-evidence.ts';

const today = legalDate(new Date('2026-05-01T10:00:00Z'));
const lines = [
  'IDCZE9990000180<<<<<<<<<<<<<<<',
  '8004015M3306301CZE<<<<<<<<<<<0',
  'VZOROVY<<JAN<KAREL<<<<<<<<<<<<',
];
const wrongDigit = [`IDCZE9990000181${'<'.repeat(15)}`, ...lines.slice(1)];
const name = { surname: 'VZOROVY', givenNames: 'JAN KAREL', truncated: false };

const document = { kind: 'id-card', number: '999000018', issuer: 'CZE', expiry: '2033-06-30' } as const;
const birthDate = { year: 1980, month: 4, day: 1 };
const nothing: Parameters<typeof evidenceOf>[1]['identity'] = {
  ...{ state: 'none', document: null, birthDate: null, mrzName: null },
  refuted: [],
};
const nobody = { hasRead: () => false, imageLike: () => null };
const reader = { ...nobody, hasRead: () => true };

type Input = Parameters<typeof evidenceOf>[0];
type Own = Parameters<typeof evidenceOf>[1];
const of = (source: Input['document']['source'], change: Partial<Input> = {}, own: Partial<Own> = {}) =>
  evidenceOf(
    { birthDate, zone: lines.join('\n'), ...change, document: { ...document, ...change.document, source } },
    { identity: nothing, chip: null, zones: nobody, today, ...own },
  );

it('is of the reader, of a picture or of a chip only what the counter read itself', () => {
  for (const source of ['reader', 'image'] as const)
    expect(of(source)).toEqual({ ok: false, error: { code: 'identity.zone-unknown' } });
  expect(of('chip')).toEqual({ ok: false, error: { code: 'identity.chip-differs' } });
  // No zone, and nothing that was read before.
  for (const source of ['reader', 'image', 'typed-mrz'] as const)
    expect(of(source, { zone: null })).toEqual({ ok: false, error: { code: 'identity.zone-unknown' } });
  expect(of('typed-mrz', { zone: 'IDCZE99' })).toMatchObject({ ok: false });
});

it('takes the name and what is not the zone’s own word from the zone, not from the window', () => {
  expect(of('reader', {}, { zones: reader })).toEqual({
    ok: true,
    value: {
      document: { ...document, source: 'reader', overruledChecks: [] },
      mrzName: name,
      read: {
        ...{ writing: 'zone', ...name, documentNumber: '999000018', issuer: 'CZE' },
        ...{ birthDate, expiry: { year: 2033, month: 6, day: 30 } },
      },
    },
  });
  const other = { ...document, source: 'typed-mrz', number: '999000026', expiry: '2039-06-30' } as const;
  expect(of('typed-mrz', { document: other, birthDate: { year: 2010, month: 4, day: 1 } })).toMatchObject({
    value: { document: { overruledChecks: ['documentNumber', 'birthDate', 'expiryDate'] } },
  });
  expect(of('typed-mrz', { zone: wrongDigit.join('\n') })).toMatchObject({
    value: { document: { overruledChecks: ['documentNumber', 'composite'] } },
  });
  const passport = { ...document, kind: 'passport', source: 'typed-mrz' } as const;
  expect(of('typed-mrz', { document: passport })).toMatchObject({
    value: { document: { overruledChecks: ['documentKind'] } },
  });
  // Cards of residence, of protection and of other states' citizens bear one code.
  const permit = lines.map((line) => line.replace('IDCZE', 'IRCZE')).join('\n');
  for (const [kind, overruledChecks] of [
    ['protection-card', []],
    ['id-card', ['documentKind']],
  ] as const)
    expect(of('typed-mrz', { zone: permit, document: { ...passport, kind } })).toMatchObject({
      value: { document: { overruledChecks } },
    });
  // Of a code that is not known here the zone says no kind, and the clerk does.
  const unknown = lines.map((line) => line.replace('IDCZE', 'IXCZE')).join('\n');
  expect(of('typed-mrz', { zone: unknown, document: passport })).toMatchObject({
    value: { document: { overruledChecks: ['composite'].slice(1) } },
  });
  // Two digits of the year: whoever is a hundred is no newborn.
  expect(of('typed-mrz', { birthDate: { year: 1880, month: 4, day: 1 } })).toMatchObject({
    value: { document: { overruledChecks: [] } },
  });
});

it('marks what a clerk mends of a document that was read before, its kind too', () => {
  const identity = {
    state: 'document-taken' as const,
    document: { ...document, source: 'reader' as const, overruledChecks: [] },
    birthDate,
    mrzName: name,
    refuted: [],
  };
  const mend = (change: Partial<Input['document']>, source: 'reader' | 'image' | 'typed' = 'reader') =>
    of(source, { zone: null, document: { ...document, source, ...change } }, { identity });
  expect(mend({ kind: 'residence-permit' })).toMatchObject({
    value: { document: { kind: 'residence-permit', overruledChecks: ['documentKind'] }, mrzName: name },
  });
  expect(mend({ issuer: 'SVK', expiry: '2034-06-30' })).toMatchObject({
    value: { document: { overruledChecks: ['issuer', 'expiryDate'] } },
  });
  expect(mend({}, 'image')).toMatchObject({ error: { code: 'identity.zone-unknown' } });
  expect(mend({ number: '999000026' }, 'typed')).toMatchObject({ value: { mrzName: name } });
});

it('has of a chip what the chip says, whole', () => {
  const zone = readMrz(lines.join('\n'), today);
  if (!zone.ok) throw new Error(zone.error.code);
  const chip = { zone: zone.value, proof: { strength: 'proven' as const, checks: [] } };
  expect(of('chip', { zone: null }, { chip })).toMatchObject({
    value: { document: { chip: chip.proof }, mrzName: name },
  });
  for (const other of [
    { number: '999000026' },
    { issuer: 'SVK' },
    { expiry: '2034-06-30' },
    { expiry: null },
  ])
    expect(of('chip', { document: { ...document, source: 'chip', ...other } }, { chip })).toMatchObject({
      error: { code: 'identity.chip-differs' },
    });
});

it('lets no correction and no other reading take back that the chip was refuted', () => {
  const refuted = { strength: 'refuted' as const, checks: [] };
  const taken = (state: 'document-taken' | 'refused') => ({
    identity: {
      ...{ state, birthDate, mrzName: name, refuted: [{ number: document.number, chip: refuted }] },
      document: { ...document, source: 'chip' as const, overruledChecks: [], chip: refuted },
    },
    zones: reader,
  });
  const other = { ...document, source: 'typed' as const, number: '999000026' };
  const chipOf = (...given: Parameters<typeof of>) => {
    const evidence = of(...given);
    if (!evidence.ok) throw new Error(evidence.error.code);
    return evidence.value.document.chip;
  };
  expect(chipOf('typed', { zone: null }, taken('document-taken'))).toEqual(refuted);
  expect(chipOf('typed', { zone: null, document: other }, taken('document-taken'))).toEqual(refuted);
  expect(chipOf('reader', {}, taken('document-taken'))).toEqual(refuted);
  expect(chipOf('typed', { zone: null }, taken('refused'))).toEqual(refuted);
  // Nor does another document between, nor its chip read once more.
  const between = { identity: { ...nothing, refuted: [{ number: '999 000018', chip: refuted }] } };
  expect(chipOf('typed', { zone: null }, between)).toEqual(refuted);
  expect(chipOf('reader', {}, { ...between, zones: reader })).toEqual(refuted);
  const zone = readMrz(lines.join('\n'), today);
  if (!zone.ok) throw new Error(zone.error.code);
  const chip = { zone: zone.value, proof: { strength: 'proven' as const, checks: [] } };
  expect(chipOf('chip', { zone: null }, { ...between, chip })).toEqual(refuted);
  expect(chipOf('chip', { zone: null }, { ...taken('document-taken'), chip })).toEqual(refuted);
  // A chip that is read is no correction of what was taken before.
  const passport = zone.value.documentNumber.replace('18', '26');
  const otherChip = { ...chip, zone: { ...zone.value, documentNumber: passport } };
  const its = { ...document, source: 'chip' as const, number: passport };
  expect(
    chipOf('chip', { zone: null, document: its }, { ...taken('document-taken'), chip: otherChip }),
  ).toEqual(chip.proof);
  // What was typed as another number has that chip's word against it until its own is read.
  const typedOver = {
    ...taken('document-taken').identity,
    document: { ...other, overruledChecks: [], chip: refuted },
  };
  expect(chipOf('typed', { zone: null, document: other }, { identity: typedOver })).toEqual(refuted);
  expect(chipOf('chip', { zone: null, document: its }, { identity: typedOver, chip: otherChip })).toEqual(
    chip.proof,
  );
  // Another document may be genuine.
  expect(chipOf('typed', { zone: null, document: other }, taken('refused'))).toBeUndefined();
});

it.each([
  ['MRV-A', 44],
  ['MRV-B', 36],
])('takes no visa for a document of its bearer: %s', (_format, length) => {
  const visa = ['V<CZEVZOROVY<<JAN<KAREL', '9990000180CZE8004015M3306301'];
  const zone = visa.map((line) => line.padEnd(length, '<')).join('\n');
  const refused = { ok: false, error: { code: 'identity.visa' } };
  expect(readMrz(zone, today)).toEqual(refused);
  for (const kind of ['passport', 'visa'] as const)
    for (const source of ['typed-mrz', 'reader'] as const)
      expect(of(source, { zone, document: { ...document, kind, source } }, { zones: reader })).toEqual(
        refused,
      );
});

it('tells apart what check digits changed in a picture’s zone and what the clerk changed', () => {
  const read = (character: string | null, seen: string | null = null) => ({ character, confidence: 1, seen });
  const zone = {
    format: 'TD1' as const,
    lines: [
      [read('I'), read('D'), read(null, '8')],
      [read('8', 'B'), read('<'), read('4')],
    ],
  };
  expect(correctionsOf(zone, ['ID8', '8<7'])).toEqual([
    { line: 1, column: 3, seen: '8', character: '8', by: 'clerk' },
    { line: 2, column: 1, seen: 'B', character: '8', by: 'check' },
    { line: 2, column: 3, seen: '4', character: '7', by: 'clerk' },
  ]);
});

it('says of a number that a check digit put it right, also where it goes on in the optional data', () => {
  const of = (used: string[], line: number, column: number, seen: string) =>
    correctionsOf(
      {
        format: 'TD1',
        lines: used.map((text, row) =>
          [...text].map((character, at) => ({
            ...{ character, confidence: 1 },
            seen: row === line && at === column ? seen : null,
          })),
        ),
      },
      used,
    ).map(({ field }) => field);
  expect(of(lines, 0, 5, 'B')).toEqual(['documentNumber']);
  expect(of(lines, 0, 14, 'O')).toEqual(['documentNumber']);
  expect(of(lines, 0, 15, 'K')).toEqual([undefined]);
  expect(of(lines, 1, 0, 'B')).toEqual([undefined]);
  // Decided, and as the picture showed it.
  expect(of(lines, 0, 5, '9')).toEqual([undefined]);
  const long = ['I<UTOD23145890<7349<<<<<<<<<<<', ...lines.slice(1)];
  expect([of(long, 0, 16, 'E'), of(long, 0, 18, 'G'), of(long, 0, 19, 'K')]).toEqual([
    ['documentNumber'],
    ['documentNumber'],
    [undefined],
  ]);
});
