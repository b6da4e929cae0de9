import { isGivenUp, knownProblem } from '../store/delivery-rules.ts';
import * as exceptions from '../store/exceptions.ts';
import type { Tx } from '../store/open.ts';
import * as outbox from '../store/outbox.ts';
import { uuidv7 } from '../values/ids.ts';
import { legalDate } from '../values/time.ts';
import type { EffectResult } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import type { SyncContext } from './context.ts';
import { deliverySettings } from './delivery-settings.ts';

/** An effect whose blobs are on their way is looked at again at the latest after this time. */
export const INCOMPLETE_LOOK_MS = 60_000;
const isForNow = (result: EffectResult): boolean => result.status === 'refused' && result.retryable;

/** Conflicts a supervisor must see: the portal holds another thing than the desk, or judged it otherwise. */
const CONFLICTS: ReadonlySet<string> = new Set([
  'effect.content-differs',
  'effect.ordinal-taken',
  'effect.slot-taken',
  'effect.booking-differs',
  'effect.called-twice',
  'effect.account-exists',
  'effect.tariff-changed',
  'effect.number-unknown',
  'effect.number-settled',
  'effect.receipt-unknown',
  'effect.document-listed-since',
]);

/** What the portal's results, however they came here (line or medium), make of the effects they are of. */
export function createEffectJudge({ clock, random, log }: Pick<SyncContext, 'clock' | 'random' | 'log'>) {
  const later = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString();
  const newId = (): string => uuidv7({ now: () => clock.now(), random });

  /** When an effect goes once more by itself. */
  const nextTry = (effect: outbox.Effect): string => later(backOffMs(effect.attempts + 1, chanceOf(random)));

  function toPerson(tx: Tx, effect: outbox.Effect, problem: outbox.Problem): void {
    const now = clock.now();
    outbox.markNeedsPerson(tx, effect.id, now.toISOString(), problem);
    if (CONFLICTS.has(problem.code))
      exceptions.raise(tx, {
        id: newId(),
        kind: 'effect-conflict',
        at: now.toISOString(),
        legalDate: legalDate(now),
        visitId: effect.visitId,
        leafSequence: effect.leafSequence,
        params: { code: problem.code, effect: effect.id },
      });
    log.warn({ effect: effect.id, code: problem.code }, 'an effect needs a person');
  }

  /** The portal refuses it for now: another try by itself, until it was tried long enough. */
  function refusedForNow(tx: Tx, effect: outbox.Effect, problem: outbox.Problem): void {
    const now = clock.now();
    const counted = outbox.noteRefusal(tx, effect.id, now.toISOString());
    if (isGivenUp(counted, now, deliverySettings(tx))) toPerson(tx, effect, problem);
    else outbox.postpone(tx, effect.id, now.toISOString(), nextTry(effect), problem);
  }

  /**
   * Of a visit in which something was refused (`stopped`, which grows), the portal could only refuse what stands behind
   * it: that says nothing of it.
   */
  function settle(
    tx: Tx,
    effects: readonly outbox.Effect[],
    results: ReadonlyMap<string, EffectResult>,
    stopped: Set<string>,
  ): void {
    const at = clock.now().toISOString();
    const accepted: string[] = [];
    for (const effect of effects) {
      const { id, visitId } = effect;
      const result = results.get(id);
      if (result?.status === 'accepted' || result?.status === 'duplicate') accepted.push(id);
      else if (result?.status === 'incomplete') {
        outbox.noteMissing(tx, id, result.missing, at);
        outbox.markIncomplete(tx, id, at, later(INCOMPLETE_LOOK_MS), null);
      } else if (stopped.has(visitId) && (result === undefined || isForNow(result))) {
        // It only went behind what was refused of its visit; that says nothing of itself.
        outbox.postpone(tx, id, at, at, null);
      } else {
        stopped.add(visitId);
        const problem = knownProblem(result?.status === 'refused' ? result.code : 'effect.refused');
        if (result && !isForNow(result)) toPerson(tx, effect, problem);
        else refusedForNow(tx, effect, problem);
      }
    }
    outbox.acceptAll(tx, accepted, at);
    const arrived = new Set(accepted);
    noteLate(
      tx,
      effects.filter(({ id }) => arrived.has(id)),
    );
  }

  /** What was long on its way is seen by a supervisor. */
  function noteLate(tx: Tx, effects: readonly outbox.Effect[]): void {
    const now = clock.now();
    const { lateHours } = deliverySettings(tx);
    for (const effect of effects) {
      const made = new Date(effect.madeAt);
      const hours = Math.floor((now.getTime() - made.getTime()) / 3_600_000);
      if (hours >= lateHours)
        exceptions.raiseLate(tx, {
          id: newId(),
          at: now.toISOString(),
          legalDate: legalDate(now),
          madeOn: legalDate(made),
          hours,
          leafSequence: effect.leafSequence,
        });
    }
  }

  return { toPerson, refusedForNow, nextTry, settle };
}
