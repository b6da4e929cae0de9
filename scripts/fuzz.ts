// `npm run fuzz -- NAME [COUNT] [SEED]`: sends what a device must never send to what reads it, a million inputs unless told otherwise.
// Ends with 1 at the first input that is neither read nor refused, naming the seed and the number that bring it back.
import { chipFuzz } from '../test/fuzz/chip.ts';
import { digitalIdFuzz } from '../test/fuzz/digital-id.ts';
import { runMain } from './steps.mjs';

const fuzzes = { chip: chipFuzz, 'digital-id': digitalIdFuzz } as const;
const isKnown = (name: string): name is keyof typeof fuzzes => Object.hasOwn(fuzzes, name);

/** What the process may hold more at the end than after the first tenth: more is a leak. */
const MOST_GROWTH_MIB = 200;

await runMain(async () => {
  const [name = '', wanted = '1000000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
  if (!isKnown(name)) {
    console.error(`usage: npm run fuzz -- ${Object.keys(fuzzes).join('|')} [count] [seed]`);
    return 2;
  }
  const total = Number(wanted);
  const fuzz = fuzzes[name](Number(seed));
  const began = performance.now();
  const held = (): number => process.memoryUsage.rss() / 1024 / 1024;
  let settled = Number.POSITIVE_INFINITY;
  let slowest = 0;
  for (let count = 1; count <= total; count += 1) {
    const started = performance.now();
    try {
      await fuzz.one();
    } catch (thrown) {
      console.error(`${name}: input ${count} of seed ${seed}`, thrown);
      return 1;
    }
    slowest = Math.max(slowest, performance.now() - started);
    if (count === Math.ceil(total / 10)) settled = held();
  }
  const grown = held() - settled;
  console.log(
    `${name}: ${total} inputs of seed ${seed} in ${((performance.now() - began) / 1000).toFixed(0)} s, the slowest ${slowest.toFixed(0)} ms, memory ${held().toFixed(0)} MiB (${grown.toFixed(0)} more than after a tenth)`,
  );
  return grown > MOST_GROWTH_MIB ? 1 : 0;
});
