import type { components } from '../../../resources/portal-api/schema.d.ts';
import { fromLegalDate } from '../../values/partial-date.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { differingFields, strengthOf } from './comparing.ts';

/** The record of a check for the portal: that it was done, how and by whom; no image, no whole document number. */
export function identityCheckPayload(
  identity: IdentityRecord,
  decision: 'verified' | 'refused' | 'overridden',
  reason: string | null,
  acting: Acting,
): components['schemas']['IdentityCheckPayload'] {
  const { document, register, verification } = identity;
  const strength = strengthOf(identity);
  if (!document || !strength) throw new Error('an identity is decided on a document');
  return {
    documentKind: document.kind,
    issuer: document.issuer,
    documentNumberEnd: document.number.slice(-4),
    source: document.source === 'typed' || document.source === 'chip' ? document.source : 'machine-zone',
    ...(document.chip && { chip: document.chip.strength }),
    strength,
    ...(verification?.compared && { differences: differingFields(verification.compared) }),
    ...(document.expiry && { expiry: fromLegalDate(document.expiry) }),
    register:
      register === null || register.state === 'asking' || register.state === 'cannot-be-asked-now'
        ? { outcome: 'not-asked' }
        : { outcome: register.state, ...(register.asOf !== null && { asOf: register.asOf }) },
    decision,
    ...(reason !== null && { reason }),
    checkedAt: acting.now.toISOString(),
    checkedBy: actingClerk(acting),
  };
}
