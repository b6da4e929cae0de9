import type { Desk, Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';
import { directoryOf, isInService } from '../intake/directory.ts';
import { isTooWeakForAccount } from '../intake/strength.ts';
import type { Portal } from '../portal.ts';
import type { Entry } from './register.ts';
import { hasAdministrator, isInTime, isOwnAccount, isSamePerson, proves, whyNotActing } from './rules.ts';
import { accountRules } from './settings.ts';
import { type AccountEvent, nextState, whyNot } from './states.ts';
import {
  addProof,
  bornIn,
  change,
  type Doer,
  endMemberships,
  find,
  insertAccount,
  isLiving,
  keyOf,
  livingWithEmail,
  livingWithIco,
  membersOf,
  move,
  onlyOneWith,
  personOf,
  type Row,
  replaceCode,
  setMembers,
  setMergedInto,
  takeOverMemberships,
  viewOf,
  withUserName,
} from './table.ts';

type Payload = Schemas['AccountPayload'];
type Code = Schemas['AccountRefusal'];
type Outcome = Schemas['AccountOutcome'];

/** Leaves an act whose rules do not hold, before anything of it was written. */
class Refused extends Error {
  readonly code: Code;

  constructor(code: Code) {
    super(code);
    this.code = code;
  }
}

const refuseIf = (code: Code | null | false): void => {
  if (code) throw new Refused(code);
};

/**
 * Carries out an act about an account, once its effect and contents are here, by the portal's own rules: the desk is not
 * trusted with any. What does not hold changes nothing and is told. In the intake's transaction.
 */
export function performAct(
  portal: Portal,
  desk: Desk,
  { id: effectId, visitId }: { id: string; visitId: string },
  act: Payload,
): Outcome {
  try {
    refuseIf(whyNotClerk(portal, desk, act));
    const isProofed = isInTime(act) && proves(act.proof.document, act.acceptedOn);
    refuseIf(!isProofed && 'account.proof-insufficient');
    const isTooWeak = isTooWeakForAccount(portal.db, { deskId: desk.id, visitId }, act.action);
    refuseIf(isTooWeak && 'account.identity-too-weak');
    const row = carryOut(portal, act, { deskId: desk.id, clerkId: act.acceptedBy.clerkId, effectId });
    return { action: act.action, result: 'done', account: viewOf(portal.db, row) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { action: act.action, result: 'refused', code: thrown.code };
    throw thrown;
  }
}

/** The clerk who acted, and the one who verified, hold a role at the office the desk belongs to. */
function whyNotClerk(portal: Portal, desk: Desk, { acceptedBy, acceptedOn, proof }: Payload): Code | null {
  const directory = directoryOf(portal);
  const holds = ({ clerkId, role }: Schemas['ActingClerk']): boolean => {
    const clerk = directory.clerk(clerkId);
    const isOfCounter = role === 'clerk' || role === 'supervisor';
    return (
      clerk !== null &&
      isInService(clerk, acceptedOn) &&
      isOfCounter &&
      clerk.officeId === desk.officeId &&
      clerk.roles.includes(role)
    );
  };
  const isOwnOffice = proof.officeId === desk.officeId;
  return isOwnOffice && holds(acceptedBy) && holds(proof.verifiedBy) ? null : 'account.clerk-not-permitted';
}

function carryOut(portal: Portal, act: Payload, by: Doer): Row {
  switch (act.action) {
    case 'open-person':
      return openPerson(portal, act, by);
    case 'activate':
      return activate(portal, act, by);
    case 'open-organisation':
      return openOrganisation(portal, act, by);
    case 'change-users':
      return changeUsers(portal, act, by);
    case 'correct':
      return correct(portal, act, by);
    case 'renew':
      return renew(portal, act, by);
    case 'merge':
      return merge(portal, act, by);
    default:
      return changeState(portal, act, by);
  }
}

const nowOf = ({ clock }: Portal): number => clock.now().getTime();

function found(db: Database, reference: Schemas['AccountReference']): Row {
  const row = find(db, reference);
  if (row === undefined) throw new Refused('account.unknown');
  return row;
}

function mayCome(row: Row, event: AccountEvent): void {
  refuseIf(nextState(row.state, event) === null && whyNot(row.state, event));
}

/** A person acts about an own account only. */
const isOwn = (row: Row, { person }: Schemas['IdentityProof'], how?: { isRenamed: boolean }): boolean =>
  isOwnAccount(personOf(row), person, how);

function openPerson(portal: Portal, act: Schemas['OpenPersonAct'], by: Doer): Row {
  const { db } = portal;
  const { proof, userName, email } = act;
  refuseIf(!isUserName(portal, userName) && 'account.user-name-wrong');
  const same = bornIn(db, proof.person.birthDate.year).filter((row) => {
    const { name, birthDate } = personOf(row);
    return isLiving(row) && birthDate !== undefined && isSamePerson({ name, birthDate }, proof.person);
  });
  const isThere = find(db, { accountId: act.accountId }) !== undefined;
  refuseIf((isThere || (same.length > 0 && act.despite === undefined)) && 'account.exists-already');
  refuseIf(withUserName(db, userName) !== undefined && 'account.user-name-taken');
  refuseIf(livingWithEmail(db, email) !== undefined && 'account.email-taken');
  const at = nowOf(portal);
  const registered = insertAccount(
    db,
    { id: act.accountId, kind: 'person', userName, email, phone: act.phone, person: proof.person, at },
    by,
  );
  addProof(db, registered.id, proof, by);
  replaceCode(db, registered.id, act.credentials, at);
  return move(db, registered, 'activate', at, by);
}

const isUserName = (portal: Portal, text: string): boolean =>
  new RegExp(accountRules(portal).userName.pattern, 'u').test(keyOf(text));

function activate(portal: Portal, act: Schemas['ActivateAct'], by: Doer): Row {
  const { db } = portal;
  const row = found(db, act.account);
  refuseIf(row.kind !== 'person' && 'account.unknown');
  mayCome(row, 'activate');
  refuseIf(!isOwn(row, act.proof) && 'account.person-differs');
  const at = nowOf(portal);
  addProof(db, row.id, act.proof, by);
  // The password is whoever's that registered it, and that may have been anybody.
  replaceCode(db, row.id, act.credentials, at);
  // From here on the account is whose the document says.
  change(db, row, { person: act.proof.person });
  return move(db, row, 'activate', at, by);
}

function entryOf(portal: Portal, ico: string): Entry {
  const entry = portal.organisations(ico);
  if (entry === null) throw new Refused('account.ico-unknown');
  return entry;
}

/** Whoever was proofed may act for the organisation; in which capacity is kept with the act. */
function mayAct(
  portal: Portal,
  entry: Entry,
  act: Payload & { acting?: Schemas['ActingForOrganisation'] },
  { effectId }: Doer,
): void {
  const { acting } = act;
  refuseIf(
    whyNotActing(acting, {
      proofed: { ...act.proof.person, document: act.proof.document },
      body: entry.statutoryBody,
      scopes: accountRules(portal).proxyScopes,
      action: act.action,
      on: act.acceptedOn,
    }),
  );
  // A power of attorney is known only when it came with the act.
  const isWithPower =
    acting?.as !== 'proxy' ||
    statement(portal.db, 'SELECT 1 FROM effect_blobs WHERE effect_id = ? AND sha256 = ?').get(
      effectId,
      acting.proxy?.sha256 ?? '',
    ) !== undefined;
  refuseIf(!isWithPower && 'account.not-allowed-to-act');
}

function keepMandate(
  db: Database,
  organisation: Row,
  { as: capacity, proxy }: Schemas['ActingForOrganisation'],
  effectId: string,
): void {
  statement(
    db,
    'INSERT INTO account_mandates (effect_id, organisation_id, capacity, scope, valid_to) VALUES (?, ?, ?, ?, ?)',
  ).run(
    effectId,
    organisation.id,
    capacity,
    capacity === 'proxy' ? (proxy?.scope ?? null) : null,
    capacity === 'proxy' ? (proxy?.validTo ?? null) : null,
  );
}

function mandated(db: Database, row: Row, acting: Schemas['ActingForOrganisation'], by: Doer): void {
  if (by.effectId !== null) keepMandate(db, row, acting, by.effectId);
}

/** The users of an organisation after the changes; each named one has an active account of their own. */
function changed(
  portal: Portal,
  before: ReadonlyMap<string, readonly string[]>,
  changes: readonly Schemas['UserChange'][],
): Map<string, readonly string[]> {
  const { administrator, rights: known } = accountRules(portal);
  const members = new Map(before);
  for (const { what, user, rights = [] } of changes) {
    const row = find(portal.db, user);
    if (row === undefined || row.kind !== 'person') throw new Refused('account.user-unknown');
    refuseIf(!rights.every((right) => known.some(({ code }) => code === right)) && 'account.right-unknown');
    if (what === 'remove') {
      refuseIf(!members.has(row.id) && 'account.user-unknown');
      members.delete(row.id);
      continue;
    }
    refuseIf(row.state !== 'active' && 'account.user-not-active');
    refuseIf(what === 'change' && !members.has(row.id) && 'account.user-unknown');
    members.set(row.id, rights);
  }
  refuseIf(!hasAdministrator(members, administrator) && 'account.last-administrator');
  return members;
}

function openOrganisation(portal: Portal, act: Schemas['OpenOrganisationAct'], by: Doer): Row {
  const { db } = portal;
  const entry = entryOf(portal, act.ico);
  mayAct(portal, entry, act, by);
  const isThere = find(db, { accountId: act.accountId }) ?? livingWithIco(db, act.ico);
  refuseIf(isThere !== undefined && 'account.exists-already');
  refuseIf(livingWithEmail(db, act.email) !== undefined && 'account.email-taken');
  const members = changed(portal, new Map(), act.users);
  const at = nowOf(portal);
  const registered = insertAccount(
    db,
    {
      id: act.accountId,
      kind: 'organisation',
      ico: act.ico,
      organisation: entry.organisation,
      email: act.email,
      at,
    },
    by,
  );
  addProof(db, registered.id, act.proof, by);
  mandated(db, registered, act.acting, by);
  setMembers(db, registered.id, members, at, by.effectId);
  return move(db, registered, 'activate', at, by);
}

function ofOrganisation(portal: Portal, act: Payload & { account: Schemas['AccountReference'] }): Row {
  const row = found(portal.db, act.account);
  refuseIf(row.ico === null && 'account.unknown');
  return row;
}

function changeUsers(portal: Portal, act: Schemas['ChangeUsersAct'], by: Doer): Row {
  const { db } = portal;
  const row = ofOrganisation(portal, act);
  mayAct(portal, entryOf(portal, row.ico ?? ''), act, by);
  mayCome(row, 'change-users');
  const members = changed(portal, membersOf(db, row.id), act.users);
  const at = nowOf(portal);
  addProof(db, row.id, act.proof, by);
  mandated(db, row, act.acting, by);
  setMembers(db, row.id, members, at, by.effectId);
  return move(db, row, 'change-users', at, by);
}

function correct(portal: Portal, act: Schemas['CorrectAct'], by: Doer): Row {
  const { db } = portal;
  const row = found(db, act.account);
  const { userName, email, phone } = act;
  refuseIf(row.kind !== 'person' && 'account.unknown');
  refuseIf(!isOwn(row, act.proof, { isRenamed: act.fromDocument === true }) && 'account.person-differs');
  mayCome(row, 'correct');
  if (userName !== undefined && keyOf(userName) !== row.user_name) {
    refuseIf(!isUserName(portal, userName) && 'account.user-name-wrong');
    refuseIf(withUserName(db, userName) !== undefined && 'account.user-name-taken');
  }
  const holder = email === undefined ? undefined : livingWithEmail(db, email);
  refuseIf(holder !== undefined && holder.id !== row.id && 'account.email-taken');
  addProof(db, row.id, act.proof, by);
  change(db, row, {
    userName,
    email,
    phone,
    person: act.fromDocument === true ? act.proof.person : undefined,
  });
  return move(db, row, 'correct', nowOf(portal), by);
}

function renew(portal: Portal, act: Schemas['RenewAct'], by: Doer): Row {
  const { db } = portal;
  const row = found(db, act.account);
  refuseIf(row.kind !== 'person' && 'account.unknown');
  refuseIf(!isOwn(row, act.proof) && 'account.person-differs');
  mayCome(row, 'renew');
  const at = nowOf(portal);
  addProof(db, row.id, act.proof, by);
  replaceCode(db, row.id, act.credentials, at);
  return move(db, row, 'renew', at, by);
}

/** Two accounts of one person become one. Decided by people, never by the portal: it only sees to it that it can be. */
function merge(portal: Portal, act: Schemas['MergeAct'], by: Doer): Row {
  const { db } = portal;
  const kept = found(db, act.account);
  const dropped = found(db, act.dropped);
  refuseIf(
    (kept.id === dropped.id || kept.kind !== 'person' || dropped.kind !== 'person') &&
      'account.merge-not-possible',
  );
  refuseIf(!(isOwn(kept, act.proof) && isOwn(dropped, act.proof)) && 'account.person-differs');
  mayCome(kept, 'take-over');
  mayCome(dropped, 'merge');
  const at = nowOf(portal);
  addProof(db, kept.id, act.proof, by);
  takeOverMemberships(db, dropped, kept, at, by.effectId);
  setMergedInto(db, dropped, kept);
  move(db, dropped, 'merge', at, by);
  return move(db, kept, 'take-over', at, by);
}

function changeState(portal: Portal, act: Schemas['ChangeStateAct'], by: Doer): Row {
  const { db } = portal;
  const row = found(db, act.account);
  if (row.ico === null) refuseIf(!isOwn(row, act.proof) && 'account.person-differs');
  else mayAct(portal, entryOf(portal, row.ico), act, by);
  mayCome(row, act.action);
  const { administrator } = accountRules(portal);
  // Nobody leaves an organisation without an administrator by ending the own account.
  refuseIf(
    act.action === 'end' && onlyOneWith(db, row.id, administrator).length > 0 && 'account.last-administrator',
  );
  const at = nowOf(portal);
  addProof(db, row.id, act.proof, by);
  if (row.ico !== null && act.acting) mandated(db, row, act.acting, by);
  if (act.action === 'end')
    row.ico === null
      ? endMemberships(db, row.id, at, by.effectId)
      : setMembers(db, row.id, new Map(), at, by.effectId);
  return move(db, row, act.action, at, by);
}
