// `npm run check`: types, lint, arrows, generated types.
import { runChecks } from './checks.ts';
import { compileMessages } from './messages.ts';
import { runMain, step } from './steps.mjs';

await runMain(async () => {
  await step('messages', compileMessages);
  const failed = await runChecks();
  return failed.length === 0 ? 0 : 1;
});
