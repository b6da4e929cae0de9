import { createHash } from 'node:crypto';

/** Random bytes, as many as asked for. */
export type Random = (length: number) => Uint8Array;

/** A bearer token of 256 random bits. */
export const newToken = (random: Random): string => Buffer.from(random(32)).toString('base64url');

/** What is kept of a token or a code: enough to recognise it, useless to a thief of the database. */
export const hashSecret = (secret: string): string =>
  createHash('sha256').update(secret, 'utf8').digest('hex');

// Without 0, 1, I, L, O, U: a code is read out and typed.
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A code in groups of four characters, nearly 20 bits each. */
export function newCode(random: Random, groups = 3): string {
  const pick = (): string => {
    for (;;) {
      const byte = random(1)[0] ?? 255;
      // Bytes past the last whole multiple would favour the first letters.
      if (byte < 240) return CODE_ALPHABET.charAt(byte % CODE_ALPHABET.length);
    }
  };
  return Array.from({ length: groups }, () => Array.from({ length: 4 }, pick).join('')).join('-');
}
