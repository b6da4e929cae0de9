import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './places.ts';
import { StepFailure, step } from './steps.mjs';

type Check = { name: string; program: string; args: readonly string[] };

const portalTypes = ['resources/portal-api/openapi.yaml', '--output', 'resources/portal-api/schema.d.ts'];

/** What can be said about the sources without running them, the longest first. */
const checks: readonly Check[] = [
  { name: 'types', program: 'tsc', args: ['--project', '.'] },
  {
    name: 'window types',
    program: 'svelte-check',
    args: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  },
  { name: 'lint', program: 'biome', args: ['check', '--error-on-warnings', '--max-diagnostics=40'] },
  { name: 'arrows', program: 'depcruise', args: ['electron', 'portal', 'renderer', 'verify'] },
  { name: 'portal types', program: 'openapi-typescript', args: [...portalTypes, '--check'] },
  { name: 'outputs table', program: 'node', args: ['scripts/outputs-doc.ts', '--check'] },
  { name: 'forms', program: 'node', args: ['scripts/lint-form.ts'] },
  { name: 'pulled devices', program: 'node', args: ['scripts/pull.ts', '--check'] },
  { name: 'forms document', program: 'node', args: ['scripts/forms-doc.ts', '--check'] },
];

/** Runs a program of node_modules/.bin from the checkout; resolves to its exit code and what it wrote. */
const capture = async (
  program: string,
  args: readonly string[],
): Promise<{ code: number; output: string }> => {
  const child = spawn(join(projectRoot, 'node_modules', '.bin', program), args, {
    cwd: projectRoot,
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code: code ?? 1, output };
};

/** Runs one check; resolves to whether all is as it should be. */
const run = async ({ name, program, args }: Check): Promise<boolean> => {
  let output = '';
  try {
    await step(name, async (say) => {
      const result = await capture(program, args);
      output = result.output;
      if (result.code !== 0) throw new StepFailure(`${program} found what stands below`);
      say('as they should be');
    });
    return true;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    console.log(output.trimEnd());
    return false;
  }
};

/**
 * Runs every check, also after one failed, as many at a time as there are cores; resolves to the names of those that
 * failed.
 */
export const runChecks = async (): Promise<string[]> => {
  const failed: string[] = [];
  const waiting = [...checks];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift())
      if (!(await run(check))) failed.push(check.name);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failed;
};
