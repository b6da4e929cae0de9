import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { AccountTarget, ActingFor, UserChange } from '../../contract/accounts.ts';
import type { Reader } from '../../store/open.ts';
import { legalDate } from '../../values/time.ts';
import { proofOf } from '../identity/proof.ts';
import { type Acting, actingClerk } from '../queue/enqueue.ts';
import type { AccountRecord, Service, Visit } from '../visits/record.ts';
import { POWER_SLOT } from './rules.ts';

type Schemas = components['schemas'];

/** What the portal is told of an act about an account. */
export function accountPayload(
  tx: Reader,
  visit: Visit,
  service: Service,
  record: AccountRecord,
  of: Acting & {
    acceptedAt: Date;
    officeId: string;
    offline: boolean;
    declarationNumber: string;
    replaces: string | null;
  },
): Schemas['AccountPayload'] {
  const { plan } = record;
  const proof = proofOf(tx, visit, { officeId: of.officeId, rolesAsOf: of.session.rolesAsOf });
  if (proof === null) throw new Error('an act about an account has a verified applicant');
  const act: Omit<Schemas['AccountAct'], 'action'> = {
    acceptedAt: of.acceptedAt.toISOString(),
    acceptedOn: legalDate(of.acceptedAt),
    acceptedBy: actingClerk(of),
    offline: of.offline,
    proof,
    declaration: {
      number: of.declarationNumber,
      signedAt: service.record.signedAt ?? of.acceptedAt.toISOString(),
    },
    ...(of.replaces !== null && { replaces: of.replaces }),
  };
  const power = service.record.attachments.find(({ slotId }) => slotId === POWER_SLOT)?.sha256 ?? '';
  switch (plan.action) {
    case 'open-person': {
      const { action, userName, email, phone, despite } = plan;
      return {
        ...act,
        action,
        accountId: newAccountOf(record),
        userName,
        email,
        credentials: codeOf(record),
        ...(phone !== null && { phone }),
        ...(despite !== null && { despite }),
      };
    }
    case 'activate':
    case 'renew':
      return {
        ...act,
        action: plan.action,
        account: referenceOf(plan.account),
        credentials: codeOf(record),
      };
    case 'correct': {
      const { action, account, userName, email, phone, fromDocument } = plan;
      return {
        ...act,
        action,
        account: referenceOf(account),
        fromDocument,
        ...(userName !== null && { userName }),
        ...(email !== null && { email }),
        ...(phone !== null && { phone }),
      };
    }
    case 'merge':
      return {
        ...act,
        action: plan.action,
        account: referenceOf(plan.account),
        dropped: referenceOf(plan.dropped),
        reason: plan.reason,
      };
    case 'open-organisation':
      return {
        ...act,
        action: plan.action,
        accountId: newAccountOf(record),
        ico: plan.ico,
        email: plan.email,
        acting: actingOf(plan.acting, power),
        users: plan.users.map(userOf),
      };
    case 'change-users':
      return {
        ...act,
        action: plan.action,
        account: referenceOf(plan.account),
        acting: actingOf(plan.acting, power),
        users: plan.users.map(userOf),
      };
    default:
      return {
        ...act,
        action: plan.action,
        account: referenceOf(plan.account),
        reason: plan.reason,
        ...(plan.acting !== null && { acting: actingOf(plan.acting, power) }),
      };
  }
}

function newAccountOf({ newAccountId }: AccountRecord): string {
  if (newAccountId === null) throw new Error('an account that is opened has its id by the acceptance');
  return newAccountId;
}

function codeOf({ code }: AccountRecord): Schemas['OneTimeCode'] {
  if (code === null) throw new Error('new credentials have their code by the acceptance');
  return code;
}

const referenceOf = (target: AccountTarget): Schemas['AccountReference'] => {
  switch (target.by) {
    case 'found':
      return { accountId: target.accountId };
    case 'user-name':
      return { userName: target.userName };
    case 'registration-number':
      return { registrationNumber: target.registrationNumber };
    case 'ico':
      return { ico: target.ico };
  }
};

const userOf = ({ what, user, rights }: UserChange): Schemas['UserChange'] => ({
  what,
  user: referenceOf(user),
  ...(what !== 'remove' && { rights }),
});

const documentOf = ({
  kind,
  number,
  expiry,
}: {
  kind: Schemas['DocumentKind'];
  number: string;
  expiry: string | null;
}): Schemas['ProofDocument'] => ({ kind, number, ...(expiry !== null && { expiry }) });

function actingOf(acting: ActingFor, power: string): Schemas['ActingForOrganisation'] {
  if (acting.as === 'proxy') {
    const { scope, validTo } = acting;
    return { as: acting.as, proxy: { scope, sha256: power, ...(validTo !== null && { validTo }) } };
  }
  return {
    as: acting.as,
    others: acting.others.map(({ name, birthDate, how }) => ({
      name,
      birthDate,
      how: how.by,
      ...(how.by === 'verified-here' ? { document: documentOf(how.document) } : { verifiedUnder: how.under }),
    })),
  };
}
