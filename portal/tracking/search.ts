import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { type Database, inTransaction } from '../database.ts';
import { mayLook, recordLooks } from '../looks/looks.ts';
import { isRepresented, isThemselves, isVerified, mayRepresent } from '../looks/participant.ts';
import type { Portal } from '../portal.ts';
import {
  byLogEntry,
  byReceiptNumber,
  byReferenceNumber,
  ofBirthYear,
  ofIco,
  partiesOf,
  type Row,
  viewOf,
} from './table.ts';

const MOST = 50;

/**
 * POST /submissions/searches. A number of somebody else's submission and one that nobody has are answered the same, so that it
 * cannot be found out what there is.
 */
export function searchSubmissions(portal: Portal): DeskHandler<'searchSubmissions'> {
  const { db } = portal;
  return ({ body: { look, participant, by } }, desk) =>
    inTransaction(db, () => {
      const may = mayLook(portal, desk, look);
      if (!may.ok) return may;
      const verified = isVerified(portal, desk, participant);
      if (!verified.ok) return verified;
      const speaksFor = mayRepresent(portal, participant);
      const isOwn = (row: Row): boolean =>
        partiesOf(db, row.id).some(({ party }) => isThemselves(participant, party));
      const isOfRepresented = (row: Row): boolean =>
        speaksFor &&
        partiesOf(db, row.id).some(
          ({ role, party }) => role === 'applicant' && isRepresented(participant, party),
        );
      const found =
        by.of === 'themselves'
          ? ofBirthYear(db, participant.proof.person.birthDate.year).filter(isOwn)
          : by.of === 'represented'
            ? ofParty(db, participant).filter(isOfRepresented)
            : rowsBy(db, by).filter((row) => isOwn(row) || isOfRepresented(row));
      const rows = found.slice(0, MOST);
      recordLooks(portal, desk, look, { kind: 'submission', subjects: rows.map(({ id }) => id) });
      if (rows.length === 0 && by.of === undefined) return err({ code: 'submission.not-participant' });
      return ok({ status: 200, body: { submissions: rows.map((row) => viewOf(db, row)) } });
    });
}

function ofParty(db: Database, { represents }: Schemas['Participant']): Row[] {
  if (represents?.ico !== undefined) return ofIco(db, represents.ico);
  return represents?.person === undefined ? [] : ofBirthYear(db, represents.person.birthDate.year);
}

/** Numbers are typed from papers: case and spaces do not make them others. */
const typed = (text: string): string => text.toUpperCase().replace(/\s+/g, '');

function rowsBy(
  db: Database,
  { number, logEntry }: { number?: string; logEntry?: { deskId: string; sequence: number } },
): Row[] {
  const found =
    logEntry !== undefined
      ? byLogEntry(db, logEntry.deskId, logEntry.sequence)
      : number !== undefined
        ? (byReferenceNumber(db, typed(number)) ?? byReceiptNumber(db, typed(number)))
        : undefined;
  return found === undefined ? [] : [found];
}
