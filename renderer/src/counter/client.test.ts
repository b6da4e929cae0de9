import { describe, expect, it } from 'vitest';
import type { CounterBridge } from '../../../electron/contract/wire.ts';
import { toCounter, toWindow } from '../../../electron/contract/wire.ts';
import { fail, ok, type Result } from '../../../electron/values/result.ts';
import { type CounterClient, createClient } from './client.ts';
import { createIntents, type IntentStore } from './intents.ts';

const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const memory = (): IntentStore => {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
};

type Sent = { name: string; commandId: string | null; input: unknown };
type Rig = {
  client: CounterClient;
  sent: Sent[];
  bugs: unknown[];
  /** How the counter answers from now on; null: it does not. */
  answer(how: ((sent: Sent) => unknown) | null): void;
  disconnect(): void;
  connect(): void;
  /** A new port takes the place of the old one at once. */
  replace(): void;
  event(name: string, data: unknown): void;
};

/** The preload's behaviour over a message channel that speaks the wire's own messages. */
function rig(store: IntentStore = memory(), startId = 0, now: () => number = () => 0): Rig {
  const sent: Sent[] = [];
  const bugs: unknown[] = [];
  const pending = new Map<number, { resolve(result: unknown): void; reject(reason: Error): void }>();
  const listeners = new Set<(name: string, data: unknown) => void>();
  const connections = new Set<(connected: boolean) => void>();
  let connected = true;
  let request = 0;
  let answer: ((sent: Sent) => unknown) | null = () => ok({});

  const toPage = (raw: unknown): void => {
    const message = toWindow.parse(structuredClone(raw));
    if (message.type === 'event') for (const listener of listeners) listener(message.name, message.data);
    else {
      pending.get(message.request)?.resolve(message.result);
      pending.delete(message.request);
    }
  };
  const drop = (): void => {
    for (const { reject } of pending.values()) reject(new Error('counter-gone'));
    pending.clear();
  };
  const tell = (now: boolean): void => {
    connected = now;
    for (const listener of connections) listener(now);
  };
  const bridge: CounterBridge = {
    call: (name, commandId, input) =>
      new Promise((resolve, reject) => {
        if (!connected) return reject(new Error('counter-gone'));
        request += 1;
        pending.set(request, { resolve, reject });
        const message = toCounter.parse(structuredClone({ type: 'call', request, name, commandId, input }));
        const call = { name: message.name, commandId: message.commandId, input: message.input };
        sent.push(call);
        if (answer !== null) toPage({ type: 'reply', request: message.request, result: answer(call) });
      }),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onConnection: (listener) => {
      connections.add(listener);
      listener(connected);
      return () => void connections.delete(listener);
    },
  };
  let id = startId;
  const newId = (): string => {
    id += 1;
    return uuid(id);
  };
  const client = createClient({
    bridge,
    intents: createIntents(store, newId, now),
    reportBug: (_id, what) => void bugs.push(what),
    newBugId: () => 'bug-1',
  });
  return {
    client,
    sent,
    bugs,
    answer: (how) => {
      answer = how;
    },
    disconnect: () => {
      drop();
      tell(false);
    },
    connect: () => tell(true),
    replace: () => {
      drop();
      tell(true);
    },
    event: (name, data) => toPage({ type: 'event', name, data }),
  };
}

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
};

describe('a call', () => {
  it('gives the parsed value and the failure as values', async () => {
    const { client, answer } = rig();
    expect(await client.call('clerks.sign-out', {})).toEqual(ok({}));
    answer(() => fail('call.locked'));
    expect(await client.call('clerks.lock', {})).toEqual(fail('call.locked'));
  });

  it('gives a command an id and a query none', async () => {
    const { client, sent } = rig();
    await client.call('settings.set-language', { language: 'en' });
    await client.call('clerks.still-here', {});
    expect(sent.map(({ commandId }) => commandId)).toEqual([uuid(1), null]);
  });

  it('is not sent when its input breaks the contract', async () => {
    const { client, sent } = rig();
    const reply = await client.call('visits.cancel', { visitId: uuid(1), reason: 'x'.repeat(201) });
    expect(reply).toEqual(fail('window.input-not-valid', { field: 'reason' }));
    expect(sent).toEqual([]);
  });

  it('shows an answer that breaks the contract as a bug with an id', async () => {
    const { client, answer, bugs } = rig();
    answer(() => ok({ surprise: true }));
    expect(await client.call('clerks.still-here', {})).toEqual(fail('window.unexpected', { id: 'bug-1' }));
    expect(bugs).toHaveLength(1);
  });
});

describe('a counter that goes away', () => {
  it('gets the same command under the same id when it is back', async () => {
    const { client, sent, answer, disconnect, connect } = rig();
    answer(null);
    const reply = client.call('settings.set-language', { language: 'en' });
    await settle();
    disconnect();
    await settle();
    expect(sent).toHaveLength(1);
    answer(() => ok({}));
    connect();
    expect(await reply).toEqual(ok({}));
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
  });

  it('is asked again also when a new port replaced the old one without a pause', async () => {
    const { client, sent, answer, replace } = rig();
    answer(null);
    const reply = client.call('clerks.still-here', {});
    await settle();
    answer(() => ok({}));
    replace();
    expect(await reply).toEqual(ok({}));
    expect(sent).toHaveLength(2);
  });

  it('takes a call made while it was away', async () => {
    const { client, sent, disconnect, connect } = rig();
    disconnect();
    const reply = client.call('clerks.still-here', {});
    await settle();
    expect(sent).toEqual([]);
    connect();
    expect(await reply).toEqual(ok({}));
  });

  it('is not brought down by the same call without end', async () => {
    const { client, sent, answer, replace } = rig();
    answer(null);
    const reply = client.call('clerks.still-here', {});
    await settle();
    for (let restarts = 0; restarts < 6; restarts++) {
      replace();
      await settle();
    }
    expect(await reply).toEqual(fail('window.counter-keeps-failing'));
    expect(sent).toHaveLength(4);
  });
});

describe('events', () => {
  it('come parsed, by name, until the listener leaves', () => {
    const { client, event } = rig();
    const heard: string[] = [];
    const leave = client.on('visit-changed', ({ visitId }) => heard.push(visitId));
    event('visit-changed', { visitId: uuid(7) });
    event('queue-changed', {});
    leave();
    event('visit-changed', { visitId: uuid(8) });
    expect(heard).toEqual([uuid(7)]);
  });

  it('that break the contract reach nobody and are bugs', () => {
    const { client, event, bugs } = rig();
    const heard: unknown[] = [];
    client.on('visit-changed', (data) => heard.push(data));
    event('visit-changed', { visitId: 'no id' });
    expect(heard).toEqual([]);
    expect(bugs).toHaveLength(1);
  });
});

describe('a reload of the window', () => {
  const language = { language: 'en' } as const;
  const idsAfter = async (elapsed: number, input: { language: 'cs' | 'en' }): Promise<(string | null)[]> => {
    const store = memory();
    const before = rig(store, 0);
    before.answer(null);
    void before.client.call('settings.set-language', language);
    await settle();
    const after = rig(store, 100, () => elapsed);
    await after.client.call('settings.set-language', input);
    await after.client.call('settings.set-language', input);
    return [before.sent[0]?.commandId ?? null, ...after.sent.map(({ commandId }) => commandId)];
  };

  it('lets the repeated command have the id of the one that waited, once', async () => {
    expect(await idsAfter(1_000, language)).toEqual([uuid(1), uuid(1), uuid(101)]);
  });
  it('does not confuse it with another one', async () => {
    expect(await idsAfter(1_000, { language: 'cs' })).toEqual([uuid(1), uuid(101), uuid(102)]);
  });
  it('does not remember for long', async () => {
    expect(await idsAfter(20_000, language)).toEqual([uuid(1), uuid(101), uuid(102)]);
  });
  it('leaves no trace of a password', async () => {
    const written: string[] = [];
    const store: IntentStore = { getItem: () => null, setItem: (_key, value) => void written.push(value) };
    const { client, answer } = rig(store);
    answer((): Result<unknown, unknown> => fail('clerk.wrong-password'));
    await client.call('clerks.sign-in', { username: 'novotna', password: 'tajné' });
    expect(written.filter((text) => text !== '[]')).toEqual([]);
  });
});
