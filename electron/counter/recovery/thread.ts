import { Worker } from 'node:worker_threads';
import type { StoreFailure } from '../../store/failures.ts';
import type { Result } from '../../values/result.ts';
import type { RecoveryTask, TaskResults } from './tasks.ts';

/** Runs a task on a thread of its own, which ends with it. */
export type RunTask = <T extends RecoveryTask>(
  task: T,
) => Promise<Result<TaskResults[T['task']], StoreFailure>>;

/** `workerUrl` is the worker's source under plain Node, its bundle in the application. Rejects on a bug in the thread. */
export const recoveryThread =
  (workerUrl: URL): RunTask =>
  (task) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(workerUrl);
      worker.once('message', (result) => {
        resolve(result);
        void worker.terminate();
      });
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the recovery thread ended with ${code}`)));
      worker.postMessage(task);
    });
