import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Schemas } from '../api.ts';

/** The register of organisations, as far as accounts need it: who they are and who acts for them. */
export type OrganisationRegister = (ico: string) => Entry | null;
export type Entry = {
  organisation: Schemas['Organisation'] & { ico: string };
  statutoryBody: Schemas['StatutoryBody'];
};

/** Where there is none: no IČO is known. */
export const noRegister: OrganisationRegister = () => null;

const name = z.object({
  titlesBefore: z.string().exactOptional(),
  givenNames: z.string().exactOptional(),
  surname: z.string(),
  titlesAfter: z.string().exactOptional(),
});
const birthDate = z.object({ year: z.int(), month: z.int().exactOptional(), day: z.int().exactOptional() });
const persons = z.array(z.object({ id: z.string(), person: z.object({ name, birthDate }) }));
const organisations = z.array(
  z.object({
    organisation: z.looseObject({ type: z.literal('organisation'), name: z.string(), ico: z.string() }),
    statutoryBody: z.object({ together: z.int().min(1), members: z.array(z.string()).min(1) }),
  }),
);

/** The made-up organisations of the training environment. Throws when their file is not sound. */
export function trainingOrganisations(resources: string): OrganisationRegister {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(join(resources, 'training', `${file}.json`), 'utf8'));
  const people = new Map(persons.parse(read('persons')).map(({ id, person }) => [id, person]));
  const entries = new Map<string, Entry>();
  for (const { organisation, statutoryBody } of organisations.parse(read('organisations'))) {
    const members = statutoryBody.members.map((id) => {
      const member = people.get(id);
      if (member === undefined)
        throw new Error(`No person ${id} of ${organisation.name} is among the training cases.`);
      return { name: member.name, birthDate: member.birthDate };
    });
    entries.set(organisation.ico, { organisation, statutoryBody: { ...statutoryBody, members } });
  }
  return (ico) => entries.get(ico) ?? null;
}
