import { writeSync } from 'node:fs';
import { openStore } from '../../electron/store/open.ts';
import { systemClock } from '../../electron/values/clock.ts';
import { systemRandom } from '../../electron/values/ids.ts';

// Opens a store, which brings it up to date, and stays until it is killed.
const folder = process.argv[2] ?? '';
writeSync(1, 'opening\n');
const opened = openStore({
  folder,
  key: new Uint8Array(32).fill(7),
  clock: systemClock,
  random: systemRandom,
});
writeSync(1, opened.ok ? 'open\n' : `${opened.error.code}\n`);
setInterval(() => {}, 1000);
