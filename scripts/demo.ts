// `npm run demo`: prepares the machine, then plays the working day of test/demo/demo.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildDesk } from './build.ts';
import { projectRoot } from './places.ts';
import { prepareElectron } from './prepare.ts';
import { runMain, step } from './steps.mjs';

await runMain(async () => {
  await prepareElectron(['electron', 'scanner', 'printer', 'serial', 'pdf'], []);
  await step('build', buildDesk);
  const demo = spawn(
    process.execPath,
    [join(projectRoot, 'test', 'demo', 'demo.ts'), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => demo.kill('SIGTERM'));
  const [code] = await once(demo, 'exit');
  return code ?? 1;
});
