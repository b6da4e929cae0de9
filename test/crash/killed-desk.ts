import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CallName } from '../../electron/contract/index.ts';
import { calls } from '../../electron/contract/index.ts';
import type { Chance } from '../chaos/random.ts';
import { newId, type TestWindow } from '../rigs/counter.ts';
import type { FromDesk, Seen, ToDesk } from './messages.ts';

const deskFile = fileURLToPath(new URL('./desk.ts', import.meta.url));
const START_LIMIT_MS = 60_000;
const REPLY_LIMIT_MS = 60_000;
/** A reply that comes later than usual is waited for this much longer before the kill, at most. */
const BEYOND = 1.6;

export class Finding extends Error {}

type Acknowledged = { name: CallName; window: string; id: string; input: unknown; reply: string };

const outputs: { readonly [N in CallName]: { output: { parse(value: unknown): never } } } = calls as never;

/**
 * A desk whose process is killed at random instants. Its windows send a command again, under the same id, until it has an
 * answer, as the real window does; after each start everything that was ever acknowledged is looked for.
 */
export function createKilledDesk(deps: {
  folder: string;
  portalUrl: string;
  enrolmentCode: string;
  chance: Chance;
  /** Whether the next kill may come: the run's number of kills is not reached. */
  mayKill: () => boolean;
  killed: (path: string) => void;
}) {
  const { chance } = deps;
  let spare: ChildProcess | null = null;
  let child: ChildProcess | null = null;
  let gone = Promise.resolve();
  let request = 0;
  let path = 'start';
  const waiting = new Map<number, (message: FromDesk) => void>();
  const acknowledged: Acknowledged[] = [];
  const blobsKnown = new Set<string>();
  const usual = new Map<string, number>();
  let starts = 0;
  let complaint = '';

  const start = (): ChildProcess => {
    const made = fork(deskFile, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    made.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4000);
    });
    return made;
  };

  const send = (to: ChildProcess, message: ToDesk): void => {
    // A process that was just killed takes nothing; its end is told elsewhere.
    if (to.connected) to.send(message, () => {});
  };

  function kill(of: ChildProcess): void {
    if (of !== child || !deps.mayKill()) return;
    deps.killed(path);
    of.kill('SIGKILL');
  }

  /** Kills the process some time from now, if it still lives then. */
  const killIn = (ms: number): void => {
    const of = child;
    if (of) setTimeout(() => kill(of), ms).unref();
  };

  /** The living process, opened; killed while it opens, the next one. */
  async function alive(): Promise<ChildProcess> {
    for (;;) {
      if (child) return child;
      await gone;
      const next = spare ?? start();
      spare = start();
      const end = once(next, 'exit');
      let failure: string | null = null;
      const ready = new Promise<boolean>((resolve) => {
        next.on('message', (message: FromDesk) => {
          if (message.said === 'ready') resolve(true);
          else if (message.said === 'failed') {
            failure = message.what;
            resolve(false);
          } else waiting.get(message.request)?.(message);
        });
        void end.then(() => resolve(false));
      });
      child = next;
      gone = end.then(() => {
        if (child === next) child = null;
        for (const wake of waiting.values()) wake({ said: 'failed', what: 'killed' });
        waiting.clear();
      });
      send(next, {
        do: 'open',
        folder: deps.folder,
        portalUrl: deps.portalUrl,
        enrolmentCode: deps.enrolmentCode,
      });
      // The start itself is a path: recovery, the first things sync does, a sweep of files.
      if (starts > 0 && chance.yes(0.12)) {
        const before = path;
        path = 'start';
        killIn(chance.whole(0, 250));
        path = before;
      }
      const limit = setTimeout(() => next.kill('SIGKILL'), START_LIMIT_MS);
      const isReady = await ready;
      clearTimeout(limit);
      if (failure !== null) throw new Finding(`the desk does not start: ${failure}`);
      if (!isReady) {
        await gone;
        if (next.signalCode !== 'SIGKILL') throw new Finding(`the desk ended by itself: ${complaint}`);
        continue;
      }
      starts += 1;
      if (starts > 1) await afterStart(next);
      if (child === next) return next;
    }
  }

  const exchange = (to: ChildProcess, message: (request: number) => ToDesk): Promise<FromDesk> =>
    new Promise((resolve, reject) => {
      request += 1;
      const own = request;
      const limit = setTimeout(() => reject(new Finding('no answer within a minute')), REPLY_LIMIT_MS);
      waiting.set(own, (answer) => {
        clearTimeout(limit);
        waiting.delete(own);
        resolve(answer);
      });
      if (!to.connected || to.killed) return void waiting.get(own)?.({ said: 'failed', what: 'killed' });
      send(to, message(own));
    });

  /** What was acknowledged is there, and a repeated command has its first answer. */
  async function afterStart(of: ChildProcess): Promise<void> {
    const answer = await exchange(of, (own) => ({
      do: 'look',
      request: own,
      commands: acknowledged.map(({ id }) => id),
      blobsKnown: [...blobsKnown],
      everything: false,
    }));
    if (answer.said !== 'seen') {
      if (answer.said === 'failed' && answer.what !== 'killed') throw new Finding(answer.what);
      return;
    }
    if (answer.seen.wrong.length > 0) throw new Finding(answer.seen.wrong.join('\n'));
    for (const sha256 of answer.seen.blobs) blobsKnown.add(sha256);
    for (const one of acknowledged.slice(-3)) {
      const again = await exchange(of, (own) => ({ do: 'call', request: own, ...one }));
      if (again.said !== 'reply') return;
      if (JSON.stringify(again.reply) !== one.reply)
        throw new Finding(`${one.name} repeated: ${JSON.stringify(again.reply)} after ${one.reply}`);
    }
  }

  async function raw(window: string, name: string, id: string | null, input: unknown): Promise<unknown> {
    for (;;) {
      const of = await alive();
      const begun = performance.now();
      const expected = usual.get(name) ?? 20;
      if (id !== null && chance.yes(0.35)) killIn(chance.next() * expected * BEYOND);
      const answer = await exchange(of, (own) => ({ do: 'call', request: own, window, name, id, input }));
      if (answer.said === 'reply') {
        const took = performance.now() - begun;
        usual.set(name, expected * 0.7 + took * 0.3);
        return answer.reply;
      }
      if (answer.said === 'failed' && answer.what !== 'killed') throw new Finding(answer.what);
      await gone;
    }
  }

  function window(key: string): TestWindow {
    const call: TestWindow['call'] = async (name, input, id = newId()) => {
      const isCommand = calls[name].kind === 'command';
      const reply = await raw(key, name, isCommand ? id : null, input);
      const isOk = typeof reply === 'object' && reply !== null && 'ok' in reply && reply.ok === true;
      const isSecret = 'secret' in calls[name] && calls[name].secret === true;
      if (isOk && isCommand && !isSecret)
        acknowledged.push({ name, window: key, id, input, reply: JSON.stringify(reply) });
      return isOk && 'value' in reply
        ? { ok: true, value: outputs[name].output.parse(reply.value) }
        : (reply as { ok: false; error: { code: string } });
    };
    return {
      call,
      must: async (name, input, id) => {
        const reply = await call(name, input, id);
        if (!reply.ok) throw new Finding(`${name} was refused: ${JSON.stringify(reply.error)}`);
        return reply.value;
      },
      raw: async (name, id, input) =>
        (await raw(key, name, id, input)) as { ok: false; error: { code: string } },
      events: [],
    };
  }

  return {
    window,
    /** Names what is being done, for the count of kills. */
    on: (name: string): void => {
      path = name;
    },
    killIn,
    alive,
    async look(): Promise<Seen> {
      for (;;) {
        const of = await alive();
        const answer = await exchange(of, (own) => ({
          do: 'look',
          request: own,
          commands: acknowledged.map(({ id }) => id),
          blobsKnown: [],
          everything: true,
        }));
        if (answer.said === 'seen') return answer.seen;
        if (answer.said === 'failed' && answer.what !== 'killed') throw new Finding(answer.what);
        await gone;
      }
    },
    acknowledged: (name: CallName): number => acknowledged.filter((one) => one.name === name).length,
    async end(): Promise<void> {
      for (const one of [child, spare])
        if (one && one.exitCode === null && one.signalCode === null) {
          const end = once(one, 'exit');
          one.kill('SIGKILL');
          await end;
        }
    },
  };
}
export type KilledDesk = ReturnType<typeof createKilledDesk>;
