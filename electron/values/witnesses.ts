/** What about an applicant may ask for witnesses. `content-unknown`: neither a device nor a person of own choice let them know the content. */
export const WITNESS_REASONS = ['cannot-read', 'cannot-write', 'cannot-sign', 'content-unknown'] as const;
export type WitnessReason = (typeof WITNESS_REASONS)[number];

/** Who needs witnesses, as a service says it: whoever has one reason of each group. */
export type WitnessRule = { when: readonly (readonly WitnessReason[])[] };

/** What decides whether an applicant needs witnesses. */
export type Abilities = {
  canRead: boolean;
  canWrite: boolean;
  /** Signs by own hand, also who cannot write anything else. */
  canSign: boolean;
  /** How one who cannot read or write came to know the content. */
  contentBy: 'device' | 'person' | null;
};

/** Whether two witnesses are needed by the rule of a service. */
export function needsWitnesses(
  { when }: WitnessRule,
  { canRead, canWrite, canSign, contentBy }: Abilities,
): boolean {
  const holds: Readonly<Record<WitnessReason, boolean>> = {
    'cannot-read': !canRead,
    'cannot-write': !canWrite,
    'cannot-sign': !canSign,
    'content-unknown': contentBy === null,
  };
  return when.every((reasons) => reasons.some((reason) => holds[reason]));
}
