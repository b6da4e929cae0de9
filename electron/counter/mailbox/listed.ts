import type { CallOutput } from '../../contract/index.ts';
import type { MessageHeader } from '../../contract/mailbox.ts';
import type { Reader, Tx } from '../../store/open.ts';
import type { FoundMailbox, FoundMessage } from '../../sync/answers.ts';
import { offices } from '../catalogue/catalogue.ts';
import type { Heard } from '../looks/last-heard.ts';
import { markShown, messagesOf, saveMessage } from './table.ts';

/** Keeps the list of messages the portal told and tells it as shown in this visit; without the portal, what was heard last. */
export function takeMessages(
  tx: Tx,
  answer: Heard<FoundMailbox>,
  { person, visitId, now }: { person: string; visitId: string; now: Date },
): CallOutput<'mailbox.list'> {
  const at = now.toISOString();
  if (answer.isFresh)
    for (const header of answer.value.messages)
      saveMessage(tx, { person, visitId, asOf: at, header: headerOf(tx, header) });
  const listed = answer.isFresh ? new Set(answer.value.messages.map(({ messageId }) => messageId)) : null;
  const messages = messagesOf(tx, person).filter(({ header }) => listed?.has(header.messageId) ?? true);
  markShown(tx, person, visitId);
  return {
    hasMailbox: answer.isFresh ? answer.value.hasMailbox : true,
    messages: messages.map(({ header }) => header),
    asOf: answer.isFresh ? at : (messages.map(({ asOf }) => asOf).sort()[0] ?? null),
    isFresh: answer.isFresh,
  };
}

export const headerOf = (tx: Reader, one: FoundMessage): MessageHeader => ({
  messageId: one.messageId,
  officeId: one.office,
  office: offices.find(tx, one.office)?.name.cs ?? one.office,
  subject: one.subject,
  sentAt: one.sentAt,
  referenceNumber: one.referenceNumber ?? null,
  attachments: one.attachments,
  isRead: one.isRead,
  handedOverAt: one.handedOverAt ?? null,
  repliedAt: one.repliedAt ?? null,
});
