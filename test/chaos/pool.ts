import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Report } from './worker.ts';

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Processes that run histories, each one at a time. */
export function createPool(size: number) {
  // One thread of libuv's, so that files are written in the order in which that was begun.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const all = Array.from({ length: size }, () => fork(workerFile, [], { env, execArgv: [] }));

  const waiting = new Map<ChildProcess, { resolve(report: Report): void; reject(error: Error): void }>();
  for (const child of all) {
    child.on('message', (report: Report) => waiting.get(child)?.resolve(report));
    child.on('exit', (code, signal) =>
      waiting.get(child)?.reject(new Error(`a worker ended with ${code ?? signal}`)),
    );
  }

  const one = (child: ChildProcess, job: Job): Promise<Report> =>
    new Promise<Report>((resolve, reject) => {
      waiting.set(child, { resolve, reject });
      child.send(job);
    }).finally(() => waiting.delete(child));

  return {
    /** Runs the jobs; `seen` is told of each in the order they end and says whether to go on. */
    async run(jobs: Iterator<Job>, seen: (report: Report) => boolean): Promise<void> {
      let goOn = true;
      await Promise.all(
        all.map(async (child) => {
          while (goOn) {
            const next = jobs.next();
            if (next.done) return;
            const report = await one(child, next.value);
            if (!seen(report)) goOn = false;
          }
        }),
      );
    },
    single: async (job: Job): Promise<Report> => {
      const [child] = all;
      if (!child) throw new Error('no worker');
      return one(child, job);
    },
    async close(): Promise<void> {
      await Promise.all(
        all.map(async (child) => {
          if (child.exitCode !== null) return;
          const end = once(child, 'exit');
          child.disconnect();
          await end;
        }),
      );
    },
  };
}
