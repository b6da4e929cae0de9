import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

// OWASP's recommendation for scrypt; about 0.1 s on a desk's machine.
const COST = { N: 2 ** 16, r: 8, p: 2, maxmem: 192 * 1024 * 1024 };
const LENGTH = 32;

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, LENGTH, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });

/** What the desk keeps to recognise a password without the portal: `scrypt$salt$key`, base64. */
export async function passwordVerifier(password: string): Promise<string> {
  const salt = randomBytes(16);
  return ['scrypt', salt.toString('base64'), (await derive(password, salt)).toString('base64')].join('$');
}

export async function passwordAgrees(password: string, verifier: string): Promise<boolean> {
  const [kind, salt, key] = verifier.split('$');
  if (kind !== 'scrypt' || !salt || !key) return false;
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(key, 'base64'));
}
