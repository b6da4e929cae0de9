import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** How dear it is to try one password. */
export type PasswordCost = { N: number; r: number; p: number };

// OWASP's recommendation for scrypt; some tenths of a second on a desk's machine.
export const DESK_COST: PasswordCost = { N: 2 ** 16, r: 8, p: 2 };
const LENGTH = 32;

/** How the desk recognises a password without the portal. */
export type Passwords = {
  /** What it keeps of one: `scrypt$salt$key`, base64. */
  verifierOf(password: string): Promise<string>;
  agrees(password: string, verifier: string): Promise<boolean>;
};

export function passwordsAt({ N, r, p }: PasswordCost): Passwords {
  const derive = (password: string, salt: Buffer): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const options = { N, r, p, maxmem: 256 * N * r };
      scrypt(password.normalize('NFC'), salt, LENGTH, options, (error, key) =>
        error ? reject(error) : resolve(key),
      );
    });
  return {
    verifierOf: async (password) => {
      const salt = randomBytes(16);
      const key = await derive(password, salt);
      return ['scrypt', salt.toString('base64'), key.toString('base64')].join('$');
    },
    agrees: async (password, verifier) => {
      const [kind, salt, key] = verifier.split('$');
      if (kind !== 'scrypt' || !salt || !key) return false;
      return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(key, 'base64'));
    },
  };
}
