import { uuidv7 } from '../../electron/values/ids.ts';
import { err, ok, type Result } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { OpenHandler, Schemas } from '../api.ts';
import { hashPassword, passwordFits } from '../clerks/passwords.ts';
import { inTransaction } from '../database.ts';
import type { Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { accountRules } from './settings.ts';
import {
  insertAccount,
  keyOf,
  livingWithEmail,
  ON_LINE,
  setPassword,
  tryCode,
  useCode,
  withUserName,
} from './table.ts';

/** What citizens do with their accounts by themselves, at no desk. */

/** How many wrong tries a one-time code stands. */
export const MOST_TRIES = 5;

/** Registers a citizen, who then comes to a desk to be verified; the number by which the desk finds the account too. */
export async function register(
  portal: Portal,
  { userName, email, phone, name, birthDate, password }: Schemas['Registration'],
): Promise<Result<string, Refusal>> {
  const { db, clock, random } = portal;
  if (!new RegExp(accountRules(portal).userName.pattern, 'u').test(keyOf(userName)))
    return err({ code: 'registration.user-name-wrong' });
  const hash = await hashPassword(password, random);
  return inTransaction(db, (): Result<string, Refusal> => {
    if (withUserName(db, userName) !== undefined) return err({ code: 'registration.user-name-taken' });
    if (livingWithEmail(db, email) !== undefined) return err({ code: 'registration.email-taken' });
    const at = clock.now().getTime();
    const id = uuidv7({ now: () => at, random });
    const person = birthDate === undefined ? { name } : { name, birthDate };
    const row = insertAccount(db, { id, kind: 'person', userName, email, phone, person, at }, ON_LINE);
    setPassword(db, row, hash, at);
    return ok(row.number);
  });
}

/** The code as it was made, from what somebody typed off the letter. */
function readCode(typed: string): string {
  const signs = typed.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return signs.match(/.{1,4}/g)?.join('-') ?? '';
}

/**
 * Sets a password with the code of a letter. Whoever has not the code learns nothing: not whether there is such an account, and
 * not whether it has a code.
 */
export async function redeem(
  portal: Portal,
  { userName, code: typed, password }: Schemas['CodeRedemption'],
): Promise<Result<null, Refusal>> {
  const { db, clock, random } = portal;
  const row = withUserName(db, userName);
  const code = row === undefined ? null : inTransaction(db, () => tryCode(db, row.id, MOST_TRIES));
  const isRight = await passwordFits(readCode(typed), code?.hash);
  if (row === undefined || code === null || !isRight) return err({ code: 'code.refused' });
  if (code.expires_on < legalDate(clock.now())) return err({ code: 'code.expired' });
  const hash = await hashPassword(password, random);
  return inTransaction(db, (): Result<null, Refusal> => {
    if (!useCode(db, code)) return err({ code: 'code.refused' });
    setPassword(db, row, hash, clock.now().getTime());
    return ok(null);
  });
}

/** POST /registrations */
export const registerAccount =
  (portal: Portal): OpenHandler<'registerAccount'> =>
  async ({ body }) => {
    const registered = await register(portal, body);
    return registered.ok ? ok({ status: 201, body: { registrationNumber: registered.value } }) : registered;
  };

/** POST /code-redemptions */
export const redeemCode =
  (portal: Portal): OpenHandler<'redeemCode'> =>
  async ({ body }) => {
    const redeemed = await redeem(portal, body);
    return redeemed.ok ? ok({ status: 204, body: undefined }) : redeemed;
  };
