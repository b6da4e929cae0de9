import { scrypt } from 'node:crypto';
import type { components } from '../../../resources/portal-api/schema.d.ts';
import { addDays, type LegalDate } from '../../values/time.ts';

// Without 0, 1, I, L, O, U: the code is read from paper and typed.
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 3;
const GROUP = 4;

// Of one of OWASP's settings; the code has nearly 60 bits and lives for days.
const COST = { log2N: 15, r: 8, p: 3 };
const KEY_BYTES = 32;

export type OneTimeCode = {
  /** For the letter, and for nothing else: it is never stored beside, logged or sent. */
  code: string;
  recognised: components['schemas']['OneTimeCode'];
};

type Random = (length: number) => Uint8Array;

function newCode(random: Random): string {
  const letter = (): string => {
    for (;;) {
      const byte = random(1)[0] ?? 255;
      // Bytes past the last whole multiple would favour the first letters.
      if (byte < ALPHABET.length * 8) return ALPHABET.charAt(byte % ALPHABET.length);
    }
  };
  const group = (): string => Array.from({ length: GROUP }, letter).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** What the portal recognises a code by: `scrypt$log2N$r$p$salt$key`. */
export const recognition = (code: string, salt: Uint8Array): Promise<string> =>
  new Promise((resolve, reject) => {
    const { log2N, r, p } = COST;
    const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
    scrypt(code, salt, KEY_BYTES, options, (error, key) =>
      error
        ? reject(error)
        : resolve(
            ['scrypt', log2N, r, p, Buffer.from(salt).toString('base64url'), key.toString('base64url')].join(
              '$',
            ),
          ),
    );
  });

/** A new code that holds for so many days. */
export async function newOneTimeCode(
  random: Random,
  today: LegalDate,
  validDays: number,
): Promise<OneTimeCode> {
  const code = newCode(random);
  const hash = await recognition(code, random(16));
  return { code, recognised: { hash, expiresOn: addDays(today, validDays) } };
}
