import { z } from 'zod';
import { define } from './call.ts';
import { purpose } from './looks.ts';
import { printView } from './outputs.ts';
import { serviceView } from './services.ts';
import { id, instant } from './shared.ts';
import { lastHeard } from './tracking.ts';

/** The information mailbox of who was verified in the visit. It is no data box. */

export const messageHeader = z.strictObject({
  messageId: id,
  officeId: z.string(),
  office: z.string(),
  subject: z.string(),
  sentAt: instant,
  referenceNumber: z.string().nullable(),
  attachments: z.int(),
  isRead: z.boolean(),
  /** At a desk, by what the portal says or by what this desk did since. */
  handedOverAt: instant.nullable(),
  repliedAt: instant.nullable(),
});
export type MessageHeader = z.output<typeof messageHeader>;

export const messageContent = z.strictObject({
  /** Plain text. */
  body: z.string(),
  attachments: z.array(
    z.strictObject({ attachmentId: id, name: z.string(), sha256: z.string(), size: z.int() }),
  ),
});
export type MessageContent = z.output<typeof messageContent>;

export const openedMessage = z.strictObject({ header: messageHeader, ...messageContent.shape, ...lastHeard });

export const listedMessages = z.strictObject({
  hasMailbox: z.boolean(),
  messages: z.array(messageHeader),
  ...lastHeard,
});

const who = ['clerk', 'supervisor'] as const;
const ofMessage = z.strictObject({ visitId: id, messageId: id });

export const mailboxCalls = {
  /** Without a line what this desk last heard for the same person is shown, with its age. */
  'mailbox.list': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, purpose }),
    output: listedMessages,
  }),
  'mailbox.open': define({
    kind: 'command',
    who,
    input: ofMessage.extend({ purpose }),
    output: openedMessage,
  }),
  /** Fetches a file and looks into it; it is shown as pictures of pages, or not at all. */
  'mailbox.open-attachment': define({
    kind: 'command',
    who,
    needsLine: true,
    input: ofMessage.extend({ attachmentId: id }),
    output: z.strictObject({ documentId: id, pages: z.int() }),
  }),
  'mailbox.print': define({ kind: 'command', who, input: ofMessage, output: printView }),
  /** Prints a file that was opened in this visit. */
  'mailbox.print-attachment': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, documentId: id }),
    output: printView,
  }),
  /** The printed message was given to the person: an act, and an effect to the portal. No delivery. */
  'mailbox.hand-over': define({ kind: 'command', who, input: ofMessage, output: messageHeader }),
  /** Begins a submission to the office that wrote, with what it answers filled in. */
  'mailbox.reply': define({ kind: 'command', who, newAct: true, input: ofMessage, output: serviceView }),
};
