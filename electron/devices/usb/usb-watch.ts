import { ok } from '../../values/result.ts';
import { systemTimers, type Timers } from '../timers.ts';
import { ALIVE_EVERY_MS, type UsbProcess } from './messages.ts';
import type { UsbDevice, UsbList } from './sysfs.ts';

/** Milliseconds before it is started again, after its first end, its second and every later one. */
const PAUSES = [1_000, 10_000] as const;
const LAST_PAUSE = 60_000;
/** What was not heard of for so long hangs. */
const SILENT_MS = 4 * ALIVE_EVERY_MS;
/** One that was heard of so often works, and its next end is its first again. */
const WELL_AFTER = 12;

export type UsbWatchFailure = { code: 'usb.not-watched' };

export type UsbWatch = {
  /** Calls `onChange` when something was plugged or pulled, until it is stopped. */
  start(onChange: () => void): void;
  /** What the system's own list says; where it has none, what the process told last. */
  list: UsbList['list'];
  /** Set while no process tells what is plugged and pulled. */
  trouble(): UsbWatchFailure | null;
  stop(): void;
};

/**
 * Learns of USB devices from a process of its own, which may hang, crash or be missing: then nothing is told, and whoever looks at times goes
 * on doing so.
 */
export function usbWatch({
  start,
  system,
  timers = systemTimers,
}: {
  start(): UsbProcess;
  system: UsbList;
  timers?: Timers;
}): UsbWatch {
  let ends = 0;
  let running: UsbProcess | undefined;
  let stopTimer = (): void => {};
  let stopped = false;
  let last: UsbDevice[] | undefined;
  let trouble: UsbWatchFailure | null = null;

  function begin(onChange: () => void): void {
    if (stopped) return;
    const own = start();
    running = own;
    let heard = 0;
    const over = (): void => {
      if (running !== own) return;
      running = undefined;
      last = undefined;
      trouble = { code: 'usb.not-watched' };
      const pause = PAUSES[ends] ?? LAST_PAUSE;
      ends += 1;
      stopTimer();
      stopTimer = timers.after(pause, () => begin(onChange));
      onChange();
    };
    const listen = (): void => {
      stopTimer();
      stopTimer = timers.after(SILENT_MS, () => {
        own.kill();
        over();
      });
    };
    own.onMessage((message) => {
      if (running !== own) return;
      listen();
      heard += 1;
      if (heard === WELL_AFTER) ends = 0;
      if (message.type !== 'devices') return;
      const before = JSON.stringify([last, trouble]);
      last = message.devices;
      trouble = null;
      if (JSON.stringify([last, trouble]) !== before) onChange();
    });
    own.onEnd(over);
    listen();
  }

  return {
    start: begin,
    list: async (options) => {
      const listed = await system.list(options);
      return listed.ok || last === undefined ? listed : ok(last);
    },
    trouble: () => trouble,
    stop: () => {
      stopped = true;
      stopTimer();
      running?.kill();
      running = undefined;
    },
  };
}
