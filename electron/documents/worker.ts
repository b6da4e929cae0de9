/**
 * Entry of a documents worker (worker_threads): one task at a time comes in, its output goes back. An exception is a
 * bug: it ends the worker, and the pool tells and replaces it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createJobRunner, postGivingAway, type Task } from './jobs.ts';

export type WorkerSettings = { fontsFolder: string };

if (parentPort === null) throw new Error('the documents worker runs in a worker thread only');
const port = parentPort;
const settings: WorkerSettings = workerData;
const run = createJobRunner(settings.fontsFolder);

port.on('message', async (task: Task) => {
  postGivingAway(port, await run(task));
});
