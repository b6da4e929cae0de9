/**
 * Entry of a documents worker (worker_threads): one task at a time comes in, its output goes back. An exception is a
 * bug: it ends the worker, and the pool tells and replaces it.
 */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { createJobRunner, postGivingAway, type Task } from './jobs.ts';

/** `isPatient`: what it does nobody waits for, and it gives way to everything else. */
export type WorkerSettings = { fontsFolder: string; isPatient: boolean };

if (parentPort === null) throw new Error('the documents worker runs in a worker thread only');
const port = parentPort;
const settings: WorkerSettings = workerData;
// On Linux it is the thread's own priority; elsewhere it would be the whole counter's.
if (settings.isPatient && process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const run = createJobRunner(settings.fontsFolder);

port.on('message', async (task: Task) => {
  postGivingAway(port, await run(task));
});
