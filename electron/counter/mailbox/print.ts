import type { Session } from '../../contract/clerks.ts';
import type { MessageContent, MessageHeader } from '../../contract/mailbox.ts';
import type { MailboxMessageData } from '../../documents/template-data.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import type { Desk } from '../desk.ts';
import { ownOffice } from '../outputs/data.ts';

/** What is printed of a message. */
export const messageData = (
  desk: Desk,
  tx: Reader,
  of: { header: MessageHeader; content: MessageContent; session: Session; number: string; now: Date },
): MailboxMessageData => ({
  desk: ownOffice(desk, tx).printed,
  document: { number: of.number },
  message: {
    office: of.header.office,
    subject: of.header.subject,
    sentAt: of.header.sentAt,
    ...(of.header.referenceNumber !== null && { referenceNumber: of.header.referenceNumber }),
    paragraphs: of.content.body.split(/\n+/).map((text) => ({ text })),
  },
  attachments: of.content.attachments.map(({ name }) => ({ name })),
  printedAt: of.now.toISOString(),
  clerk: { name: displayName(of.session.name) },
});
