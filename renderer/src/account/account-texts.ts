import type { AccountPlan, AccountTarget, FoundAccount } from '../../../electron/contract/accounts.ts';
import { formatPartialDate } from '../../../electron/values/partial-date.ts';
import { displayName } from '../../../electron/values/person-name.ts';
import { day, dayAndTime } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';

/** What an account and an act about one say, line by line. */

type Line = { label: string; value: string };

export const targetText = (target: AccountTarget): string => {
  switch (target.by) {
    case 'found':
      return [target.registrationNumber, target.userName, target.name]
        .filter((part) => part !== null && part !== '')
        .join(', ');
    case 'user-name':
      return target.userName;
    case 'registration-number':
      return target.registrationNumber;
    case 'ico':
      return `IČO ${target.ico}`;
  }
};

const line = (label: string, value: string | null): Line[] =>
  value === null || value === '' ? [] : [{ label, value }];

export const accountLines = (account: FoundAccount): Line[] => [
  ...line(m.account_number(), account.registrationNumber),
  ...line(m.account_state(), named('account_state', account.state)),
  ...line(m.account_name(), account.name),
  ...line(m.visit_birth_date(), account.birthDate && formatPartialDate(account.birthDate)),
  ...line(m.account_user_name(), account.userName),
  ...line(m.account_email(), account.email),
  ...line(m.account_phone(), account.phone),
  ...line(m.account_registered_at(), dayAndTime(account.registeredAt)),
  ...line(m.account_activated_at(), account.activatedAt && dayAndTime(account.activatedAt)),
  ...line(m.account_merged_into(), account.mergedInto),
  ...line(m.account_member_of(), account.memberOf.map(({ name }) => name).join('; ')),
];

/** What was chosen and will be signed. `right`: a right by its name. */
export function planLines(plan: AccountPlan, right: (code: string) => string): Line[] {
  return [
    { label: m.account_action(), value: named('account_action', plan.action) },
    ...('account' in plan ? line(m.account_account(), targetText(plan.account)) : []),
    ...(plan.action === 'open-organisation'
      ? line(m.account_organisation(), [plan.name, `IČO ${plan.ico}`].filter(Boolean).join(', '))
      : []),
    ...('dropped' in plan ? line(m.account_dropped(), targetText(plan.dropped)) : []),
    ...('userName' in plan ? line(m.account_user_name(), plan.userName) : []),
    ...('email' in plan ? line(m.account_email(), plan.email) : []),
    ...('phone' in plan ? line(m.account_phone(), plan.phone) : []),
    ...('fromDocument' in plan && plan.fromDocument ? line(m.account_from_document(), m.visit_yes()) : []),
    ...('despite' in plan ? line(m.account_despite(), plan.despite) : []),
    ...('reason' in plan ? line(m.account_reason(), plan.reason) : []),
    ...('acting' in plan && plan.acting !== null ? actingLines(plan.acting) : []),
    ...('users' in plan
      ? plan.users.map(({ what, user, rights }) => ({
          label: named('account_user_what', what),
          value: [user.by === 'found' ? user.name : targetText(user), rights.map(right).join(', ')]
            .filter((part) => part !== '')
            .join(' – '),
        }))
      : []),
  ];
}

function actingLines(acting: NonNullable<Extract<AccountPlan, { acting: unknown }>['acting']>): Line[] {
  if (acting.as === 'proxy')
    return line(
      m.account_acting(),
      `${m.account_acting_proxy()}, ${acting.validTo === null ? m.account_power_endless() : m.account_power_to({ day: day(acting.validTo) })}`,
    );
  return [
    ...line(m.account_acting(), m.account_acting_statutory_body()),
    ...acting.others.map(({ name, how }) => ({
      label: m.account_other(),
      value: `${displayName(name)} – ${named('account_other_by', how.by)}`,
    })),
  ];
}
