import { expect, it } from 'vitest';
import type { Witness } from '../../contract/services.ts';
import { judgeWitnessed } from './witnesses.ts';

const witness = (number: string, change: Partial<Witness['document']> = {}): Witness => ({
  name: { givenNames: 'Eva', surname: 'Prvá' },
  birthDate: { year: 1970, month: 2, day: 3 },
  birthPlace: 'Plzeň',
  address: { municipality: 'Plzeň' },
  document: { kind: 'id-card', number, issuer: 'CZE', expiry: '2030-01-01', source: 'typed', ...change },
  register: null,
  result: null,
});
const applicant: Parameters<typeof judgeWitnessed>[1] = {
  document: {
    ...{ kind: 'id-card', number: '999000018', issuer: 'CZE', expiry: '2030-01-01' },
    ...{ source: 'typed', overruledChecks: [] },
  },
  refuted: [{ number: '999000042', chip: { strength: 'refuted', checks: [] } }],
};

it.each([
  ['three documents', [witness('999000026'), witness('999000034')], null],
  [
    'one document, taken for two kinds',
    [witness('999000026'), witness('999 000 026', { kind: 'passport' })],
    'signing.witnesses-one-document',
  ],
  [
    'the applicant’s document, taken for another kind',
    [witness('999000026'), witness('999000018', { kind: 'passport' })],
    'signing.witnesses-one-document',
  ],
  [
    'one number of two states',
    [witness('999000026'), witness('999000026', { kind: 'eu-id-card', issuer: 'SVK' })],
    null,
  ],
  [
    'one number of Germany, by its letter and by three',
    [witness('C01X00T47', { issuer: 'D' }), witness('C01X00T47', { issuer: 'DEU' })],
    'signing.witnesses-one-document',
  ],
  [
    'a document whose chip was refuted in this visit',
    [witness('999000026'), witness('999 000 042')],
    'signing.witness-document-refuted',
  ],
] as const)('%s', (_what, witnesses, code) => {
  expect(judgeWitnessed(witnesses, applicant)).toBe(code);
});
