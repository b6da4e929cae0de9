import type { z } from 'zod';
import type { delivery } from '../../contract/services.ts';
import * as inbox from '../../store/inbox.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';

export type Delivery = z.output<typeof delivery>;

/** How far something sent to the portal has come, and what the addressed office answered. */
export function deliveryOf(tx: Reader, effectId: string): Delivery {
  const effect = outbox.find(tx, effectId);
  const answers = inbox.answersTo(tx, effectId);
  const numbered = answers.findLast((answer) => answer.kind === 'reference-number');
  return {
    ...stateOf(effect, answers, numbered?.referenceNumber ?? null),
    fileNumber: numbered?.fileNumber ?? null,
    asked: askedBy(tx, effect),
    course: inbox.courseOf(tx, effectId),
  };
}

/** What the office asks for while nobody has answered it. */
function askedBy(tx: Reader, effect: outbox.Effect | undefined): Delivery['asked'] {
  if (effect?.standing !== 'returned' || effect.problem?.code !== 'queue.completion-asked') return null;
  const { reason, deadline } = inbox.officeSays(tx, effect.id);
  return reason && { reason, deadline };
}

function stateOf(
  effect: outbox.Effect | undefined,
  answers: readonly inbox.InboxAnswer[],
  referenceNumber: string | null,
): Pick<Delivery, 'state' | 'referenceNumber' | 'problem'> {
  const rejected = answers.find((answer) => answer.kind === 'rejected');
  const problem = effect?.problem ?? null;
  if (rejected) return { state: 'rejected', referenceNumber, problem: { code: 'queue.rejected-by-office' } };
  if (referenceNumber !== null) return { state: 'reference-number', referenceNumber, problem: null };
  switch (effect?.state) {
    case 'accepted':
      return { state: 'accepted', referenceNumber: null, problem: null };
    case 'sending':
    case 'incomplete':
      return { state: 'on-the-way', referenceNumber: null, problem: null };
    case 'needs-person':
    case 'closed':
      return { state: 'needs-person', referenceNumber: null, problem };
    default:
      return { state: 'waiting', referenceNumber: null, problem };
  }
}
