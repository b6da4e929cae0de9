// `npm run bench -- NAME [--json]`: runs one benchmark of test/bench. Each compares with a limit or a peer in the same run.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildDesk } from './build.ts';
import { type DebianGroup, ensureDebianPackages } from './debian.ts';
import { compileMessages } from './messages.ts';
import { projectRoot } from './places.ts';
import { runMain, StepFailure, step } from './steps.mjs';

const benchmarks: Readonly<
  Record<string, { built?: true; peers?: true; strace?: true; debian?: readonly DebianGroup[] }>
> = {
  accept: { strace: true },
  daylog: {},
  // As for outputs: the worker's pictures are unpacked in WebAssembly only where it is built.
  devices: { built: true, debian: ['tesseract', 'scanner'] },
  drain: { peers: true },
  form: {},
  masterdata: {},
  // The document worker is measured as it ships: read from source, it holds the compiler too.
  outputs: { built: true },
  search: {},
  upload: {},
};
const peers = join(projectRoot, 'test', 'bench', 'peers');

/** What is compared with is no part of the program: it is installed beside the benchmarks, when one asks for it. */
const installPeers = (say: (detail: string) => void): void => {
  if (existsSync(join(peers, 'node_modules', 'pouchdb'))) {
    say('unchanged');
    return;
  }
  const run = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peers,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) throw new StepFailure(`the peers were not installed: ${run.stderr}`);
  say('installed');
};

const checkStrace = (say: (detail: string) => void): void => {
  if (spawnSync('strace', ['-V']).status !== 0)
    throw new StepFailure('strace counts the syncs to disk and is missing: apt-get install strace');
  say('there');
};

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const needs = benchmarks[name];
  if (!needs) {
    console.error(`usage: npm run bench -- ${Object.keys(benchmarks).join('|')} [--json]`);
    return 2;
  }
  await step('messages', compileMessages);
  if (needs.built) await step('build', buildDesk);
  if (needs.peers) await step('peers', installPeers);
  if (needs.debian) await step('Debian packages', (say) => ensureDebianPackages([], needs.debian ?? [], say));
  if (needs.strace) await step('strace', checkStrace);
  const run = spawn(process.execPath, [join(projectRoot, 'test', 'bench', `${name}.ts`), ...args], {
    stdio: 'inherit',
  });
  const [code] = await once(run, 'exit');
  return code ?? 1;
});
