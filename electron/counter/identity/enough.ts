import type { FailureCode } from '../../contract/failures.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import { identityStrength, isAsStrongAs } from '../../values/identity-strength.ts';
import type { IdentityRecord } from '../visits/record.ts';

/** What the person's verification lacks for a service; null when it is enough. */
export function identityLackingFor(
  { identity, identityStrength: needed = 'seen' }: Pick<ServiceDefinition, 'identity' | 'identityStrength'>,
  { state, document }: Pick<IdentityRecord, 'state' | 'document'>,
): FailureCode | null {
  if (identity === 'not-asked') return null;
  if (state === 'refused') return 'service.identity-refused';
  if (state !== 'verified' || document === null) return 'service.needs-identity';
  if (isAsStrongAs(identityStrength(document), needed)) return null;
  return needed === 'proven' ? 'service.needs-chip' : 'service.needs-zone';
}
