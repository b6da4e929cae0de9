import type { QueueItem } from '../../../electron/contract/queue.ts';
import { dayAndTime, timeOfDay } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { sentence } from '../i18n/sentence.ts';

/** What happens with the item, in one sentence; for one that needs a person also what to do. */
export function explain(item: QueueItem): string {
  if (
    item.problem !== null &&
    (item.state === 'needs-person' || item.state === 'returned' || item.state === 'closed')
  ) {
    const { code, params } = item.problem;
    const why = sentence(params === undefined ? { code } : { code, params });
    return item.state === 'closed' ? `${m.queue_explain_closed()} ${why}` : why;
  }
  switch (item.state) {
    case 'waiting':
      if (item.heldBy !== null) return m.queue_explain_held();
      return item.nextTryAt === null
        ? m.queue_explain_waiting()
        : m.queue_explain_waiting_next({ next: timeOfDay(item.nextTryAt), attempts: item.attempts });
    case 'sending':
      return m.queue_explain_sending();
    case 'incomplete':
      return m.queue_explain_incomplete();
    case 'accepted':
      return item.answeredAt === null || (item.kind === 'submission' && item.referenceNumber === null)
        ? m.queue_explain_accepted()
        : m.queue_explain_accepted_number({ at: dayAndTime(item.answeredAt) });
    case 'needs-person':
    case 'returned':
      return m.queue_explain_person();
    case 'closed':
      return m.queue_explain_closed();
  }
}

type Look = { kind: 'neutral' | 'info' | 'success' | 'error'; icon: string | undefined };

/** How the state looks beside its word. */
export function queueBadge(state: QueueItem['state']): Look {
  switch (state) {
    case 'waiting':
    case 'closed':
      return { kind: 'neutral', icon: undefined };
    case 'sending':
    case 'incomplete':
      return { kind: 'info', icon: 'upload' };
    case 'accepted':
      return { kind: 'success', icon: 'check-lg' };
    case 'needs-person':
    case 'returned':
      return { kind: 'error', icon: 'exclamation-triangle-fill' };
  }
}
