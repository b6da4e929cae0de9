// `npm run demo`: prepares the machine, leaves one of each output in out/outputs, then plays the working day of test/demo/demo.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildDesk } from './build.ts';
import { projectRoot } from './places.ts';
import { prepareElectron } from './prepare.ts';
import { runMain, step } from './steps.mjs';

await runMain(async () => {
  await prepareElectron(
    ['electron', 'scanner', 'printer', 'serial', 'pdf', 'signatures'],
    ['chips', 'virtual-chips'],
  );
  await step('build', buildDesk);
  process.on('SIGINT', () => {});
  const play = async (name: string): Promise<number> => {
    const part = spawn(
      process.execPath,
      [join(projectRoot, 'test', 'demo', `${name}.ts`), ...process.argv.slice(2)],
      { stdio: 'inherit' },
    );
    const stop = () => void part.kill('SIGTERM');
    process.once('SIGTERM', stop);
    const [code] = await once(part, 'exit');
    process.off('SIGTERM', stop);
    return code ?? 1;
  };
  const outputs = await play('outputs');
  const day = await play('demo');
  return outputs || day;
});
