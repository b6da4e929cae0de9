import type { z } from 'zod';
import type { AccountOutcome, AccountView, FoundAccount } from '../../contract/accounts.ts';
import type { PrintView } from '../../contract/outputs.ts';
import { settledAccount } from '../../store/inbox.ts';
import type { Reader } from '../../store/open.ts';
import { accountSettled, type PortalAccount } from '../../sync/answers.ts';
import { displayName } from '../../values/person-name.ts';
import type { AccountRecord } from '../visits/record.ts';

/** An account of the portal as the window shows it. */
export const foundAccountOf = (account: PortalAccount): FoundAccount => ({
  accountId: account.accountId,
  registrationNumber: account.registrationNumber,
  kind: account.kind,
  state: account.state,
  name: account.person ? displayName(account.person.name) : (account.organisation?.name ?? ''),
  userName: account.userName ?? null,
  email: account.email ?? null,
  phone: account.phone ?? null,
  birthDate: account.person?.birthDate ?? null,
  ico: account.organisation?.ico ?? null,
  registeredAt: account.registeredAt,
  activatedAt: account.activatedAt ?? null,
  mergedInto: account.mergedInto ?? null,
  users: account.users.map((user) => ({ ...user, userName: user.userName ?? null })),
  memberOf: account.memberOf,
});

const settledOf = (answer: z.output<typeof accountSettled>, at: string): AccountOutcome =>
  answer.result === 'done'
    ? { result: 'done', at, account: foundAccountOf(answer.account) }
    : { result: 'refused', at, code: answer.code };

/** What the portal answered to the last of what was sent; null while it has not. */
export function outcomeOf(tx: Reader, { effectIds }: AccountRecord): AccountOutcome | null {
  const last = effectIds.at(-1);
  const settled = last === undefined ? undefined : settledAccount(tx, last);
  const answer = settled && accountSettled.safeParse(settled.account);
  return settled && answer?.success ? settledOf(answer.data, settled.at) : null;
}

export const accountViewOf = (
  tx: Reader,
  record: AccountRecord,
  prints: (documentId: string | null) => PrintView[],
): AccountView => ({
  plan: record.plan,
  outcome: outcomeOf(tx, record),
  sentAgain: Math.max(0, record.effectIds.length - 1),
  prints: [...record.documentIds.flatMap(prints), ...prints(record.confirmationId)],
  confirmed: record.confirmationId !== null,
});
