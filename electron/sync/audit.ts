import * as cursors from '../store/cursors.ts';
import * as outbox from '../store/outbox.ts';
import { effectStates } from './answers.ts';
import { LIMITS } from './client.ts';
import type { Step, SyncContext } from './context.ts';
import { readAnew } from './inbox-reading.ts';

// The id behind which the comparison goes on; there only while one is wanted, so that it survives a restart.
const CURSOR = 'effects-audit';
const FROM_THE_START = '0';
const BATCH = 500;

/**
 * Compares what the desk believes to be at the portal with what is there, after something said that the portal was set back
 * or replaced. What it does not know is sent again from the start, and its answers are read from their beginning: it may give
 * others under the numbers of those it forgot.
 */
export function createAudit({ store, clock, log, news, ask }: SyncContext) {
  const begin = (why: string): void => {
    log.warn({ call: 'effects/states', code: why }, 'the portal may have forgotten what it had accepted');
    store.write((tx) => {
      cursors.set(tx, CURSOR, FROM_THE_START, clock.now().toISOString());
      readAnew(tx);
    });
  };

  async function step(): Promise<Step> {
    const after = store.read((tx) => cursors.get(tx, CURSOR));
    if (after === null) return 'idle';
    const ids = store.read((tx) => outbox.atPortal(tx, after, BATCH));
    const last = ids.at(-1);
    if (last === undefined) {
      store.write((tx) => cursors.forget(tx, CURSOR));
      return 'idle';
    }
    const outcome = await ask(
      (client) =>
        client.call(effectStates, LIMITS.call, (signal) =>
          client.api.POST('/effects/states', { body: { ids }, signal }),
        ),
      { isTry: true },
    );
    if (!outcome.ok) {
      if (outcome.error.kind !== 'refused') return 'cut';
      // A portal that can not say it is believed; the comparison is not asked for ever.
      log.warn({ call: 'effects/states', code: outcome.error.code }, 'the portal does not compare effects');
      store.write((tx) => cursors.forget(tx, CURSOR));
      return 'idle';
    }
    const unknown = outcome.value.states.filter(({ state }) => state === 'unknown').map(({ id }) => id);
    const at = clock.now().toISOString();
    const forgotten = store.write((tx) => {
      cursors.set(tx, CURSOR, last, at);
      return outbox.portalForgot(tx, unknown, at);
    });
    if (unknown.length > 0) {
      log.warn(
        { call: 'effects/states', code: 'effect.forgotten', count: unknown.length },
        'the portal had forgotten effects',
      );
      news({ kind: 'queue', visitIds: forgotten.visitIds });
    }
    return 'moved';
  }

  return { begin, step };
}
