import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CallInput, CallName, CallOutput } from '../../electron/contract/index.ts';
import { calls } from '../../electron/contract/index.ts';
import type { Result } from '../../electron/values/result.ts';
import type { FromDesk, Seen, ToDesk } from '../crash/messages.ts';
import { newId } from '../rigs/counter.ts';

const outputs: { readonly [N in CallName]: { output: { parse(value: unknown): CallOutput<N> } } } = calls;
const deskFile = fileURLToPath(new URL('../crash/desk.ts', import.meta.url));

type Failed = { code: string; params?: Record<string, string | number> };
type Asked<T> = T extends unknown ? Omit<T, 'request'> : never;

/** The counter in a process of its own, with one window in which nobody is signed in yet. */
export async function startDeskProcess(
  open: Extract<ToDesk, { do: 'open' }>,
  env: Readonly<Record<string, string>>,
) {
  const child = fork(deskFile, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  const waiting = new Map<number, (message: FromDesk) => void>();
  let request = 0;
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: FromDesk) => {
      if (message.said === 'ready') resolve();
      else if (message.said === 'failed') {
        const failure = new Error(message.what);
        reject(failure);
        for (const wake of waiting.values()) wake(message);
      } else waiting.get(message.request)?.(message);
    });
    child.once('exit', () => reject(new Error(`the desk ended by itself: ${complaint}`)));
  });
  child.send(open);
  await ready;

  const ask = (message: Asked<Extract<ToDesk, { request: number }>>): Promise<FromDesk> =>
    new Promise((resolve) => {
      request += 1;
      const own = request;
      waiting.set(own, (answer) => {
        waiting.delete(own);
        resolve(answer);
      });
      child.send({ ...message, request: own });
    });
  const reply = async (message: Parameters<typeof ask>[0]): Promise<unknown> => {
    const answer = await ask(message);
    if (answer.said === 'reply') return answer.reply;
    throw new Error(answer.said === 'failed' ? answer.what : answer.said);
  };

  function window() {
    const key = newId().repeat(2);
    async function call<N extends CallName>(
      name: N,
      input: CallInput<N>,
    ): Promise<Result<CallOutput<N>, Failed>> {
      const id = calls[name].kind === 'command' ? newId() : null;
      // What the desk answers is its own contract's shape; only the value is read anew.
      const answer = (await reply({ do: 'call', window: key, name, id, input })) as Result<unknown, Failed>;
      return answer.ok ? { ok: true, value: outputs[name].output.parse(answer.value) } : answer;
    }
    return {
      call,
      must: async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> => {
        const answer = await call(name, input);
        if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
        return answer.value;
      },
      raw: async (name: string, id: string | null, input: unknown) =>
        (await reply({ do: 'call', window: key, name, id, input })) as Result<unknown, { code: string }>,
      /** What this window was told since it was asked last. */
      told: async () => (await reply({ do: 'events', window: key })) as { name: string; data: unknown }[],
      events: [],
    };
  }

  return {
    window,
    look: async (): Promise<Seen> => {
      const answer = await ask({ do: 'look', commands: [], blobsKnown: [], everything: true });
      if (answer.said !== 'seen') throw new Error(JSON.stringify(answer));
      return answer.seen;
    },
    end: async (): Promise<void> => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
export type DeskWindow = ReturnType<Awaited<ReturnType<typeof startDeskProcess>>['window']>;
