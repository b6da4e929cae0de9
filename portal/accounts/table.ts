import { displayName } from '../../electron/values/person-name.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';
import { type AccountEvent, type AccountState, nextState } from './states.ts';

type Person = Pick<Schemas['NaturalPerson'], 'name' | 'birthDate' | 'address' | 'citizenship'>;

/** An account as the portal keeps it. */
export type Row = {
  id: string;
  number: string;
  kind: Schemas['AccountKind'];
  state: AccountState;
  user_name: string | null;
  email: string;
  phone: string | null;
  ico: string | null;
  /** The person, or the organisation as the register had it. */
  holder: string;
  registered_at: number;
  activated_at: number | null;
  merged_into: string | null;
};

/** What an account is found by in any writing: e-mails and user names have no case. */
export const keyOf = (text: string): string => text.normalize('NFC').trim().toLowerCase();

export type NewAccount = {
  id: string;
  email: string;
  phone?: string | undefined;
  at: number;
} & (
  | { kind: 'person'; userName: string; person: Person }
  | { kind: 'organisation'; ico: string; organisation: Schemas['Organisation'] }
);

/** Who did something to an account, for its history. */
export type Doer = { deskId: string | null; clerkId: string | null; effectId: string | null };

/** Whoever does it for themselves, at no desk. */
export const ON_LINE: Doer = { deskId: null, clerkId: null, effectId: null };

/** Opens an account as registered and gives it the next number of the year. */
export function insertAccount(db: Database, account: NewAccount, by: Doer): Row {
  const year = Number(legalDate(new Date(account.at)).slice(0, 4));
  const sequence =
    1 +
    (statement<[number], { last: number | null }>(
      db,
      'SELECT max(sequence) AS last FROM accounts WHERE year = ?',
    ).get(year)?.last ?? 0);
  const number = `U-${year}-${String(sequence).padStart(6, '0')}`;
  statement(
    db,
    `INSERT INTO accounts (id, number, year, sequence, kind, state, user_name, email, phone, ico, holder, registered_at)
     VALUES (?, ?, ?, ?, ?, 'registered', ?, ?, ?, ?, ?, ?)`,
  ).run(
    account.id,
    number,
    year,
    sequence,
    account.kind,
    account.kind === 'person' ? keyOf(account.userName) : null,
    keyOf(account.email),
    account.phone ?? null,
    account.kind === 'organisation' ? account.ico : null,
    JSON.stringify(account.kind === 'person' ? account.person : account.organisation),
    account.at,
  );
  addHistory(db, account.id, { event: 'register', from: null, to: 'registered', at: account.at }, by);
  return mustFind(db, account.id);
}

function addHistory(
  db: Database,
  accountId: string,
  of: {
    event: AccountEvent | 'register' | 'set-password';
    from: AccountState | null;
    to: AccountState;
    at: number;
  },
  { deskId, clerkId, effectId }: Doer,
): void {
  statement(
    db,
    `INSERT INTO account_history (account_id, event, from_state, to_state, at, desk_id, clerk_id, effect_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(accountId, of.event, of.from, of.to, of.at, deskId, clerkId, effectId);
}

/** Lets an event come to an account whose state was judged before; the history tells it. */
export function move(db: Database, row: Row, event: AccountEvent, at: number, by: Doer): Row {
  const to = nextState(row.state, event);
  if (to === null) throw new Error(`accounts: ${event} cannot come to what is ${row.state}`);
  if (to !== row.state)
    statement(
      db,
      `UPDATE accounts SET state = ?, activated_at = CASE WHEN ? = 'activate' THEN ? ELSE activated_at END WHERE id = ?`,
    ).run(to, event, at, row.id);
  // What is not active is not opened with a letter that lies about; unblocked, it gets a new one.
  if (to !== 'active') statement(db, 'DELETE FROM account_codes WHERE account_id = ?').run(row.id);
  if (!LIVING.has(to)) forgetPassword(db, row.id);
  addHistory(db, row.id, { event, from: row.state, to, at }, by);
  return mustFind(db, row.id);
}

/** The record of a proofing: who was verified, when, by which means and document, by which clerk of which office. */
export function addProof(db: Database, accountId: string, proof: Schemas['IdentityProof'], by: Doer): void {
  statement(
    db,
    `INSERT INTO account_proofs (account_id, at, means, document_kind, document_number, issuer, office_id, clerk_id, role,
       desk_id, effect_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    accountId,
    Date.parse(proof.verifiedAt),
    proof.means,
    proof.document.kind,
    proof.document.number,
    proof.document.issuer ?? null,
    proof.officeId,
    proof.verifiedBy.clerkId,
    proof.verifiedBy.role,
    by.deskId,
    by.effectId,
  );
}

/** A new one-time code; those before it hold no more, nor does a password set before. */
export function replaceCode(
  db: Database,
  accountId: string,
  { hash, expiresOn }: Schemas['OneTimeCode'],
  at: number,
): void {
  statement(db, 'DELETE FROM account_codes WHERE account_id = ?').run(accountId);
  forgetPassword(db, accountId);
  statement(db, 'INSERT INTO account_codes (account_id, hash, expires_on, made_at) VALUES (?, ?, ?, ?)').run(
    accountId,
    hash,
    expiresOn,
    at,
  );
}

export type Code = { account_id: string; hash: string; expires_on: string };

/**
 * The code of an account for one more try, which is counted before it is made, so that tries at once are no more than tries
 * after each other. Null when there is none or it had its tries.
 */
export function tryCode(db: Database, accountId: string, most: number): Code | null {
  const counted = statement(
    db,
    'UPDATE account_codes SET tries = tries + 1 WHERE account_id = ? AND tries < ?',
  ).run(accountId, most);
  if (counted.changes === 0) return null;
  return (
    statement<[string], Code>(
      db,
      'SELECT account_id, hash, expires_on FROM account_codes WHERE account_id = ?',
    ).get(accountId) ?? null
  );
}

/** Uses a code up; false when another used it first, or it was replaced meanwhile. */
export const useCode = (db: Database, { account_id, hash }: Code): boolean =>
  statement(db, 'DELETE FROM account_codes WHERE account_id = ? AND hash = ?').run(account_id, hash)
    .changes === 1;

/** Keeps what recognises a password its owner set; the history tells when. */
export function setPassword(db: Database, row: Row, hash: string, at: number): void {
  statement(
    db,
    `INSERT INTO account_passwords (account_id, hash, set_at) VALUES (?, ?, ?)
     ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`,
  ).run(row.id, hash, at);
  addHistory(db, row.id, { event: 'set-password', from: row.state, to: row.state, at }, ON_LINE);
}

const forgetPassword = (db: Database, accountId: string): void =>
  void statement(db, 'DELETE FROM account_passwords WHERE account_id = ?').run(accountId);

export type Changes = {
  userName?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  person?: Person | undefined;
};

export function change(db: Database, { id }: Row, { userName, email, phone, person }: Changes): void {
  statement(
    db,
    `UPDATE accounts SET user_name = coalesce(?, user_name), email = coalesce(?, email), phone = coalesce(?, phone),
       holder = coalesce(?, holder) WHERE id = ?`,
  ).run(
    userName === undefined ? null : keyOf(userName),
    email === undefined ? null : keyOf(email),
    phone ?? null,
    person === undefined ? null : JSON.stringify(person),
    id,
  );
}

export const setMergedInto = (db: Database, dropped: Row, kept: Row): void =>
  void statement(db, 'UPDATE accounts SET merged_into = ? WHERE id = ?').run(kept.id, dropped.id);

const byColumn =
  (column: string) =>
  (db: Database, value: string): Row[] =>
    statement<[string], Row>(
      db,
      // The living ones first, of which there are few; of those that ended there may be any number.
      `SELECT * FROM accounts WHERE ${column} = ?
       ORDER BY state IN ('registered', 'active', 'blocked') DESC, registered_at LIMIT 10`,
    ).all(value);
const byId = byColumn('id');
const byNumber = byColumn('number');
const byUserName = byColumn('user_name');
const byEmail = byColumn('email');
const byIco = byColumn('ico');

const LIVING: ReadonlySet<AccountState> = new Set(['registered', 'active', 'blocked']);
export const isLiving = ({ state }: Row): boolean => LIVING.has(state);
const livingFirst = (rows: Row[]): Row | undefined => rows.find(isLiving) ?? rows.at(-1);

export function find(db: Database, of: Schemas['AccountReference']): Row | undefined {
  if (of.accountId !== undefined) return byId(db, of.accountId)[0];
  if (of.userName !== undefined) return byUserName(db, keyOf(of.userName))[0];
  if (of.registrationNumber !== undefined) return byNumber(db, of.registrationNumber)[0];
  // An organisation that ended its account may have opened another.
  return of.ico === undefined ? undefined : livingFirst(byIco(db, of.ico));
}

export function mustFind(db: Database, id: string): Row {
  const row = byId(db, id)[0];
  if (row === undefined) throw new Error('An account that was just written is not there.');
  return row;
}

/** Accounts by what a person says of theirs. Numbers are typed from papers: case does not matter. */
export const search = {
  userName: (db: Database, text: string): Row[] => byUserName(db, keyOf(text)),
  email: (db: Database, text: string): Row[] => byEmail(db, keyOf(text)),
  registrationNumber: (db: Database, text: string): Row[] => byNumber(db, text.trim().toUpperCase()),
};

export const withUserName = (db: Database, userName: string): Row | undefined =>
  byUserName(db, keyOf(userName))[0];
export const livingWithEmail = (db: Database, email: string): Row | undefined =>
  byEmail(db, keyOf(email)).find(isLiving);
export const livingWithIco = (db: Database, ico: string): Row | undefined => byIco(db, ico).find(isLiving);

/** Accounts of people born in the year; the caller compares names, which have many spellings. */
export const bornIn = (db: Database, year: number): Row[] =>
  statement<[number], Row>(
    db,
    `SELECT * FROM accounts WHERE kind = 'person' AND holder ->> '$.birthDate.year' = ? ORDER BY registered_at`,
  ).all(year);

// Written as the description says.
export const personOf = (row: Row): Person => JSON.parse(row.holder);
const organisationOf = (row: Row): Schemas['Organisation'] => JSON.parse(row.holder);

type UserRow = { organisation_id: string; person_id: string; rights: string };
const rightsOf = (row: UserRow): string[] => JSON.parse(row.rights);

/** Who may use an organisation's account now, with rights. */
export const membersOf = (db: Database, organisationId: string): Map<string, string[]> =>
  new Map(
    statement<[string], UserRow>(
      db,
      'SELECT * FROM account_users WHERE organisation_id = ? AND ended_at IS NULL ORDER BY n',
    )
      .all(organisationId)
      .map((row) => [row.person_id, rightsOf(row)]),
  );

const membershipsOf = (db: Database, personId: string): UserRow[] =>
  statement<[string], UserRow>(
    db,
    'SELECT * FROM account_users WHERE person_id = ? AND ended_at IS NULL ORDER BY n',
  ).all(personId);

/** Brings the users of an organisation to what they are from now on; what was before stays as ended. */
export function setMembers(
  db: Database,
  organisationId: string,
  members: ReadonlyMap<string, readonly string[]>,
  at: number,
  effectId: string | null,
): void {
  const before = membersOf(db, organisationId);
  const end = statement(
    db,
    'UPDATE account_users SET ended_at = ? WHERE organisation_id = ? AND person_id = ? AND ended_at IS NULL',
  );
  const add = statement(
    db,
    'INSERT INTO account_users (organisation_id, person_id, rights, since, effect_id) VALUES (?, ?, ?, ?, ?)',
  );
  const isSame = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
    a !== undefined && JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
  for (const [personId, rights] of before)
    if (!isSame(members.get(personId), rights)) end.run(at, organisationId, personId);
  for (const [personId, rights] of members)
    if (!isSame(before.get(personId), rights))
      add.run(organisationId, personId, JSON.stringify(rights), at, effectId);
}

/** Takes a person's memberships over into another account of theirs, rights of both together. */
export function takeOverMemberships(
  db: Database,
  from: Row,
  to: Row,
  at: number,
  effectId: string | null,
): void {
  for (const { organisation_id } of membershipsOf(db, from.id)) {
    const members = membersOf(db, organisation_id);
    const rights = new Set([...(members.get(to.id) ?? []), ...(members.get(from.id) ?? [])]);
    members.delete(from.id);
    members.set(to.id, [...rights]);
    setMembers(db, organisation_id, members, at, effectId);
  }
}

/** Organisations in which an account is the only one with a right. */
export const onlyOneWith = (db: Database, personId: string, right: string): string[] =>
  membershipsOf(db, personId)
    .filter((row) => rightsOf(row).includes(right))
    .map(({ organisation_id }) => organisation_id)
    .filter((id) => {
      const members = membersOf(db, id);
      members.delete(personId);
      return ![...members.values()].some((rights) => rights.includes(right));
    });

export function endMemberships(db: Database, personId: string, at: number, effectId: string | null): void {
  for (const { organisation_id } of membershipsOf(db, personId)) {
    const members = membersOf(db, organisation_id);
    members.delete(personId);
    setMembers(db, organisation_id, members, at, effectId);
  }
}

/** An account as it is shown to a desk. */
export function viewOf(db: Database, row: Row): Schemas['Account'] {
  const isPerson = row.kind === 'person';
  const mergedInto = row.merged_into === null ? undefined : mustFind(db, row.merged_into).number;
  return {
    accountId: row.id,
    registrationNumber: row.number,
    kind: row.kind,
    state: row.state,
    ...(row.user_name !== null && { userName: row.user_name }),
    email: row.email,
    ...(row.phone !== null && { phone: row.phone }),
    ...(isPerson ? { person: { type: 'person', ...personOf(row) } } : { organisation: organisationOf(row) }),
    registeredAt: new Date(row.registered_at).toISOString(),
    ...(row.activated_at !== null && { activatedAt: new Date(row.activated_at).toISOString() }),
    ...(mergedInto !== undefined && { mergedInto }),
    ...(isPerson
      ? {
          memberOf: membershipsOf(db, row.id).map((of) => {
            const organisation = mustFind(db, of.organisation_id);
            const { name } = organisationOf(organisation);
            return { accountId: organisation.id, ico: organisation.ico ?? '', name, rights: rightsOf(of) };
          }),
        }
      : {
          users: [...membersOf(db, row.id)].map(([personId, rights]) => {
            const person = mustFind(db, personId);
            return {
              accountId: personId,
              registrationNumber: person.number,
              ...(person.user_name !== null && { userName: person.user_name }),
              name: displayName(personOf(person).name),
              rights,
            };
          }),
        }),
  };
}
