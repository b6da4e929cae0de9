import type { Session } from '../../contract/clerks.ts';
import type { QueueItem } from '../../contract/queue.ts';
import { actionsOf, type DeliveryAction, ownerOf } from '../../store/delivery-rules.ts';
import * as exceptions from '../../store/exceptions.ts';
import * as inbox from '../../store/inbox.ts';
import type { Reader, Tx } from '../../store/open.ts';
import * as outbox from '../../store/outbox.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';

type Of = { session: Session; now: Date };

/** What waits for the portal, what it answered, what needs a person. Nothing leaves this list unseen. */
export function queueHandlers(desk: Desk): Handler[] {
  const { store, sync } = desk;

  /** The item, when whoever asks can do this about it now. */
  function taskFor(tx: Reader, itemId: string, action: DeliveryAction, of: Of) {
    const effect = outbox.find(tx, itemId);
    if (!effect) return refuse('queue.not-found');
    const owner = ownerOf(effect.standing, ruleOf(effect));
    if (owner === 'machine' || owner === 'nobody') return refuse('queue.not-waiting-for-you');
    return actionsFor(effect, of.session).includes(action) ? ok(effect) : refuse('queue.not-yours');
  }

  function raise(tx: Tx, kind: exceptions.ExceptionKind, effect: outbox.Effect, of: Of): void {
    exceptions.raise(tx, {
      id: desk.newId(),
      kind,
      at: of.now.toISOString(),
      legalDate: legalDate(of.now),
      clerkId: of.session.clerkId,
      visitId: effect.visitId,
      leafSequence: effect.leafSequence,
      params: { effect: effect.id, code: effect.problem?.code ?? '' },
    });
  }

  return [
    query('queue.list', ({ session }, { show, after, limit }) =>
      store.read((tx) => {
        const page = outbox.page(tx, { show, after, limit: limit + 1 });
        return ok({
          items: page.slice(0, limit).map((effect) => itemOf(tx, effect, session)),
          more: page.length > limit,
        });
      }),
    ),

    command('queue.retry', (commanded, { itemId }) => {
      const { tx, now, after, session } = commanded;
      const task = taskFor(tx, itemId, 'retry', commanded);
      if (!task.ok) return task;
      outbox.retry(tx, itemId, now.toISOString());
      record(desk, commanded, {
        kind: 'effect-retried',
        visitId: task.value.visitId,
        payload: { effect: itemId },
      });
      after(() => {
        desk.emit('queue-changed', {});
        sync.kick();
      });
      return ok(mustFind(tx, itemId, session));
    }),

    command('queue.hand-over', (commanded, { itemId, note }) => {
      const { tx, now, after, session } = commanded;
      const task = taskFor(tx, itemId, 'hand-over', commanded);
      if (!task.ok) return task;
      outbox.handOver(tx, itemId, { at: now.toISOString(), by: session.clerkId });
      raise(tx, 'effect-handed-over', task.value, commanded);
      record(desk, commanded, {
        kind: 'effect-handed-over',
        visitId: task.value.visitId,
        payload: { effect: itemId, note },
      });
      after(() => desk.emit('queue-changed', {}));
      return ok(mustFind(tx, itemId, session));
    }),

    command('queue.settle', (commanded, { itemId, note }) => {
      const { tx, now, after, session } = commanded;
      const task = taskFor(tx, itemId, 'settle', commanded);
      if (!task.ok) return task;
      outbox.settleTask(tx, itemId, now.toISOString());
      record(desk, commanded, {
        kind: 'effect-settled',
        visitId: task.value.visitId,
        payload: { effect: itemId, note },
      });
      after(() => {
        desk.emit('queue-changed', {});
        desk.emit('visit-changed', { visitId: task.value.visitId });
      });
      return ok(mustFind(tx, itemId, session));
    }),

    command('queue.close', (commanded, { itemId, reason }) => {
      const { tx, now, after, session } = commanded;
      const task = taskFor(tx, itemId, 'close', commanded);
      if (!task.ok) return task;
      outbox.close(tx, itemId, now.toISOString());
      raise(tx, 'effect-closed', task.value, commanded);
      record(desk, commanded, {
        kind: 'effect-closed',
        visitId: task.value.visitId,
        payload: { effect: itemId, reason },
      });
      after(() => {
        desk.emit('queue-changed', {});
        // What stood behind it in its visit is free to go.
        sync.kick();
      });
      return ok(mustFind(tx, itemId, session));
    }),
  ];
}

const ruleOf = (effect: outbox.Effect) => ({
  code: effect.problem?.code ?? null,
  handedOver: effect.handedOver !== null,
});

const actionsFor = (effect: outbox.Effect, session: Session): DeliveryAction[] =>
  actionsOf(effect.standing, {
    ...ruleOf(effect),
    isMended: effect.kind === 'submission' || effect.kind === 'account',
    isSupervisor: session.roles.includes('supervisor'),
  });

function mustFind(tx: Reader, id: string, session: Session): QueueItem {
  const effect = outbox.find(tx, id);
  if (!effect) throw new Error('an effect that was just changed is not there');
  return itemOf(tx, effect, session);
}

function itemOf(tx: Reader, effect: outbox.Effect, session: Session): QueueItem {
  const answers = inbox.answersTo(tx, effect.id);
  const numbered = answers.findLast(({ kind }) => kind === 'reference-number');
  const said = inbox.officeSays(tx, effect.id);
  const ticket = tx.get<{ ticket: number }>('SELECT ticket FROM visits WHERE id = ?', [effect.visitId]);
  return {
    id: effect.id,
    visitId: effect.visitId,
    ticket: ticket?.ticket ?? null,
    kind: effect.kind,
    title: titleOf(tx, effect),
    madeAt: effect.madeAt,
    state: effect.standing,
    owner: ownerOf(effect.standing, ruleOf(effect)),
    actions: actionsFor(effect, session),
    handedOverAt: effect.handedOver?.at ?? null,
    attempts: effect.attempts,
    nextTryAt: effect.nextTryAt,
    heldBy: outbox.heldBy(tx, effect),
    problem: effect.problem,
    referenceNumber: numbered?.referenceNumber ?? null,
    fileNumber: numbered?.fileNumber ?? null,
    answeredAt: numbered?.at ?? answers[0]?.at ?? null,
    officeSays: said.reason,
    deadline: said.deadline,
    course: inbox.courseOf(tx, effect.id)?.state ?? null,
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
