import type { AccountAction, AccountPlan, AccountTarget, FoundAccount } from '../../contract/accounts.ts';
import type { Session } from '../../contract/clerks.ts';
import type {
  AccountActivationData,
  AccountChangeData,
  AccountCredentialsData,
  AccountDeclarationData,
  AccountOrganisationData,
  AccountReceiptData,
  PrintedRow,
  PrintedUser,
} from '../../documents/template-data.ts';
import type { Reader } from '../../store/open.ts';
import { makesCode } from '../../values/account-code.ts';
import { formatPartialDate } from '../../values/partial-date.ts';
import { displayName } from '../../values/person-name.ts';
import { formatDate, legalDate } from '../../values/time.ts';
import { type AccountRules, accountRules } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { documentText, ownNumber, ownOffice, printedParty } from '../outputs/data.ts';
import type { AccountRecord, Service, Visit } from '../visits/record.ts';

/** What stands on the papers of accounts. Papers are Czech whatever the window speaks. */

const actionWords: Readonly<Record<AccountAction, string>> = {
  'open-person': 'zaregistrovat a aktivovat účet občana',
  activate: 'aktivovat účet zaregistrovaný na portálu',
  'open-organisation': 'zřídit účet organizace',
  'change-users': 'změnit uživatele účtu organizace',
  correct: 'opravit údaje účtu',
  renew: 'vydat nové přístupové údaje',
  merge: 'sloučit dva účty téže osoby',
  block: 'zablokovat účet',
  unblock: 'odblokovat účet',
  end: 'ukončit účet',
};

const doneTitles: Partial<Record<AccountAction, string>> = {
  correct: 'Potvrzení o opravě údajů účtu',
  renew: 'Potvrzení o vydání nových přístupových údajů',
  merge: 'Potvrzení o sloučení účtů',
  block: 'Potvrzení o zablokování účtu',
  unblock: 'Potvrzení o odblokování účtu',
  end: 'Potvrzení o ukončení účtu',
};

const stateWords: Readonly<Record<FoundAccount['state'], string>> = {
  registered: 'zaregistrován, neaktivovaný',
  active: 'aktivní',
  blocked: 'zablokovaný',
  ended: 'ukončený',
  merged: 'sloučený s jiným účtem',
};

const changeWords = { add: 'nově', change: 'změna práv', remove: 'odebrat' } as const;

const targetWords = (target: AccountTarget): string => {
  switch (target.by) {
    case 'found':
      return [target.registrationNumber, target.userName, target.name].filter(Boolean).join(', ');
    case 'user-name':
      return target.userName;
    case 'registration-number':
      return target.registrationNumber;
    case 'ico':
      return `IČO ${target.ico}`;
  }
};

const row = (label: string, value: string | null | undefined): PrintedRow[] =>
  value === null || value === undefined || value === '' ? [] : [{ label, value }];

/** What is asked for, line by line. */
function rowsOf(plan: AccountPlan): PrintedRow[] {
  const asked = row('Úkon', actionWords[plan.action]);
  switch (plan.action) {
    case 'open-person':
      return [
        ...asked,
        ...row('Uživatelské jméno', plan.userName),
        ...row('E-mail', plan.email),
        ...row('Telefon', plan.phone),
        ...row('Důvod dalšího účtu téže osoby', plan.despite),
      ];
    case 'activate':
    case 'renew':
      return [...asked, ...row('Účet', targetWords(plan.account))];
    case 'correct':
      return [
        ...asked,
        ...row('Účet', targetWords(plan.account)),
        ...row('Nové uživatelské jméno', plan.userName),
        ...row('Nový e-mail', plan.email),
        ...row('Nový telefon', plan.phone),
        ...row('Jméno a adresa', plan.fromDocument ? 'převzít z předloženého dokladu' : null),
      ];
    case 'merge':
      return [
        ...asked,
        ...row('Zůstává účet', targetWords(plan.account)),
        ...row('Zaniká účet', targetWords(plan.dropped)),
        ...row('Důvod', plan.reason),
      ];
    case 'open-organisation':
      return [
        ...asked,
        ...row('Organizace', plan.name ?? 'název doplní portál podle rejstříku'),
        ...row('IČO', plan.ico),
        ...row('E-mail', plan.email),
        ...powerRows(plan),
      ];
    case 'change-users':
      return [...asked, ...row('Účet', plan.name ?? targetWords(plan.account)), ...powerRows(plan)];
    default:
      return [
        ...asked,
        ...row('Účet', targetWords(plan.account)),
        ...row('Důvod', plan.reason),
        ...powerRows(plan),
      ];
  }
}

const actingOf = (plan: AccountPlan) => ('acting' in plan ? plan.acting : null);

function powerRows(plan: AccountPlan): PrintedRow[] {
  const acting = actingOf(plan);
  return acting?.as === 'proxy'
    ? row('Plná moc platí do', acting.validTo === null ? 'neurčeno' : formatDate(acting.validTo))
    : [];
}

function capacityOf(plan: AccountPlan, rules: AccountRules | undefined): string | null {
  const acting = actingOf(plan);
  if (acting === null) return null;
  if (acting.as === 'proxy') {
    const scope = rules?.proxyScopes.find(({ code }) => code === acting.scope)?.title.cs;
    return ['zmocněnec', scope].filter(Boolean).join(' – ');
  }
  return acting.others.length > 0
    ? 'člen statutárního orgánu, společně s dalšími'
    : 'člen statutárního orgánu, samostatně';
}

const rightsWords = (rights: readonly string[], rules: AccountRules | undefined): string =>
  rights.map((right) => rules?.rights.find(({ code }) => code === right)?.title.cs ?? right).join(', ');

/** Users as they are to be changed. */
function changedUsers(plan: AccountPlan, rules: AccountRules | undefined): PrintedUser[] {
  if (!('users' in plan)) return [];
  return plan.users.map(({ what, user, rights }) => ({
    name: user.by === 'found' ? user.name : `účet ${targetWords(user)}`,
    account: user.by === 'found' ? user.registrationNumber : targetWords(user),
    rights: what === 'remove' ? changeWords.remove : `${changeWords[what]}: ${rightsWords(rights, rules)}`,
  }));
}

const withUsers = (title: string, users: PrintedUser[]) =>
  users.length > 0 ? { usersTitle: title, users } : {};

function planOf(service: Service): { record: AccountRecord; plan: AccountPlan } {
  const { account } = service.record;
  if (!account) throw new Error('papers of an account say what was chosen');
  return { record: account, plan: account.plan };
}

function partyOf(visit: Visit) {
  const { applicant } = visit.identity;
  if (!applicant) throw new Error('papers of an account name a verified applicant');
  return printedParty(applicant);
}

export function declarationData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  documentId: string,
  now: Date,
): AccountDeclarationData {
  const own = ownOffice(desk, tx);
  const { plan } = planOf(service);
  const rules = accountRules(tx);
  const acting = actingOf(plan);
  const others = acting?.as === 'statutory-body' ? acting.others : [];
  const capacity = capacityOf(plan, rules);
  const { document } = visit.identity;
  return {
    desk: own.printed,
    document: { number: ownNumber(documentId) },
    service: { title: service.definition.title.cs },
    applicant: partyOf(visit),
    identityDocument: document ? documentText(document.kind, document.number) : '',
    ...(capacity !== null && { capacity }),
    ...(others.length > 0 && {
      others: others.map(({ name, birthDate, how }) => ({
        name: displayName(name),
        birthDate: formatPartialDate(birthDate),
        how:
          how.by === 'verified-here'
            ? `totožnost ověřena zde: ${documentText(how.document.kind, how.document.number)}`
            : `úředně ověřený podpis: ${how.under}`,
      })),
    }),
    signatories: others
      .filter(({ how }) => how.by === 'verified-here')
      .map(({ name }) => ({ name: displayName(name) })),
    rows: rowsOf(plan),
    ...withUsers('Uživatelé účtu', changedUsers(plan, rules)),
    ...(makesCode(plan.action) && { isOpening: true }),
    place: own.place,
    date: legalDate(now),
  };
}

export function receiptData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; now: Date; session: Session; contentHash: string; offline: boolean },
): AccountReceiptData {
  const own = ownOffice(desk, tx);
  const { plan } = planOf(service);
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    service: { title: service.definition.title.cs },
    applicant: partyOf(visit),
    rows: rowsOf(plan),
    ...withUsers('Uživatelé účtu', changedUsers(plan, accountRules(tx))),
    acceptedAt: of.now.toISOString(),
    ...(of.offline && { offline: true }),
    ...(makesCode(plan.action) && { hasCode: true }),
    contentHash: of.contentHash,
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

/** What a person types to sign in, as far as the desk knows it. */
const loginOf = (account: AccountTarget): string =>
  ('userName' in account ? account.userName : null) ?? targetWords(account);

/** The letter with the one-time code. What it says is erased as soon as the visit is handed over. */
export function credentialsData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; code: string; expiresOn: string; offline: boolean; now: Date; session: Session },
): AccountCredentialsData {
  const { plan } = planOf(service);
  return {
    desk: ownOffice(desk, tx).printed,
    document: { number: ownNumber(of.documentId) },
    name: partyOf(visit).name,
    account: plan.action === 'open-person' ? plan.userName : 'account' in plan ? loginOf(plan.account) : '–',
    code: of.code,
    expiresOn: of.expiresOn,
    ...(of.offline && { offline: true }),
    issuedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
  };
}

/** The template of a confirmation, and what it says: what the portal answered, never what was asked for only. */
export function confirmationOf(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; account: FoundAccount; doneAt: string; now: Date; session: Session },
):
  | { template: 'account-activation'; data: AccountActivationData }
  | { template: 'account-change'; data: AccountChangeData }
  | { template: 'account-organisation'; data: AccountOrganisationData } {
  const own = ownOffice(desk, tx);
  const { plan } = planOf(service);
  const rules = accountRules(tx);
  const { account } = of;
  const common = {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    account: {
      number: account.registrationNumber,
      state: stateWords[account.state],
      ...(account.userName !== null && { userName: account.userName }),
      ...(account.email !== null && { email: account.email }),
    },
    doneAt: of.doneAt,
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
  if (account.kind === 'organisation' && account.state === 'active')
    return {
      template: 'account-organisation',
      data: {
        ...common,
        organisation: { name: account.name, ico: account.ico ?? '' },
        applicant: partyOf(visit),
        capacity: capacityOf(plan, rules) ?? '',
        usersTitle: 'Uživatelé účtu',
        users: account.users.map(({ name, registrationNumber, rights }) => ({
          name,
          account: registrationNumber,
          rights: rightsWords(rights, rules),
        })),
      },
    };
  if (plan.action === 'open-person' || plan.action === 'activate')
    return {
      template: 'account-activation',
      data: { ...common, applicant: partyOf(visit), verifiedBy: own.printed.officeName },
    };
  return {
    template: 'account-change',
    data: {
      ...common,
      title: doneTitles[plan.action] ?? 'Potvrzení o změně účtu',
      holder: account.name,
      rows: rowsOf(plan),
      ...(plan.action === 'end' && { isEnd: true }),
    },
  };
}
