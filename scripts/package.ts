// `npm run package`: the unpacked application in out/package, made with the Electron runtime at hand, without a network.
import { buildDesk } from './build.ts';
import { packageDesk } from './packaging.ts';
import { prepareElectron } from './prepare.ts';
import { runMain, step } from './steps.mjs';

await runMain(async () => {
  const { runtime } = await prepareElectron(['electron'], []);
  await step('build', buildDesk);
  await step('package', async (say) => say(await packageDesk(runtime)));
  return undefined;
});
