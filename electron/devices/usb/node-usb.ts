import { fork } from 'node:child_process';
import type { UsbProcess } from './messages.ts';

/** Starts the process that watches USB as a child of plain Node, where there is no Electron to start it. */
export function nodeUsb(entry: URL, env: Readonly<Record<string, string>> = {}): UsbProcess {
  const child = fork(entry, [], {
    serialization: 'advanced',
    stdio: 'ignore',
    execArgv: [],
    env: { ...process.env, ...env },
  });
  return {
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', listener).once('error', listener),
    kill: () => void child.kill('SIGKILL'),
  };
}
