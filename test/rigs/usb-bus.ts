import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { requireProgram } from './process.ts';

/** A USB bus in software (Debian packages umockdev, gir1.2-umockdev-1.0, python3-gi), on which one scanner can be plugged and pulled. */
export type UsbBusRig = {
  /** The kernel's list of devices, as files. */
  sysfs: string;
  /** For a process that is to see this bus instead of the machine's. */
  env: Record<string, string>;
  plug(): Promise<void>;
  pull(): Promise<void>;
  stop(): Promise<void>;
};

export async function startUsbBus(): Promise<UsbBusRig> {
  const script = join(import.meta.dirname, 'usb-bus.py');
  // The system's own Python: umockdev's bindings are its.
  const bus = spawn(requireProgram('umockdev-wrapper'), ['/usr/bin/python3', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(bus, 'exit');
  const lines = createInterface({ input: bus.stdout })[Symbol.asyncIterator]();
  const { value: root } = await lines.next();
  if (typeof root !== 'string') throw new Error('the USB bus did not begin');
  const say = async (word: string): Promise<void> => {
    bus.stdin.write(`${word}\n`);
    if ((await lines.next()).value !== 'done') throw new Error(`the USB bus ended at ${word}`);
  };
  return {
    sysfs: join(root, 'sys/bus/usb/devices'),
    env: { UMOCKDEV_DIR: root, LD_PRELOAD: 'libumockdev-preload.so.0' },
    plug: () => say('plug'),
    pull: () => say('pull'),
    stop: async () => {
      bus.stdin.end();
      await ended;
    },
  };
}
