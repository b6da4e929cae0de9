import type { FailureCode } from '../../contract/failures.ts';
import type { IdentityComparison, IdentityView } from '../../contract/identity.ts';
import type { CallInput } from '../../contract/index.ts';
import {
  type Claims,
  type ComparedField,
  compareClaims,
  isOfAnother,
  isOfWeight,
  statedClaims,
} from '../../values/identity-comparison.ts';
import { type IdentityStrength, identityStrength } from '../../values/identity-strength.ts';
import type { IdentityRecord } from '../visits/record.ts';

type Document = NonNullable<IdentityView['document']>;
type Sources = IdentityRecord['sources'];
type Settled = CallInput<'identity.confirm'>['settled'];

/** What a machine read, out of what the window takes to the visit; null for what was typed by eye. */
function readClaims({
  document,
  birthDate,
  mrzName,
}: Pick<CallInput<'identity.take-document'>, 'birthDate' | 'mrzName'> & { document: Document }): Claims {
  const { surname: _none, givenNames: _neither, ...read } = statedClaims(document, { birthDate });
  return { ...read, writing: 'zone', ...(mrzName && { ...mrzName }) };
}

/**
 * The sources after a document is taken: one for each means, the last of it. What speaks of somebody else altogether was another
 * document on the reader, and goes; what was refused counts no more.
 */
export function sourcesAfter(
  { sources, state }: Pick<IdentityRecord, 'sources' | 'state'>,
  taken: Parameters<typeof readClaims>[0] & { isCorrection?: boolean | undefined },
  at: string,
): Sources {
  if (taken.isCorrection) return sources;
  const known = state === 'refused' ? [] : sources;
  if (taken.document.source === 'typed') return known;
  const claims = readClaims(taken);
  const { source: means } = taken.document;
  return [
    ...known.filter((source) => source.means !== means && !isOfAnother(source.claims, claims)),
    { means, at, claims },
  ];
}

const compareWith = (stated: Claims, sources: Sources): IdentityComparison[] =>
  sources.flatMap(({ means, claims }) =>
    compareClaims(stated, claims).map((found) => ({ ...found, with: means, reason: null })),
  );

/**
 * What is stated beside the sources. Where a confirmation was opened again they are gone: what was not changed since stays compared.
 */
export function comparedOf(
  stated: Claims,
  { sources, verification }: Pick<IdentityRecord, 'sources' | 'verification'>,
): IdentityComparison[] {
  if (sources.length > 0 || verification === null) return compareWith(stated, sources);
  const changed = new Set(
    compareClaims(stated, verification.stated).flatMap(({ field, agreement }) =>
      agreement === 'differs' ? [field] : [],
    ),
  );
  return verification.compared.filter(({ field }) => !changed.has(field));
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
 * so does a zone or a chip that nothing of importance was compared with.
 */
export function comparedStrength(
  document: Document,
  compared: readonly IdentityComparison[],
): IdentityStrength {
  const isLimited =
    compared.some((one) => differs(one) && isOfWeight(one)) ||
    !(['surname', 'birthDate', 'documentNumber'] as const).every((asked) =>
      compared.some(({ field }) => field === asked),
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
  return comparedStrength(
    document,
    comparedOf(statedClaims(document, { birthDate }), { sources, verification }),
  );
}
