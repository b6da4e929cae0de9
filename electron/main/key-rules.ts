import type { Environment } from './environment.ts';

/** What is known before the store's key is touched. */
export type KeySituation = {
  environment: Environment;
  /** The operating system keeps secrets for us, for real (not in plain text). */
  systemKeepsSecrets: boolean;
  wrappedKeyExists: boolean;
  plainKeyExists: boolean;
  storeExists: boolean;
};

export type KeyRefusal = 'key.no-system-store' | 'key.missing';

export type KeyStep =
  | { step: 'unwrap' }
  | { step: 'read-plain' }
  | { step: 'make-wrapped' }
  | { step: 'make-plain' }
  | { step: 'refuse'; code: KeyRefusal };

/**
 * Where the store's key comes from. A new key is made only where no store exists: a new key for an old store would not
 * open it and would hide that the right one is gone. A plain key file is read in training only.
 */
export const decideKey = (situation: KeySituation): KeyStep => {
  const { environment, systemKeepsSecrets, wrappedKeyExists, plainKeyExists, storeExists } = situation;
  if (!systemKeepsSecrets && (wrappedKeyExists || environment === 'production'))
    return { step: 'refuse', code: 'key.no-system-store' };
  if (wrappedKeyExists) return { step: 'unwrap' };
  if (plainKeyExists && environment === 'training') return { step: 'read-plain' };
  if (storeExists) return { step: 'refuse', code: 'key.missing' };
  return { step: systemKeepsSecrets ? 'make-wrapped' : 'make-plain' };
};
