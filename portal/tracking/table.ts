import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';
import type { SubmissionState } from './states.ts';

/** Submissions as their offices know them, electronic and paper alike, and their states one after the other. */

export type Party = Schemas['Party'];
/** Whom a submission concerns, and who stood at the desk for them. */
export type Role = 'applicant' | 'acting';

export type NewSubmission = {
  id: string;
  effectId: string | null;
  medium: Schemas['SubmissionMedium'];
  officeId: string;
  subject: string;
  receiptNumber: string | null;
  handedInOn: string;
  parties: readonly { role: Role; party: Party }[];
};

export type Row = {
  id: string;
  effect_id: string | null;
  medium: Schemas['SubmissionMedium'];
  office_id: string;
  subject: string;
  receipt_number: string | null;
  reference_number: string | null;
  handed_in_on: string;
};

export type State = Schemas['SubmissionState'];
type StateRow = {
  state: SubmissionState;
  at: number;
  by_unit: string | null;
  by_person: string | null;
  note_cs: string | null;
  note_en: string | null;
  deadline: string | null;
};

export function insertSubmission(db: Database, of: NewSubmission): void {
  statement(
    db,
    `INSERT INTO submissions (id, effect_id, medium, office_id, subject, receipt_number, handed_in_on)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(of.id, of.effectId, of.medium, of.officeId, of.subject, of.receiptNumber, of.handedInOn);
  const add = statement(db, 'INSERT INTO submission_parties (submission_id, role, party) VALUES (?, ?, ?)');
  for (const { role, party } of of.parties) add.run(of.id, role, JSON.stringify(party));
}

export const setReferenceNumber = (db: Database, id: string, referenceNumber: string): void =>
  void statement(db, 'UPDATE submissions SET reference_number = ? WHERE id = ?').run(referenceNumber, id);

export function addState(db: Database, submissionId: string, of: State): void {
  statement(
    db,
    `INSERT INTO submission_states (submission_id, state, at, by_unit, by_person, note_cs, note_en, deadline)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    submissionId,
    of.state,
    Date.parse(of.at),
    of.by?.unit ?? null,
    of.by?.person ?? null,
    of.note?.cs ?? null,
    of.note?.en ?? null,
    of.deadline ?? null,
  );
}

export const statesOf = (db: Database, submissionId: string): State[] =>
  statement<[string], StateRow>(
    db,
    `SELECT state, at, by_unit, by_person, note_cs, note_en, deadline FROM submission_states WHERE submission_id = ? ORDER BY n`,
  )
    .all(submissionId)
    .map(({ state, at, by_unit: unit, by_person: person, note_cs: cs, note_en: en, deadline }) => ({
      state,
      at: new Date(at).toISOString(),
      ...(unit !== null && { by: { unit, ...(person !== null && { person }) } }),
      ...(cs !== null && en !== null && { note: { cs, en } }),
      ...(deadline !== null && { deadline }),
    }));

const byColumn =
  (where: string) =>
  (db: Database, ...values: (string | number)[]): Row | undefined =>
    statement<(string | number)[], Row>(db, `SELECT * FROM submissions WHERE ${where}`).get(...values);

export const findSubmission = byColumn('id = ?');
export const byReferenceNumber = byColumn('reference_number = ?');
/** A desk's own numbers are ends of ids: two could be the same, and then neither is shown by it. */
export const byReceiptNumber = byColumn(
  'receipt_number = ? AND (SELECT count(*) FROM submissions s WHERE s.receipt_number = submissions.receipt_number) = 1',
);
/** By the entry of the desk's day log that the code on the receipt proves. */
export const byLogEntry = byColumn(
  `effect_id = (SELECT id FROM effects WHERE desk_id = ? AND kind = 'submission' AND content ->> '$.leafSequence' = ?)`,
);

/** Submissions that a person born in the year, or an organisation, has a part in; the caller compares names. */
export const ofBirthYear = (db: Database, year: number): Row[] =>
  statement<[number], Row>(
    db,
    `SELECT * FROM submissions WHERE id IN (SELECT submission_id FROM submission_parties WHERE party ->> '$.birthDate.year' = ?)
     ORDER BY handed_in_on DESC, id DESC`,
  ).all(year);
export const ofIco = (db: Database, ico: string): Row[] =>
  statement<[string], Row>(
    db,
    `SELECT * FROM submissions WHERE id IN (SELECT submission_id FROM submission_parties WHERE party ->> '$.ico' = ?)
     ORDER BY handed_in_on DESC, id DESC`,
  ).all(ico);

/** Written as the description says. */
const partyOf = (text: string): Party => JSON.parse(text);
export const partiesOf = (db: Database, submissionId: string): { role: Role; party: Party }[] =>
  statement<[string], { role: Role; party: string }>(
    db,
    'SELECT role, party FROM submission_parties WHERE submission_id = ? ORDER BY n',
  )
    .all(submissionId)
    .map(({ role, party }) => ({ role, party: partyOf(party) }));

/** The newest first. */
export const lastSubmissions = (db: Database, limit: number): Row[] =>
  statement<[number], Row>(db, 'SELECT * FROM submissions ORDER BY rowid DESC LIMIT ?').all(limit);

export const viewOf = (db: Database, row: Row): Schemas['TrackedSubmission'] => ({
  submissionId: row.id,
  medium: row.medium,
  office: row.office_id,
  subject: row.subject,
  handedInOn: row.handed_in_on,
  ...(row.receipt_number !== null && { receiptNumber: row.receipt_number }),
  ...(row.reference_number !== null && { referenceNumber: row.reference_number }),
  states: statesOf(db, row.id),
});
