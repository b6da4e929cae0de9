import type { UsbDevice } from './sysfs.ts';

/** What the process that watches USB says: all that hangs on it, at its start and after each change, and that it is alive. It is told nothing. */
export type FromUsb = { type: 'devices'; devices: UsbDevice[] } | { type: 'alive' };

/** A driver that hangs says nothing any more. */
export const ALIVE_EVERY_MS = 5_000;

/** The process as the counter sees it; what starts it differs between Electron and plain Node. */
export type UsbProcess = {
  onMessage(listener: (message: FromUsb) => void): void;
  onEnd(listener: () => void): void;
  kill(): void;
};
