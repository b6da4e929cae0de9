import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import { type FromMain, type ToMain, toMain } from '../contract/wire.ts';
import type { Failure, Result } from '../values/result.ts';
import type { Examiners } from './examiners.ts';
import { eachLine } from './lines.ts';
import { type MainLog, technicalPart } from './log.ts';
import { afterDeath, processLimits } from './restarts.ts';

export type StartMessage = Extract<FromMain, { type: 'start' }>;
export type RecoverMessage = Extract<FromMain, { type: 'recover' }>;
export type PlaceAsked = Extract<ToMain, { type: 'ask-place' }>;

/** One window as the counter link sees it. */
export type Seat = {
  /** Binds the window to its session across reloads and restarts of the counter. */
  readonly windowKey: string;
  /** Hands a port to the window's preload. */
  connect(port: Electron.MessagePortMain): void;
  disconnect(): void;
};

export type CounterLink = {
  start(): void;
  /** The window's preload is there and wants a port: given now, or as soon as the counter is ready. */
  wantPort(seat: Seat): void;
  /** The window is closed. */
  leave(seat: Seat): void;
  /** Why the desk cannot work, when it cannot. */
  refusal(): Failure | null;
  hintLine(): void;
  /** Lets the counter finish what it writes; ends it after `limitMs`. */
  stop(limitMs: number): Promise<void>;
};

/** The process that can restore a store while none opens. */
type Helper = { child: UtilityProcess; isReady: boolean };

/** Failures that another store can mend. */
const mendable: ReadonlySet<string> = new Set([
  'store.damaged',
  'store.wrong-key',
  'store.migration-failed',
  'key.missing',
  'key.cannot-unwrap',
  'key.damaged',
]);

type State =
  | { name: 'idle' }
  | { name: 'preparing' }
  | { name: 'starting' | 'ready'; child: UtilityProcess }
  | { name: 'waiting'; timer: NodeJS.Timeout }
  | { name: 'refused'; failure: Failure; helper: Helper | null }
  | { name: 'switching' }
  | { name: 'stopping' };

const SWITCH_LIMIT_MS = 5_000;

/**
 * Starts the counter process, keeps it running, and connects windows to it. A counter that dies is started again, five
 * times in a minute at most; one that refuses to start is not, until a person asks for it.
 */
export const createCounterLink = (given: {
  /** The counter's bundle. */
  file: string;
  log: MainLog;
  /** Also show its output to whoever started the desk from source. */
  echo: boolean;
  /** Gathers what the counter needs to start, anew each time. */
  prepare(): Promise<Result<StartMessage, Failure>>;
  onRefused(failure: Failure): void;
  /** Keeps the desk's signing keys; the counter only uses them. */
  signingKey: { renew(): Result<Uint8Array<ArrayBuffer>, Failure>; adopt(): Result<null, Failure> };
  /** What a process needs that only restores. */
  prepareRecovery(): RecoverMessage;
  /** Where a new store is put together, with a key made and kept for it. */
  newStore(): Result<{ folder: string; key: Uint8Array<ArrayBuffer> }, Failure>;
  /** Puts the new store in the old one's place; nothing has either open. False when the new one is not whole. */
  switchStore(): boolean;
  /** The desk is out of service. */
  leaveStore(how: 'sealed' | 'erased'): void;
  /** The desk begins anew with another store. */
  onSwitched(): void;
  /** Starts the processes that touch what strangers bring. */
  examiners: Examiners;
  /** Asks the person at the window where a file shall go or come from; null when they choose none. */
  choosePlace(asked: PlaceAsked): Promise<string | null>;
}): CounterLink => {
  const { log } = given;
  const seats = new Set<Seat>();
  let state: State = { name: 'idle' };
  let deaths: number[] = [];

  const running = (): UtilityProcess | null =>
    state.name === 'starting' || state.name === 'ready' ? state.child : null;

  const send = (child: UtilityProcess, message: FromMain, ports: Electron.MessagePortMain[] = []): void =>
    child.postMessage(message, ports);

  const connect = (child: UtilityProcess, seat: Seat): void => {
    const { port1, port2 } = new MessageChannelMain();
    send(child, { type: 'window', windowKey: seat.windowKey }, [port1]);
    seat.connect(port2);
  };

  /** Whom a message of this process may still come from. */
  const isCurrent = (child: UtilityProcess): boolean =>
    running() === child || (state.name === 'refused' && state.helper?.child === child);

  const fork = (): UtilityProcess => {
    const child = utilityProcess.fork(given.file, [], { serviceName: 'VIRTUOS counter', stdio: 'pipe' });
    if (given.echo) {
      child.stdout?.pipe(process.stdout, { end: false });
      child.stderr?.pipe(process.stderr, { end: false });
    } else child.stdout?.resume();
    eachLine(child.stderr, (line) => {
      const where = technicalPart(line);
      if (where) log.warn('counter reported an error', { where });
    });
    child.on('message', (message) => onMessage(child, message));
    child.once('exit', () => given.examiners.endAll());
    return child;
  };

  /** Starts the process that restores. When it dies the page says so at its next call; a person tries again. */
  function help(): Helper {
    const child = fork();
    send(child, given.prepareRecovery());
    return { child, isReady: false };
  }

  /** Ends whatever has a store open, puts the new one in its place and begins anew. */
  async function switchStore(child: UtilityProcess): Promise<void> {
    if (running() === child) await endOrderly(child, SWITCH_LIMIT_MS);
    else {
      state = { name: 'switching' };
      const ended = new Promise<void>((done) => child.once('exit', () => done()));
      child.kill();
      await ended;
    }
    for (const seat of seats) seat.disconnect();
    if (!given.switchStore()) log.error('the new store is not whole; the old one stays');
    state = { name: 'idle' };
    deaths = [];
    given.onSwitched();
    await launch();
  }

  /** Lets a counter finish what it writes; ends it after the limit. */
  async function endOrderly(child: UtilityProcess, limitMs: number): Promise<void> {
    state = { name: 'switching' };
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    const stopped = new Promise<void>((done) => {
      const limit = setTimeout(done, limitMs);
      child.on('message', (raw) => {
        const message = toMain.safeParse(raw);
        if (!message.success || message.data.type !== 'stopped') return;
        clearTimeout(limit);
        done();
      });
    });
    send(child, { type: 'stop' });
    await Promise.race([stopped, ended]);
    child.kill();
    await ended;
  }

  const refuse = (failure: Failure): void => {
    state = { name: 'refused', failure, helper: mendable.has(failure.code) ? help() : null };
    log.error('the desk cannot work', { code: failure.code });
    given.onRefused(failure);
  };

  const onMessage = (child: UtilityProcess, raw: unknown): void => {
    const parsed = toMain.safeParse(raw);
    if (!parsed.success) {
      log.error('the counter sent a message of no known shape');
      return;
    }
    const message = parsed.data;
    if (message.type === 'ready' && state.name === 'starting') {
      state = { name: 'ready', child };
      log.info('counter ready');
      for (const seat of seats) connect(child, seat);
    } else if (message.type === 'ready' && state.name === 'refused' && state.helper?.child === child) {
      state.helper.isReady = true;
      for (const seat of seats) connect(child, seat);
    } else if (message.type === 'new-store') {
      const made = given.newStore();
      if (!made.ok) log.error('no new store can be made', { code: made.error.code });
      send(child, { type: 'new-store', request: message.request, store: made.ok ? made.value : null });
    } else if (message.type === 'switch-store') {
      if (isCurrent(child)) void switchStore(child);
    } else if (message.type === 'leave-store') {
      if (running() !== child) return;
      const { how } = message;
      void endOrderly(child, SWITCH_LIMIT_MS).then(() => {
        for (const seat of seats) seat.disconnect();
        given.leaveStore(how);
        refuse({ code: 'desk.removed' });
      });
    } else if (message.type === 'refused') {
      if (running() !== child) return;
      for (const seat of seats) seat.disconnect();
      refuse({ code: message.code, params: message.params });
      child.kill();
    } else if (message.type === 'signing-key') {
      const { request, what } = message;
      const kept = what === 'renew' ? given.signingKey.renew() : given.signingKey.adopt();
      if (!kept.ok) log.error('the signing key was not kept', { code: kept.error.code });
      send(child, { type: 'signing-key', request, ok: kept.ok, seed: kept.ok ? kept.value : null });
    } else if (message.type === 'start-examiner') {
      if (running() !== child) return;
      const { request, what } = message;
      const port = given.examiners.start(what, request, () => {
        if (isCurrent(child)) send(child, { type: 'examiner-ended', request });
      });
      send(child, { type: 'examiner', request }, [port]);
    } else if (message.type === 'end-examiner') {
      given.examiners.end(message.request);
    } else if (message.type === 'ask-place') {
      const answer = (path: string | null): void => {
        if (isCurrent(child)) send(child, { type: 'place', request: message.request, path });
      };
      given.choosePlace(message).then(answer, () => answer(null));
    }
  };

  const onExit = (child: UtilityProcess, exitCode: number): void => {
    // One that refused or was stopped ends as expected, perhaps when the next one already runs.
    if (running() !== child) return;
    log.error('counter ended by itself', { exitCode });
    for (const seat of seats) seat.disconnect();
    const next = afterDeath(deaths, performance.now(), processLimits);
    deaths = next.deaths;
    if (next.delayMs === null) refuse({ code: 'counter.keeps-failing' });
    else state = { name: 'waiting', timer: setTimeout(() => void launch(), next.delayMs) };
  };

  const launch = async (): Promise<void> => {
    const preparing: State = { name: 'preparing' };
    state = preparing;
    const prepared = await given.prepare();
    // Stopped meanwhile.
    if (state !== preparing) return;
    if (!prepared.ok) return refuse(prepared.error);
    const child = fork();
    state = { name: 'starting', child };
    child.once('exit', (exitCode) => onExit(child, exitCode));
    child.once('spawn', () => log.info('counter started', child.pid === undefined ? {} : { pid: child.pid }));
    send(child, prepared.value);
  };

  return {
    start: () => {
      if (state.name !== 'idle' && state.name !== 'refused') return;
      if (state.name === 'refused') state.helper?.child.kill();
      deaths = [];
      void launch();
    },
    wantPort: (seat) => {
      seats.add(seat);
      if (state.name === 'ready') connect(state.child, seat);
      else if (state.name === 'refused' && state.helper?.isReady) connect(state.helper.child, seat);
    },
    leave: (seat) => void seats.delete(seat),
    refusal: () => (state.name === 'refused' ? state.failure : null),
    hintLine: () => {
      if (state.name === 'ready') send(state.child, { type: 'line-hint' });
    },
    stop: async (limitMs) => {
      const child = running();
      if (state.name === 'waiting') clearTimeout(state.timer);
      if (state.name === 'refused') state.helper?.child.kill();
      state = { name: 'stopping' };
      if (!child) return;
      await new Promise<void>((done) => {
        const limit = setTimeout(() => {
          log.warn('counter did not stop in time');
          done();
        }, limitMs);
        const finish = () => {
          clearTimeout(limit);
          done();
        };
        child.once('exit', finish);
        child.on('message', (raw) => {
          const message = toMain.safeParse(raw);
          if (message.success && message.data.type === 'stopped') finish();
        });
        send(child, { type: 'stop' });
      });
      child.kill();
    },
  };
};
