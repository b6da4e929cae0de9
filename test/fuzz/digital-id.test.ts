import { expect, it } from 'vitest';
import { digitalIdFuzz } from './digital-id.ts';

// A million of them: npm run fuzz -- digital-id.
it('reads or refuses whatever a wallet sends, and proves nothing that was spoilt', async () => {
  const fuzz = digitalIdFuzz(20261129);
  for (let count = 0; count < 4_000; count += 1) await expect(fuzz.one()).resolves.toBeUndefined();
});
