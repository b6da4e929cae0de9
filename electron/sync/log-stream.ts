import { lastSequence, leavesFrom } from '../journal/read.ts';
import * as cursors from '../store/cursors.ts';
import type { Failure } from '../values/result.ts';
import { logAcknowledgement } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import { type CallFailure, LIMITS } from './client.ts';
import type { Step, SyncContext } from './context.ts';

const BATCH = 200;
const CURSOR = 'log';
/** A log the portal refuses waits for a person; whether one has helped is looked at this often. */
const REFUSED_RETRY_MS = 5 * 60_000;

export type LogProblem = Failure<'log.forked' | 'log.refused'>;

/** The leaves of the day log, in order and without a gap, up to what the portal has acknowledged. */
export function createLogStream({ store, clock, random, log, news, ask }: SyncContext) {
  let problem: LogProblem | null = null;
  let notBeforeMs = 0;
  let failures = 0;

  const acknowledged = (): number => store.read((tx) => Number(cursors.get(tx, CURSOR) ?? 0));
  const acknowledge = (to: number): void =>
    store.write((tx) =>
      // A portal that knows more than this desk does not make leaves of ours known that are not written yet.
      cursors.set(tx, CURSOR, String(Math.min(to, lastSequence(tx))), clock.now().toISOString()),
    );

  function tell(next: LogProblem | null): void {
    const isNew = problem?.code !== next?.code;
    problem = next;
    if (!isNew) return;
    if (next) log.warn({ call: 'log', code: next.code }, 'the portal does not take the day log');
    else log.info({ call: 'log' }, 'the portal takes the day log again');
    news({ kind: 'line' });
  }

  function refused(failure: Extract<CallFailure, { kind: 'refused' }>, from: number): Step {
    const { code, details } = failure;
    if (code === 'log.gap') {
      const { expected } = details;
      const last = store.read((tx) => lastSequence(tx));
      const isOurs = typeof expected === 'number' && Number.isSafeInteger(expected) && expected >= 1;
      // Backwards only: what the portal expects lies before what was sent.
      if (isOurs && expected < from && expected <= last) {
        acknowledge(expected - 1);
        return 'moved';
      }
    }
    notBeforeMs = clock.monotonicMs() + REFUSED_RETRY_MS;
    const { sequence } = details;
    tell(
      code === 'log.forked'
        ? { code, ...(typeof sequence === 'number' && { params: { sequence } }) }
        : { code: 'log.refused', params: { code } },
    );
    return 'idle';
  }

  async function step(): Promise<Step> {
    if (clock.monotonicMs() < notBeforeMs) return 'idle';
    const from = acknowledged() + 1;
    const leaves = store.read((tx) => leavesFrom(tx, from, BATCH));
    if (leaves.length === 0) return 'idle';
    const body = { from, leaves: leaves.map(({ leaf }) => Buffer.from(leaf).toString('base64')) };
    const outcome = await ask(
      (client) =>
        client.call(logAcknowledgement, LIMITS.call, (signal) => client.api.POST('/log', { body, signal })),
      { isTry: true, mayBePoison: true },
    );
    if (outcome.ok) {
      failures = 0;
      if (outcome.value.acknowledgedTo < from) {
        // It says that it took them and has not: not to be believed, and not to be asked in a loop.
        notBeforeMs = clock.monotonicMs() + REFUSED_RETRY_MS;
        tell({ code: 'log.refused', params: { code: 'log.not-acknowledged' } });
        return 'idle';
      }
      acknowledge(outcome.value.acknowledgedTo);
      tell(null);
      return 'moved';
    }
    const failure = outcome.error;
    if (failure.kind === 'refused') return refused(failure, from);
    if (failure.kind === 'no-answer' && failure.portalCode === 'portal.failed') {
      failures += 1;
      notBeforeMs = clock.monotonicMs() + backOffMs(failures, chanceOf(random));
      return 'idle';
    }
    return 'cut';
  }

  return {
    step,
    problem: (): LogProblem | null => problem,
    /** When a leaf waits for a later try: milliseconds until then. */
    waitMs: (): number | null => {
      const wait = notBeforeMs - clock.monotonicMs();
      return wait > 0 ? wait : null;
    },
  };
}
