import type { FailureCode } from '../../contract/failures.ts';
import type { SaidWitness, Witness } from '../../contract/services.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { DocumentAnswer } from '../../sync/port.ts';
import { normalizeDocumentNumber } from '../../values/document-number.ts';
import { isOfWeight, statedClaims } from '../../values/identity-comparison.ts';
import { areDistinct } from '../../values/identity-document.ts';
import type { PersonName } from '../../values/person-name.ts';
import { ok, type Result } from '../../values/result.ts';
import { comparedOf, comparedStrength, sourcesAfter } from '../identity/comparing.ts';
import { evidenceOf } from '../identity/evidence.ts';
import { notCheckedOf } from '../identity/not-checked.ts';
import { refutedChip } from '../identity/refuted.ts';
import { registerState } from '../identity/register.ts';
import { type IdentityRecord, noIdentity } from '../visits/record.ts';

/**
 * A witness proves who they are as the applicant does: by a document, what a machine read of it, and the register of invalid ones.
 * Failures are those of `evidenceOf`.
 */
export function verifiedWitness(
  { zone, ...said }: SaidWitness,
  answer: DocumentAnswer | null,
  own: Pick<Parameters<typeof evidenceOf>[1], 'zones' | 'today'>,
  by: { clerkId: string; name: PersonName; at: string },
): Result<Witness, ContractFailure> {
  const { name, birthDate, address } = said;
  const { at, ...clerk } = by;
  const number = normalizeDocumentNumber(said.document.number);
  const evidence = evidenceOf(
    { document: { ...said.document, number }, birthDate, zone },
    { ...own, identity: noIdentity, chip: null },
  );
  if (!evidence.ok) return evidence;
  const { document } = evidence.value;
  const sources = sourcesAfter(noIdentity, evidence.value, at);
  const stated = statedClaims(document, { name, birthDate });
  const compared = comparedOf(stated, { sources, verification: null });
  const self = { document, register: registerState(answer), concerns: null, actingAs: 'in-person' as const };
  return ok({
    ...said,
    register: self.register,
    result: {
      who: { kind: 'person', name, birthDate, address },
      actingAs: 'in-person',
      concerns: null,
      documentKind: document.kind,
      means: document.source,
      strength: comparedStrength(document, stated, compared),
      compared,
      notChecked: notCheckedOf({ ...self, verification: { compared } }),
      at,
      by: clerk,
    },
  });
}

/** What stands against the documents of witnesses: nobody else is asked to stand in for one that is doubtful. */
export function judgeWitnessed(
  witnesses: readonly Witness[],
  applicant: Pick<IdentityRecord, 'document' | 'refuted'>,
): FailureCode | null {
  const shown = witnesses.map(({ document }) => document);
  if (!areDistinct([...(applicant.document ? [applicant.document] : []), ...shown]))
    return 'signing.witnesses-one-document';
  if (shown.some(({ number }) => refutedChip(applicant, number) !== null))
    return 'signing.witness-document-refuted';
  if (witnesses.some(({ register }) => register?.state === 'listed'))
    return 'signing.witness-document-listed';
  const differs = witnesses.some(({ result }) =>
    result?.compared?.some(
      (one) =>
        one.agreement === 'differs' && (isOfWeight(one) || one.field === 'expiry' || one.field === 'issuer'),
    ),
  );
  return differs ? 'signing.witness-differs' : null;
}
