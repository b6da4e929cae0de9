import { z } from 'zod';
import { define } from './call.ts';
import { failure, id, instant, shortText } from './shared.ts';

export const queueItem = z.strictObject({
  id,
  visitId: id,
  ticket: z.int().nullable(),
  kind: z.enum(['submission', 'correction', 'certification', 'receipt', 'identity-check']),
  title: z.string(),
  madeAt: instant,
  state: z.enum(['waiting', 'sending', 'incomplete', 'accepted', 'needs-person', 'closed']),
  attempts: z.int(),
  nextTryAt: instant.nullable(),
  /** Earlier items of the same visit go first. */
  heldBy: id.nullable(),
  problem: failure.nullable(),
  referenceNumber: z.string().nullable(),
  answeredAt: instant.nullable(),
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
  /** A person decided that it will not be sent any more; stays in the log with the reason. */
  'queue.close': define({
    kind: 'command',
    who: ['supervisor'],
    input: z.strictObject({ itemId: id, reason: shortText }),
    output: queueItem,
  }),
};
