import { preparedDesk } from '../../scripts/prepare.ts';

/** Runtime and build once for the whole end-to-end run. */
export default async function prepare(): Promise<void> {
  const { display } = await preparedDesk();
  display.stop();
}
