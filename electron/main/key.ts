import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Failure, fail, type Result } from '../values/result.ts';
import type { Environment } from './environment.ts';
import { decideKey, type KeyRefusal } from './key-rules.ts';

/** The operating system's key store, as Electron's safeStorage offers it. */
export type SystemSecrets = {
  available(): boolean;
  wrap(text: string): Uint8Array;
  /** Throws when it was not wrapped by this key store. */
  unwrap(wrapped: Uint8Array): string;
};

export type StoreKey = { key: Uint8Array<ArrayBuffer>; keptIn: 'system' | 'file' };
export type KeyFailure = Failure<KeyRefusal | 'key.cannot-unwrap' | 'key.damaged'>;

const keyBytes = 32;

/** Brings a folder's names to the disk. */
export const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
};

/**
 * Writes a file that must not exist yet, readable by its owner only, on disk (file and folder) before it returns. It
 * appears whole or not at all: a half-written key would lock the store it belongs to.
 */
export const writeNew = (folder: string, name: string, bytes: Uint8Array): void => {
  const whole = join(folder, name);
  const part = `${whole}.new`;
  rmSync(part, { force: true });
  const file = openSync(part, 'wx', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // A link, not a rename: it fails where the name exists, so no key is ever overwritten.
  linkSync(part, whole);
  rmSync(part);
  syncFolder(folder);
};

const parseKey = (text: string): Uint8Array<ArrayBuffer> | null =>
  /^[0-9a-f]{64}$/.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : null;

const unwrapKey = (secrets: SystemSecrets, wrapped: Uint8Array): Result<StoreKey, KeyFailure> => {
  let text: string;
  try {
    text = secrets.unwrap(wrapped);
  } catch {
    return fail('key.cannot-unwrap');
  }
  const key = parseKey(text);
  return key ? { ok: true, value: { key, keptIn: 'system' } } : fail('key.damaged');
};

/**
 * The 32-byte key of the store in `folder`: from the operating system's key store (`key.wrapped`), or in training from
 * a file (`key.plain`, mode 0600) where there is none. Made on the first start. Nothing existing is ever overwritten.
 */
export const loadKey = (from: {
  folder: string;
  environment: Environment;
  secrets: SystemSecrets;
}): Result<StoreKey, KeyFailure> => {
  const { folder, environment, secrets } = from;
  const wrappedFile = join(folder, 'key.wrapped');
  const plainFile = join(folder, 'key.plain');
  const decision = decideKey({
    environment,
    systemKeepsSecrets: secrets.available(),
    wrappedKeyExists: existsSync(wrappedFile),
    plainKeyExists: existsSync(plainFile),
    storeExists: ['desk.db', 'desk.keycheck'].some((name) => existsSync(join(folder, name))),
  });
  switch (decision.step) {
    case 'refuse':
      return fail(decision.code);
    case 'unwrap':
      return unwrapKey(secrets, readFileSync(wrappedFile));
    case 'read-plain': {
      const key = parseKey(readFileSync(plainFile, 'utf8').trim());
      if (!key) return fail('key.damaged');
      chmodSync(plainFile, 0o600);
      return { ok: true, value: { key, keptIn: 'file' } };
    }
    case 'make-wrapped': {
      const key = randomBytes(keyBytes);
      writeNew(folder, 'key.wrapped', secrets.wrap(key.toString('hex')));
      return unwrapKey(secrets, readFileSync(wrappedFile));
    }
    case 'make-plain': {
      const key = randomBytes(keyBytes);
      writeNew(folder, 'key.plain', Buffer.from(key.toString('hex')));
      return { ok: true, value: { key: new Uint8Array(key), keptIn: 'file' } };
    }
  }
};
