import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from './sha256.ts';

it('is SHA-256 over the parts, short and long', () => {
  const part = fc.uint8Array({ maxLength: 9000 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const whole = Buffer.concat(parts);
      expect(sha256(...parts).equals(createHash('sha256').update(whole).digest())).toBe(true);
    }),
  );
});
