import fc from 'fast-check';
import { expect, it } from 'vitest';
import { suspicionOf, type Visitor } from './repeat-visitors.ts';

const jan: Visitor = {
  name: { givenNames: 'Jan', surname: 'Dvořák' },
  birthDate: { year: 1980, month: 4, day: 1 },
  document: { kind: 'id-card', number: '998001234', issuer: 'CZE' },
};
const by = (change: Partial<Visitor['document']>): Visitor => ({
  ...jan,
  document: { ...jan.document, ...change },
});
const named = (surname: string, givenNames = 'Jan'): Visitor => ({ ...jan, name: { surname, givenNames } });

it.each([
  ['who comes again', jan, null],
  ['who comes again, written without marks and one of the given names', named('Dvorak', 'Jan Karel'), null],
  ['another name on the document', named('Novák'), 'document-of-two'],
  ['another day of birth', { ...jan, birthDate: { year: 1981, month: 4, day: 1 } }, 'document-of-two'],
  ['another card of the same kind', by({ number: '998009999' }), 'two-documents'],
  ['the passport beside the card', by({ kind: 'passport', number: '99800123' }), null],
  ['the card of another state', by({ number: '998009999', issuer: 'SVK' }), null],
  [
    'a namesake born in that year, whose day nobody knows',
    { ...by({ number: '998009999' }), birthDate: { year: 1980 } },
    null,
  ],
  ['a stranger', { ...named('Novák'), document: { ...jan.document, number: '998009999' } }, null],
] as const)('%s: %s', (_what, other, expected) => {
  expect(suspicionOf(jan, other)).toBe(expected);
});

it('says the same whoever is named first, and never suspects anybody of themselves', () => {
  const visitor: fc.Arbitrary<Visitor> = fc.record({
    name: fc.record({
      surname: fc.constantFrom('Dvořák', 'Dvorak', 'Novák', 'Dvořák Novák'),
      givenNames: fc.constantFrom('Jan', 'Jan Karel', 'Karel Jan', 'Petr'),
    }),
    birthDate: fc.constantFrom(
      { year: 1980 },
      { year: 1980, month: 4, day: 1 },
      { year: 1981, month: 4, day: 1 },
    ),
    document: fc.record({
      kind: fc.constantFrom('id-card', 'passport'),
      number: fc.constantFrom('998001234', '998009999'),
      issuer: fc.constantFrom('CZE', 'SVK'),
    }),
  });
  fc.assert(
    fc.property(visitor, visitor, (one, other) => {
      expect(suspicionOf(one, other)).toBe(suspicionOf(other, one));
      expect(suspicionOf(one, one)).toBeNull();
    }),
  );
});
