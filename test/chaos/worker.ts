import './compressing.ts';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type BrokenVariant, brokenVariants } from './broken.ts';
import { createWorkshop, type Result } from './history.ts';
import { type Plan, planOf } from './plan.ts';
import { shrink } from './shrink.ts';

export type Job =
  | { do: 'run'; seed: string; index: number; broken: BrokenVariant | null }
  | { do: 'plan'; plan: Plan; broken: BrokenVariant | null }
  | { do: 'shrink'; seed: string; index: number; broken: BrokenVariant | null; forMs: number };

export type Report = {
  index: number;
  hash: string;
  calls: number;
  simMs: number;
  acts: number;
  faults: number;
  violations: Result['violations'];
  /** Of a plan that was asked for, or the shortest: all of it. */
  plan?: Plan;
  lines?: readonly string[];
};

// A disk in memory where there is one: what a sync to disk means is another tool's matter.
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const workshop = createWorkshop(parent);

async function run(plan: Plan, broken: BrokenVariant | null): Promise<Result> {
  try {
    return await workshop.run(plan, broken === null ? {} : brokenVariants[broken]());
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [{ rule: 'nothing throws', what }], hash: 'none', lines: [], calls: 0, simMs: 0 };
  }
}

async function work(job: Job): Promise<Report> {
  if (job.do !== 'shrink') {
    const plan = job.do === 'plan' ? job.plan : planOf(job.seed, job.index);
    const { lines, ...result } = await run(plan, job.broken);
    const size = { acts: plan.acts.length, faults: plan.faults.length };
    return job.do === 'plan'
      ? { index: 0, ...size, ...result, plan, lines }
      : { index: job.index, ...size, ...result };
  }
  const whole = planOf(job.seed, job.index);
  const rule = (await run(whole, job.broken)).violations[0]?.rule;
  const plan = await shrink(
    whole,
    async (shorter) => (await run(shorter, job.broken)).violations.some((one) => one.rule === rule),
    performance.now() + job.forMs,
  );
  const result = await run(plan, job.broken);
  return { index: job.index, acts: plan.acts.length, faults: plan.faults.length, ...result, plan };
}

process.on('message', (job: Job) => {
  void work(job).then((report) => process.send?.(report));
});
process.on('disconnect', () => {
  void workshop.close().finally(() => process.exit(0));
});
