import type {
  AccountAction,
  AccountPlan,
  AccountTarget,
  ActingFor,
  FoundAccount,
  OtherMember,
  UserChange,
} from '../../../electron/contract/accounts.ts';
import type { CallOutput } from '../../../electron/contract/index.ts';
import type { Purpose } from '../../../electron/contract/looks.ts';
import { normalizeDocumentNumber } from '../../../electron/values/document-number.ts';
import { judgeIco } from '../../../electron/values/ico.ts';
import { type DocumentKind, provesIdentity } from '../../../electron/values/identity-document.ts';
import type { Failure, Result } from '../../../electron/values/result.ts';
import { err, ok } from '../../../electron/values/result.ts';
import { readDay } from '../i18n/format.ts';
import { emptyName, type NameDraft, optionalDate, type Problems, readName } from '../visit/person-draft.ts';

/** What the clerk has typed and chosen of an account, as it stands in the fields. */

export const findBys = ['applicant', 'user-name', 'email', 'registration-number'] as const;
export type FindBy = (typeof findBys)[number];
export type Organisation = CallOutput<'accounts.find-organisation'>;

export type OtherDraft = {
  name: NameDraft;
  birthDate: string;
  by: 'verified-here' | 'verified-signature';
  document: { kind: DocumentKind; number: string; expiry: string };
  under: string;
};
export type UserDraft = { what: UserChange['what']; user: AccountTarget; label: string; rights: string[] };

export type AccountDraft = {
  find: { by: FindBy; text: string; purpose: Purpose | null };
  /** Null until somebody looked. */
  found: readonly FoundAccount[] | null;
  action: AccountAction | null;
  /** The account that is meant: of those found, else as the person says. */
  accountId: string | null;
  droppedId: string | null;
  said: { by: 'user-name' | 'registration-number'; text: string };
  userName: string;
  email: string;
  phone: string;
  despite: string;
  reason: string;
  fromDocument: boolean;
  ico: string;
  organisation: Organisation | null;
  actingAs: ActingFor['as'];
  others: OtherDraft[];
  scope: string;
  validTo: string;
  users: UserDraft[];
};

export const emptyOther = (): OtherDraft => ({
  name: emptyName(),
  birthDate: '',
  by: 'verified-here',
  document: { kind: 'id-card', number: '', expiry: '' },
  under: '',
});

export const emptyAccount = (ico: string): AccountDraft => ({
  find: { by: 'applicant', text: '', purpose: null },
  found: null,
  action: null,
  accountId: null,
  droppedId: null,
  said: { by: 'user-name', text: '' },
  userName: '',
  email: '',
  phone: '',
  despite: '',
  reason: '',
  fromDocument: false,
  ico,
  organisation: null,
  actingAs: 'statutory-body',
  others: [],
  scope: '',
  validTo: '',
  users: [],
});

export const isLiving = ({ state }: FoundAccount): boolean => state !== 'ended' && state !== 'merged';

export const targetOf = ({ accountId, registrationNumber, name, userName }: FoundAccount): AccountTarget => ({
  by: 'found',
  accountId,
  registrationNumber,
  name,
  userName,
});

const MISSING: Failure = { code: 'form.required' };
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE = /^\+?[0-9 ]{9,20}$/;

type Found = Record<string, Failure>;
const tidy = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

function needed(text: string, field: string, problems: Found): string {
  const read = tidy(text);
  if (read === '') problems[field] = MISSING;
  return read;
}

function userNameOf(text: string, pattern: string, problems: Found): string {
  const read = needed(text, 'userName', problems).toLowerCase();
  if (read !== '' && !new RegExp(pattern, 'u').test(read))
    problems.userName = { code: 'account.user-name-wrong' };
  return read;
}

function emailOf(text: string, problems: Found): string {
  const read = needed(text, 'email', problems);
  if (read !== '' && !EMAIL.test(read)) problems.email = { code: 'form.format' };
  return read;
}

function phoneOf(text: string, problems: Found): string | null {
  const read = tidy(text);
  if (read === '') return null;
  if (!PHONE.test(read)) problems.phone = { code: 'form.format' };
  return read;
}

/** Which account is meant: the chosen one of those found, else as it was typed. */
export function accountOf(draft: AccountDraft, problems: Found): AccountTarget {
  const found = draft.found?.find(({ accountId }) => accountId === draft.accountId);
  if (found !== undefined) return targetOf(found);
  const text = needed(draft.said.text, 'said', problems);
  if (draft.said.by === 'user-name') return { by: 'user-name', userName: text.toLowerCase() };
  const number = text.toUpperCase();
  if (text !== '' && !/^U-\d{4}-\d{6}$/.test(number)) problems.said = { code: 'form.format' };
  return { by: 'registration-number', registrationNumber: number };
}

function otherOf(draft: OtherDraft, index: number, problems: Found): OtherMember | null {
  const prefix = `other${index}.`;
  const name = readName(draft.name, prefix, problems);
  const birthDate = optionalDate(draft.birthDate, `${prefix}birthDate`, problems);
  if (draft.birthDate.trim() === '') problems[`${prefix}birthDate`] = MISSING;
  if (draft.by === 'verified-signature') {
    const under = needed(draft.under, `${prefix}under`, problems);
    return name && birthDate && { name, birthDate, how: { by: draft.by, under } };
  }
  const number = normalizeDocumentNumber(draft.document.number);
  if (number === '') problems[`${prefix}number`] = { code: 'document-number.empty' };
  if (!provesIdentity(draft.document.kind))
    problems[`${prefix}kind`] = { code: 'account.proof-insufficient' };
  const typed = draft.document.expiry.trim();
  const expiry = typed === '' ? null : readDay(typed);
  if (typed !== '' && expiry === null) problems[`${prefix}expiry`] = { code: 'form.date' };
  const document = { kind: draft.document.kind, number, expiry };
  return name && birthDate && { name, birthDate, how: { by: draft.by, document } };
}

function actingOf(draft: AccountDraft, problems: Found): ActingFor {
  if (draft.actingAs === 'proxy') {
    const scope = needed(draft.scope, 'scope', problems);
    const typed = draft.validTo.trim();
    const validTo = typed === '' ? null : readDay(typed);
    if (typed !== '' && validTo === null) problems.validTo = { code: 'form.date' };
    return { as: 'proxy', scope, validTo };
  }
  // Known from the register before anything is signed; without a line only the portal knows.
  if (1 + draft.others.length < (draft.organisation?.together ?? 1))
    problems.actingAs = { code: 'account.others-missing' };
  return {
    as: 'statutory-body',
    others: draft.others.flatMap((other, index) => otherOf(other, index, problems) ?? []),
  };
}

function usersOf(draft: AccountDraft, administrator: string, problems: Found): UserChange[] {
  const users = draft.users.map(({ what, user, rights }) => ({ what, user, rights: [...rights] }));
  const known = draft.organisation?.account?.users;
  if (users.length === 0) problems.newUser = MISSING;
  else if (known !== undefined) {
    const untouched = known.filter(
      ({ accountId }) => !users.some(({ user }) => user.by === 'found' && user.accountId === accountId),
    );
    // Who is removed has no rights left.
    if (![...untouched, ...users].some(({ rights }) => rights.includes(administrator)))
      problems.newUser = { code: 'account.last-administrator' };
  }
  return users;
}

/** The organisation's account, found with the register or known by its number only. */
function ofOrganisation(draft: AccountDraft, problems: Found): { account: AccountTarget; ico: string } {
  const judged = judgeIco(draft.ico);
  if (judged.normal === null || judged.verdict !== 'ok')
    problems.ico = { code: judged.reasons[0] ?? 'ico.shape' };
  const ico = judged.normal ?? '';
  const account = draft.organisation?.account;
  return { account: account ? targetOf(account) : { by: 'ico', ico }, ico };
}

type Judged = {
  holder: 'person' | 'organisation';
  /** What a user name looks like. */
  pattern: string;
  /** The right of whoever manages an organisation's users. */
  administrator: string;
  needsDespite: boolean;
};

/** What is to be done, or what is wrong with which field. */
export function readPlan(draft: AccountDraft, of: Judged): Result<AccountPlan, Problems> {
  const problems: Found = {};
  const plan = planOf(draft, of, problems);
  return Object.keys(problems).length > 0 || plan === null ? err(problems) : ok(plan);
}

function planOf(draft: AccountDraft, of: Judged, problems: Found): AccountPlan | null {
  const { action } = draft;
  switch (action) {
    case null:
      problems.action = MISSING;
      return null;
    case 'open-person':
      return {
        action,
        userName: userNameOf(draft.userName, of.pattern, problems),
        email: emailOf(draft.email, problems),
        phone: phoneOf(draft.phone, problems),
        despite: of.needsDespite ? needed(draft.despite, 'despite', problems) : null,
      };
    case 'activate':
    case 'renew':
      return { action, account: accountOf(draft, problems) };
    case 'correct':
      return {
        action,
        account: accountOf(draft, problems),
        userName: tidy(draft.userName) === '' ? null : userNameOf(draft.userName, of.pattern, problems),
        email: tidy(draft.email) === '' ? null : emailOf(draft.email, problems),
        phone: phoneOf(draft.phone, problems),
        fromDocument: draft.fromDocument,
      };
    case 'merge': {
      const [kept, dropped] = [draft.accountId, draft.droppedId].map((id) =>
        draft.found?.find(({ accountId }) => accountId === id),
      );
      if (kept === undefined) problems.kept = MISSING;
      if (dropped === undefined || dropped === kept) problems.dropped = MISSING;
      const reason = needed(draft.reason, 'reason', problems);
      return kept && dropped ? { action, account: targetOf(kept), dropped: targetOf(dropped), reason } : null;
    }
    case 'open-organisation': {
      const { ico } = ofOrganisation(draft, problems);
      return {
        action,
        ico,
        name: draft.organisation?.name ?? null,
        email: emailOf(draft.email, problems),
        acting: actingOf(draft, problems),
        users: usersOf(draft, of.administrator, problems),
      };
    }
    case 'change-users':
      return {
        action,
        account: ofOrganisation(draft, problems).account,
        name: draft.organisation?.name ?? null,
        acting: actingOf(draft, problems),
        users: usersOf(draft, of.administrator, problems),
      };
    default: {
      const isPersons = of.holder === 'person';
      return {
        action,
        account: isPersons ? accountOf(draft, problems) : ofOrganisation(draft, problems).account,
        reason: needed(draft.reason, 'reason', problems),
        acting: isPersons ? null : actingOf(draft, problems),
      };
    }
  }
}

/** What may be done with an account in its state, of what the service offers. */
export function actionsFor(
  state: FoundAccount['state'] | null,
  offered: readonly AccountAction[],
): AccountAction[] {
  const fitting: Record<FoundAccount['state'], readonly AccountAction[]> = {
    registered: ['activate', 'correct', 'end'],
    active: ['change-users', 'block', 'renew', 'correct', 'end'],
    blocked: ['unblock', 'correct', 'end'],
    ended: [],
    merged: [],
  };
  return offered.filter((action) => state === null || fitting[state].includes(action));
}
