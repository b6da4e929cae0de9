import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../values/result.ts';
import type { Environment } from './environment.ts';
import { type KeyFailure, type SystemSecrets, syncFolder, writeNew } from './key.ts';

/** The desk's signing key as a 32-byte seed, and the one that is to take its place. */
export type SigningSeeds = { current: Uint8Array<ArrayBuffer>; next: Uint8Array<ArrayBuffer> | null };

type Kept = { folder: string; environment: Environment; secrets: SystemSecrets };
type Name = 'signing' | 'signing.next';

const seedBytes = 32;
const isSeed = /^[0-9a-f]{64}$/;

const parse = (text: string): Result<Uint8Array<ArrayBuffer>, KeyFailure> =>
  isSeed.test(text) ? ok(new Uint8Array(Buffer.from(text, 'hex'))) : fail('key.damaged');

function read(
  { folder, environment, secrets }: Kept,
  name: Name,
): Result<Uint8Array<ArrayBuffer> | null, KeyFailure> {
  const wrapped = join(folder, `${name}.wrapped`);
  const plain = join(folder, `${name}.plain`);
  if (existsSync(wrapped)) {
    if (!secrets.available()) return fail('key.no-system-store');
    let text: string;
    try {
      text = secrets.unwrap(readFileSync(wrapped));
    } catch {
      return fail('key.cannot-unwrap');
    }
    return parse(text);
  }
  if (environment !== 'training' || !existsSync(plain)) return ok(null);
  chmodSync(plain, 0o600);
  return parse(readFileSync(plain, 'utf8').trim());
}

function make(kept: Kept, name: Name): Result<Uint8Array<ArrayBuffer>, KeyFailure> {
  const { folder, environment, secrets } = kept;
  const text = randomBytes(seedBytes).toString('hex');
  if (secrets.available()) writeNew(folder, `${name}.wrapped`, secrets.wrap(text));
  else if (environment === 'training') writeNew(folder, `${name}.plain`, Buffer.from(text));
  else return fail('key.no-system-store');
  const made = read(kept, name);
  if (!made.ok) return made;
  return made.value === null ? fail('key.damaged') : ok(made.value);
}

/**
 * The key the desk signs its log with: wrapped by the operating system's key store (`signing.wrapped`), or in training in a
 * file (`signing.plain`, mode 0600) where there is none. Made on the first start, and again when it was lost: the portal
 * takes a new one only when its administrator permits.
 */
export function loadSigningKey(kept: Kept): Result<SigningSeeds, KeyFailure> {
  const found = read(kept, 'signing');
  if (!found.ok) return found;
  const current = found.value === null ? make(kept, 'signing') : ok(found.value);
  if (!current.ok) return current;
  const next = read(kept, 'signing.next');
  return next.ok ? ok({ current: current.value, next: next.value }) : next;
}

/** Makes and keeps the key that is to take the current one's place; gives the same one until it has. */
export function nextSigningKey(kept: Kept): Result<Uint8Array<ArrayBuffer>, KeyFailure> {
  const known = read(kept, 'signing.next');
  if (!known.ok) return known;
  return known.value === null ? make(kept, 'signing.next') : ok(known.value);
}

/** Puts the next key in the current one's place; the current one is gone from then on. */
export function adoptSigningKey({ folder }: Pick<Kept, 'folder'>): void {
  for (const kind of ['wrapped', 'plain']) {
    const next = join(folder, `signing.next.${kind}`);
    if (existsSync(next)) renameSync(next, join(folder, `signing.${kind}`));
  }
  syncFolder(folder);
}
