import type { QueueItem } from '../../contract/queue.ts';
import * as inbox from '../../store/inbox.ts';
import type { Reader } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { ok } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';

/** What waits for the portal, what it answered, what needs a person. Nothing leaves this list unseen. */
export function queueHandlers(desk: Desk): Handler[] {
  const { store, sync } = desk;
  return [
    query('queue.list', (_asked, { show, after, limit }) =>
      store.read((tx) => {
        const page = outbox.page(tx, { show, after, limit: limit + 1 });
        return ok({
          items: page.slice(0, limit).map((effect) => itemOf(tx, effect)),
          more: page.length > limit,
        });
      }),
    ),

    command('queue.retry', (commanded, { itemId }) => {
      const { tx, now, after } = commanded;
      const effect = outbox.find(tx, itemId);
      if (!effect) return refuse('queue.not-found');
      if (effect.state !== 'needs-person') return refuse('queue.not-waiting-for-you');
      outbox.retry(tx, itemId, now.toISOString());
      record(desk, commanded, {
        kind: 'effect-retried',
        visitId: effect.visitId,
        payload: { effect: itemId },
      });
      after(() => {
        desk.emit('queue-changed', {});
        sync.kick();
      });
      return ok(mustFind(tx, itemId));
    }),

    command('queue.close', (commanded, { itemId, reason }) => {
      const { tx, now, after } = commanded;
      const effect = outbox.find(tx, itemId);
      if (!effect) return refuse('queue.not-found');
      if (effect.state !== 'needs-person') return refuse('queue.not-waiting-for-you');
      outbox.close(tx, itemId, now.toISOString());
      record(desk, commanded, {
        kind: 'effect-closed',
        visitId: effect.visitId,
        payload: { effect: itemId, reason },
      });
      after(() => desk.emit('queue-changed', {}));
      return ok(mustFind(tx, itemId));
    }),
  ];
}

function mustFind(tx: Reader, id: string): QueueItem {
  const effect = outbox.find(tx, id);
  if (!effect) throw new Error('an effect that was just changed is not there');
  return itemOf(tx, effect);
}

function itemOf(tx: Reader, effect: outbox.Effect): QueueItem {
  const answers = inbox.answersTo(tx, effect.id);
  const numbered = answers.find(({ kind }) => kind === 'reference-number');
  const rejected = answers.find(({ kind }) => kind === 'rejected');
  const ticket = tx.get<{ ticket: number }>('SELECT ticket FROM visits WHERE id = ?', [effect.visitId]);
  return {
    id: effect.id,
    visitId: effect.visitId,
    ticket: ticket?.ticket ?? null,
    kind: effect.kind,
    title: titleOf(tx, effect),
    madeAt: effect.madeAt,
    state: effect.state,
    attempts: effect.attempts,
    nextTryAt: effect.nextTryAt,
    heldBy: outbox.heldBy(tx, effect),
    problem: rejected ? { code: 'queue.rejected-by-office' } : effect.problem,
    referenceNumber: numbered?.referenceNumber ?? null,
    answeredAt: numbered?.at ?? answers[0]?.at ?? null,
  };
}

/** What it is about, without a person's data: the queue is seen by all clerks of the desk. */
function titleOf(tx: Reader, effect: outbox.Effect): string {
  const service = tx.get<{ title: string }>(
    `SELECT json_extract(s.definition, '$.title.cs') AS title FROM services s
     JOIN journal_leaves l ON l.service_id = s.id WHERE l.sequence = ?`,
    [effect.leafSequence],
  );
  return service?.title ?? '';
}
