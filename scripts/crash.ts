// `npm run crash -- --kills N`: the counter killed at random instants of everything it writes, opened again and looked at.
import { parseArgs } from 'node:util';
import { runCrashes } from '../test/crash/run.ts';
import { runMain } from './steps.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    kills: { type: 'string', default: '2000' },
    jobs: { type: 'string', default: '2' },
  },
});

await runMain(async () => {
  const result = await runCrashes({
    seed: values.seed,
    kills: Number(values.kills),
    jobs: Number(values.jobs),
    onProgress: (kills, of) => {
      if (kills % 100 === 0) console.log(`· ${kills} of ${of} kills`);
    },
  });
  const paths = Object.entries(result.byPath).sort(([a], [b]) => a.localeCompare(b));
  console.log(
    `seed ${values.seed}: ${result.kills} kills at ${result.desks} desks, ${result.seconds.toFixed(0)} s: ` +
      paths.map(([path, kills]) => `${path} ${kills}`).join(', '),
  );
  for (const finding of result.findings) console.log(`✗ ${finding}`);
  if (result.findings.length === 0) console.log('no finding');
  return result.findings.length === 0 ? 0 : 1;
});
