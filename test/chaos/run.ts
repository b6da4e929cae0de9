import { createHash } from 'node:crypto';
import type { BrokenVariant } from './broken.ts';
import { createPool } from './pool.ts';
import type { Job, Report } from './worker.ts';

export type RunOptions = {
  seed: string;
  histories: number;
  /** The number of the first history. */
  from?: number;
  jobs: number;
  broken?: BrokenVariant | null;
  /** Runs to the end also after a finding, and counts. */
  keepGoing?: boolean;
  shrinkMs?: number;
  onProgress?: (done: number, of: number, failed: number) => void;
};

export type RunResult = {
  histories: number;
  calls: number;
  simulatedHours: number;
  acts: number;
  faults: number;
  /** Of all histories in their order. */
  hash: string;
  /** How many histories broke each rule. */
  broken: Record<string, number>;
  failed: Report[];
  shortest: Report | null;
  seconds: number;
};

/** Runs histories of a seed and says what was found. */
export async function runHistories(options: RunOptions): Promise<RunResult> {
  const { seed, histories, from = 0, jobs, broken = null } = options;
  const started = performance.now();
  const pool = createPool(jobs);
  const hashes: string[] = [];
  const failed: Report[] = [];
  const rules: Record<string, number> = {};
  let [done, calls, simMs, acts, faults] = [0, 0, 0, 0, 0];
  function* planned(): Generator<Job, undefined> {
    for (let index = from; index < from + histories; index += 1) yield { do: 'run', seed, index, broken };
    return undefined;
  }
  try {
    await pool.run(planned(), (report) => {
      done += 1;
      hashes[report.index - from] = report.hash;
      calls += report.calls;
      simMs += report.simMs;
      acts += report.acts;
      faults += report.faults;
      if (report.violations.length > 0) {
        failed.push(report);
        for (const rule of new Set(report.violations.map((one) => one.rule)))
          rules[rule] = (rules[rule] ?? 0) + 1;
      }
      options.onProgress?.(done, histories, failed.length);
      return options.keepGoing === true || failed.length === 0;
    });
    const [first] = failed.sort((a, b) => a.index - b.index);
    const shortest =
      first && options.shrinkMs
        ? await pool.single({ do: 'shrink', seed, index: first.index, broken, forMs: options.shrinkMs })
        : null;
    return {
      histories: done,
      calls,
      simulatedHours: simMs / 3_600_000,
      acts,
      faults,
      hash: createHash('sha256').update(hashes.join('\n')).digest('hex'),
      broken: rules,
      failed,
      shortest,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await pool.close();
  }
}
