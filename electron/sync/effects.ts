import type { Reader, Tx } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import { type EffectResult, effectResults } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import { LIMITS, type Schemas } from './client.ts';
import type { Step, SyncContext } from './context.ts';

const BATCH = 50;
const BATCH_BYTES = 1_000_000;
/** An effect whose blobs are on their way is looked at again at the latest after this time. */
const INCOMPLETE_LOOK_MS = 60_000;
/** So many single effects the portal fails at, one after another, are no poison: the portal is ill. */
const ILL_AFTER = 3;

const KNOWN_CODES = new Set([
  'effect.content-differs',
  'effect.ordinal-taken',
  'effect.out-of-order',
  'effect.invalid',
  'effect.office-unknown',
  'effect.submission-unknown',
  'effect.blob-size-differs',
]);

type Content = Schemas['Effect'];
type Parcel = { effect: outbox.Effect; content: Content; bytes: number };

/** What the queue holds was typed by who queued it; this only says that the row still has that shape. */
const isEffect = (value: object): value is Content =>
  'payload' in value &&
  typeof value.payload === 'object' &&
  value.payload !== null &&
  !Array.isArray(value.payload);

/** The effect as it is sent: always from the stored row, so that every repetition has the same content. */
function contentOf(tx: Reader, effect: outbox.Effect): Content | null {
  const { id, visitId, ordinal, kind, leafSequence, madeAt } = effect;
  const value = {
    id,
    visitId,
    ordinal,
    kind,
    leafSequence,
    madeAt,
    payload: outbox.payloadOf(tx, id),
    blobs: outbox.blobsOf(tx, id),
  };
  return isEffect(value) ? value : null;
}

const problemOf = (code: string): outbox.Problem =>
  KNOWN_CODES.has(code) ? { code } : { code: 'effect.refused', params: { code } };

/** Sends what somebody must act on, one by one within a visit, and keeps what became of each. */
export function createEffects({ store, clock, random, log, line, news, ask }: SyncContext) {
  const later = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();

  /** Another try by itself; an effect the portal holds already stays so. */
  function postpone(tx: Tx, { effect }: Parcel, nextTryAt: string, problem: outbox.Problem | null): void {
    const at = clock.now().toISOString();
    if (effect.state === 'incomplete') outbox.markIncomplete(tx, effect.id, at, nextTryAt, problem);
    else outbox.markWaiting(tx, effect.id, at, nextTryAt, problem);
  }

  const ownBackOff = ({ effect }: Parcel): string => later(backOffMs(effect.attempts + 1, chanceOf(random)));

  function postponeAll(parcels: readonly Parcel[], nextTryAt: string, problem: outbox.Problem | null): void {
    store.write((tx) => {
      for (const parcel of parcels) postpone(tx, parcel, nextTryAt, problem);
    });
    tell(parcels);
  }

  function needsPerson(parcels: readonly Parcel[], problem: outbox.Problem): void {
    store.write((tx) => {
      for (const { effect } of parcels)
        outbox.markNeedsPerson(tx, effect.id, clock.now().toISOString(), problem);
    });
    for (const { effect } of parcels)
      log.warn({ effect: effect.id, code: problem.code }, 'an effect needs a person');
    tell(parcels);
  }

  const tell = (parcels: readonly Parcel[]): void => {
    if (parcels.length > 0)
      news({ kind: 'queue', visitIds: [...new Set(parcels.map(({ effect }) => effect.visitId))] });
  };

  function settle(tx: Tx, parcel: Parcel, result: EffectResult): void {
    const at = clock.now().toISOString();
    const { id } = parcel.effect;
    switch (result.status) {
      case 'accepted':
      case 'duplicate':
        outbox.markAccepted(tx, id, at);
        break;
      case 'incomplete':
        outbox.noteMissing(tx, id, result.missing, at);
        outbox.markIncomplete(tx, id, at, later(INCOMPLETE_LOOK_MS), null);
        break;
      case 'refused':
        if (result.retryable) postpone(tx, parcel, ownBackOff(parcel), problemOf(result.code));
        else outbox.markNeedsPerson(tx, id, at, problemOf(result.code));
        break;
    }
  }

  /** What is due, taken up in one transaction. */
  function takeUp(): Parcel[] {
    const now = clock.now().toISOString();
    const isDue = store.read((tx) => outbox.due(tx, now, 1).length > 0);
    if (!isDue) return [];
    const unfit: Parcel['effect'][] = [];
    const parcels = store.write((tx) => {
      const taken: Parcel[] = [];
      let total = 0;
      for (const effect of outbox.due(tx, now, BATCH)) {
        const content = contentOf(tx, effect);
        if (content === null) {
          outbox.markNeedsPerson(tx, effect.id, now, { code: 'effect.invalid' });
          unfit.push(effect);
          continue;
        }
        const bytes = Buffer.byteLength(JSON.stringify(content));
        if (taken.length > 0 && total + bytes > BATCH_BYTES) break;
        if (effect.state === 'waiting') outbox.markSending(tx, effect.id, now);
        taken.push({ effect, content, bytes });
        total += bytes;
      }
      return taken;
    });
    if (unfit.length > 0) news({ kind: 'queue', visitIds: unfit.map(({ visitId }) => visitId) });
    return parcels;
  }

  let failedAlone = 0;

  /** Sends parcels together; when the portal fails at them together, in halves, down to the one it fails at. */
  async function deliver(parcels: readonly Parcel[]): Promise<Step> {
    const body = { effects: parcels.map(({ content }) => content) };
    const outcome = await ask(
      (client) =>
        client.call(effectResults, LIMITS.call, (signal) => client.api.POST('/effects', { body, signal })),
      { isTry: true, mayBePoison: true },
    );
    if (outcome.ok) {
      failedAlone = 0;
      const results = new Map(outcome.value.results.map((result) => [result.id, result]));
      const silent = parcels.filter(({ effect }) => !results.has(effect.id));
      store.write((tx) => {
        for (const parcel of parcels) {
          const result = results.get(parcel.effect.id);
          if (result) settle(tx, parcel, result);
          else postpone(tx, parcel, ownBackOff(parcel), { code: 'effect.refused' });
        }
      });
      for (const result of outcome.value.results)
        if (result.status === 'refused')
          log.warn({ effect: result.id, code: problemOf(result.code).code }, 'an effect was refused');
      if (silent.length > 0) log.warn({ call: 'effects', count: silent.length }, 'effects without a result');
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
    if (parcels.length > 1 && (failure.kind === 'refused' || failedAlone < ILL_AFTER)) {
      const half = Math.ceil(parcels.length / 2);
      const first = await deliver(parcels.slice(0, half));
      const rest = parcels.slice(half);
      if (first !== 'cut') return deliver(rest);
      postponeAll(rest, later(line.waitMs()), line.state().reason);
      return 'cut';
    }
    if (failure.kind === 'refused' && !failure.retryable) {
      needsPerson(parcels, problemOf(failure.code));
      return 'moved';
    }
    failedAlone += 1;
    log.warn({ call: 'effects', code: failure.code, count: parcels.length }, 'the portal failed at effects');
    store.write((tx) => {
      for (const parcel of parcels) postpone(tx, parcel, ownBackOff(parcel), { code: 'line.portal-failed' });
    });
    tell(parcels);
    return 'moved';
  }

  return {
    async step(): Promise<Step> {
      const parcels = takeUp();
      if (parcels.length === 0) return 'idle';
      failedAlone = 0;
      return deliver(parcels);
    },
  };
}
