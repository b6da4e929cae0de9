import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deskCommand } from '../../scripts/desk.ts';
import { packageDesk } from '../../scripts/packaging.ts';
import { preparedDesk } from '../../scripts/prepare.ts';
import { makeDeskFolder } from '../rigs/electron.ts';

const output = mkdtempSync(join(tmpdir(), 'virtuos-package-'));
const home = makeDeskFolder('home');
const dataDir = makeDeskFolder('data');
let executable: string;

beforeAll(async () => {
  chmodSync(output, 0o755);
  const { runtime } = await preparedDesk();
  executable = join(await packageDesk(runtime, output), 'virtuos-counter');
});

afterAll(() => {
  for (const folder of [output, home, dataDir]) rmSync(folder, { recursive: true, force: true });
});

/** Playwright cannot attach to an application without the inspector, so the desk is asked by its environment. */
const startPackaged = async (env: Record<string, string>) => {
  const prepared = await preparedDesk();
  const runtime = { ...prepared.runtime, executable };
  const command = deskCommand({ ...prepared, runtime }, '', home, {
    VIRTUOS_DATA_DIR: dataDir,
    VIRTUOS_ENVIRONMENT: 'training',
    ...env,
  });
  const child = spawn(command.executable, { env: command.env, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      written += chunk;
    });
  }
  return { child, ended: once(child, 'exit'), written: () => written };
};

test('the fuses close every way into the packaged application that a desk does not need', async () => {
  const wire = await getCurrentFuseWire(executable);
  const enabled = Object.entries(FuseV1Options)
    .filter(([, option]) => typeof option === 'number')
    .filter(([, option]) => wire[option as FuseV1Options] === FuseState.ENABLE)
    .map(([name]) => name);
  expect(enabled.sort()).toEqual([
    'EnableCookieEncryption',
    'EnableEmbeddedAsarIntegrityValidation',
    'OnlyLoadAppFromAsar',
  ]);
});

test('the packaged application reads text with what it brings, and brings of that no more than it loads', () => {
  const packed = listPackage(join(dirname(executable), 'resources', 'app.asar'), { isPack: false });
  const engines = packed.filter((path) =>
    /tesseract.*\.(wasm|wasm\.js|gz)$|tesseract-core.*\.js$/.test(path),
  );
  expect(engines.map((path) => basename(path)).sort()).toEqual([
    'ces.traineddata.gz',
    'tesseract-core-simd-lstm.js',
    'tesseract-core-simd-lstm.wasm',
  ]);
});

test('the packaged application shows its window, with its counter and its training portal', async () => {
  const readyFile = join(dataDir, 'ready.json');
  const desk = await startPackaged({ VIRTUOS_READY_FILE: readyFile });
  const log = () => readFileSync(join(dataDir, 'logs', 'main.log'), 'utf8');
  try {
    await expect.poll(() => existsSync(readyFile) || desk.child.exitCode, { timeout: 60_000 }).toBe(true);
    await expect.poll(log, { timeout: 60_000 }).toContain('"counter ready"');
    expect(log()).toContain('"training portal ready"');
  } catch (error) {
    throw new Error(`the packaged desk wrote:\n${desk.written()}`, { cause: error });
  } finally {
    desk.child.kill('SIGTERM');
  }
  expect(await desk.ended).toEqual([0, null]);
});

test('the packaged application cannot be used as a Node to run somebody else’s program', async () => {
  const desk = await startPackaged({
    ELECTRON_RUN_AS_NODE: '1',
    VIRTUOS_READY_FILE: join(dataDir, 'again.json'),
  });
  // As Node it would end at once, with no script to run.
  await expect
    .poll(() => existsSync(join(dataDir, 'again.json')) || desk.child.exitCode, { timeout: 60_000 })
    .toBe(true);
  desk.child.kill('SIGTERM');
  await desk.ended;
});
