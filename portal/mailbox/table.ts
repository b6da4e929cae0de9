import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

/** Messages of offices to accounts, and what happened with them: only added. */

export type Row = {
  id: string;
  account_id: string;
  office_id: string;
  subject: string;
  body: string;
  sent_at: number;
  reference_number: string | null;
};
export type MailboxEvent = 'opened' | 'handed-over' | 'replied';
export type Attachment = {
  id: string;
  message_id: string;
  name: string;
  media_type: string;
  sha256: string;
  size: number;
};

export function insertMessage(
  db: Database,
  row: Row,
  attachments: readonly (Omit<Attachment, 'message_id'> & { content: Buffer })[],
): void {
  statement(
    db,
    `INSERT INTO mailbox_messages (id, account_id, office_id, subject, body, sent_at, reference_number)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(row.id, row.account_id, row.office_id, row.subject, row.body, row.sent_at, row.reference_number);
  const add = statement(
    db,
    `INSERT INTO mailbox_attachments (id, message_id, name, media_type, sha256, size, content) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const { id, name, media_type, sha256, size, content } of attachments)
    add.run(id, row.id, name, media_type, sha256, size, content);
}

export const findMessage = (db: Database, id: string): Row | undefined =>
  statement<[string], Row>(db, 'SELECT * FROM mailbox_messages WHERE id = ?').get(id);

export const messagesOf = (db: Database, accountId: string): Row[] =>
  statement<[string], Row>(
    db,
    'SELECT * FROM mailbox_messages WHERE account_id = ? ORDER BY sent_at DESC LIMIT 200',
  ).all(accountId);

export const attachmentsOf = (db: Database, messageId: string): Attachment[] =>
  statement<[string], Attachment>(
    db,
    'SELECT id, message_id, name, media_type, sha256, size FROM mailbox_attachments WHERE message_id = ? ORDER BY id',
  ).all(messageId);

export const findAttachment = (db: Database, id: string): (Attachment & { content: Buffer }) | undefined =>
  statement<[string], Attachment & { content: Buffer }>(
    db,
    'SELECT * FROM mailbox_attachments WHERE id = ?',
  ).get(id);

export const addEvent = (
  db: Database,
  messageId: string,
  of: { event: MailboxEvent; at: number; deskId: string; clerkId: string; effectId: string | null },
): void =>
  void statement(
    db,
    `INSERT INTO mailbox_events (message_id, event, at, desk_id, clerk_id, effect_id) VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(messageId, of.event, of.at, of.deskId, of.clerkId, of.effectId);

/** Whether the message was opened at this desk since then: only so are its files given there. */
export const isOpenedAt = (db: Database, messageId: string, deskId: string, since: number): boolean =>
  statement(
    db,
    `SELECT 1 FROM mailbox_events WHERE message_id = ? AND desk_id = ? AND event = 'opened' AND at >= ? LIMIT 1`,
  ).get(messageId, deskId, since) !== undefined;

const lastAt = (db: Database, messageId: string, event: MailboxEvent): string | undefined => {
  const at = statement<[string, string], { at: number | null }>(
    db,
    'SELECT max(at) AS at FROM mailbox_events WHERE message_id = ? AND event = ?',
  ).get(messageId, event)?.at;
  return at == null ? undefined : new Date(at).toISOString();
};

export function headerOf(db: Database, row: Row): Schemas['MessageHeader'] {
  const handedOverAt = lastAt(db, row.id, 'handed-over');
  const repliedAt = lastAt(db, row.id, 'replied');
  return {
    messageId: row.id,
    office: row.office_id,
    subject: row.subject,
    sentAt: new Date(row.sent_at).toISOString(),
    ...(row.reference_number !== null && { referenceNumber: row.reference_number }),
    attachments: attachmentsOf(db, row.id).length,
    isRead: lastAt(db, row.id, 'opened') !== undefined || handedOverAt !== undefined,
    ...(handedOverAt !== undefined && { handedOverAt }),
    ...(repliedAt !== undefined && { repliedAt }),
  };
}
