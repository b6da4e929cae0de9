import { knownProblem } from '../store/delivery-rules.ts';
import * as outbox from '../store/outbox.ts';
import { effectResults } from './answers.ts';
import { callLimit } from './client.ts';
import type { Step, SyncContext } from './context.ts';
import { createEffectJudge, INCOMPLETE_LOOK_MS } from './effect-results.ts';

const BATCH = 500;
const BATCH_BYTES = 500_000;
/** So many batches are under way at once: while the portal judges one, the desk notes what became of the last. */
export const LANES = 2;
/** So many single effects the portal fails at, one after another, are no poison: the portal is ill. */
const ILL_AFTER = 3;

type Parcel = { effect: outbox.Effect; text: string };

/** What is known while one batch is under way. */
type Turn = {
  /** Visits in which something was refused. */
  stopped: Set<string>;
  /** Single effects the portal failed at, one after another. */
  failedAlone: number;
};

/** The effect as it is sent: always from the stored row, so that every repetition has the same content. */
export function textOf({
  effect,
  payload,
  blobs,
}: ReturnType<typeof outbox.dueContents>[number]): string | null {
  // What the queue holds was typed by who queued it; this only says that the row still has that shape.
  if (payload === null || !payload.startsWith('{')) return null;
  const { id, visitId, ordinal, kind, leafSequence, madeAt } = effect;
  const rest = JSON.stringify({ id, visitId, ordinal, kind, leafSequence, madeAt, blobs });
  return `${rest.slice(0, -1)},"payload":${payload}}`;
}

/** Sends what somebody must act on, one by one within a visit, and keeps what became of each. */
export function createEffects(context: SyncContext) {
  const { store, clock, log, line, news, ask } = context;
  const judge = createEffectJudge(context);
  const later = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();
  const idsOf = (parcels: readonly Parcel[]): string[] => parcels.map(({ effect }) => effect.id);

  function postponeAll(parcels: readonly Parcel[], nextTryAt: string, problem: outbox.Problem | null): void {
    store.write((tx) =>
      outbox.postponeAll(tx, idsOf(parcels), clock.now().toISOString(), nextTryAt, problem),
    );
    tell(parcels);
  }

  const tell = (parcels: readonly Parcel[]): void => {
    if (parcels.length > 0)
      news({ kind: 'queue', visitIds: [...new Set(parcels.map(({ effect }) => effect.visitId))] });
  };

  /** What is due, taken up in one transaction. */
  function takeUp(): Parcel[] {
    const now = clock.now().toISOString();
    const found = store.read((tx) => outbox.dueContents(tx, now, { limit: BATCH, maxBytes: BATCH_BYTES }));
    if (found.length === 0) return [];
    const parcels: Parcel[] = [];
    const unfit: Parcel[] = [];
    const barred = new Set<string>();
    for (const one of found) {
      if (barred.has(one.effect.visitId)) continue;
      const text = textOf(one);
      if (text !== null) parcels.push({ effect: one.effect, text });
      else {
        unfit.push({ effect: one.effect, text: '' });
        barred.add(one.effect.visitId);
      }
    }
    store.write((tx) => {
      outbox.takeUp(tx, idsOf(parcels), now, later(INCOMPLETE_LOOK_MS));
      for (const parcel of unfit) judge.toPerson(tx, parcel.effect, { code: 'effect.invalid' });
    });
    tell(unfit);
    return parcels;
  }

  /** Takes out what stands behind something refused in this turn: the portal could only refuse it too. */
  function withoutStopped(parcels: readonly Parcel[], { stopped }: Turn): Parcel[] {
    const behind = parcels.filter(({ effect }) => stopped.has(effect.visitId));
    if (behind.length === 0) return [...parcels];
    postponeAll(behind, clock.now().toISOString(), null);
    return parcels.filter(({ effect }) => !stopped.has(effect.visitId));
  }

  /** Sends parcels together; when the portal fails at them together, in halves, down to the one it fails at. */
  async function deliver(all: readonly Parcel[], turn: Turn): Promise<Step> {
    const parcels = withoutStopped(all, turn);
    if (parcels.length === 0) return 'moved';
    const visitIds = [...new Set(parcels.map(({ effect }) => effect.visitId))];
    const closed = store.read((tx) => outbox.closedIn(tx, visitIds));
    const told = closed.length > 0 ? `,"closed":${JSON.stringify(closed)}` : '';
    const text = `{"effects":[${parcels.map((parcel) => parcel.text).join(',')}]${told}}`;
    const outcome = await ask(
      (client) =>
        // The texts are as they were queued: nothing is read and written again on the way.
        client.postText(effectResults, '/effects', text, callLimit(text.length * LANES)),
      { isTry: true, mayBePoison: true },
    );
    if (outcome.ok) {
      turn.failedAlone = 0;
      const results = new Map(outcome.value.results.map((result) => [result.id, result]));
      store.write((tx) =>
        judge.settle(
          tx,
          parcels.map(({ effect }) => effect),
          results,
          turn.stopped,
        ),
      );
      for (const result of outcome.value.results)
        if (result.status === 'refused')
          log.warn({ effect: result.id, code: knownProblem(result.code).code }, 'an effect was refused');
      const silent = parcels.filter(({ effect }) => !results.has(effect.id)).length;
      if (silent > 0) log.warn({ call: 'effects', count: silent }, 'effects without a result');
      tell(parcels);
      return 'moved';
    }
    const failure = outcome.error;
    if (failure.kind === 'stopped') {
      postponeAll(parcels, clock.now().toISOString(), null);
      return 'cut';
    }
    const isPoison = failure.kind === 'refused' || failure.portalCode === 'portal.failed';
    if (!isPoison) {
      postponeAll(parcels, later(line.waitMs()), { code: failure.code });
      return 'cut';
    }
    if (parcels.length > 1 && (failure.kind === 'refused' || turn.failedAlone < ILL_AFTER)) {
      const half = Math.ceil(parcels.length / 2);
      const first = await deliver(parcels.slice(0, half), turn);
      const rest = parcels.slice(half);
      if (first !== 'cut') return deliver(rest, turn);
      postponeAll(rest, later(line.waitMs()), line.state().reason);
      return 'cut';
    }
    const [only] = parcels;
    if (failure.kind === 'refused' && !failure.retryable) {
      for (const { effect } of parcels) turn.stopped.add(effect.visitId);
      store.write((tx) => {
        for (const parcel of parcels) judge.toPerson(tx, parcel.effect, knownProblem(failure.code));
      });
      tell(parcels);
      return 'moved';
    }
    turn.failedAlone += 1;
    log.warn({ call: 'effects', code: failure.code, count: parcels.length }, 'the portal failed at effects');
    const isIll = turn.failedAlone > ILL_AFTER;
    for (const { effect } of parcels) turn.stopped.add(effect.visitId);
    store.write((tx) => {
      if (only && parcels.length === 1 && !isIll)
        judge.refusedForNow(tx, only.effect, { code: 'effect.portal-fails' });
      else
        for (const parcel of parcels)
          outbox.postpone(tx, parcel.effect.id, clock.now().toISOString(), judge.nextTry(parcel.effect), {
            code: 'line.portal-failed',
          });
    });
    tell(parcels);
    return 'moved';
  }

  return {
    /** One batch. Another may be under way meanwhile: what is, is not due, nor what stands behind it in its visit. */
    async step(): Promise<Step> {
      const parcels = takeUp();
      if (parcels.length === 0) return 'idle';
      return deliver(parcels, { stopped: new Set(), failedAlone: 0 });
    },
  };
}
