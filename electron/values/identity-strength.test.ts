import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IDENTITY_STRENGTHS, identityStrength, isAsStrongAs } from './identity-strength.ts';

const whole = { source: 'reader', overruledChecks: [] } as const;

it.each([
  ['a zone from a reader', whole, 'read'],
  ['a zone typed as it stands', { ...whole, source: 'typed-mrz' }, 'read'],
  [
    'a zone from an image, mended by its check digits',
    { ...whole, source: 'image', corrections: [{ by: 'check' }] },
    'read',
  ],
  [
    'a zone from an image whose number its check digit put right',
    { ...whole, source: 'image', corrections: [{ by: 'check', field: 'documentNumber' }] },
    'seen',
  ],
  [
    'a zone from an image, mended by the clerk',
    { ...whole, source: 'image', corrections: [{ by: 'clerk' }] },
    'seen',
  ],
  ['a zone whose check digits do not hold', { ...whole, overruledChecks: ['documentNumber'] }, 'seen'],
  ['a document typed by eye', { ...whole, source: 'typed' }, 'seen'],
  ['a chip that is the issuer’s own', { ...whole, source: 'chip', chip: { strength: 'proven' } }, 'proven'],
  [
    'a chip of a document that is taken for one of another kind',
    { source: 'chip', overruledChecks: ['documentKind'], chip: { strength: 'proven' } },
    'seen',
  ],
  ['a chip that may be a copy', { ...whole, source: 'chip', chip: { strength: 'data-proven' } }, 'proven'],
  ['a chip of a signer nobody knows', { ...whole, source: 'chip', chip: { strength: 'unproven' } }, 'read'],
  ['a chip that was changed', { ...whole, source: 'chip', chip: { strength: 'refuted' } }, 'seen'],
] as const)('%s', (_what, document, expected) => {
  expect(identityStrength(document)).toBe(expected);
});

it('orders strengths: each is enough for itself and what is weaker', () => {
  const strength = fc.constantFrom(...IDENTITY_STRENGTHS);
  fc.assert(
    fc.property(strength, strength, (one, other) => {
      expect(isAsStrongAs(one, one)).toBe(true);
      expect(isAsStrongAs(one, other) && isAsStrongAs(other, one)).toBe(one === other);
    }),
  );
});
