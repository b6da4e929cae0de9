import { SerialPort } from 'serialport';
import { err, ok } from '../../values/result.ts';
import { systemTimers, type Timers, wait, withinLimit } from '../timers.ts';
import { choosePort } from './choose-port.ts';
import { earFor } from './ear.ts';
import type { EarEvent } from './ear-events.ts';
import { openedAs } from './line.ts';
import type { IdReader, ReaderEvent, ReaderFailure, ReaderPort, ReaderSettings } from './port.ts';

/** What the reader needs of the system's serial ports; the real ones are `systemSerialPorts()`. */
export type SerialPorts = {
  list(): Promise<ReaderPort[]>;
  /** Opens a port; `onGone` is called once when it went away by itself. Rejects with the system's error. */
  open(
    path: string,
    settings: ReaderSettings,
    handlers: { onBytes(bytes: Uint8Array): void; onGone(): void },
  ): Promise<SerialConnection>;
};

/** `write` may never come back where the reader was unplugged. */
export type SerialConnection = { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> };

const portOf = (info: Awaited<ReturnType<typeof SerialPort.list>>[number]): ReaderPort => ({
  path: info.path,
  ...(info.vendorId !== undefined && info.productId !== undefined
    ? {
        identity: {
          vendorId: info.vendorId,
          productId: info.productId,
          ...(info.serialNumber === undefined ? {} : { serialNumber: info.serialNumber }),
        },
      }
    : {}),
  ...(info.manufacturer === undefined ? {} : { manufacturer: info.manufacturer }),
});

/** How often an open port is asked whether it is still there. */
const presenceMs = 1_000;

/**
 * Whether the system says that the port is no more. serialport alone misses some unplugging: when it happens while a
 * read is under way, the read of a hung-up line returns "nothing" for ever, as fast as it can, and no event comes. A
 * question about the line's signals fails with an input/output error then; that the port knows no such signals (a
 * pseudo-terminal) means nothing.
 */
const isGone = (port: SerialPort): Promise<boolean> =>
  new Promise((resolve) => {
    port.get((error) => {
      resolve(
        error !== null &&
          error !== undefined &&
          /input\/output|EIO|no such device|ENXIO/i.test(String(error)),
      );
    });
  });

export const systemSerialPorts = (timers: Timers): SerialPorts => ({
  list: async () => (await SerialPort.list()).map(portOf),
  open: (path, settings, handlers) =>
    new Promise((resolve, reject) => {
      const { options, heard } = openedAs(settings);
      const port = new SerialPort({
        path,
        ...options,
        lock: true,
        autoOpen: false,
      });
      let ended = false;
      let stopWatching = () => {};
      const goneByItself = () => {
        if (ended) return;
        ended = true;
        stopWatching();
        handlers.onGone();
      };
      const watch = () => {
        stopWatching = timers.after(presenceMs, () => {
          isGone(port).then((gone) => {
            if (ended) return;
            if (gone) goneByItself();
            else watch();
          });
        });
      };
      port.on('data', (bytes: Buffer) => {
        if (!ended) handlers.onBytes(heard(bytes));
      });
      port.on('close', goneByItself);
      // Without a listener an error would be thrown; a port whose reading failed is opened anew.
      port.on('error', goneByItself);
      port.open((error) => {
        if (error) {
          reject(error);
          return;
        }
        watch();
        resolve({
          write: (bytes) =>
            new Promise((done, failed) => {
              port.write(Buffer.from(bytes), (failure) => (failure ? failed(failure) : done()));
            }),
          close: () => {
            ended = true;
            stopWatching();
            return new Promise((done) => {
              if (port.isOpen) port.close(() => done());
              else done();
            });
          },
        });
      });
    }),
});

const listLimitMs = 5_000;
const openLimitMs = 5_000;
const closeLimitMs = 2_000;
const writeLimitMs = 2_000;
const backOffMs = { first: 250, most: 5_000 };

/** What the system's words about a port that would not open mean; its texts differ, their key words do not. */
export const openFailure = (error: unknown): ReaderFailure => {
  const text = error instanceof Error ? error.message : String(error);
  if (/lock|busy|EBUSY|EAGAIN|temporarily unavailable/i.test(text)) return { code: 'reader.busy' };
  if (/permission|EACCES|EPERM|access( is)? denied/i.test(text)) return { code: 'reader.access-denied' };
  if (/no such (file|device)|ENOENT|ENXIO|ENODEV|file not found/i.test(text))
    return { code: 'reader.not-found' };
  return { code: 'reader.failed' };
};

/**
 * Readers of documents and codes that speak over a serial port (a real one, or USB with a serial profile). Only those that must be told to
 * read are written to, within a limit of time: writing to an unplugged reader never comes back.
 */
export const serialIdReader = (options: { ports?: SerialPorts; timers?: Timers } = {}): IdReader => {
  const timers = options.timers ?? systemTimers;
  const ports = options.ports ?? systemSerialPorts(timers);

  const list: IdReader['list'] = async ({ signal } = {}) => {
    try {
      const outcome = await withinLimit(timers, listLimitMs, signal, () => ports.list());
      return outcome.ended === 'value' ? ok(outcome.value) : err({ code: 'reader.time-out' });
    } catch {
      // The list comes from the system's device manager, which may be missing (udevadm in a container).
      return err({ code: 'reader.failed' });
    }
  };

  const open: IdReader['open'] = (settings, { onEvent, signal }) => {
    const stopping = new AbortController();
    let lastTold: string | undefined;

    const tell = (event: ReaderEvent) => {
      if (!stopping.signal.aborted) onEvent(event);
    };
    /** Looking for the reader goes on for hours; its reason is told when it changes, not at each try. */
    const tellOnce = (failure: ReaderFailure) => {
      if (failure.code === lastTold) return;
      lastTold = failure.code;
      tell({ type: 'trouble', failure });
    };

    const findPath = async () => {
      if (settings.identity === undefined) return choosePort(settings, []);
      const listed = await list({ signal: stopping.signal });
      return listed.ok ? choosePort(settings, listed.value) : listed;
    };

    /** Connects and stays until the reader goes away or reading is stopped. Says whether it was connected at all. */
    const connectOnce = async (): Promise<boolean> => {
      const path = await findPath();
      if (!path.ok) {
        tellOnce(path.error);
        return false;
      }
      const ear = earFor(settings.hearing ?? { kind: 'automatic' });
      let stopSilence = () => {};
      let onGone = () => {};
      const gone = new Promise<void>((resolve) => {
        onGone = resolve;
      });
      let connection: SerialConnection | undefined;
      const write = (bytes: Uint8Array): void => {
        const writing = connection;
        if (writing === undefined) return;
        // What cannot be written ends the connection: the reader is looked for again, and asked anew.
        withinLimit(timers, writeLimitMs, stopping.signal, () => writing.write(bytes)).then(
          ({ ended }) => {
            if (ended === 'time-out') onGone();
          },
          () => onGone(),
        );
      };
      const hear = (events: readonly EarEvent[]) => {
        for (const event of events)
          if (event.type === 'send') write(event.bytes);
          else tell(event);
      };
      let connected = false;
      const early: Uint8Array[] = [];
      const onBytes = (bytes: Uint8Array) => {
        if (!connected) {
          early.push(bytes);
          return;
        }
        hear(ear.bytes(bytes));
        stopSilence();
        stopSilence = timers.after(ear.quietMs(), () => hear(ear.silence()));
      };
      const opening = ports.open(path.value, settings, { onBytes, onGone });
      try {
        const outcome = await withinLimit(timers, openLimitMs, stopping.signal, () => opening);
        if (outcome.ended !== 'value') {
          // Should it open after all, nobody is there to use it.
          opening.then(
            (late) => late.close(),
            () => undefined,
          );
          if (outcome.ended === 'time-out') tellOnce({ code: 'reader.time-out' });
          return false;
        }
        connection = outcome.value;
      } catch (error) {
        tellOnce(openFailure(error));
        return false;
      }
      lastTold = undefined;
      tell({ type: 'connected', path: path.value });
      connected = true;
      if (settings.hearing?.kind === 'protocol')
        for (const command of settings.hearing.protocol.commands.onConnecting)
          write(Uint8Array.from(Buffer.from(command, 'hex')));
      for (const bytes of early.splice(0)) onBytes(bytes);
      const stopped = new Promise<void>((resolve) => {
        if (stopping.signal.aborted) resolve();
        else stopping.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await Promise.race([gone, stopped]);
      stopSilence();
      tell({ type: 'disconnected' });
      const closing = connection;
      await withinLimit(timers, closeLimitMs, undefined, () => closing.close());
      return true;
    };

    const run = async () => {
      let pause = backOffMs.first;
      while (!stopping.signal.aborted) {
        const connected = await connectOnce();
        pause = connected ? backOffMs.first : Math.min(pause * 2, backOffMs.most);
        await wait(timers, pause, stopping.signal);
      }
    };

    const stop = () => stopping.abort();
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    const running = run();

    return {
      close: async () => {
        stop();
        signal?.removeEventListener('abort', stop);
        await running;
      },
    };
  };

  return { list, open };
};
