import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../../electron/store/failures.ts';
import { openStore, type Store, type Tx } from '../../electron/store/open.ts';
import { err } from '../../electron/values/result.ts';
import type { Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

/** What a call into a dead process does: it never comes back. Nothing of it is told to anybody. */
export class Dead extends Error {}

export const KEY = new Uint8Array(32).fill(7);

/** Changes what reaches the store; only the broken variants do. */
export type StoreBend = (store: Store) => Store;

/** The desk's folder and the process that has it open: it can die and come again. */
export function createDisk(deps: {
  folder: string;
  /** A store that was made once, to begin with. */
  template: string;
  plan: Plan;
  timeline: Timeline;
  random: (length: number) => Uint8Array;
  bend: StoreBend;
  trace: (line: string) => void;
  onDeath: (downMs: number) => void;
}) {
  const { timeline, plan, trace } = deps;
  let life = 0;
  let real: Store | null = null;
  let place = join(deps.folder, '0');
  cpSync(deps.template, place, { recursive: true });
  const deaths = plan.faults.flatMap((fault) =>
    fault.kind === 'death' && fault.when !== 'now' ? [{ ...fault, done: false }] : [],
  );
  const troubles = plan.faults.filter((fault) => fault.kind === 'disk-full' || fault.kind === 'disk-error');
  let deaf = 0;
  let isCalm = true;

  const trouble = () =>
    isCalm
      ? undefined
      : troubles.find((one) => one.at <= timeline.now() && timeline.now() < one.at + one.for);
  const failureOf = (kind: string): 'store.no-space' | 'store.io' =>
    kind === 'disk-full' ? 'store.no-space' : 'store.io';

  /** Copies what the process had handed to the system, as it lay there, WAL and all; the old files are gone. */
  async function bury(): Promise<void> {
    await timeline.settle();
    const next = join(deps.folder, String(life));
    mkdirSync(join(next, 'blobs'), { recursive: true });
    for (const name of readdirSync(place)) {
      // The shared memory of the WAL goes with the process; the next one rebuilds it.
      if (name === 'blobs' || name.endsWith('-shm')) continue;
      cpSync(join(place, name), join(next, name));
    }
    if (existsSync(join(place, 'blobs')))
      cpSync(join(place, 'blobs'), join(next, 'blobs'), { recursive: true });
    real?.close();
    real = null;
    rmSync(place, { recursive: true, force: true });
    place = next;
  }

  function open(): Store {
    const opened = openStore({ folder: place, key: KEY, clock: timeline.clock, random: deps.random });
    if (!opened.ok) throw new Error(`the store does not open: ${opened.error.code}`);
    real = opened.value;
    return around(deps.bend(opened.value));
  }

  function around(store: Store): Store {
    const mine = life;
    const alive = (): void => {
      if (life !== mine) throw new Dead();
    };
    const die = (fault: { for: number }): never => {
      life += 1;
      deps.onDeath(fault.for);
      throw new Dead();
    };
    const write: Store['write'] = (work) => {
      alive();
      const bad = trouble();
      const death = isCalm ? undefined : deaths.find((one) => !one.done && one.at <= timeline.now());
      if (bad) {
        deaf += 1;
        trace(`${timeline.now()} disk ${bad.kind}`);
        // Sometimes the disk says so at once, sometimes only when the transaction is to be written.
        if (deaf % 2 === 0) throw new StoreError({ code: failureOf(bad.kind) });
        return store.write((tx: Tx) => {
          work(tx);
          throw new StoreError({ code: failureOf(bad.kind) });
        });
      }
      if (!death) return store.write(work);
      death.done = true;
      trace(`${timeline.now()} death ${death.when}`);
      if (death.when === 'before-commit')
        return store.write((tx) => {
          work(tx);
          return die(death);
        });
      store.write(work);
      return die(death);
    };
    const blobs: Store['blobs'] = {
      ...store.blobs,
      put: async (content) => {
        alive();
        const bad = trouble();
        if (bad) return err({ code: failureOf(bad.kind) });
        const staged = await timeline.busy(() => store.blobs.put(content));
        alive();
        return staged;
      },
      read: async (sha256) => {
        alive();
        const content = await timeline.busy(() => store.blobs.read(sha256));
        alive();
        return content;
      },
    };
    return {
      ...store,
      write,
      read: (work) => {
        alive();
        return store.read(work);
      },
      blobs,
    };
  }

  return {
    open,
    bury,
    life: (): number => life,
    kill: (): void => {
      life += 1;
    },
    /** From then on the faults count. */
    begin: (): void => {
      isCalm = false;
    },
    /** The store without faults, for looking at it. */
    real: (): Store => {
      if (!real) throw new Error('the desk is dead');
      return real;
    },
    close: (): void => {
      real?.close();
      real = null;
    },
  };
}
export type Disk = ReturnType<typeof createDisk>;
