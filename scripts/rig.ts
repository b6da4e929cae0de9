// `npm run rig -- NAME`: one virtual device, started and handled by hand: what is typed does what hands do to it.
import { holdByHand, type RigByHand, rigsByHand } from '../test/rigs/by-hand.ts';
import { ensureDebianPackages } from './debian.ts';
import { runMain, step } from './steps.mjs';

await runMain(async () => {
  const [name = ''] = process.argv.slice(2);
  const rigs: Readonly<Record<string, RigByHand>> = rigsByHand;
  const rig = Object.hasOwn(rigs, name) ? rigs[name] : undefined;
  if (rig === undefined) {
    console.error('usage: npm run rig -- NAME');
    for (const [each, { is }] of Object.entries(rigs)) console.error(`  ${each.padEnd(8)} ${is}`);
    return 2;
  }
  await step('Debian packages', (say) => ensureDebianPackages(rig.packages, [], say));
  if (rig.prepare) await step('module', rig.prepare);
  await holdByHand(await rig.start(), process.stdin, (text) => console.log(text));
  return 0;
});
