import { z } from 'zod';
import type { CallDefinition } from '../../../electron/contract/call.ts';
import { type EventData, type EventName, events } from '../../../electron/contract/events.ts';
import { type CallInput, type CallName, type CallOutput, calls } from '../../../electron/contract/index.ts';
import { outcome } from '../../../electron/contract/shared.ts';
import type { CounterBridge } from '../../../electron/contract/wire.ts';
import { type Failure, fail, type Result } from '../../../electron/values/result.ts';
import type { Intents } from './intents.ts';

export type Reply<N extends CallName> = Result<CallOutput<N>, Failure>;

/** The window's side of the contract. */
export type CounterClient = {
  /**
   * Makes a call. Never rejects: what was expected to fail and what was not both come back as a failure. When the
   * counter goes away meanwhile, the call waits for it and is sent again under the same id.
   */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Reply<N>>;
  /** Listens to one event until the returned function is called. */
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void;
  /** Tells whether a counter is connected, at once and on every change. */
  onConnection(listener: (connected: boolean) => void): () => void;
};

export type ClientParts = {
  bridge: CounterBridge;
  intents: Intents;
  /** Told about what should never happen: the id the person sees and what went wrong. */
  reportBug(id: string, what: unknown): void;
  newBugId(): string;
};

// A call that brings the counter down each time must not be repeated without end.
const MOST_SENDS = 4;

// The same definitions, seen so that the type of what is parsed follows from the name.
const answers: { readonly [N in CallName]: { output: { parse(value: unknown): CallOutput<N> } } } = calls;
const news: { readonly [N in EventName]: { data: { parse(value: unknown): EventData<N> } } } = events;

const counterGone = (reason: unknown): boolean => String(reason).includes('counter-gone');

export function createClient({ bridge, intents, reportBug, newBugId }: ClientParts): CounterClient {
  // Counts connections, so that a call knows whether the counter it was sent to is still the same one.
  let connection = 0;
  let connected = false;
  let waiting: (() => void)[] = [];
  bridge.onConnection((now) => {
    // A new counter may take the place of the old one without a pause in between.
    if (now) connection += 1;
    connected = now;
    if (now) {
      const resumed = waiting;
      waiting = [];
      for (const resume of resumed) resume();
    }
  });

  const connectedLaterThan = async (earlier: number): Promise<number> => {
    while (!connected || connection <= earlier) await new Promise<void>((resume) => waiting.push(resume));
    return connection;
  };

  const bug = (what: unknown): Result<never, Failure> => {
    const id = newBugId();
    reportBug(id, what);
    return fail('window.unexpected', { id });
  };

  const deliver = async (name: CallName, commandId: string | null, input: unknown): Promise<unknown> => {
    let sentTo = 0;
    for (let sends = 1; ; sends++) {
      sentTo = await connectedLaterThan(sentTo);
      try {
        return await bridge.call(name, commandId, input);
      } catch (reason) {
        if (!counterGone(reason)) throw reason;
        if (sends === MOST_SENDS) return fail('window.counter-keeps-failing');
      }
    }
  };

  return {
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Reply<N>> {
      const definition: CallDefinition = calls[name];
      const valid = definition.input.safeParse(input);
      if (!valid.success) {
        const field = valid.error.issues[0]?.path.join('.') ?? '';
        return fail('window.input-not-valid', { field });
      }
      const secret = definition.secret === true;
      const commandId = definition.kind === 'command' ? intents.begin(name, input, secret) : null;
      try {
        const reply = outcome(z.unknown()).parse(await deliver(name, commandId, valid.data));
        if (!reply.ok) return { ok: false, error: withoutMissing(reply.error) };
        return { ok: true, value: answers[name].output.parse(reply.value) };
      } catch (unexpected) {
        return bug(unexpected);
      } finally {
        if (commandId !== null) intents.end(commandId);
      }
    },
    on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
      return bridge.onEvent((eventName, data) => {
        if (eventName !== name) return;
        let parsed: EventData<N>;
        try {
          parsed = news[name].data.parse(data);
        } catch (unexpected) {
          bug(unexpected);
          return;
        }
        listener(parsed);
      });
    },
    onConnection: (listener) => bridge.onConnection(listener),
  };
}

const withoutMissing = ({ code, params }: Failure): Failure =>
  params === undefined ? { code } : { code, params };
