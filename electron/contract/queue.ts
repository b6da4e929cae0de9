import { z } from 'zod';
import { submissionStates } from '../values/submission-states.ts';
import { define } from './call.ts';
import { failure, id, instant, shortText, text } from './shared.ts';

export const queueItem = z.strictObject({
  id,
  visitId: id,
  ticket: z.int().nullable(),
  kind: z.enum([
    'submission',
    'correction',
    'certification',
    'receipt',
    'refund',
    'identity-check',
    'closing',
    'account',
    'booking',
    'mailbox',
  ]),
  title: z.string(),
  madeAt: instant,
  /** `returned`: the portal has it and something is asked of a person. */
  state: z.enum(['waiting', 'sending', 'incomplete', 'needs-person', 'accepted', 'returned', 'closed']),
  owner: z.enum(['machine', 'clerk', 'supervisor', 'nobody']),
  /** What whoever asks can do about it now. */
  actions: z.array(z.enum(['retry', 'complete', 'settle', 'hand-over', 'close'])),
  handedOverAt: instant.nullable(),
  attempts: z.int(),
  nextTryAt: instant.nullable(),
  /** Earlier items of the same visit go first. */
  heldBy: id.nullable(),
  problem: failure.nullable(),
  referenceNumber: z.string().nullable(),
  fileNumber: z.string().nullable(),
  answeredAt: instant.nullable(),
  /** Why the office rejects it or what it asks for, and until when. */
  officeSays: text.nullable(),
  deadline: z.iso.date().nullable(),
  /** Where a submission is at its office, once the office has said so. */
  course: z.enum(submissionStates).nullable(),
});
export type QueueItem = z.output<typeof queueItem>;

const who = ['clerk', 'supervisor'] as const;

export const queueCalls = {
  'queue.list': define({
    kind: 'query',
    who,
    input: z.strictObject({
      show: z.enum(['waiting', 'needs-person', 'accepted', 'all']),
      /** Keyset: the id of the last item shown. */
      after: id.nullable(),
      limit: z.int().min(1).max(100),
    }),
    output: z.strictObject({ items: z.array(queueItem), more: z.boolean() }),
  }),
  'queue.retry': define({ kind: 'command', who, input: z.strictObject({ itemId: id }), output: queueItem }),
  /** Gives a task to the supervisor, who sees it before the others. */
  'queue.hand-over': define({
    kind: 'command',
    who: ['clerk'],
    input: z.strictObject({ itemId: id, note: shortText }),
    output: queueItem,
  }),
  /** What was asked about something the portal has is dealt with. */
  'queue.settle': define({
    kind: 'command',
    who,
    input: z.strictObject({ itemId: id, note: shortText }),
    output: queueItem,
  }),
  /** A person decided that it will not be sent any more; stays in the log with the reason. */
  'queue.close': define({
    kind: 'command',
    who: ['supervisor'],
    input: z.strictObject({ itemId: id, reason: shortText }),
    output: queueItem,
  }),
};
