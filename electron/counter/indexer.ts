import type { FailureCode } from '../contract/failures.ts';
import type { ContractFailure } from '../contract/shared.ts';
import type { Reader, Tx } from '../store/open.ts';
import type { Desk } from './desk.ts';
import { aside, stackOf } from './log.ts';

const LOOK_MS = 10_000;

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What an index follows, and how it takes in a slice of it. */
export type Index = {
  /** For the log. */
  name: string;
  /** How much it does not know yet. */
  pending: (tx: Reader) => number;
  takeIn: (tx: Tx) => void;
  /** So much is taken in while somebody waits; more of it only a store has that is older than the index. */
  waitedFor: number;
  /** Says that it will take longer; `left`: how much. */
  notYet: FailureCode;
};

/** Keeps an index behind what it follows: beside the calls, in slices, so that no act waits for it. */
export function createIndexer({ store, timers, log }: Pick<Desk, 'store' | 'timers' | 'log'>, index: Index) {
  let isStopped = false;
  let cancel = () => {};
  let running: Promise<void> | null = null;

  async function takeIn(): Promise<void> {
    while (!isStopped && store.read(index.pending) > 0) {
      store.write(index.takeIn);
      await breath();
    }
  }

  /** One run at a time; whoever comes meanwhile waits for the same one. */
  const catchUp = (): Promise<void> => {
    running ??= takeIn().finally(() => {
      running = null;
    });
    return running;
  };

  function watch(): void {
    cancel = timers.after(LOOK_MS, () => {
      // On a full disk the index waits; what was done is there all the same.
      aside(
        log,
        index.name,
        catchUp().catch((thrown: unknown) => {
          log.warn({ call: index.name, stack: stackOf(thrown) }, 'not indexed');
        }),
      );
      watch();
    });
  }

  return {
    start(): void {
      aside(log, index.name, catchUp());
      watch();
    },
    /** Makes the index know everything, or says that it will take longer than a person waits. */
    async upToDate(): Promise<ContractFailure | null> {
      const left = store.read(index.pending);
      if (left > index.waitedFor) {
        aside(log, index.name, catchUp());
        return { code: index.notYet, params: { left } };
      }
      if (left > 0) await catchUp();
      return null;
    },
    async stop(): Promise<void> {
      isStopped = true;
      cancel();
      await running?.catch(() => {});
    },
  };
}

export type Indexer = ReturnType<typeof createIndexer>;
