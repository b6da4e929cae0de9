/**
 * What was found out about a document's chip (ICAO 9303-11, 5 and 6), one check after another:
 * `groups` what was read is what the issuer signed, `signature` by its signer, `signer` whom an authority of the list of states
 * appointed, `state` that this authority is of the state the document says it is from, `validity` of signer and authority today, `revocation` of the signer, `chip` that it is no copy of another.
 */
export const CHIP_CHECKS = [
  'groups',
  'signature',
  'signer',
  'state',
  'validity',
  'revocation',
  'chip',
] as const;
export const CHIP_STATES = ['passed', 'failed', 'not-checked'] as const;
/** What a reading is at, in its order. */
export const CHIP_PARTS = [
  'waiting',
  'access',
  'security-object',
  'zone',
  'photo',
  'proofs',
  'checks',
] as const;
/** Why a check failed or could not be made, or by what it passed where there are several ways. */
export const CHIP_REASONS = [
  'group-changed',
  'group-missing',
  'access-changed',
  'signature-wrong',
  'security-object-unreadable',
  'algorithm-unknown',
  'signer-unknown',
  'signer-not-genuine',
  'signer-for-something-else',
  'signer-condition-unknown',
  'signer-expired',
  'signer-not-yet-valid',
  'no-revocation-list',
  'revocation-list-old',
  'revocation-list-unknown',
  'signer-revoked',
  'state-other',
  'state-unknown',
  'chip-authentication',
  'chip-authentication-mapping',
  'active-authentication',
  'chip-offers-none',
  'chip-copied',
] as const;

export type ChipCheckName = (typeof CHIP_CHECKS)[number];
export type ChipReason = (typeof CHIP_REASONS)[number];
export type ChipCheck = {
  name: ChipCheckName;
  state: (typeof CHIP_STATES)[number];
  reason: ChipReason | null;
};

/**
 * What a reading is worth. `proven`: the issuer's own data in the issuer's own chip. `data-proven`: the issuer's own data, in a chip
 * that offers no proof that it is no copy. `unproven`: nothing speaks against it, and nothing that decides speaks for it.
 * `refuted`: something failed.
 */
export const CHIP_STRENGTHS = ['proven', 'data-proven', 'unproven', 'refuted'] as const;
export type ChipStrength = (typeof CHIP_STRENGTHS)[number];

/** What a wrong clock says of a genuine document too. A key that the list does not have is *unknown* and refutes nothing. */
const OF_THE_DESK: ReadonlySet<ChipReason | null> = new Set<ChipReason>([
  'signer-expired',
  'signer-not-yet-valid',
]);

/** Whether something failed that lies in the document whatever the desk lacks. */
export const isRefutedForGood = (checks: readonly ChipCheck[]): boolean =>
  checks.some(({ state, reason }) => state === 'failed' && !OF_THE_DESK.has(reason));

const OF_DATA: readonly ChipCheckName[] = ['groups', 'signature', 'signer', 'state', 'validity'];

/**
 * A signer that was revoked refutes; that nobody could look it up does not weaken, and is always told. The state decides: under the code of an
 * issuer that is not known here any state's authority could have signed.
 */
export function chipStrength(checks: readonly ChipCheck[]): ChipStrength {
  if (checks.some(({ state }) => state === 'failed')) return 'refuted';
  const passed = (name: ChipCheckName) =>
    checks.some((check) => check.name === name && check.state === 'passed');
  if (!OF_DATA.every(passed)) return 'unproven';
  return passed('chip') ? 'proven' : 'data-proven';
}
