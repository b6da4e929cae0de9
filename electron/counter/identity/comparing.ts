import type { FailureCode } from '../../contract/failures.ts';
import type { IdentityComparison, IdentityView } from '../../contract/identity.ts';
import type { CallInput } from '../../contract/index.ts';
import {
  type Claims,
  type ComparedField,
  type Comparison,
  compareClaims,
  isOfAnother,
  isOfWeight,
  statedClaims,
} from '../../values/identity-comparison.ts';
import { type IdentityStrength, identityStrength } from '../../values/identity-strength.ts';
import type { IdentityRecord } from '../visits/record.ts';
import type { Evidence } from './evidence.ts';

type Document = NonNullable<IdentityView['document']>;
type Sources = IdentityRecord['sources'];
type Settled = CallInput<'identity.confirm'>['settled'];

/**
 * The sources after a document is taken: one for each means, the last of it. What speaks of somebody else altogether was another
 * document on the reader, and goes; what was refused counts no more. What is typed or mended by a person takes nothing away.
 */
export function sourcesAfter(
  { sources, state }: Pick<IdentityRecord, 'sources' | 'state'>,
  { document, read: claims }: Pick<Evidence, 'document' | 'read'>,
  at: string,
): Sources {
  const known = state === 'refused' ? [] : sources;
  if (claims === null) return known;
  const { source: means } = document;
  return [
    // What somebody types of another document takes nothing away that a machine read.
    ...known.filter(
      (source) => source.means !== means && (means === 'typed-mrz' || !isOfAnother(source.claims, claims)),
    ),
    { means, at, claims },
  ];
}

const compareWith = (stated: Claims, sources: Sources): IdentityComparison[] =>
  sources.flatMap(({ means, claims }) =>
    compareClaims(stated, claims).map((found) => ({ ...found, with: means, reason: null })),
  );

/** Whether a field says what it said before: names may be written otherwise, a date may not lose a part. */
const isUnchanged = ({ field, agreement }: Comparison): boolean =>
  agreement === 'equal' || (agreement === 'alike' && (field === 'surname' || field === 'givenNames'));

/**
 * What is stated beside the sources. Where a confirmation was opened again they are gone: what was not changed since stays compared.
 */
export function comparedOf(
  stated: Claims,
  { sources, verification }: Pick<IdentityRecord, 'sources' | 'verification'>,
): IdentityComparison[] {
  if (sources.length > 0 || verification === null) return compareWith(stated, sources);
  const unchanged = new Set(
    compareClaims(stated, verification.stated)
      .filter(isUnchanged)
      .map(({ field }) => field),
  );
  return (verification.compared ?? []).filter(({ field }) => unchanged.has(field));
}

const differs = ({ agreement }: IdentityComparison): boolean => agreement === 'differs';

/** In what the sources differ from what was confirmed, each once. */
export const differingFields = (compared: readonly IdentityComparison[]): ComparedField[] => [
  ...new Set(compared.filter(differs).map(({ field }) => field)),
];

/** Adds why each difference holds; refused while one is not decided, or has weight and no reason. */
export function settle(
  compared: readonly IdentityComparison[],
  settled: Settled = [],
): { ok: true; value: IdentityComparison[] } | { ok: false; code: FailureCode } {
  const isOpen = (one: IdentityComparison): boolean => differs(one) && one.reason === null;
  if (settled.some(({ field }) => !compared.some((one) => one.field === field && differs(one))))
    return { ok: false, code: 'identity.nothing-to-settle' };
  const said = new Map(settled.map(({ field, reason }) => [field, reason]));
  const open = compared.filter(isOpen);
  if (open.some(({ field }) => !said.has(field))) return { ok: false, code: 'identity.sources-differ' };
  if (open.some((one) => isOfWeight(one) && said.get(one.field) === null))
    return { ok: false, code: 'identity.settling-reason' };
  return {
    ok: true,
    value: compared.map((one) => (isOpen(one) ? { ...one, reason: said.get(one.field) ?? null } : one)),
  };
}

/**
 * How strong a verification is after the comparison. A difference of weight, decided by a person or not yet, leaves what a person saw;
 * so does a name, a day of birth or a number that is stated and that no machine read: a chip proves nothing of a name beside it.
 */
export function comparedStrength(
  document: Document,
  stated: Claims,
  compared: readonly IdentityComparison[],
): IdentityStrength {
  const agrees = (asked: ComparedField): boolean =>
    compared.some(
      (one) =>
        one.field === asked &&
        (one.agreement === 'equal' ||
          // Of a date that one side says less of, the rest was compared with nothing.
          (one.agreement === 'alike' && one.how === null) ||
          (differs(one) && !isOfWeight(one))),
    );
  const isLimited =
    compared.some((one) => differs(one) && isOfWeight(one)) ||
    (['surname', 'givenNames', 'birthDate', 'documentNumber'] as const).some(
      (asked) => stated[asked] !== undefined && !agrees(asked),
    );
  return isLimited ? 'seen' : identityStrength(document);
}

/** The strength as it stands: of the verification, or as it would be with what is known before it. */
export function strengthOf({
  state,
  document,
  birthDate,
  sources,
  verification,
}: Pick<
  IdentityRecord,
  'state' | 'document' | 'birthDate' | 'sources' | 'verification'
>): IdentityStrength | null {
  if (document === null) return null;
  if (state === 'verified') return verification?.strength ?? identityStrength(document);
  const stated = statedClaims(document, { birthDate });
  return comparedStrength(document, stated, comparedOf(stated, { sources, verification }));
}
