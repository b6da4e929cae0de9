import { expect, it } from 'vitest';
import { chipFuzz } from './chip.ts';

// A million of them: npm run fuzz -- chip.
it('answers whatever a chip sends by a reading or a fault', async () => {
  const fuzz = chipFuzz(20261129);
  for (let count = 0; count < 4_000; count += 1) await expect(fuzz.one()).resolves.toBeUndefined();
});
