import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schemas } from '../api.ts';
import { findResources } from '../resources.ts';
import { inbox, newId, send, type TestDesk } from './portal.ts';

type Act = Schemas['AccountPayload'];
type SeededPerson = {
  id: string;
  person: Schemas['NaturalPerson'] & { birthDate: Schemas['PartialDate'] };
  document: { kind: Schemas['DocumentKind']; number: string; issuer: string; expiry: string };
};
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(findResources(), 'training', `${name}.json`), 'utf8'));
const persons = read<SeededPerson[]>('persons');

export const seeded = (id: string): SeededPerson => {
  const found = persons.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no ${id}.`);
  return found;
};

/** Žaneta Nováková at a desk of Klatovy. */
export const CLERK = {
  clerkId: '0199c0de-c1e7-7000-8000-000000000001',
  role: 'clerk',
  rolesAsOf: '2026-04-01T07:00:00.000Z',
} as const;

export const look = (code = 'service-of-visit', note?: string): Schemas['Look'] => ({
  purpose: { code, ...(note !== undefined && { note }) },
  by: CLERK,
});

/** The proof of a seeded person, as a desk of Klatovy makes it. */
export function proofOf(id: string): Schemas['IdentityProof'] {
  const { person, document } = seeded(id);
  const { name, birthDate } = person;
  const { kind, number, issuer, expiry } = document;
  return {
    person: { name, birthDate },
    document: { kind, number, issuer, expiry },
    means: 'document-in-person',
    verifiedAt: '2026-04-01T08:00:00.000Z',
    verifiedBy: CLERK,
    officeId: 'klatovy',
  };
}

/** What every act says, of a seeded person who stands at the desk. */
export const actOf = (personId: string) => ({
  acceptedAt: '2026-04-01T08:05:00.000Z',
  acceptedOn: '2026-04-01',
  acceptedBy: CLERK,
  offline: false,
  proof: proofOf(personId),
  declaration: { number: 'P-1', signedAt: '2026-04-01T08:04:00.000Z' },
});

export const CODE: Schemas['OneTimeCode'] = {
  hash: `scrypt$15$8$3$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  expiresOn: '2026-04-15',
};

export const openPerson = (
  personId: string,
  userName: string,
  change: Partial<Schemas['OpenPersonAct']> = {},
): Schemas['OpenPersonAct'] => ({
  ...actOf(personId),
  action: 'open-person',
  accountId: newId(),
  userName,
  email: `${userName}@jinde.example`,
  credentials: CODE,
  ...change,
});

export const effectOf = (
  payload: Act,
  blobs: Schemas['BlobReference'][] = [],
  { visitId = newId(), ordinal = 1 } = {},
): Schemas['AccountEffect'] => ({
  id: newId(),
  visitId,
  ordinal,
  kind: 'account',
  leafSequence: 1,
  madeAt: '2026-04-01T08:05:00.000Z',
  payload,
  blobs,
});

/** That the person of the act was verified in the visit, and how strongly. */
export const checkOf = (
  visitId: string,
  change: Partial<Schemas['IdentityCheckPayload']> = {},
): Schemas['IdentityCheckEffect'] => ({
  id: newId(),
  visitId,
  ordinal: 1,
  kind: 'identity-check',
  leafSequence: 1,
  madeAt: '2026-04-01T08:00:00.000Z',
  payload: {
    documentKind: 'id-card',
    issuer: 'CZE',
    source: 'machine-zone',
    strength: 'read',
    register: { outcome: 'not-listed' },
    decision: 'verified',
    checkedAt: '2026-04-01T08:00:00.000Z',
    checkedBy: CLERK,
    ...change,
  },
  blobs: [],
});

/** Sends an act of a visit in which the person was verified, and tells what became of it. */
export async function perform(
  desk: TestDesk,
  act: Act,
  check: Partial<Schemas['IdentityCheckPayload']> = {},
): Promise<Schemas['AccountOutcome']> {
  const visitId = newId();
  const effect = effectOf(act, [], { visitId, ordinal: 2 });
  const [, result] = await send(desk, checkOf(visitId, check), effect);
  if (result?.status !== 'accepted') throw new Error(JSON.stringify(result));
  return outcomeOf(desk, effect.id);
}

export async function outcomeOf(desk: TestDesk, effectId: string): Promise<Schemas['AccountOutcome']> {
  const answers = (await inbox(desk)).filter((answer) => answer.effectId === effectId);
  const settled = answers.filter(({ kind }) => kind === 'account-settled');
  const [only] = settled;
  if (settled.length !== 1 || only?.account === undefined) throw new Error(JSON.stringify(answers));
  return only.account;
}
