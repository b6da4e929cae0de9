import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '../secrets.ts';

// RFC 7914; 32 MiB and three rounds, one of the settings OWASP lists for interactive sign-in.
const COST = 15;
const BLOCK = 8;
const PARALLEL = 3;
const KEY_BYTES = 32;

const derive = (password: string, salt: Uint8Array, log2N: number, r: number, p: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

const write = (log2N: number, r: number, p: number, salt: Uint8Array, key: Uint8Array): string =>
  [
    'scrypt',
    log2N,
    r,
    p,
    Buffer.from(salt).toString('base64url'),
    Buffer.from(key).toString('base64url'),
  ].join('$');

/** What is stored of a password: `scrypt$log2N$r$p$salt$key`. */
export async function hashPassword(password: string, random: Random): Promise<string> {
  const salt = random(16);
  return write(COST, BLOCK, PARALLEL, salt, await derive(password, salt, COST, BLOCK, PARALLEL));
}

/**
 * Whether the password is the stored one. Without a stored one it is not, and the work is the same, so that the
 * time of the answer does not tell which user names exist.
 */
export async function passwordFits(password: string, stored: string | undefined): Promise<boolean> {
  const parts =
    stored === undefined ? null : /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (parts === null) {
    await derive(password, new Uint8Array(16), COST, BLOCK, PARALLEL);
    return false;
  }
  const [, log2N, r, p, salt = '', key = ''] = parts;
  const expected = Buffer.from(key, 'base64url');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), Number(log2N), Number(r), Number(p));
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}
