// `npm test`: all that a green build means, from a bare checkout.
import { buildDesk } from './build.ts';
import { runChecks } from './checks.ts';
import { compileMessages } from './messages.ts';
import { prepareElectron } from './prepare.ts';
import { runMain, step } from './steps.mjs';
import { type Counts, runTests } from './vitest.ts';

await runMain(async () => {
  await prepareElectron(
    [
      ...(['electron', 'scanner', 'printer', 'serial', 'pdf', 'cards', 'signatures', 'compile'] as const),
      ...(['network-scanner', 'chips', 'virtual-chips'] as const),
    ],
    [],
  );
  await step('messages', compileMessages);
  const failed = await runChecks();

  const total: Counts = { passed: 0, failed: 0, skipped: [], failures: [] };
  const test = async (name: string, projects: readonly string[]): Promise<void> => {
    const { counts, ok } = await runTests(name, projects);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped.push(...counts.skipped);
    total.failures.push(...counts.failures);
    if (!ok) failed.push(name);
  };
  // The contract's own tests first and by name: among them the one that every call says who may make it.
  await test('contract', ['contract']);
  // In one run: no core waits for the last file of one kind before the next kind begins.
  await test('unit and device', ['unit', 'window', 'device']);
  const built = await step('build', buildDesk).then(
    () => true,
    (error) => {
      console.error(error);
      failed.push('build', 'e2e (not run, nothing is built)');
      return false;
    },
  );
  if (built) await test('e2e', ['e2e', 'e2e-alone']);

  for (const name of total.skipped) console.log(`skipped: ${name}`);
  // Here again, because a log is often read from its end.
  for (const failure of total.failures) console.log(`failed: ${failure}`);
  if (failed.length > 0) console.log(`failed steps: ${failed.join(', ')}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  return failed.length === 0 ? 0 : 1;
});
