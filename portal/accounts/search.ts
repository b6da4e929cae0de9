import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler } from '../api.ts';
import { inTransaction } from '../database.ts';
import { mayLook, recordLooks } from '../looks/looks.ts';
import type { Portal } from '../portal.ts';
import { mayBeSamePerson } from './rules.ts';
import { bornIn, livingWithIco, personOf, type Row, search, viewOf } from './table.ts';

const MOST = 10;

/** POST /accounts/searches */
export function searchAccounts(portal: Portal): DeskHandler<'searchAccounts'> {
  const { db } = portal;
  const rowsFor = ({
    userName,
    email,
    registrationNumber,
    person,
  }: Parameters<DeskHandler<'searchAccounts'>>[0]['body']['by']): Row[] => {
    if (userName !== undefined) return search.userName(db, userName);
    if (email !== undefined) return search.email(db, email);
    if (registrationNumber !== undefined) return search.registrationNumber(db, registrationNumber);
    if (person === undefined) return [];
    return bornIn(db, person.birthDate.year).filter((row) => {
      const { name, birthDate } = personOf(row);
      return birthDate !== undefined && mayBeSamePerson({ name, birthDate }, person);
    });
  };
  return ({ body: { look, by } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return may;
      const rows = rowsFor(by).slice(0, MOST);
      recordLooks(portal, desk, look, { kind: 'account', subjects: rows.map(({ id }) => id) });
      return ok({ status: 200, body: { accounts: rows.map((row) => viewOf(db, row)) } });
    });
}

/** POST /organisations/searches */
export function searchOrganisation(portal: Portal): DeskHandler<'searchOrganisation'> {
  const { db } = portal;
  return ({ body: { look, ico } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return may;
      const entry = portal.organisations(ico);
      const row = entry === null ? undefined : livingWithIco(db, ico);
      recordLooks(portal, desk, look, { kind: 'organisation', subjects: row === undefined ? [] : [row.id] });
      if (entry === null) return err({ code: 'account.ico-unknown' });
      return ok({
        status: 200,
        body: { ...entry, account: row === undefined ? null : viewOf(db, row) },
      });
    });
}
