import type { AccountPlan, AccountTarget, ActingFor, UserChange } from '../../contract/accounts.ts';
import type { FailureCode } from '../../contract/failures.ts';
import { judgeIco } from '../../values/ico.ts';
import { areDistinct, judgeExpiry, provesIdentity } from '../../values/identity-document.ts';
import { fromLegalDate } from '../../values/partial-date.ts';
import type { LegalDate } from '../../values/time.ts';
import type { AccountRules } from '../catalogue/catalogue.ts';
import { refutedChip } from '../identity/refuted.ts';
import type { IdentityRecord } from '../visits/record.ts';

/**
 * What can be seen at the desk to be wrong before anything is signed. The portal judges all of it anew; what it alone knows
 * (names that are taken, states, who acts for whom) it answers later.
 */
export function judgePlan(
  plan: AccountPlan,
  of: {
    rules: AccountRules;
    identity: Pick<IdentityRecord, 'actingAs' | 'concerns' | 'document' | 'refuted'>;
    today: LegalDate;
  },
): FailureCode | null {
  const { rules, identity, today } = of;
  const isOrganisations = 'acting' in plan && plan.acting !== null;
  // A citizen's account is opened and managed by the citizen in person.
  if (!isOrganisations && identity.concerns !== null) return 'account.in-person-only';
  if (
    'userName' in plan &&
    plan.userName !== null &&
    !new RegExp(rules.userName.pattern, 'u').test(plan.userName)
  )
    return 'account.user-name-wrong';
  if (plan.action === 'open-organisation' && judgeIco(plan.ico).verdict !== 'ok') return 'ico.check-digit';
  if (
    plan.action === 'correct' &&
    plan.userName === null &&
    plan.email === null &&
    plan.phone === null &&
    !plan.fromDocument
  )
    return 'account.nothing-changed';
  if (plan.action === 'merge' && sameTarget(plan.account, plan.dropped)) return 'account.merge-not-possible';
  if ('acting' in plan && plan.acting !== null) {
    const wrong = judgeActing(plan.acting, plan.action, { rules, identity, today });
    if (wrong) return wrong;
  }
  return 'users' in plan ? judgeUsers(plan.users, plan.action, rules) : null;
}

const sameTarget = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function judgeActing(
  acting: ActingFor,
  action: AccountPlan['action'],
  of: { rules: AccountRules; identity: Pick<IdentityRecord, 'document' | 'refuted'>; today: LegalDate },
): FailureCode | null {
  const { rules, identity, today } = of;
  if (acting.as === 'proxy') {
    const scope = rules.proxyScopes.find(({ code }) => code === acting.scope);
    if (!scope?.actions.includes(action)) return 'account.proxy-scope';
    return acting.validTo !== null && acting.validTo < today ? 'account.proxy-expired' : null;
  }
  const shown = acting.others.flatMap(({ how }) => (how.by === 'verified-here' ? [how.document] : []));
  for (const { kind, number, expiry } of shown) {
    const isExpired =
      judgeExpiry(expiry === null ? null : fromLegalDate(expiry), today).verdict === 'expired';
    if (!provesIdentity(kind) || isExpired || refutedChip(identity, number) !== null)
      return 'account.proof-insufficient';
  }
  const { document } = identity;
  return areDistinct([...(document ? [document] : []), ...shown]) ? null : 'account.document-twice';
}

function judgeUsers(
  users: readonly UserChange[],
  action: AccountPlan['action'],
  rules: AccountRules,
): FailureCode | null {
  const named = new Set(users.map(({ user }) => JSON.stringify(user)));
  if (named.size !== users.length) return 'account.user-twice';
  for (const { what, rights } of users) {
    if (what !== 'remove' && rights.length === 0) return 'account.rights-missing';
    if (!rights.every((right) => rules.rights.some(({ code }) => code === right)))
      return 'account.right-unknown';
  }
  // Of an account that is opened here all users are known here.
  const isWithout =
    action === 'open-organisation' && !users.some(({ rights }) => rights.includes(rules.administrator));
  return isWithout ? 'account.last-administrator' : null;
}

/** What may be said otherwise when a refused act is sent again. */
export type Change = {
  userName?: string | undefined;
  email?: string | undefined;
  despite?: string | undefined;
  account?: AccountTarget | undefined;
};

/**
 * Whether a change answers what the portal refused. Nothing else may be changed: what was signed about one account is not sent
 * about another. Only an account the portal does not know was named wrongly.
 */
export function mends(
  code: string,
  plan: AccountPlan,
  { userName, email, despite, account }: Change,
): boolean {
  if (account !== undefined && code !== 'account.unknown') return false;
  switch (code) {
    case 'account.user-name-taken':
    case 'account.user-name-wrong':
      return 'userName' in plan && userName !== undefined && userName !== plan.userName;
    case 'account.email-taken':
      return 'email' in plan && email !== undefined && email !== plan.email;
    case 'account.exists-already':
      return plan.action === 'open-person' && despite !== undefined;
    case 'account.unknown':
      return 'account' in plan && account !== undefined && !sameTarget(account, plan.account);
    default:
      return false;
  }
}

/** The slot of the attachments that a proxy's power of attorney lies in. */
export const POWER_SLOT = 'power-of-attorney';

/** Whether the paper has to be there: a proxy acts by it. */
export const needsPower = (plan: AccountPlan | undefined): boolean =>
  plan !== undefined && 'acting' in plan && plan.acting?.as === 'proxy';
