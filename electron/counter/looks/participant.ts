import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import type { Reader } from '../../store/open.ts';
import { canonical } from '../../values/canonical.ts';
import { folded } from '../../values/words.ts';
import type { Desk } from '../desk.ts';
import { Refusal } from '../failure.ts';
import { proofOf } from '../identity/proof.ts';
import type { Visit } from '../visits/record.ts';

type Schemas = components['schemas'];
type Named = Pick<Schemas['IdentityProof']['person'], 'name' | 'birthDate'>;

/** In whose name affairs are asked about: who was verified in the visit, and whom they represent there. */
export function participantOf(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  { rolesAsOf }: Pick<Session, 'rolesAsOf'>,
): Schemas['Participant'] {
  const { actingAs, concerns } = visit.identity;
  const officeId = desk.enrolled(tx)?.officeId;
  const proof = officeId === undefined ? null : proofOf(tx, visit, { officeId, rolesAsOf });
  if (proof === null) throw new Refusal('look.identity-not-verified');
  return { proof, ...represented() };

  function represented(): Pick<Schemas['Participant'], 'represents'> {
    if (!concerns || actingAs === null || actingAs === 'in-person') return {};
    if (concerns.kind === 'organisation') return { represents: { as: actingAs, ico: concerns.ico } };
    const { name, birthDate } = concerns;
    return birthDate ? { represents: { as: actingAs, person: { name, birthDate } } } : {};
  }
}

/**
 * By whom the desk keeps what it last heard: the verified person together with whom they represent in the visit, so that
 * nothing heard in one capacity is told in another.
 */
export function personKey({ proof, represents }: Schemas['Participant']): string {
  const named = ({ name, birthDate }: Named) => [
    folded(name.givenNames ?? ''),
    folded(name.surname),
    birthDate,
  ];
  return canonical([
    named(proof.person),
    represents?.ico ?? null,
    represents?.person ? named(represents.person) : null,
  ]);
}
