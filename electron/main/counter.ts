import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import { type FromMain, type ToMain, toMain } from '../contract/wire.ts';
import type { Failure, Result } from '../values/result.ts';
import { eachLine } from './lines.ts';
import { type MainLog, technicalPart } from './log.ts';
import { afterDeath, processLimits } from './restarts.ts';

export type StartMessage = Extract<FromMain, { type: 'start' }>;
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

type State =
  | { name: 'idle' }
  | { name: 'preparing' }
  | { name: 'starting' | 'ready'; child: UtilityProcess }
  | { name: 'waiting'; timer: NodeJS.Timeout }
  | { name: 'refused'; failure: Failure }
  | { name: 'stopping' };

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

  const refuse = (failure: Failure): void => {
    state = { name: 'refused', failure };
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
    } else if (message.type === 'refused') {
      refuse({ code: message.code, params: message.params });
      child.kill();
    } else if (message.type === 'ask-place') {
      const answer = (path: string | null): void => {
        if (running() === child) send(child, { type: 'place', request: message.request, path });
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
    const child = utilityProcess.fork(given.file, [], { serviceName: 'VIRTUOS counter', stdio: 'pipe' });
    state = { name: 'starting', child };
    if (given.echo) {
      child.stdout?.pipe(process.stdout, { end: false });
      child.stderr?.pipe(process.stderr, { end: false });
    } else child.stdout?.resume();
    eachLine(child.stderr, (line) => {
      const where = technicalPart(line);
      if (where) log.warn('counter reported an error', { where });
    });
    child.on('message', (message) => onMessage(child, message));
    child.once('exit', (exitCode) => onExit(child, exitCode));
    child.once('spawn', () => log.info('counter started', child.pid === undefined ? {} : { pid: child.pid }));
    send(child, prepared.value);
  };

  return {
    start: () => {
      if (state.name !== 'idle' && state.name !== 'refused') return;
      deaths = [];
      void launch();
    },
    wantPort: (seat) => {
      seats.add(seat);
      if (state.name === 'ready') connect(state.child, seat);
    },
    leave: (seat) => void seats.delete(seat),
    refusal: () => (state.name === 'refused' ? state.failure : null),
    hintLine: () => {
      if (state.name === 'ready') send(state.child, { type: 'line-hint' });
    },
    stop: async (limitMs) => {
      const child = running();
      if (state.name === 'waiting') clearTimeout(state.timer);
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
