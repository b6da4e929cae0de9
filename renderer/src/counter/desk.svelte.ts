import { createContext } from 'svelte';
import type { Frame } from '../../../electron/contract/desk.ts';
import type { EventData, EventName } from '../../../electron/contract/events.ts';
import type { CallInput, CallName, CallOutput } from '../../../electron/contract/index.ts';
import type { Failure, Result } from '../../../electron/values/result.ts';
import { language } from '../i18n/language.svelte.ts';
import type { CounterClient } from './client.ts';

/** What the whole window knows about the desk. */
export type Desk = {
  readonly client: CounterClient;
  /** Null until the counter told it for the first time. */
  readonly frame: Frame | null;
  readonly connected: boolean;
  /** The counter was there and went away: the window says so until it is back. */
  readonly interrupted: boolean;
  /** Raised each time the counter is back, so that screens ask for their state again. */
  readonly connections: number;
  /** What the counter says about itself (for example that the disk is full). */
  readonly trouble: Failure | null;
  setLanguage(chosen: 'cs' | 'en'): Promise<void>;
  dismissTrouble(): void;
};

const [getDesk, setDesk] = createContext<Desk>();

export { setDesk };
/** The desk of this window; only while a component is being set up. */
export const useDesk = getDesk;

export function createDesk(client: CounterClient): Desk {
  let frame = $state.raw<Frame | null>(null);
  let connected = $state(false);
  let connections = $state(0);
  let trouble = $state.raw<Failure | null>(null);

  const take = (next: Frame): void => {
    frame = next;
    language.set(next.language);
  };
  client.on('frame-changed', take);
  client.on('counter-trouble', ({ code, params }) => {
    trouble = params === undefined ? { code } : { code, params };
  });
  client.onConnection((now) => {
    if (now) {
      connections += 1;
      void client.call('desk.frame', {}).then((reply) => {
        if (reply.ok) take(reply.value);
        else trouble = reply.error;
      });
    }
    connected = now;
  });

  return {
    client,
    get frame() {
      return frame;
    },
    get connected() {
      return connected;
    },
    get interrupted() {
      return !connected && connections > 0;
    },
    get connections() {
      return connections;
    },
    get trouble() {
      return trouble;
    },
    async setLanguage(chosen) {
      language.set(chosen);
      await client.call('settings.set-language', { language: chosen });
    },
    dismissTrouble() {
      trouble = null;
    },
  };
}

/** Runs the listener on every event of the name as long as the component lives. */
export function useEvent<N extends EventName>(name: N, listener: (data: EventData<N>) => void): void {
  const { client } = useDesk();
  $effect(() => client.on(name, listener));
}

export type Query<N extends CallName> = {
  readonly data: CallOutput<N> | null;
  readonly failure: Failure | null;
  readonly loading: boolean;
  refresh(): void;
  /** Takes over a newer state, for example the output of a command. */
  set(data: CallOutput<N>): void;
};

/**
 * Keeps the answer of a query: asks again when its input changes, when one of the events comes, when the counter is
 * back and when the session is unlocked. The last answer stays while the next is on its way. Null as input: nothing is asked.
 */
export function useQuery<N extends CallName>(
  name: N,
  input: () => CallInput<N> | null,
  refreshOn: readonly EventName[] = [],
): Query<N> {
  const desk = useDesk();
  let data = $state.raw<CallOutput<N> | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let loading = $state(false);
  let asked = 0;
  // A locked session is told nothing; what it would be refused is asked once it is open again.
  const locked = $derived(desk.frame?.session?.locked ?? false);

  const ask = async (wanted: CallInput<N>): Promise<void> => {
    const turn = ++asked;
    loading = true;
    const reply = await desk.client.call(name, wanted);
    if (turn !== asked) return;
    loading = false;
    if (reply.ok) {
      data = reply.value;
      failure = null;
    } else failure = reply.error;
  };
  const refresh = (): void => {
    const wanted = locked ? null : input();
    if (wanted !== null) void ask(wanted);
  };

  $effect(() => {
    desk.connections;
    const wanted = locked ? null : input();
    if (wanted !== null) void ask(wanted);
  });
  $effect(() => {
    const stops = refreshOn.map((event) => desk.client.on(event, refresh));
    return () => {
      for (const stop of stops) stop();
    };
  });

  return {
    get data() {
      return data;
    },
    get failure() {
      return failure;
    },
    get loading() {
      return loading;
    },
    refresh,
    set(newer) {
      asked += 1;
      loading = false;
      failure = null;
      data = newer;
    },
  };
}

export type Action<A extends unknown[], T> = {
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** Null when it was pressed again while it ran. */
  run(...args: A): Promise<Result<T, Failure> | null>;
  clear(): void;
};

/** One thing a person can set off: a second press while it runs does nothing, and its failure is kept to be shown. */
export function createAction<A extends unknown[], T>(
  act: (...args: A) => Promise<Result<T, Failure>>,
): Action<A, T> {
  let busy = $state(false);
  let failure = $state.raw<Failure | null>(null);
  return {
    get busy() {
      return busy;
    },
    get failure() {
      return failure;
    },
    async run(...args) {
      if (busy) return null;
      busy = true;
      failure = null;
      try {
        const result = await act(...args);
        failure = result.ok ? null : result.error;
        return result;
      } finally {
        busy = false;
      }
    },
    clear() {
      failure = null;
    },
  };
}
