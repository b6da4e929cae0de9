import { err, ok, type Result } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { type Database, inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { hashSecret, newToken } from '../secrets.ts';
import { passwordFits } from './passwords.ts';

/** Wrong passwords in a row from which the next try has to wait (2 s, 4 s, 8 s …), and from which all have to. */
export const SLOW_AFTER = 3;
export const LOCK_AFTER = 8;
export const LOCK_MS = 15 * 60_000;
// Failures older than this do not count any more.
const FORGET_MS = 24 * 3_600_000;

/** The form of a user name that is compared. */
export const usernameKey = (username: string): string => username.normalize('NFKC').trim().toLowerCase();

/** When the next try is allowed after so many wrong ones in a row, in milliseconds after the last. */
export function waitAfter(failures: number): number {
  if (failures >= LOCK_AFTER) return LOCK_MS;
  return failures >= SLOW_AFTER ? 1000 * 2 ** (failures - SLOW_AFTER + 1) : 0;
}

/** POST /clerk-sessions */
export function signInClerk(portal: Portal): DeskHandler<'signInClerk'> {
  const { db, clock, random } = portal;
  return async ({ body: { username, password } }, desk) => {
    const verified = await verifyClerk(portal, username, password);
    if (!verified.ok) return verified;
    return inTransaction(db, () => {
      const now = clock.now();
      const clerk = verified.value;
      const clerkToken = newToken(random);
      db.prepare(
        'INSERT INTO clerk_sessions (token_hash, clerk_id, desk_id, started_at) VALUES (?, ?, ?, ?)',
      ).run(hashSecret(clerkToken), clerk.id, desk.id, now.getTime());
      const body: Schemas['ClerkSession'] = { clerk, clerkToken, rolesAsOf: now.toISOString() };
      return ok({ status: 200, body });
    });
  };
}

/** Who it is that knows this password, with the roles the directory gives now; wrong tries are slowed and locked. */
export async function verifyClerk(
  { db, clock, checkClerk }: Portal,
  username: string,
  password: string,
): Promise<Result<Schemas['ClerkIdentity'], Refusal>> {
  const key = usernameKey(username);
  // Counted as wrong before it is judged: tries sent at once cannot all slip through before the first is counted.
  const allowed = inTransaction(db, () => countTry(db, key, clock.now().getTime()));
  if (!allowed.ok) return allowed;

  const account = db
    .prepare<[string], { clerk_id: string; password_hash: string }>(
      'SELECT clerk_id, password_hash FROM clerk_passwords WHERE username = ?',
    )
    .get(key);
  if (!(await passwordFits(password, account?.password_hash)) || account === undefined) {
    return err({ code: 'clerk.wrong-password' });
  }

  return inTransaction(db, () => {
    const now = clock.now();
    db.prepare('DELETE FROM sign_in_attempts WHERE username_hash = ?').run(hashSecret(key));
    const entry = checkClerk(readItem(db, 'clerks', account.clerk_id));
    if (!entry.ok || entry.value.blocked || isPast(entry.value.validTo, now))
      return err({ code: 'clerk.blocked' });
    const { blocked: _, ...clerk } = entry.value;
    return ok(clerk);
  });
}

const isPast = (validTo: string | undefined, now: Date): boolean =>
  validTo !== undefined && validTo < legalDate(now);

function countTry(db: Database, key: string, now: number): Result<null, Refusal> {
  db.prepare('DELETE FROM sign_in_attempts WHERE last_at < ?').run(now - FORGET_MS);
  // Tries for names that do not exist are counted too; a hash keeps mistyped passwords out of the table.
  const hash = hashSecret(key);
  const row = db
    .prepare<[string], { failures: number; last_at: number }>(
      'SELECT failures, last_at FROM sign_in_attempts WHERE username_hash = ?',
    )
    .get(hash);
  const failures = row?.failures ?? 0;
  const opensAt = (row?.last_at ?? 0) + waitAfter(failures);
  if (row !== undefined && now < opensAt) {
    return err({
      code: failures >= LOCK_AFTER ? 'clerk.locked' : 'clerk.too-soon',
      details: { until: new Date(opensAt).toISOString() },
      retryAfterSeconds: Math.ceil((opensAt - now) / 1000),
    });
  }
  db.prepare(
    `INSERT INTO sign_in_attempts (username_hash, failures, last_at) VALUES (?, 1, ?)
     ON CONFLICT (username_hash) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at`,
  ).run(hash, now);
  return ok(null);
}
