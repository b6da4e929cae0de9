// `npm run chaos -- --seed S --histories N`: the desk's store and sync against the real portal through whatever can go wrong.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brokenVariants, isBrokenVariant } from '../test/chaos/broken.ts';
import { createPool } from '../test/chaos/pool.ts';
import { runHistories } from '../test/chaos/run.ts';
import { runMain, StepFailure } from './steps.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    histories: { type: 'string', default: '10000' },
    from: { type: 'string', default: '0' },
    jobs: { type: 'string', default: '2' },
    broken: { type: 'string' },
    plan: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    'shrink-seconds': { type: 'string', default: '60' },
  },
});

await runMain(async () => {
  const broken = values.broken ?? null;
  if (broken !== null && !isBrokenVariant(broken))
    throw new StepFailure(`--broken is one of ${Object.keys(brokenVariants).join(', ')}`);
  if (values.plan !== undefined) {
    const pool = createPool(1);
    const plan = JSON.parse(readFileSync(values.plan, 'utf8'));
    const report = await pool.single({ do: 'plan', plan, broken });
    console.log(report.lines?.join('\n'));
    for (const { rule, what } of report.violations) console.log(`${rule}: ${what}`);
    console.log(`trace ${report.hash}`);
    await pool.close();
    return report.violations.length === 0 ? 0 : 1;
  }
  const started = performance.now();
  const result = await runHistories({
    seed: values.seed,
    histories: Number(values.histories),
    from: Number(values.from),
    jobs: Number(values.jobs),
    broken,
    keepGoing: values['keep-going'],
    shrinkMs: Number(values['shrink-seconds']) * 1000,
    onProgress: (done, of, failed) => {
      if (done % 500 !== 0) return;
      const seconds = (performance.now() - started) / 1000;
      console.log(`· ${done} of ${of}, ${(done / seconds).toFixed(1)} a second, ${failed} with a finding`);
    },
  });
  console.log(
    `seed ${values.seed}: ${result.histories} histories, ${result.acts} acts, ${result.faults} faults, ` +
      `${result.calls} calls, ${result.simulatedHours.toFixed(0)} simulated hours, ${result.seconds.toFixed(0)} s`,
  );
  console.log(`trace ${result.hash}`);
  for (const [rule, count] of Object.entries(result.broken)) console.log(`✗ ${rule}: ${count} histories`);
  for (const report of result.failed.slice(0, 10))
    console.log(`  history ${report.index}: ${report.violations[0]?.rule}: ${report.violations[0]?.what}`);
  const { shortest } = result;
  if (shortest) {
    console.log(
      `shortest found for history ${shortest.index} (${shortest.acts} acts, ${shortest.faults} faults):`,
    );
    console.log(JSON.stringify(shortest.plan));
    for (const { rule, what } of shortest.violations.slice(0, 3)) console.log(`  ${rule}: ${what}`);
    console.log((shortest.lines ?? []).slice(-40).join('\n'));
  }
  if (result.failed.length === 0) console.log('no finding');
  return result.failed.length === 0 ? 0 : 1;
});
