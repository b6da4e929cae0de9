import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import * as accounts from '../../store/clerk-accounts.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { formatDateTime } from '../../values/time.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { afterWrongPassword } from './rules.ts';

/**
 * Judges a password against what the desk remembers. A try is counted as wrong before it is judged: of many sent at
 * once, none slips through before the first is counted.
 */
export async function againstMemory(
  { store, passwords }: Desk,
  account: accounts.ClerkAccount,
  password: string,
  now: Date,
): Promise<Result<null, ContractFailure>> {
  const lockedUntil = store.write((tx) => {
    const { failedCount, lockedUntil: until } = accounts.find(tx, account.id) ?? account;
    if (until && new Date(until) > now) return new Date(until);
    const attempts = afterWrongPassword(
      { failedCount, lockedUntil: null },
      centralSettings(tx).wrongPasswords,
      now,
    );
    accounts.saveAttempts(tx, account.id, {
      failedCount: attempts.failedCount,
      lockedUntil: attempts.lockedUntil?.toISOString() ?? null,
    });
    return null;
  });
  if (lockedUntil) return refuse('clerk.locked', { until: formatDateTime(lockedUntil) });
  if (account.verifier && (await passwords.agrees(password, account.verifier))) {
    store.write((tx) => accounts.saveAttempts(tx, account.id, { failedCount: 0, lockedUntil: null }));
    return ok(null);
  }
  return refuse('clerk.wrong-password');
}

/** Whoever is signed in proves it once more: to the portal, and to the desk alone while there is no line. */
export async function reauthenticate(
  desk: Desk,
  session: Session,
  password: string,
  now: Date,
): Promise<Result<null, ContractFailure>> {
  const answer = await desk.sync.signIn(session.username, password);
  if (answer.ok)
    // The user name may have passed to somebody else since.
    return answer.value.id === session.clerkId ? ok(null) : refuse('clerk.wrong-password');
  if (!answer.error.code.startsWith('line.')) return err(answer.error);
  const account = desk.store.read((tx) => accounts.find(tx, session.clerkId));
  if (!account?.verifier) return refuse('clerk.never-online');
  const until = new Date(session.offlineUntil);
  if (now > until) return refuse('clerk.offline-too-long', { until: formatDateTime(until) });
  return againstMemory(desk, account, password, now);
}
