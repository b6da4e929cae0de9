import * as cursors from '../store/cursors.ts';
import * as inbox from '../store/inbox.ts';
import type { Tx } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import { applyAnswer } from './answered.ts';
import { type Answer, inboxPage } from './answers.ts';
import { LIMITS } from './client.ts';
import type { Step, SyncContext } from './context.ts';

export const CURSOR = 'inbox';

/**
 * Reads the portal's answers to their end. Each page is stored together with its cursor. `onClosings` hears who counted the
 * closings that wait there for a supervisor of this office.
 */
export async function readInbox(
  { store, clock, random, log, news, ask, mayHaveForgotten }: SyncContext,
  onClosings: (countedBy: readonly string[]) => void,
): Promise<Step> {
  let step: Step = 'idle';
  for (;;) {
    const cursor = store.read((tx) => cursors.get(tx, CURSOR));
    const outcome = await ask(
      (client) =>
        client.call(inboxPage, LIMITS.call, (signal) =>
          client.api.GET('/inbox', { params: { query: cursor === null ? {} : { cursor } }, signal }),
        ),
      { isTry: true },
    );
    if (!outcome.ok) {
      const failure = outcome.error;
      if (failure.kind !== 'refused') return 'cut';
      if (failure.code !== 'inbox.cursor-unknown' || cursor === null) {
        log.warn({ call: 'inbox', code: failure.code }, 'the inbox was refused');
        return step;
      }
      log.warn({ call: 'inbox', code: failure.code }, 'the inbox is read from the beginning');
      mayHaveForgotten('inbox');
      continue;
    }
    const page = outcome.value;
    const now = clock.now();
    const at = now.toISOString();
    const visitIds = new Set<string>();
    store.write((tx) => {
      for (const answer of page.answers) {
        const visitId = takeAnswer(tx, answer, { now, random });
        if (visitId !== null) visitIds.add(visitId);
      }
      if (page.cursor !== cursor) cursors.set(tx, CURSOR, page.cursor, at);
    });
    if (page.answers.length > 0) step = 'moved';
    if (visitIds.size > 0) news({ kind: 'queue', visitIds: [...visitIds] });
    onClosings(page.closingsToDecide);
    // A portal that promises more and does not move on would keep us here for ever.
    if (!page.more || page.cursor === cursor) return step;
  }
}

/** The portal numbers its answers anew: they are read from the beginning. */
export function readAnew(tx: Tx): void {
  cursors.forget(tx, CURSOR);
  inbox.renumber(tx);
}

/** Stores one answer; returns the visit it changes something for. The same once more changes nothing. */
export function takeAnswer(tx: Tx, answer: Answer, how: Parameters<typeof applyAnswer>[3]): string | null {
  const receivedAt = how.now.toISOString();
  const { sequence, effectId, kind, at } = answer;
  // Read from the beginning, an answer comes under another sequence perhaps, and must not stand there twice.
  const isKnown = inbox
    .answersTo(tx, effectId)
    .some(
      (known) =>
        known.kind === kind &&
        known.at === at &&
        known.referenceNumber === (answer.referenceNumber ?? null) &&
        known.state === (answer.state?.state ?? null),
    );
  if (!isKnown) inbox.add(tx, { sequence, effectId, kind, at, body: JSON.stringify(answer) }, receivedAt);
  const effect = outbox.find(tx, effectId);
  if (!effect) return null;
  const isOpen = effect.state !== 'accepted' && effect.state !== 'closed';
  if (isKnown && !(kind === 'received' && isOpen)) return null;
  applyAnswer(tx, effect, answer, how);
  return effect.visitId;
}
