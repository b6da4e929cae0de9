import { preparedDesk } from '../../scripts/prepare.ts';

/** One prepared desk and one screen for the whole end-to-end run; the test files find the screen in the environment. */
export default async function setup(): Promise<() => void> {
  const { display } = await preparedDesk();
  Object.assign(process.env, display.env);
  return () => display.stop();
}
