import type { AccountPlan } from '../../contract/accounts.ts';
import type { RepresentedOrganisation } from '../../contract/person.ts';
import type { Text } from '../../contract/shared.ts';
import type { PortalAccount, PortalOrganisation } from '../../sync/answers.ts';
import type { AccountRules } from '../catalogue/catalogue.ts';
import type { IdentityRecord, Service } from '../visits/record.ts';
import { isSame, type Verified } from './same-person.ts';

/** For which organisations a person may act, put together of what is known in the visit. Pure. */

type Power = { ico: string; name: string; scope: string; validTo: string | null };

/** What of a service may say a power. */
export type PlannedService = Pick<Service, 'state'> & { record: { account: { plan: AccountPlan } | null } };

/** Powers of attorney said in services of the visit that were not given up. */
export function powersIn(services: readonly PlannedService[], concerns: IdentityRecord['concerns']): Power[] {
  const own = concerns?.kind === 'organisation' ? concerns : null;
  return services.flatMap(({ state, record }): Power[] => {
    const plan = record.account?.plan;
    if (state === 'refused' || state === 'withdrawn') return [];
    if (plan === undefined || !('acting' in plan) || plan.acting?.as !== 'proxy') return [];
    const ico = icoOf(plan) ?? own?.ico;
    if (ico === undefined) return [];
    const name = nameOf(plan) ?? (own?.ico === ico ? own.title : '');
    return [{ ico, name, scope: plan.acting.scope, validTo: plan.acting.validTo }];
  });
}

type ActingPlan = Extract<AccountPlan, { acting: unknown }>;
const icoOf = (plan: ActingPlan): string | undefined => {
  if (plan.action === 'open-organisation') return plan.ico;
  return plan.account.by === 'ico' ? plan.account.ico : undefined;
};
const nameOf = (plan: ActingPlan): string | undefined => {
  if ('name' in plan && plan.name !== null) return plan.name;
  return 'account' in plan && plan.account.by === 'found' ? plan.account.name : undefined;
};

/** What is known of whom the person acts for, before the register is asked. */
export type Known = {
  memberOf: PortalAccount['memberOf'];
  identity: Pick<IdentityRecord, 'actingAs' | 'concerns'>;
  powers: readonly Power[];
};

export const icosOf = ({ memberOf, identity: { concerns }, powers }: Known): string[] => [
  ...new Set([
    ...(concerns?.kind === 'organisation' ? [concerns.ico] : []),
    ...powers.map(({ ico }) => ico),
    ...memberOf.map(({ ico }) => ico),
  ]),
];

/** `told`: what the register and the portal say, by IČO; who is not in it was not asked about. */
export function organisationsOf(
  known: Known,
  of: {
    told: ReadonlyMap<string, PortalOrganisation>;
    verified: Verified;
    rules: Pick<AccountRules, 'rights' | 'proxyScopes'> | undefined;
  },
): RepresentedOrganisation[] {
  const { memberOf, identity, powers } = known;
  const { concerns } = identity;
  const titleOf = (list: readonly { code: string; title: Text }[] | undefined, code: string): Text =>
    list?.find((one) => one.code === code)?.title ?? { cs: code, en: code };
  return icosOf(known).map((ico) => {
    const entry = of.told.get(ico);
    const member = memberOf.find((one) => one.ico === ico);
    const own = powers.filter((one) => one.ico === ico);
    const here = concerns?.kind === 'organisation' && concerns.ico === ico ? concerns : null;
    const isMember = entry?.statutoryBody.members.some((one) => isSame(one, of.verified)) ?? false;
    return {
      ico,
      name: entry?.organisation.name ?? member?.name ?? here?.title ?? own[0]?.name ?? ico,
      rights: member ? member.rights.map((code) => titleOf(of.rules?.rights, code)) : null,
      statutoryBody: entry && isMember ? { together: entry.statutoryBody.together } : null,
      isRegisterAsked: entry !== undefined,
      inVisitAs: here === null ? null : identity.actingAs,
      powers: own.map(({ scope, validTo }) => ({
        scope: titleOf(of.rules?.proxyScopes, scope),
        validTo,
      })),
    };
  });
}
