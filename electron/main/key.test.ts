import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Environment } from './environment.ts';
import { loadKey, type SystemSecrets } from './key.ts';
import { decideKey } from './key-rules.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'desk-key-'));

/** A key store of the operating system that knows one password. */
const keyring = (password: string): SystemSecrets => ({
  available: () => true,
  wrap: (text) => Buffer.from(`${password}:${text}`),
  unwrap: (wrapped) => {
    const text = Buffer.from(wrapped).toString();
    if (!text.startsWith(`${password}:`)) throw new Error('not wrapped by this key store');
    return text.slice(password.length + 1);
  },
});
const noKeyring: SystemSecrets = {
  available: () => false,
  wrap: () => {
    throw new Error('no key store');
  },
  unwrap: () => {
    throw new Error('no key store');
  },
};

const load = (folder: string, secrets: SystemSecrets, environment: Environment = 'training') =>
  loadKey({ folder, environment, secrets });

const situations = fc.record({
  environment: fc.constantFrom<Environment>('training', 'production'),
  systemKeepsSecrets: fc.boolean(),
  wrappedKeyExists: fc.boolean(),
  plainKeyExists: fc.boolean(),
  storeExists: fc.boolean(),
});

test('no new key is ever made where a store or a wrapped key exists', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const { step } = decideKey(situation);
      if (situation.storeExists || situation.wrappedKeyExists) expect(step).not.toMatch(/^make/);
    }),
  );
});

test('production neither makes nor reads a plain key', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      if (situation.environment === 'production') expect(decideKey(situation).step).not.toMatch(/plain$/);
    }),
  );
});

test('without a system key store nothing is unwrapped or wrapped', () => {
  fc.assert(
    fc.property(situations, (situation) => {
      if (!situation.systemKeepsSecrets) expect(decideKey(situation).step).not.toMatch(/wrap/);
    }),
  );
});

test('the first start makes a key in the system key store, the next one finds it', () => {
  const folder = newFolder();
  const first = load(folder, keyring('a'), 'production');
  expect(first).toMatchObject({ ok: true, value: { keptIn: 'system' } });
  expect(first.ok && first.value.key).toHaveLength(32);
  expect(load(folder, keyring('a'), 'production')).toEqual(first);
  expect(readdirSync(folder)).toEqual(['key.wrapped']);
});

test('a changed key store is told apart and nothing is overwritten', () => {
  const folder = newFolder();
  load(folder, keyring('a'));
  const before = readFileSync(join(folder, 'key.wrapped'));
  expect(load(folder, keyring('b'))).toEqual({ ok: false, error: { code: 'key.cannot-unwrap' } });
  expect(load(folder, noKeyring)).toEqual({ ok: false, error: { code: 'key.no-system-store' } });
  expect(readFileSync(join(folder, 'key.wrapped'))).toEqual(before);
  expect(readdirSync(folder)).toEqual(['key.wrapped']);
});

test('training without a system key store keeps the key in a file of its owner alone', () => {
  const folder = newFolder();
  const first = load(folder, noKeyring);
  expect(first).toMatchObject({ ok: true, value: { keptIn: 'file' } });
  const file = join(folder, 'key.plain');
  chmodSync(file, 0o644);
  expect(load(folder, noKeyring)).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(load(folder, keyring('a'))).toEqual(first);
});

test('production without a system key store refuses and makes nothing', () => {
  const folder = newFolder();
  expect(load(folder, noKeyring, 'production')).toEqual({
    ok: false,
    error: { code: 'key.no-system-store' },
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a store whose key is gone is not given a new one', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'desk.db'), 'anything');
  for (const secrets of [keyring('a'), noKeyring])
    expect(load(folder, secrets)).toEqual({ ok: false, error: { code: 'key.missing' } });
  expect(existsSync(join(folder, 'key.wrapped'))).toBe(false);
});

test('a key file that holds no key is reported, not replaced', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'key.plain'), 'short');
  expect(load(folder, noKeyring)).toEqual({ ok: false, error: { code: 'key.damaged' } });
  expect(readFileSync(join(folder, 'key.plain'), 'utf8')).toBe('short');
});
