import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './places.ts';
import { StepFailure, step } from './steps.mjs';

export type Counts = { passed: number; failed: number; skipped: string[]; failures: string[] };

/** The part of vitest's JSON report that is read here. */
type Report = {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
};

const LONGEST_REASON = 200;

const countReport = (file: string): Counts => {
  const counts: Counts = { passed: 0, failed: 0, skipped: [], failures: [] };
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  const failed = (what: string, message: string): void => {
    counts.failed += 1;
    counts.failures.push(`${what}: ${message.split('\n', 1)[0]?.slice(0, LONGEST_REASON)}`);
  };
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failedBefore = counts.failed;
    const path = name.slice(projectRoot.length + 1);
    for (const test of assertionResults) {
      const called = `${path}: ${test.fullName}`;
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') failed(called, test.failureMessages[0] ?? '');
      else counts.skipped.push(called);
    }
    // A file that broke before or outside its tests.
    if (status === 'failed' && counts.failed === failedBefore) failed(path, message);
  }
  return counts;
};

/**
 * Runs vitest projects as one step, its own output in between. Resolves to the counts; the step fails when vitest does,
 * which `failed` then tells.
 */
export const runTests = async (
  name: string,
  projects: readonly string[],
): Promise<{ counts: Counts; ok: boolean }> => {
  const folder = join(projectRoot, 'out', 'test');
  const report = join(folder, `${name}.json`);
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  let counts: Counts = { passed: 0, failed: 1, skipped: [], failures: [] };
  try {
    await step(name, async (say) => {
      const vitest = spawn(
        process.execPath,
        [
          join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
          'run',
          '--allowOnly=false',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
          ...projects.flatMap((project) => ['--project', project]),
        ],
        {
          cwd: projectRoot,
          stdio: ['ignore', 'inherit', 'inherit'],
          // Workers and processes that tests start by the dozen load the same modules each time.
          env: { ...process.env, NODE_COMPILE_CACHE: join(projectRoot, 'out', 'compile-cache') },
        },
      );
      const [code] = await once(vitest, 'exit');
      counts = countReport(report);
      if (code !== 0) throw new StepFailure(`${Math.max(counts.failed, 1)} of its tests or files`);
      say(`${counts.passed} passed`);
    });
    return { counts, ok: true };
  } catch {
    return { counts, ok: false };
  }
};
