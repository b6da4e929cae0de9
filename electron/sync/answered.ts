import { z } from 'zod';
import { conflictMakesTask, knownProblem } from '../store/delivery-rules.ts';
import * as exceptions from '../store/exceptions.ts';
import type { Tx } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import { uuidv7 } from '../values/ids.ts';
import { legalDate } from '../values/time.ts';
import { type Answer, accountSettled } from './answers.ts';

/** A task of its own: what cannot be read is not taken for nothing. */
const UNREADABLE = 'queue.answer-unreadable';
const conflicts = z.array(z.looseObject({ code: z.string().max(80) })).catch([{ code: UNREADABLE }]);

/**
 * What an answer of the portal, however it came here (line or medium), makes of the effect it belongs to. To be called once
 * for each new answer, in the transaction that stores it.
 */
export function applyAnswer(
  tx: Tx,
  effect: outbox.Effect,
  answer: Answer,
  { now, random }: { now: Date; random: (length: number) => Uint8Array },
): void {
  const at = now.toISOString();
  const { id } = effect;
  const raise = (kind: exceptions.ExceptionKind, code: string): void =>
    exceptions.raise(tx, {
      id: uuidv7({ now: () => now, random }),
      kind,
      at,
      legalDate: legalDate(now),
      visitId: effect.visitId,
      leafSequence: effect.leafSequence,
      params: { code, effect: id },
    });
  const task = (code: string): void => {
    const standing = outbox.find(tx, id)?.standing;
    if (standing === 'accepted' || standing === 'returned') outbox.giveTask(tx, id, at, code);
    else if (standing !== 'closed' && standing !== 'needs-person')
      outbox.markNeedsPerson(tx, id, at, { code });
  };

  switch (answer.kind) {
    case 'received':
      if (effect.state === 'closed') return;
      outbox.markAccepted(tx, id, at);
      for (const { code } of conflicts.parse(answer['conflicts'] ?? [])) {
        raise(code === 'effect.role-withdrawn' ? 'role-conflict' : 'effect-conflict', code);
        if (code === UNREADABLE || conflictMakesTask(code)) task(knownProblem(code).code);
      }
      return;
    case 'rejected':
      raise('office-rejected', 'queue.rejected-by-office');
      task('queue.rejected-by-office');
      return;
    case 'completion-asked':
      task('queue.completion-asked');
      return;
    case 'account-settled': {
      const outcome = accountSettled.safeParse(answer['account']).data;
      if (outcome?.result === 'done') return;
      const code = outcome?.code ?? UNREADABLE;
      raise('effect-conflict', code);
      task(knownProblem(code).code);
      return;
    }
    // A reference number asks nothing of anybody; kinds of a newer portal are kept for a newer desk.
    default:
      return;
  }
}
