import { fork } from 'node:child_process';
import type { ExaminerProcess } from './messages.ts';

/** Starts the examiner as a child of plain Node, where there is no Electron to start it. */
export function nodeExaminer(entry: URL): ExaminerProcess {
  const child = fork(entry, [], { serialization: 'advanced', stdio: 'ignore', execArgv: [] });
  return {
    post: (message) => void child.send(message, () => {}),
    onMessage: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', listener).once('error', listener),
    kill: () => void child.kill('SIGKILL'),
  };
}
