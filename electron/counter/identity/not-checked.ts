import type { IdentityComparison, IdentityView } from '../../contract/identity.ts';
import type { ChipCheck } from '../../values/chip-check.ts';
import type { IdentityRecord } from '../visits/record.ts';

/** What an identity was not checked by, as far as the desk knows of it. */
export function notCheckedOf({
  document,
  register,
  concerns,
  actingAs,
  verification,
}: Pick<IdentityRecord, 'document' | 'register' | 'concerns' | 'actingAs'> & {
  verification: { compared: readonly IdentityComparison[] | null } | null;
}): IdentityView['notChecked'] {
  const isAsked =
    register !== null && register.state !== 'asking' && register.state !== 'cannot-be-asked-now';
  return [
    ...(isAsked ? [] : (['register-not-asked'] as const)),
    ...(register?.state === 'cannot-be-checked' ? (['register-cannot-check'] as const) : []),
    ...(document?.expiry === null ? (['no-expiry'] as const) : []),
    ...(document?.source === 'typed' ? (['zone-not-read'] as const) : []),
    ...(document && document.overruledChecks.length > 0 ? (['checks-overruled'] as const) : []),
    ...(document?.corrections?.some(({ field }) => field === 'documentNumber')
      ? (['number-corrected'] as const)
      : []),
    ...(document?.chip ? [] : (['chip-not-read'] as const)),
    ...(document?.chip && !isRevocationChecked(document.chip) ? (['chip-revocation'] as const) : []),
    ...(document?.chip?.strength === 'unproven' ? (['chip-unproven'] as const) : []),
    ...(verification?.compared && document?.source !== 'typed' && !isNameCompared(verification.compared)
      ? (['name-not-compared'] as const)
      : []),
    // No register of inhabitants is asked who somebody is.
    'population-register',
    // A power the clerk saw on paper stands in no register.
    ...(concerns !== null && actingAs !== 'statutory-body' ? (['power-not-in-register'] as const) : []),
  ];
}

const isRevocationChecked = ({ checks }: { checks: readonly ChipCheck[] }): boolean =>
  checks.some(({ name, state }) => name === 'revocation' && state !== 'not-checked');

const isNameCompared = (compared: readonly IdentityComparison[]): boolean =>
  compared.some(({ field, agreement }) => field === 'surname' && agreement !== 'incomparable');
