import type { ChipStrength } from './chip-check.ts';

/**
 * How strong a verification is, the weakest first. `seen`: the clerk compared a document with the person, and its data were typed or mended. `read`: its
 * machine-readable zone was taken in whole and its check digits hold, and none of them had to say what the number is. `proven`: its chip gave the issuer's own data.
 */
export const IDENTITY_STRENGTHS = ['seen', 'read', 'proven'] as const;
export type IdentityStrength = (typeof IDENTITY_STRENGTHS)[number];

/** By which means a document's data came in: by eye, as a zone that was typed, out of a picture, by a reader, out of its chip. */
export const IDENTITY_MEANS = ['typed', 'typed-mrz', 'image', 'reader', 'chip'] as const;
export type IdentityMeans = (typeof IDENTITY_MEANS)[number];

type Document = {
  source: IdentityMeans;
  overruledChecks: readonly string[];
  corrections?: readonly { by: 'check' | 'clerk'; field?: 'documentNumber' }[] | undefined;
  chip?: { strength: ChipStrength } | undefined;
};

export function identityStrength({
  source,
  overruledChecks,
  corrections = [],
  chip,
}: Document): IdentityStrength {
  // Under another kind it is another document to whoever looks it up; no machine said that it is one.
  if (overruledChecks.includes('documentKind')) return 'seen';
  if (chip?.strength === 'proven' || chip?.strength === 'data-proven') return 'proven';
  // A chip that proves nothing says no more than its printed zone, and one that is refuted less.
  if (chip?.strength === 'refuted' || source === 'typed') return 'seen';
  const isMended =
    overruledChecks.length > 0 ||
    corrections.some(({ by, field }) => by === 'clerk' || field === 'documentNumber');
  return isMended ? 'seen' : 'read';
}

export const isAsStrongAs = (has: IdentityStrength, needed: IdentityStrength): boolean =>
  IDENTITY_STRENGTHS.indexOf(has) >= IDENTITY_STRENGTHS.indexOf(needed);
