import { type IdentityStrength, isAsStrongAs } from '../../../../electron/values/identity-strength.ts';

/** What the desk can read a document by, the least trouble first. A zone can be typed at every desk. */
const MEANS = ['reader', 'image', 'chip', 'typed-mrz'] as const;
export type NextMeans = (typeof MEANS)[number];

const GIVES: Readonly<Record<NextMeans, IdentityStrength>> = {
  chip: 'proven',
  reader: 'read',
  image: 'read',
  'typed-mrz': 'read',
};
export const MEANS_KEYS: Readonly<Record<NextMeans, string>> = {
  chip: 'F9',
  reader: 'Alt+C',
  image: 'Alt+O',
  'typed-mrz': 'Alt+Z',
};

/** The means at this desk that reach a strength, in the order they are tried; none where nothing here does. */
export const nextMeans = (
  needed: IdentityStrength,
  setUp: Readonly<Record<'chip' | 'reader' | 'image', boolean>>,
): NextMeans[] =>
  MEANS.filter((means) => (means === 'typed-mrz' || setUp[means]) && isAsStrongAs(GIVES[means], needed));
