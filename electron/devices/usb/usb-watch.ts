import { ok } from '../../values/result.ts';
import { systemTimers, type Timers } from '../timers.ts';
import type { UsbProcess } from './messages.ts';
import type { UsbDevice, UsbList } from './sysfs.ts';

/** Milliseconds before it is started again, after its first end, its second and so on; after the last it is left alone. */
const PAUSES = [1_000, 10_000, 60_000] as const;

export type UsbWatch = {
  /** Calls `onChange` when something was plugged or pulled, until it is stopped. */
  start(onChange: () => void): void;
  /** What the system's own list says; where it has none, what the process told last. */
  list: UsbList['list'];
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
  let stopPause = (): void => {};
  let stopped = false;
  let last: UsbDevice[] | undefined;

  function begin(onChange: () => void): void {
    if (stopped) return;
    const own = start();
    running = own;
    own.onMessage(({ devices }) => {
      const before = JSON.stringify(last);
      last = devices;
      if (JSON.stringify(devices) !== before) onChange();
    });
    own.onEnd(() => {
      if (running !== own) return;
      running = undefined;
      last = undefined;
      const pause = PAUSES[ends];
      ends += 1;
      if (pause !== undefined) stopPause = timers.after(pause, () => begin(onChange));
    });
  }

  return {
    start: begin,
    list: async (options) => {
      const listed = await system.list(options);
      return listed.ok || last === undefined ? listed : ok(last);
    },
    stop: () => {
      stopped = true;
      stopPause();
      running?.kill();
      running = undefined;
    },
  };
}
