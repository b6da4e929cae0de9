import { fork } from 'node:child_process';
import type { CardsProcess } from './messages.ts';

/** Starts the process that talks to card readers as a child of plain Node, where there is no Electron to start it. */
export function nodeCards(entry: URL): CardsProcess {
  const child = fork(entry, [], { serialization: 'advanced', stdio: 'ignore', execArgv: [] });
  return {
    post: (message) => void child.send(message, () => {}),
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', listener).once('error', listener),
    kill: () => void child.kill('SIGKILL'),
  };
}
