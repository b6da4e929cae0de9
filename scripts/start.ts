// `npm start`: from a checkout to the open desk in the training environment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildDesk } from './build.ts';
import { deskCommand, readableApp } from './desk.ts';
import { openDisplay } from './display.ts';
import { electronUserHome, makeElectronUserFolder, runningAsRoot } from './places.ts';
import { prepareElectron } from './prepare.ts';
import { note, runMain, StepFailure, step } from './steps.mjs';

/** What Chromium says about buses and graphics that a desk does not need. */
const chromiumNoise = /^\[\d+:\d{4}\/\d{6}\.\d+:(ERROR|WARNING|INFO):[\w.]+\(\d+\)\]/;

/** Resolves when the desk has written its file that says the window is shown. */
const whenWritten = (folder: string, name: string): Promise<void> =>
  new Promise((done) => {
    const watcher = watch(folder, (_event, changed) => {
      if (changed !== name) return;
      watcher.close();
      done();
    });
    watcher.unref();
  });

await runMain(async () => {
  const { runtime, binding } = await prepareElectron(['electron'], ['scanner', 'cards', 'chips']);
  await step('build', buildDesk);
  const display = await openDisplay();
  if (display.virtual) note('display', display.what);
  if (runningAsRoot) note('user', 'root: Electron runs as nobody, so that its sandbox is on');
  const appFolder = readableApp((detail) => note('checkout', detail));
  const home = electronUserHome();
  const dataFolder = process.env['VIRTUOS_DATA_DIR'];
  if (dataFolder) makeElectronUserFolder(dataFolder);

  const readyFolder = makeElectronUserFolder(join(home, runningAsRoot ? 'run' : '.cache/virtuos-counter'));
  const readyName = `ready-${process.pid}`;
  const readyFile = join(readyFolder, readyName);
  const desk = deskCommand({ runtime, binding, display }, appFolder, home, {
    ...(runningAsRoot ? {} : { XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] }),
    VIRTUOS_ENVIRONMENT: process.env['VIRTUOS_ENVIRONMENT'] || 'training',
    VIRTUOS_READY_FILE: readyFile,
  });
  const ready = whenWritten(readyFolder, readyName);
  const child = spawn(desk.executable, [...desk.args, ...process.argv.slice(2)], {
    env: desk.env,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line !== '' && !chromiumNoise.test(line)) console.error(line);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const ended = once(child, 'exit');
  try {
    await step('desk', async (say) => {
      const first = await Promise.race([ready, ended]);
      // The desk that already runs on this data folder has come to the front instead.
      if (first) {
        if (first[0] !== 0) throw new StepFailure(`Electron ended with ${first[0] ?? first[1]}`);
        return say('is already open');
      }
      say('is open; close its window or press Ctrl+C to end');
    });
    const [code, signal] = await ended;
    return code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
  } finally {
    rmSync(readyFile, { force: true });
    display.stop();
  }
});
