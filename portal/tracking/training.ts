import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Schemas } from '../api.ts';
import type { Database } from '../database.ts';
import { submissionStates } from './states.ts';
import { addState, findSubmission, insertSubmission, setReferenceNumber } from './table.ts';

const text = z.strictObject({ cs: z.string(), en: z.string() });
const file = z.array(
  z.strictObject({
    submissionId: z.uuid(),
    fictitious: z.literal(true),
    note: text,
    medium: z.enum(['electronic', 'paper']),
    officeId: z.string(),
    subject: z.string(),
    referenceNumber: z.string().exactOptional(),
    receiptNumber: z.string().exactOptional(),
    handedInOn: z.iso.date(),
    /** Seeded persons and organisations, by their ids there. */
    applicant: z.string(),
    acting: z.string().exactOptional(),
    states: z
      .array(
        z.strictObject({
          state: z.enum(submissionStates),
          at: z.iso.datetime(),
          by: z.strictObject({ unit: z.string(), person: z.string().exactOptional() }).exactOptional(),
          note: text.exactOptional(),
          deadline: z.iso.date().exactOptional(),
        }),
      )
      .min(1),
  }),
);

/** Puts the made-up submissions where they are missing; what became of them since stays. Within a transaction. */
export function seedSubmissions(db: Database, resources: string): void {
  const read = <T>(name: string): T =>
    JSON.parse(readFileSync(join(resources, 'training', `${name}.json`), 'utf8'));
  const parties = new Map<string, Schemas['Party']>([
    ...read<{ id: string; person: Schemas['NaturalPerson'] }[]>('persons').map(
      ({ id, person: { birthNumber: _none, ...person } }) => [id, person] as const,
    ),
    ...read<{ id: string; organisation: Schemas['Organisation'] }[]>('organisations').map(
      ({ id, organisation }) => [id, organisation] as const,
    ),
  ]);
  const partyOf = (id: string): Schemas['Party'] => {
    const party = parties.get(id);
    if (party === undefined) throw new Error(`There is no ${id} among the training cases.`);
    return party;
  };
  for (const {
    submissionId: id,
    referenceNumber,
    receiptNumber,
    applicant,
    acting,
    states,
    ...of
  } of file.parse(read('submissions'))) {
    if (findSubmission(db, id) !== undefined) continue;
    insertSubmission(db, {
      id,
      effectId: null,
      medium: of.medium,
      officeId: of.officeId,
      subject: of.subject,
      receiptNumber: receiptNumber ?? null,
      handedInOn: of.handedInOn,
      parties: [
        { role: 'applicant', party: partyOf(applicant) },
        ...(acting === undefined ? [] : [{ role: 'acting' as const, party: partyOf(acting) }]),
      ],
    });
    if (referenceNumber !== undefined) setReferenceNumber(db, id, referenceNumber);
    for (const state of states) addState(db, id, state);
  }
}
