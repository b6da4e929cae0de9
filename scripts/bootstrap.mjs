// @ts-check
// The way in for `npm start`, `npm test` and the other commands that must work from a fresh checkout: installs the npm
// packages when they are missing or changed, then goes on with scripts/<name>.ts under the project's own Node.
// Plain JavaScript for Node 20, without dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runMain, StepFailure, step } from './steps.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed');
const nodeFile = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** @param {string} file */
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** What the installed packages depend on: the lock file. */
const wanted = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

const installed = () => {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return '';
  }
};

/**
 * npm's own `ci` is not used: it refuses a lock file that lacks optional packages of other platforms, which npm itself
 * leaves out when a registry does not serve them, and it deletes everything first. So the agreement it checks is
 * checked here.
 */
const checkLockAgrees = () => {
  const manifest = readJson('package.json');
  const locked = readJson('package-lock.json').packages[''];
  for (const kind of ['dependencies', 'devDependencies']) {
    if (
      JSON.stringify(Object.entries(manifest[kind]).sort()) !==
      JSON.stringify(Object.entries(locked[kind]).sort())
    )
      throw new StepFailure(
        `package.json and package-lock.json disagree on ${kind}: run npm install and commit both`,
      );
  }
};

/** @param {string[]} args */
const npm = (args) => {
  const cli = process.env['npm_execpath'];
  const result = cli?.endsWith('.js')
    ? spawnSync(process.execPath, [cli, ...args], { cwd: root, encoding: 'utf8' })
    : spawnSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status === 0) return;
  console.error(result.stdout, result.stderr);
  throw new StepFailure(`npm ${args.join(' ')} ended with ${result.status ?? result.signal ?? result.error}`);
};

const nodeIsWanted = () => {
  const result = spawnSync(nodeFile, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return result.status === 0 && result.stdout.trim() === `v${readJson('package.json').devDependencies.node}`;
};

/** @param {(detail: string) => void} say */
const installPackages = (say) => {
  const hash = wanted();
  if (installed() === hash && existsSync(nodeFile)) return say('unchanged');
  checkLockAgrees();
  // No install scripts: one of them would compile a module for which a ready file is in its package. Only the package
  // `node` needs its own, which fetches the program.
  npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
  if (!nodeIsWanted()) npm(['rebuild', 'node', '--no-audit', '--no-fund']);
  if (!nodeIsWanted()) throw new StepFailure('the package "node" did not bring its program');
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, hash);
  say('installed from the lock file');
};

await runMain(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (!name || !existsSync(join(root, 'scripts', `${name}.ts`))) {
    console.error('usage: node scripts/bootstrap.mjs <name of a script in scripts/> [arguments]');
    return 2;
  }
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Error(`Node 20 or newer is needed, this is ${process.versions.node}`);
  await step('npm packages', installPackages);
  const env = { ...process.env, PATH: `${join(modules, '.bin')}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(nodeFile, [join(root, 'scripts', `${name}.ts`), ...args], {
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  // The terminal's Ctrl+C reaches the child by itself; this process only waits until the child has tidied up.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code, signal] = await once(child, 'exit');
  return code ?? 128 + (constants.signals[/** @type {NodeJS.Signals} */ (signal)] ?? 0);
});
