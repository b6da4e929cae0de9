import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemRandom } from './ids.ts';
import {
  isRecoveryPublicKey,
  readRecoveryKey,
  recoveryKeyText,
  recoveryPublicKey,
  unwrapWithDeskKey,
  unwrapWithRecoveryKey,
  wrapToDeskKey,
  wrapToRecoveryKey,
} from './recovery-key.ts';

// § 6.1 of RFC 7748.
const ALICE = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a';
const ALICE_PUBLIC = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('a recovery key', () => {
  it('has the public half of RFC 7748 § 6.1', () => {
    const alice = Buffer.from(ALICE, 'hex');
    expect(Buffer.from(recoveryPublicKey(alice), 'base64url').toString('hex')).toBe(ALICE_PUBLIC);
    expect(isRecoveryPublicKey(recoveryPublicKey(alice))).toBe(true);
  });

  it('comes back from paper, whatever case, dashes and look-alikes it is typed with', () => {
    fc.assert(
      fc.property(bytes(32), (raw) => {
        const text = recoveryKeyText(raw);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){14}[0-9A-HJKMNP-TV-Z]{4}$/);
        expect(readRecoveryKey(text)).toEqual(raw);
        const typed = text.toLowerCase().replace(/-/g, ' ').replace(/0/g, 'o').replace(/1/g, 'l');
        expect(readRecoveryKey(typed)).toEqual(raw);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused with one character typed wrongly or left out', () => {
    fc.assert(
      fc.property(bytes(32), fc.nat({ max: 58 }), fc.nat({ max: 30 }), (raw, at, other) => {
        const text = recoveryKeyText(raw).replace(/-/g, '');
        const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.replace(text.charAt(at), '');
        expect(readRecoveryKey(text.slice(0, at) + letters.charAt(other) + text.slice(at + 1))).toBeNull();
        expect(readRecoveryKey(text.slice(0, at) + text.slice(at + 1))).toBeNull();
      }),
      { numRuns: 50 },
    );
    expect(readRecoveryKey('')).toBeNull();
  });

  it('opens what was wrapped to it, and only that', () => {
    fc.assert(
      fc.property(bytes(32), bytes(32), bytes(32), (mine, others, key) => {
        fc.pre(recoveryPublicKey(mine) !== recoveryPublicKey(others));
        const wrapped = wrapToRecoveryKey(recoveryPublicKey(mine), key, 'backup-1', systemRandom);
        expect(unwrapWithRecoveryKey(mine, wrapped, 'backup-1')).toEqual(key);
        expect(unwrapWithRecoveryKey(others, wrapped, 'backup-1')).toBeNull();
        expect(unwrapWithRecoveryKey(mine, wrapped, 'backup-2')).toBeNull();
        const desk = wrapToDeskKey(others, key, 'backup-1', systemRandom);
        expect(unwrapWithDeskKey(others, desk, 'backup-1')).toEqual(key);
        expect(unwrapWithDeskKey(mine, desk, 'backup-1')).toBeNull();
      }),
      { numRuns: 30 },
    );
  });
});
