import type { notChecked } from '../../contract/person.ts';
import type { IdentityRecord } from '../visits/record.ts';

/** What an identity that was verified was not checked by. Pure. */
export function notCheckedOf({
  document,
  register,
  concerns,
  actingAs,
}: Pick<IdentityRecord, 'document' | 'register' | 'concerns' | 'actingAs'>): (typeof notChecked)[number][] {
  const isAsked =
    register !== null && register.state !== 'asking' && register.state !== 'cannot-be-asked-now';
  return [
    ...(isAsked ? [] : (['register-not-asked'] as const)),
    ...(register?.state === 'cannot-be-checked' ? (['register-cannot-check'] as const) : []),
    ...(document?.expiry === null ? (['no-expiry'] as const) : []),
    ...(document?.source === 'typed' ? (['zone-not-read'] as const) : []),
    ...(document && document.overruledChecks.length > 0 ? (['checks-overruled'] as const) : []),
    // Nothing here reads chips, and no register of inhabitants is asked who somebody is.
    'chip-not-read',
    'population-register',
    // A power the clerk saw on paper stands in no register.
    ...(concerns !== null && actingAs !== 'statutory-body' ? (['power-not-in-register'] as const) : []),
  ];
}
