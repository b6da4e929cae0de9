import type { RecoveryView } from '../../contract/recovery.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { Reader } from '../../store/open.ts';
import * as recoveries from '../../store/recoveries.ts';
import type { Desk } from '../desk.ts';
import { stackOf } from '../log.ts';
import { reconcile } from './reconcile.ts';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

export const isReconciling = (tx: Reader): boolean => recoveries.open(tx)?.state === 'reconciling';

/** Sees to it that a recovered store settles with the portal, and lets the desk begin its work only then. */
export function createRecovery(desk: Desk, deps: { onReconciled(): void; onChange(): void }) {
  const { store, timers, log } = desk;
  let trouble: ContractFailure | null = null;
  let running: Promise<void> | null = null;
  let cancel = (): void => {};
  let waitMs = FIRST_WAIT_MS;
  let stopped = false;

  async function attempt(): Promise<void> {
    if (stopped || !store.read(isReconciling)) return;
    try {
      const result = await reconcile(desk);
      if (stopped) return;
      trouble = result.ok ? null : result.error;
      if (result.ok) {
        log.info({ call: 'recovery' }, 'the store is reconciled with the portal');
        deps.onReconciled();
        return;
      }
      log.warn({ call: 'recovery', code: result.error.code }, 'not reconciled yet');
    } catch (thrown) {
      log.error({ call: 'recovery', stack: stackOf(thrown) }, 'reconciling failed');
      trouble = { code: 'recovery.waits-for-portal' };
    } finally {
      deps.onChange();
    }
    cancel = timers.after(waitMs, () => void tryNow());
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
  }

  function tryNow(): Promise<void> {
    cancel();
    running ??= attempt().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    tryNow,
    async stop(): Promise<void> {
      stopped = true;
      cancel();
      await running;
    },
    view(tx: Reader): RecoveryView | null {
      const open = recoveries.open(tx);
      if (open === null || open.state === 'done') return null;
      return { kind: open.kind, state: open.state, backupAt: open.backupAt, trouble };
    },
  };
}

export type Recovery = ReturnType<typeof createRecovery>;
