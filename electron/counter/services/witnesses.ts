import type { FailureCode } from '../../contract/failures.ts';
import type { SaidWitness, Witness } from '../../contract/services.ts';
import type { DocumentAnswer } from '../../sync/port.ts';
import { isOfWeight, statedClaims } from '../../values/identity-comparison.ts';
import { areDistinct } from '../../values/identity-document.ts';
import type { PersonName } from '../../values/person-name.ts';
import { comparedOf, comparedStrength } from '../identity/comparing.ts';
import { notCheckedOf } from '../identity/not-checked.ts';
import { registerState } from '../identity/register.ts';
import type { IdentityRecord } from '../visits/record.ts';

/** A witness proves who they are as the applicant does: by a document, what a machine read of it, and the register of invalid ones. */
export function verifiedWitness(
  { read, ...said }: SaidWitness,
  answer: DocumentAnswer | null,
  by: { clerkId: string; name: PersonName; at: string },
): Witness {
  const { name, birthDate, address } = said;
  const { at, ...clerk } = by;
  const document = { ...said.document, overruledChecks: [] };
  const sources = read ? [{ means: document.source, at, claims: read }] : [];
  const compared = comparedOf(statedClaims(document, { name, birthDate }), { sources, verification: null });
  const self = { document, register: registerState(answer), concerns: null, actingAs: 'in-person' as const };
  return {
    ...said,
    register: self.register,
    result: {
      who: { kind: 'person', name, birthDate, address },
      actingAs: 'in-person',
      concerns: null,
      documentKind: document.kind,
      means: document.source,
      strength: comparedStrength(document, compared),
      compared,
      notChecked: notCheckedOf({ ...self, verification: { compared } }),
      at,
      by: clerk,
    },
  };
}

/** What stands against the documents of witnesses: nobody else is asked to stand in for one that is doubtful. */
export function judgeWitnessed(
  witnesses: readonly Witness[],
  applicant: NonNullable<IdentityRecord['document']>,
): FailureCode | null {
  if (!areDistinct([applicant, ...witnesses.map(({ document }) => document)]))
    return 'signing.witnesses-one-document';
  if (witnesses.some(({ register }) => register?.state === 'listed'))
    return 'signing.witness-document-listed';
  const differs = witnesses.some(({ result }) =>
    result?.compared.some((one) => one.agreement === 'differs' && isOfWeight(one)),
  );
  return differs ? 'signing.witness-differs' : null;
}
