import { z } from 'zod';
import {
  type MessageContent,
  type MessageHeader,
  messageContent,
  messageHeader,
} from '../../contract/mailbox.ts';
import type { Reader, Tx } from '../../store/open.ts';

/** Messages as they were last heard of, by who they were shown to. */

type Row = { as_of: string; header: string; content: string | null };
export type KnownMessage = { asOf: string; header: MessageHeader; content: MessageContent | null };

const toMessage = (row: Row): KnownMessage => ({
  asOf: row.as_of,
  header: messageHeader.parse(JSON.parse(row.header)),
  content: row.content === null ? null : messageContent.parse(JSON.parse(row.content)),
});

/** A message that is only listed keeps the text it was opened with before. */
export const saveMessage = (
  tx: Tx,
  of: {
    person: string;
    visitId: string;
    asOf: string;
    header: MessageHeader;
    content?: MessageContent;
  },
): void =>
  void tx.run(
    `INSERT INTO known_messages (person, message_id, visit_id, as_of, header, content) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (person, message_id) DO UPDATE SET visit_id = excluded.visit_id, as_of = excluded.as_of,
       header = excluded.header, content = coalesce(excluded.content, content)`,
    [
      of.person,
      of.header.messageId,
      of.visitId,
      of.asOf,
      JSON.stringify(of.header),
      of.content ? JSON.stringify(of.content) : null,
    ],
  );

export const messagesOf = (tx: Reader, person: string): KnownMessage[] =>
  tx
    .all<Row>('SELECT as_of, header, content FROM known_messages WHERE person = ?', [person])
    .map(toMessage)
    .sort((a, b) => b.header.sentAt.localeCompare(a.header.sentAt));

/** One that was shown in this visit. */
export function messageIn(tx: Reader, visitId: string, messageId: string): KnownMessage | undefined {
  const row = tx.get<Row>(
    'SELECT as_of, header, content FROM known_messages WHERE visit_id = ? AND message_id = ?',
    [visitId, messageId],
  );
  return row && toMessage(row);
}

/** What the desk did with it, which the portal hears of later. */
export const changeHeader = (tx: Tx, visitId: string, header: MessageHeader): void =>
  void tx.run('UPDATE known_messages SET header = ? WHERE visit_id = ? AND message_id = ?', [
    JSON.stringify(header),
    visitId,
    header.messageId,
  ]);

/** A later look, also without a line, is of the visit that takes it. */
export const markShown = (tx: Tx, person: string, visitId: string): void =>
  void tx.run('UPDATE known_messages SET visit_id = ? WHERE person = ?', [visitId, person]);

/** Throws away what is older; returns how many went. */
export const forgetKnownMessages = (tx: Tx, before: string): number =>
  tx.run('DELETE FROM known_messages WHERE as_of < ?', [before]);

const ofAttachment = z.looseObject({ attachmentId: z.string() });

/** A file of a message that was opened in this visit already. */
export function openedAttachment(
  tx: Reader,
  visitId: string,
  attachmentId: string,
): { documentId: string; pages: number } | undefined {
  const found = tx
    .all<{ document_id: string; pages: number; data: string }>(
      `SELECT document_id, pages, data FROM outputs
       WHERE visit_id = ? AND kind = 'message-attachment' AND sha256 IS NOT NULL`,
      [visitId],
    )
    .find(({ data }) => ofAttachment.safeParse(JSON.parse(data)).data?.attachmentId === attachmentId);
  return found && { documentId: found.document_id, pages: found.pages };
}
