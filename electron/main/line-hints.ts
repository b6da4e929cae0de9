import { net, powerMonitor } from 'electron';

const everyMs = 5_000;

/** Calls `hint` when the line may have come back: the machine woke up, or the network did. */
export const watchLine = (hint: () => void): void => {
  powerMonitor.on('resume', hint);
  let online = net.isOnline();
  setInterval(() => {
    const before = online;
    online = net.isOnline();
    if (online && !before) hint();
  }, everyMs);
};
