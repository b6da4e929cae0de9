import type { Desk, Schemas } from '../api.ts';
import type { Portal } from '../portal.ts';
import { mailboxesOf } from './read.ts';
import { addEvent, findMessage, isOpenedAt } from './table.ts';

/** Whether a message was handed over to who it is for. Taken in nevertheless where it was not: the paper is out. */
export function isHandedToOwner(
  portal: Portal,
  { messageId, participant }: Schemas['MailboxPayload'],
): boolean {
  const row = findMessage(portal.db, messageId);
  return row !== undefined && mailboxesOf(portal, participant).some(({ id }) => id === row.account_id);
}

/** A message was handed over at a desk; within the transaction that takes the act in. */
export function noteHandedOver(
  portal: Portal,
  desk: Desk,
  effectId: string,
  payload: Schemas['MailboxPayload'],
): void {
  if (!isHandedToOwner(portal, payload)) return;
  addEvent(portal.db, payload.messageId, {
    event: 'handed-over',
    at: Date.parse(payload.handedOverAt),
    deskId: desk.id,
    clerkId: payload.handedOverBy.clerkId,
    effectId,
  });
}

/**
 * A submission answers a message that was opened at the desk, however long ago; of another one, or of one that is not there, it
 * says nothing and stands by itself: nobody marks a message answered that they never saw.
 */
export function noteReply(
  { db }: Portal,
  desk: Desk,
  effectId: string,
  { repliesTo, acceptedAt, acceptedBy }: Schemas['SubmissionPayload'],
): void {
  if (repliesTo === undefined || !isOpenedAt(db, repliesTo, desk.id, 0)) return;
  addEvent(db, repliesTo, {
    event: 'replied',
    at: Date.parse(acceptedAt),
    deskId: desk.id,
    clerkId: acceptedBy.clerkId,
    effectId,
  });
}
