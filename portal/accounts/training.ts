import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Schemas } from '../api.ts';
import type { Database } from '../database.ts';
import { trainingOrganisations } from './register.ts';
import { addProof, type Doer, find, insertAccount, move, type Row, setMembers } from './table.ts';

const accountsFile = z.object({
  persons: z.array(
    z.object({
      accountId: z.uuid(),
      personId: z.string(),
      userName: z.string(),
      email: z.string(),
      phone: z.string().optional(),
      state: z.enum(['registered', 'active', 'blocked']),
      registeredAt: z.iso.datetime(),
    }),
  ),
  organisations: z.array(
    z.object({
      accountId: z.uuid(),
      organisationId: z.string(),
      email: z.string(),
      registeredAt: z.iso.datetime(),
      users: z.array(z.object({ accountId: z.uuid(), rights: z.array(z.string()) })),
    }),
  ),
});

type SeededPerson = {
  id: string;
  person: Schemas['NaturalPerson'] & { birthDate: Schemas['PartialDate'] };
  document: Schemas['ProofDocument'];
};

/** By nobody at a desk: the cases were there before. */
const NOBODY: Doer = { deskId: null, clerkId: null, effectId: null };
/** Who proofed them, as far as it is told: Žaneta Nováková at Klatovy. */
const PROOFED_BY = { clerkId: '0199c0de-c1e7-7000-8000-000000000001', role: 'clerk' } as const;

/** Puts the made-up accounts where they are missing; what became of them since stays. Within a transaction. */
export function seedAccounts(db: Database, resources: string): void {
  const read = <T>(name: string): T =>
    JSON.parse(readFileSync(join(resources, 'training', `${name}.json`), 'utf8'));
  const { persons, organisations } = accountsFile.parse(read('accounts'));
  const people = new Map(read<SeededPerson[]>('persons').map((one) => [one.id, one]));
  const icos = new Map(
    read<{ id: string; organisation: { ico: string } }[]>('organisations').map(({ id, organisation }) => [
      id,
      organisation.ico,
    ]),
  );

  const activated = (row: Row, who: SeededPerson, at: number): Row => {
    const { birthNumber: _none, type: _person, ...person } = who.person;
    const { kind, number, issuer } = who.document;
    const verifiedAt = new Date(at).toISOString();
    addProof(
      db,
      row.id,
      {
        person,
        document: { kind, number, ...(issuer !== undefined && { issuer }) },
        means: 'document-in-person',
        verifiedAt,
        verifiedBy: { ...PROOFED_BY, rolesAsOf: verifiedAt },
        officeId: 'klatovy',
      },
      NOBODY,
    );
    return move(db, row, 'activate', at, NOBODY);
  };

  for (const { accountId: id, personId, state, registeredAt, ...rest } of persons) {
    const who = people.get(personId);
    if (who === undefined || find(db, { accountId: id }) !== undefined) continue;
    const at = Date.parse(registeredAt);
    const { birthNumber: _none, type: _person, ...person } = who.person;
    const registered = insertAccount(db, { id, kind: 'person', person, at, ...rest }, NOBODY);
    if (state === 'registered') continue;
    const active = activated(registered, who, at);
    if (state === 'blocked') move(db, active, 'block', at, NOBODY);
  }

  const register = trainingOrganisations(resources);
  for (const { accountId: id, organisationId, email, registeredAt, users } of organisations) {
    const entry = register(icos.get(organisationId) ?? '');
    const [first] = users;
    const holder = persons.find(({ accountId }) => accountId === first?.accountId);
    const who = holder && people.get(holder.personId);
    if (entry === null || who === undefined || find(db, { accountId: id }) !== undefined) continue;
    const at = Date.parse(registeredAt);
    const { organisation } = entry;
    const registered = insertAccount(
      db,
      { id, kind: 'organisation', ico: organisation.ico, organisation, email, at },
      NOBODY,
    );
    setMembers(db, id, new Map(users.map(({ accountId, rights }) => [accountId, rights])), at, null);
    activated(registered, who, at);
  }
}
