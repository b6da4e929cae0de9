/**
 * Entry of the thread that makes and checks backups: one task comes in, its result goes back. What takes seconds over a
 * big database is done here, so that the counter stays responsive.
 */
import { parentPort } from 'node:worker_threads';
import { type RecoveryTask, runTask } from './tasks.ts';

if (parentPort === null) throw new Error('the recovery worker runs in a worker thread only');
const port = parentPort;

port.once('message', async (task: RecoveryTask) => {
  port.postMessage(await runTask(task));
});
