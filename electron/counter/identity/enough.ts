import type { FailureCode } from '../../contract/failures.ts';
import type { ServiceDefinition } from '../../contract/services.ts';
import { isAsStrongAs } from '../../values/identity-strength.ts';
import { strengthOf } from './comparing.ts';

/** What the person's verification lacks for a service; null when it is enough. */
export function identityLackingFor(
  { identity, identityStrength: needed = 'seen' }: Pick<ServiceDefinition, 'identity' | 'identityStrength'>,
  record: Parameters<typeof strengthOf>[0],
): FailureCode | null {
  if (identity === 'not-asked') return null;
  if (record.state === 'refused') return 'service.identity-refused';
  const strength = strengthOf(record);
  if (record.state !== 'verified' || strength === null) return 'service.needs-identity';
  if (isAsStrongAs(strength, needed)) return null;
  return needed === 'proven' ? 'service.needs-chip' : 'service.needs-zone';
}
