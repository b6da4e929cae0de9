// `npm run pull -- [DEVICE] [STEP] [WHAT] [--jobs N]`: each device pulled, jammed or killed at each step of a visit, at a counter in a process of its own with
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
  options: { check: { type: 'boolean', default: false }, jobs: { type: 'string', default: '4' } },
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
  const waiting = [...chosen];
  const outcomes = new Map<Case, Outcome>();
  const started = performance.now();
  let findings = 0;

  /** Takes visits one after the other; the machine's one card reader is at the first desk. */
  async function work(withCards: boolean): Promise<void> {
    const next = (): (typeof chosen)[number] | undefined => {
      const at = waiting.findIndex(([of]) => (of?.device === 'card') === withCards);
      const found = at < 0 && withCards ? waiting.findIndex(([of]) => of?.device !== 'card') : at;
      return found < 0 ? undefined : waiting.splice(found, 1)[0];
    };
    const desk = await startPulling({ withCards });
    try {
      for (let happenings = next(); happenings; happenings = next()) {
        const [first] = happenings;
        const name = `${first?.device}, ${happenings.map(({ step: at }) => at).join(', ')}: ${first?.what}`;
        try {
          for (const [of, outcome] of await desk.run(happenings)) outcomes.set(of, outcome);
          console.log(`✓ ${name} – ${first?.says}`);
        } catch (error) {
          findings += 1;
          console.log(`✗ ${name} – ${error instanceof Error ? error.message : error}`);
          // What one visit left in the middle would be another's finding: this desk is done.
          return;
        }
      }
    } finally {
      await desk.stop();
    }
  }
  await Promise.all(Array.from({ length: Number(values.jobs) }, (_, at) => work(at === 0)));
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${outcomes.size} cases in ${chosen.length} visits, ${findings} findings, ${seconds} s`);
  if (findings > 0 || waiting.length > 0) return 1;
  if (chosen.length === visits.length) {
    const inOrder = new Map(
      visits.flat().flatMap((of) => {
        const outcome = outcomes.get(of);
        return outcome ? [[of, outcome] as const] : [];
      }),
    );
    writeFileSync(file, withTable(readFileSync(file, 'utf8'), tableOf(inOrder)));
  }
  return 0;
});
