import type { ContractFailure } from '../../contract/shared.ts';
import type { Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import { indexSlice, notIndexed } from './indexing.ts';

const LOOK_MS = 10_000;
/** So much is taken in while somebody waits for a page; more of it only a store has that is older than the index. */
const WAITED_FOR = 20_000;

const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Keeps the day log's index behind the log: beside the calls, in slices, so that no act waits for it. */
export function createLogIndexer({ store, timers, log }: Pick<Desk, 'store' | 'timers' | 'log'>) {
  let isStopped = false;
  let cancel = () => {};
  let running: Promise<void> | null = null;

  async function takeIn(): Promise<void> {
    while (!isStopped && store.read(notIndexed) > 0) {
      store.write((tx) => indexSlice(tx));
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
      // On a full disk the index waits; what was done is in the log all the same.
      aside(
        log,
        'log-index',
        catchUp().catch((thrown: unknown) => {
          log.warn({ call: 'log-index', stack: stackOf(thrown) }, 'the log was not indexed');
        }),
      );
      watch();
    });
  }

  return {
    start(): void {
      aside(log, 'log-index', catchUp());
      watch();
    },
    /** Makes the index know the whole log, or says that it will take longer than a person waits. */
    async upToDate(): Promise<ContractFailure | null> {
      const left = store.read(notIndexed);
      if (left > WAITED_FOR) {
        aside(log, 'log-index', catchUp());
        return { code: 'day-log.index-in-the-making', params: { left } };
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

export type LogIndexer = ReturnType<typeof createLogIndexer>;
