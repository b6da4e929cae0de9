import { describe, expect, it } from 'vitest';
import { type CertificateHolder, isHeldBy, isOfAnother } from './certificate-holder.ts';
import type { PersonName } from './person-name.ts';

const holder = (of: Partial<CertificateHolder>): CertificateHolder => ({
  givenNames: null,
  surname: null,
  commonName: '',
  organisationIdentifier: null,
  ...of,
});
const parts = (givenNames: string, surname: string): CertificateHolder => holder({ givenNames, surname });
const common = (commonName: string): CertificateHolder => holder({ commonName });
const clerk: PersonName = { titlesBefore: 'Bc.', givenNames: 'Žaneta', surname: 'Nováková' };

describe('a certificate names the clerk', () => {
  it.each<[string, CertificateHolder, PersonName]>([
    ['in parts', parts('Žaneta', 'Nováková'), clerk],
    ['without diacritics', parts('Zaneta', 'Novakova'), clerk],
    ['in capitals', parts('ŽANETA', 'NOVÁKOVÁ'), clerk],
    ['with a given name more', parts('Žaneta Marie', 'Nováková'), clerk],
    ['with a given name fewer', parts('Žaneta', 'Nováková'), { ...clerk, givenNames: 'Žaneta Marie' }],
    [
      'two surnames, hyphenated in one',
      parts('Eva', 'Malá-Velká'),
      { givenNames: 'Eva', surname: 'Malá Velká' },
    ],
    [
      'two surnames the other way round',
      parts('Eva', 'Velká Malá'),
      { givenNames: 'Eva', surname: 'Malá Velká' },
    ],
    ['an umlaut as two letters', parts('Jürgen', 'Mueller'), { givenNames: 'Jürgen', surname: 'Müller' }],
    ['an umlaut as one letter', parts('Jurgen', 'Muller'), { givenNames: 'Jürgen', surname: 'Müller' }],
    ['one name only', holder({ surname: 'Suharto', givenNames: null }), { surname: 'Suharto' }],
    ['by the common name with titles', common('Bc. Žaneta Nováková'), clerk],
    ['by the common name, surname first', common('NOVÁKOVÁ Žaneta'), clerk],
    ['by the common name with titles behind', common('Ing. Žaneta Nováková, Ph.D., MBA'), clerk],
  ])('%s', (_how, certificate, person) => {
    expect(isHeldBy(certificate, person)).toBe(true);
  });
});

describe('a certificate names somebody else', () => {
  it.each<[string, CertificateHolder, PersonName]>([
    ['another surname', parts('Žaneta', 'Dvořáková'), clerk],
    ['another given name', parts('Jana', 'Nováková'), clerk],
    ['a surname more', parts('Žaneta', 'Nováková Černá'), clerk],
    ['a surname fewer', parts('Eva', 'Malá'), { givenNames: 'Eva', surname: 'Malá Velká' }],
    ['the man of that name', parts('Žaneta', 'Novák'), clerk],
    ['no given name', parts('', 'Nováková'), clerk],
    ['another surname in the common name', common('Žaneta Nováková Černá'), clerk],
    ['an office', common('Městský úřad Klatovy'), clerk],
    ['nobody', common(''), clerk],
  ])('%s', (_how, certificate, person) => {
    expect(isHeldBy(certificate, person)).toBe(false);
  });
});

it.each([
  ['NTRCZ-99900114', false],
  ['VATCZ-99900114', false],
  ['NTRCZ-99900122', true],
  // Numbers of other registers and countries cannot be compared with an IČO.
  ['VATCZ-7551010001', false],
  ['NTRSK-99900122', false],
  [null, false],
])('%s is of another organisation: %s', (organisationIdentifier, expected) => {
  expect(isOfAnother(holder({ organisationIdentifier }), '99900114')).toBe(expected);
});
