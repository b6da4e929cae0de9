// `npm run pull -- [DEVICE] [STEP] [WHAT]`: each device pulled, jammed or killed at each step of a visit, at a counter in a process of its own with
// real peers for devices. Writes the table of docs/devices.md when every case went as it should; `--check` only compares its rows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, visits } from '../test/pull/cases.ts';
import { type Outcome, startPulling } from '../test/pull/run.ts';
import { expectedTable, tableOf, withTable } from '../test/pull/table.ts';
import { prepareCardBinding } from './card-binding.ts';
import { projectRoot } from './places.ts';
import { runMain, step } from './steps.mjs';

const file = join(projectRoot, 'docs/devices.md');

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});

await runMain(async () => {
  if (values.check) {
    const document = readFileSync(file, 'utf8');
    if (withTable(document, expectedTable()) === document) return 0;
    console.error('The table of docs/devices.md has other cases than the run: npm run pull');
    return 1;
  }
  await step('module for card readers', prepareCardBinding);
  const chosen = visits.filter(([of]) =>
    positionals.every((word) => word === of?.device || word === of?.step || word === of?.what),
  );
  const desk = await startPulling({ withCards: true });
  const outcomes = new Map<Case, Outcome>();
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 1000);
  try {
    for (const happenings of chosen) {
      const [first] = happenings;
      const name = `${first?.device}, ${happenings.map(({ step: at }) => at).join(', ')}: ${first?.what}`;
      try {
        for (const [of, outcome] of await desk.run(happenings)) outcomes.set(of, outcome);
        console.log(`✓ ${name} – ${first?.says}`);
      } catch (error) {
        // What one visit left in the middle would be another's finding: the rest is not tried.
        console.log(`✗ ${name} – ${error instanceof Error ? error.message : error}`);
        return 1;
      }
    }
  } finally {
    await desk.stop();
  }
  console.log(`${outcomes.size} cases in ${chosen.length} visits, no finding, ${seconds()} s`);
  if (chosen.length === visits.length)
    writeFileSync(file, withTable(readFileSync(file, 'utf8'), tableOf(outcomes)));
  return 0;
});
