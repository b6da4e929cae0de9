// `npm run powercut`: a desk's writes and syncs recorded, and what a power cut could leave of them opened again and looked at.
import { parseArgs } from 'node:util';
import { type BrokenName, brokenVariants } from '../test/powercut/broken.ts';
import { cutPower, missed, record } from '../test/powercut/run.ts';
import { runMain, StepFailure } from './steps.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    states: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '6' },
    broken: { type: 'string' },
  },
});

const isBroken = (name: string): name is BrokenName => Object.hasOwn(brokenVariants, name);

await runMain(async () => {
  const { broken } = values;
  if (broken !== undefined && !isBroken(broken))
    throw new StepFailure(`--broken is one of ${Object.keys(brokenVariants).join(', ')}`);
  const recorded = await record(Number(values.rounds));
  const lost = missed(recorded);
  if (lost.length > 0) throw new StepFailure(`the record misses what was written to ${lost.join(', ')}`);
  const result = await cutPower(recorded, {
    seed: values.seed,
    states: Number(values.states),
    broken: broken === undefined ? null : brokenVariants[broken](),
    onProgress: (states) => {
      if (states % 500 === 0) console.log(`· ${states} states`);
    },
  });
  console.log(
    `seed ${values.seed}: ${result.ops} calls recorded, ${result.acknowledged} commands acknowledged, ` +
      `${result.moments} moments, ${result.states} states opened, ${result.seconds.toFixed(0)} s`,
  );
  for (const finding of result.findings) console.log(`✗ ${finding}`);
  if (result.findings.length === 0) console.log('no finding');
  return result.findings.length === 0 ? 0 : 1;
});
