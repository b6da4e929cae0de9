import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { findMessage, insertMessage } from './table.ts';

const file = z.array(
  z.strictObject({
    messageId: z.uuid(),
    fictitious: z.literal(true),
    accountId: z.uuid(),
    officeId: z.string(),
    subject: z.string(),
    body: z.string(),
    sentAt: z.iso.datetime(),
    referenceNumber: z.string().exactOptional(),
    attachments: z.array(z.strictObject({ attachmentId: z.uuid(), name: z.string() })),
  }),
);

/** What a sender says a file is; nobody relies on it. */
const MEDIA: Readonly<Record<string, string>> = { pdf: 'application/pdf', png: 'image/png' };

/** Puts the made-up messages where they are missing; what happened with them since stays. Within a transaction. */
export function seedMailbox(db: Database, resources: string): void {
  const folder = join(resources, 'training');
  for (const one of file.parse(JSON.parse(readFileSync(join(folder, 'mailbox.json'), 'utf8')))) {
    if (findMessage(db, one.messageId) !== undefined) continue;
    insertMessage(
      db,
      {
        id: one.messageId,
        account_id: one.accountId,
        office_id: one.officeId,
        subject: one.subject,
        body: one.body,
        sent_at: Date.parse(one.sentAt),
        reference_number: one.referenceNumber ?? null,
      },
      one.attachments.map(({ attachmentId, name }) => {
        const content = readFileSync(join(folder, 'mailbox', name));
        return {
          id: attachmentId,
          name,
          media_type: MEDIA[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
          sha256: createHash('sha256').update(content).digest('hex'),
          size: content.length,
          content,
        };
      }),
    );
  }
}
