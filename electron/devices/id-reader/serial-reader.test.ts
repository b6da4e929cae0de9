import { describe, expect, it } from 'vitest';
import type { Timers } from '../timers.ts';
import { choosePort } from './choose-port.ts';
import type { ReaderEvent, ReaderPort } from './port.ts';
import { openFailure, type SerialConnection, type SerialPorts, serialIdReader } from './serial-reader.ts';

const port = (path: string, serialNumber?: string): ReaderPort => ({
  path,
  identity: {
    vendorId: '0C2E',
    productId: '0b6a',
    ...(serialNumber === undefined ? {} : { serialNumber }),
  },
});
const identity = { vendorId: '0c2e', productId: '0B6A' };

describe('the port a reader is behind', () => {
  it('is found by identity, whatever its path is now', () => {
    const ports = [port('/dev/ttyACM3', 'A1'), { path: '/dev/ttyS0' }];
    expect(
      choosePort({ identity: { ...identity, serialNumber: 'a1' }, path: '/dev/ttyACM0' }, ports),
    ).toEqual({
      ok: true,
      value: '/dev/ttyACM3',
    });
  });
  it('is not another reader on the old path', () => {
    expect(
      choosePort({ identity: { ...identity, serialNumber: 'B2' }, path: '/dev/ttyACM3' }, [
        port('/dev/ttyACM3', 'A1'),
      ]),
    ).toMatchObject({ ok: false, error: { code: 'reader.not-found' } });
  });
  it('is told by the path between readers that cannot be told apart', () => {
    const twins = [port('/dev/ttyACM0'), port('/dev/ttyACM1')];
    expect(choosePort({ identity, path: '/dev/ttyACM1' }, twins)).toEqual({
      ok: true,
      value: '/dev/ttyACM1',
    });
    expect(choosePort({ identity, path: '/dev/ttyACM7' }, twins)).toEqual({
      ok: false,
      error: { code: 'reader.ambiguous', params: { count: 2 } },
    });
  });
  it('is the path when no identity is known, and nothing when neither is', () => {
    expect(choosePort({ path: 'COM3' }, [])).toEqual({ ok: true, value: 'COM3' });
    expect(choosePort({}, [])).toMatchObject({ ok: false, error: { code: 'reader.not-set' } });
  });
});

/** Timers moved by hand. */
const handTimers = () => {
  let now = 0;
  let waiting: { at: number; run: () => void }[] = [];
  const timers: Timers = {
    after: (ms, run) => {
      const entry = { at: now + ms, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const pass = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      await settle();
      waiting.sort((a, b) => a.at - b.at);
      const [next] = waiting;
      if (!next || next.at > end) break;
      waiting.shift();
      now = next.at;
      next.run();
    }
    now = end;
    await settle();
  };
  return { timers, pass, now: () => now };
};

/** Serial ports in memory: which are plugged in, and what happened to them. */
const plugs = () => {
  const plugged = new Map<string, ReaderPort>();
  const opened: { path: string; at: number; onBytes(bytes: Uint8Array): void; onGone(): void }[] = [];
  const state = { hangOnClose: false, error: undefined as string | undefined };
  const ports = (now: () => number): SerialPorts => ({
    list: async () => [...plugged.values()],
    open: async (path, _settings, handlers): Promise<SerialConnection> => {
      attempts.push(now());
      if (state.error !== undefined) throw new Error(state.error);
      if (!plugged.has(path)) throw new Error(`Error: No such file or directory, cannot open ${path}`);
      opened.push({ path, at: now(), ...handlers });
      return {
        write: async () => {},
        close: () => (state.hangOnClose ? new Promise(() => {}) : Promise.resolve()),
      };
    },
  });
  const attempts: number[] = [];
  return { plugged, opened, attempts, state, ports };
};

const start = (
  settings: Parameters<ReturnType<typeof serialIdReader>['open']>[0],
  prepare?: (p: ReturnType<typeof plugs>) => void,
) => {
  const hand = handTimers();
  const world = plugs();
  prepare?.(world);
  const events: ReaderEvent[] = [];
  const stopping = new AbortController();
  const reader = serialIdReader({ ports: world.ports(hand.now), timers: hand.timers }).open(settings, {
    onEvent: (event) => events.push(event),
    signal: stopping.signal,
  });
  return { ...hand, ...world, events, reader, stopping };
};

describe('reading', () => {
  it('finds the reader again on another path after it was unplugged', async () => {
    const it = start({ identity }, ({ plugged }) => plugged.set('a', port('a')));
    await it.pass(0);
    expect(it.events).toEqual([{ type: 'connected', path: 'a' }]);
    it.plugged.clear();
    it.opened[0]?.onGone();
    await it.pass(3_000);
    expect(it.events.slice(1)).toEqual([
      { type: 'disconnected' },
      { type: 'trouble', failure: { code: 'reader.not-found' } },
    ]);
    it.plugged.set('b', port('b'));
    await it.pass(5_000);
    expect(it.events.slice(3)).toEqual([{ type: 'connected', path: 'b' }]);
    it.opened[1]?.onBytes(Buffer.from('8590123456\r'));
    await it.pass(299);
    expect(it.events).toHaveLength(4);
    await it.pass(1);
    expect(it.events.at(-1)).toEqual({ type: 'read', text: '8590123456' });
    await it.reader.close();
  });

  it('looks for an absent reader ever more slowly, with a ceiling, and says so once', async () => {
    const it = start({ path: 'gone' });
    await it.pass(60_000);
    expect(it.events).toEqual([{ type: 'trouble', failure: { code: 'reader.not-found' } }]);
    const gaps = it.attempts.slice(1).map((at, index) => at - (it.attempts[index] ?? 0));
    expect(Math.max(...gaps)).toBe(5_000);
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    await it.reader.close();
  });

  it('tells what keeps the port closed, and when that changes', async () => {
    const it = start({ path: 'p' }, ({ state }) => {
      state.error = 'Error: Resource temporarily unavailable Cannot lock port';
    });
    await it.pass(2_000);
    it.state.error = 'Error: Permission denied, cannot open p';
    await it.pass(20_000);
    expect(it.events).toEqual([
      { type: 'trouble', failure: { code: 'reader.busy' } },
      { type: 'trouble', failure: { code: 'reader.access-denied' } },
    ]);
    await it.reader.close();
  });

  it('gives no event after closing, and closes though the port never does', async () => {
    const it = start({ path: 'a' }, ({ plugged, state }) => {
      plugged.set('a', port('a'));
      state.hangOnClose = true;
    });
    await it.pass(0);
    const closed = it.reader.close();
    it.opened[0]?.onBytes(Buffer.from('late\r'));
    await it.pass(2_000);
    await closed;
    expect(it.events).toEqual([{ type: 'connected', path: 'a' }]);
  });

  it('ends when its signal is aborted', async () => {
    const it = start({ path: 'gone' });
    await it.pass(0);
    it.stopping.abort();
    await it.reader.close();
    const tried = it.attempts.length;
    await it.pass(60_000);
    expect(it.attempts).toHaveLength(tried);
  });
});

describe('a port that does not open', () => {
  it.each([
    ['Error: Resource temporarily unavailable Cannot lock port', 'reader.busy'],
    ['Error Resource busy, cannot open /dev/tty.usb', 'reader.busy'],
    ['Opening COM3: Access denied', 'reader.access-denied'],
    ['Error: Permission denied, cannot open /dev/ttyACM0', 'reader.access-denied'],
    ['Error: No such file or directory, cannot open /dev/ttyACM0', 'reader.not-found'],
    ['Opening COM3: File not found', 'reader.not-found'],
    ['Error: Inappropriate ioctl for device', 'reader.failed'],
  ])('%s', (text, code) => {
    expect(openFailure(new Error(text))).toEqual({ code });
  });
});
