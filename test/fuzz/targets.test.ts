import { expect, it } from 'vitest';
import { chanceOf } from '../chaos/random.ts';
import { targets } from './targets.ts';

// A few of the inputs of `npm run fuzz`, always the same ones.
it.each(Object.entries(targets))('%s stands a hundred spoilt inputs', async (name, { one }) => {
  for (let at = 0; at < 100; at += 1) {
    const read = (async () => one(chanceOf('fuzz', 'unit', name, at)))();
    await expect(read, `${name} ${at}`).resolves.not.toThrow();
  }
});
