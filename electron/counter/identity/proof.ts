import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Person } from '../../contract/shared.ts';
import type { Reader } from '../../store/open.ts';
import type { Visit } from '../visits/record.ts';

type Schemas = components['schemas'];
type Proof = Schemas['IdentityProof'];

const proofedPerson = ({ name, birthDate, address, citizenship }: Person): Proof['person'] => {
  if (!birthDate) throw new Error('a verified applicant has a date of birth');
  return {
    name,
    birthDate,
    ...(address && { address }),
    ...(citizenship !== undefined && { citizenship }),
  };
};

/**
 * Who was verified in the visit, when and by whom; null when nobody was. No picture of the document; its kind and number.
 * `rolesAsOf` is of the clerk who tells it.
 */
export function proofOf(tx: Reader, visit: Visit, of: { officeId: string; rolesAsOf: string }): Proof | null {
  const { state, applicant, document } = visit.identity;
  const verified = tx.get<{ at: string; clerk_id: string; role: string }>(
    `SELECT at, clerk_id, role FROM journal_leaves WHERE visit_id = ? AND kind = 'identity-verified'
     ORDER BY sequence DESC LIMIT 1`,
    [visit.id],
  );
  if (state !== 'verified' || !applicant || !document || !verified) return null;
  const { kind, number, issuer, expiry } = document;
  return {
    person: proofedPerson(applicant),
    document: { kind, number, issuer, ...(expiry !== null && { expiry }) },
    means: 'document-in-person',
    verifiedAt: verified.at,
    verifiedBy: {
      clerkId: verified.clerk_id,
      role: verified.role === 'supervisor' ? 'supervisor' : 'clerk',
      rolesAsOf: of.rolesAsOf,
    },
    officeId: of.officeId,
  };
}
