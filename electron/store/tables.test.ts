import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as accounts from './clerk-accounts.ts';
import * as commands from './commands.ts';
import * as inbox from './inbox.ts';
import type { Store } from './open.ts';
import * as sessions from './sessions.ts';
import * as settings from './settings.ts';
import { temporaryStore } from './testing/temporary-store.ts';

let store: Store;
let remove: () => void;
beforeEach(() => {
  ({ store, remove } = temporaryStore());
});
afterEach(() => remove());

const at = '2026-04-01T08:00:00.000Z';
const later = '2026-04-01T09:00:00.000Z';

it('settings are kept with who set them last', () => {
  const setting = {
    key: 'desk',
    value: { language: 'cs', printer: null },
    changedAt: at,
    changedBy: 'clerk-1',
  };
  store.write((tx) => settings.save(tx, setting));
  store.write((tx) => settings.save(tx, { ...setting, value: { language: 'en' }, changedBy: 'clerk-2' }));
  expect(store.read((tx) => settings.find(tx, 'desk'))).toEqual({
    ...setting,
    value: { language: 'en' },
    changedBy: 'clerk-2',
  });
  expect(store.read((tx) => settings.find(tx, 'other'))).toBeUndefined();
});

it('the result of a command is found by its id, saved once, and forgotten in time', () => {
  const saved = {
    id: 'command-1',
    name: 'visits.open',
    clerkId: null,
    inputHash: Buffer.alloc(32, 1),
    result: '{"ok":true}',
    at,
  };
  store.write((tx) => commands.save(tx, saved));
  expect(store.read((tx) => commands.find(tx, 'command-1'))).toEqual(saved);
  expect(() => store.write((tx) => commands.save(tx, saved))).toThrow();
  expect(store.write((tx) => commands.forgetBefore(tx, at))).toBe(0);
  expect(store.write((tx) => commands.forgetBefore(tx, later))).toBe(1);
  expect(store.read((tx) => commands.find(tx, 'command-1'))).toBeUndefined();
});

it('an answer is kept once, however often it comes', () => {
  const answer = {
    sequence: 3,
    effectId: 'e',
    kind: 'reference-number',
    at,
    body: '{"referenceNumber":"MUKT/1/2026"}',
  };
  expect(store.write((tx) => inbox.add(tx, answer, later))).toBe(true);
  expect(store.write((tx) => inbox.add(tx, answer, later))).toBe(false);
  store.write((tx) => inbox.add(tx, { ...answer, sequence: 2, kind: 'received', body: '{}' }, later));
  expect(store.read((tx) => inbox.answersTo(tx, 'e'))).toMatchObject([
    { sequence: 2, kind: 'received', referenceNumber: null },
    { sequence: 3, kind: 'reference-number', referenceNumber: 'MUKT/1/2026' },
  ]);
});

describe('clerks', () => {
  const account: accounts.ClerkAccount = {
    id: 'clerk-1',
    username: 'novakova',
    name: { titlesBefore: 'Mgr.', givenNames: 'Žofie', surname: 'Nováková' },
    roles: ['clerk', 'supervisor'],
    competences: ['verification'],
    officeId: 'klatovy',
    verifier: null,
    verifiedAt: null,
    failedCount: 0,
    lockedUntil: null,
  };

  it('are known by id and by user name, which may pass to another', () => {
    store.write((tx) => accounts.save(tx, account));
    store.write((tx) => accounts.saveAttempts(tx, 'clerk-1', { failedCount: 3, lockedUntil: later }));
    expect(store.read((tx) => accounts.findByUsername(tx, 'novakova'))).toEqual({
      ...account,
      failedCount: 3,
      lockedUntil: later,
    });
    store.write((tx) => accounts.save(tx, { ...account, id: 'clerk-2' }));
    expect(store.read((tx) => accounts.find(tx, 'clerk-1'))).toBeUndefined();
    expect(store.read((tx) => accounts.findByUsername(tx, 'novakova'))?.id).toBe('clerk-2');
  });

  it('sign in, are locked and unlocked, sign out', () => {
    const keyHash = 'ab'.repeat(32);
    const session = {
      keyHash,
      clerkId: 'clerk-1',
      roles: account.roles,
      competences: account.competences,
      rolesAsOf: at,
      signedInAt: at,
      mode: 'online' as const,
    };
    const found = () => store.read((tx) => sessions.find(tx, keyHash));
    store.write((tx) => sessions.start(tx, session));
    expect(found()).toEqual({ ...session, lastSeenAt: at, lockedAt: null, endedAt: null });
    store.write((tx) => sessions.lock(tx, keyHash, later));
    store.write((tx) => sessions.touch(tx, keyHash, later));
    expect(found()).toMatchObject({ lockedAt: later, lastSeenAt: at });
    store.write((tx) => sessions.unlock(tx, keyHash, later));
    expect(found()).toMatchObject({ lockedAt: null, lastSeenAt: later });
    store.write((tx) => sessions.end(tx, keyHash, later));
    expect(found()?.endedAt).toBe(later);
    store.write((tx) => sessions.start(tx, { ...session, clerkId: 'clerk-2' }));
    expect(found()).toMatchObject({ clerkId: 'clerk-2', endedAt: null });
  });
});
