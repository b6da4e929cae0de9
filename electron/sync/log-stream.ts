import { lastSequence, leavesFrom } from '../journal/read.ts';
import * as cursors from '../store/cursors.ts';
import * as exceptions from '../store/exceptions.ts';
import type { Tx } from '../store/open.ts';
import type { Failure } from '../values/result.ts';
import { legalDate } from '../values/time.ts';
import { logAcknowledgement } from './answers.ts';
import { backOffMs, chanceOf } from './back-off.ts';
import { type CallFailure, callLimit } from './client.ts';
import type { Step, SyncContext } from './context.ts';

const BATCH = 1000;
const BATCH_BYTES = 1_000_000;
export const CURSOR = 'log';
/** A log the portal refuses waits for a person; whether one has helped is looked at this often. */
const REFUSED_RETRY_MS = 5 * 60_000;

export type LogProblem = Failure<'log.forked' | 'log.refused' | 'log.portal-ahead'>;

/** Puts before a supervisor's eyes that the portal does not take the log; the same trouble once. */
export const raiseRefused = (tx: Tx, { code, params = {} }: LogProblem, now: Date): void =>
  exceptions.raise(tx, {
    id: exceptions.idOf([code, params]),
    kind: 'log-refused',
    at: now.toISOString(),
    legalDate: legalDate(now),
    params: { problem: code, ...params },
  });

/** The leaves of the day log, in order and without a gap, up to what the portal has acknowledged. */
export function createLogStream(context: SyncContext) {
  const { store, clock, random, log, news, ask, mayHaveForgotten } = context;
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
    if (next) raise(next);
    if (next) log.warn({ call: 'log', code: next.code }, 'the portal does not take the day log');
    else log.info({ call: 'log' }, 'the portal takes the day log again');
    news({ kind: 'line' });
  }

  /** Seen on both sides: the portal logs it, the supervisor gets it to review. The same trouble is raised once. */
  const raise = (what: LogProblem): void => store.write((tx) => raiseRefused(tx, what, clock.now()));

  /** A portal that holds more of this desk's log than the desk: a desk set back, or two that are taken for one. */
  function portalAhead(portal: number): void {
    const own = store.read((tx) => lastSequence(tx));
    tell({ code: 'log.portal-ahead', params: { portal, desk: own } });
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
        // Its log is shorter than it was: it may have lost effects as well.
        mayHaveForgotten('log');
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
    const sent: string[] = [];
    let bytes = 0;
    for (const { leaf } of leaves) {
      const text = Buffer.from(leaf).toString('base64');
      bytes += text.length;
      if (sent.length > 0 && bytes > BATCH_BYTES) break;
      sent.push(text);
    }
    const text = JSON.stringify({ from, leaves: sent });
    const outcome = await ask(
      (client) => client.postText(logAcknowledgement, '/log', text, callLimit(text.length)),
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
      const { acknowledgedTo } = outcome.value;
      const isAhead = acknowledgedTo > store.read((tx) => lastSequence(tx));
      acknowledge(acknowledgedTo);
      if (isAhead) portalAhead(acknowledgedTo);
      else tell(null);
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
