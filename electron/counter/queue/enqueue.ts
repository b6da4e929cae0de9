import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import { addBlobUse } from '../../store/blobs.ts';
import type { Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import type { Desk } from '../desk.ts';
import { effectOwner } from '../retention/owners.ts';

type Schemas = components['schemas'];

/** Who acts, when, and in which role: part of every effect. */
export type Acting = { session: Session; role: string; now: Date };

export const actingClerk = ({ session, role }: Acting): Schemas['ActingClerk'] => ({
  clerkId: session.clerkId,
  role: role === 'supervisor' || role === 'administrator' ? role : 'clerk',
  rolesAsOf: session.rolesAsOf,
});

type Payloads = {
  submission: Schemas['SubmissionPayload'];
  correction: Schemas['CorrectionPayload'];
  certification: Schemas['CertificationPayload'];
  receipt: Schemas['ReceiptPayload'];
  refund: Schemas['RefundPayload'];
  'identity-check': Schemas['IdentityCheckPayload'];
  closing: Schemas['ClosingPayload'];
  account: Schemas['AccountPayload'];
  booking: Schemas['BookingStep'];
  mailbox: Schemas['MailboxPayload'];
};

export type EffectOrder = {
  [K in keyof Payloads]: {
    id: string;
    visitId: string;
    kind: K;
    leafSequence: number;
    madeAt: Date;
    payload: Payloads[K];
    blobs: { sha256: string; size: number; mediaType: string; role: string }[];
  };
}[keyof Payloads];

/** Puts what somebody must act on into the queue, behind what the visit queued before. */
export function enqueue(desk: Desk, tx: Tx, effect: EffectOrder): void {
  outbox.enqueue(tx, { ...effect, madeAt: effect.madeAt.toISOString() });
  // Its contents are its own from here on, whatever becomes of the visit's pages and papers.
  for (const { sha256 } of effect.blobs) addBlobUse(tx, sha256, effectOwner(effect.id));
  desk.emit('queue-changed', {});
}
