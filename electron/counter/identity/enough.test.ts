import { expect, it } from 'vitest';
import { identityLackingFor } from './enough.ts';

const card = {
  kind: 'id-card',
  number: '998001234',
  issuer: 'CZE',
  expiry: '2030-01-01',
  overruledChecks: [],
} as const;
const known = { birthDate: { year: 1980 }, sources: [], verification: null };
const seen = {
  ...known,
  state: 'verified',
  document: { ...card, overruledChecks: [], source: 'typed' },
} as const;
const read = {
  ...known,
  state: 'verified',
  document: { ...card, overruledChecks: [], source: 'reader' },
} as const;
const chip = { strength: 'data-proven', checks: [] } as const;
const proven = {
  ...known,
  state: 'verified',
  document: { ...card, overruledChecks: [], source: 'chip', chip: { ...chip, checks: [] } },
} as const;
const ofService = (identityStrength?: 'seen' | 'read' | 'proven') => ({
  identity: 'verified' as const,
  ...(identityStrength && { identityStrength }),
});

it.each([
  [
    'nothing, where nobody is asked who they are',
    { identity: 'not-asked' as const },
    { ...known, state: 'none', document: null },
    null,
  ],
  ['a verification', ofService(), { ...read, state: 'document-taken' }, 'service.needs-identity'],
  [
    'another person, where this one was refused',
    ofService(),
    { ...read, state: 'refused' },
    'service.identity-refused',
  ],
  ['no more than a document that was seen, when it says nothing', ofService(), seen, null],
  ['the zone', ofService('read'), seen, 'service.needs-zone'],
  ['the zone, which is there', ofService('read'), read, null],
  ['the chip', ofService('proven'), read, 'service.needs-chip'],
  ['the chip, which is there', ofService('proven'), proven, null],
] as const)('a service needs %s', (_what, definition, identity, expected) => {
  expect(identityLackingFor(definition, identity as Parameters<typeof identityLackingFor>[1])).toBe(expected);
});
