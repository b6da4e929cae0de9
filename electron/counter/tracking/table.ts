import type { z } from 'zod';
import { type TrackedSubmission, trackedSubmission } from '../../contract/tracking.ts';
import type { Reader, Tx } from '../../store/open.ts';

/** The last known states of submissions, by who they were shown to. */

type Row = { as_of: string; body: string };
const body = trackedSubmission.omit({ asOf: true });
export type KnownSubmission = z.output<typeof body>;

const toSubmission = (row: Row): TrackedSubmission => ({
  ...body.parse(JSON.parse(row.body)),
  asOf: row.as_of,
});

export const saveKnown = (
  tx: Tx,
  of: { person: string; visitId: string; submission: KnownSubmission; asOf: string },
): void =>
  void tx.run(
    `INSERT INTO known_submissions (person, submission_id, visit_id, as_of, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (person, submission_id) DO UPDATE SET visit_id = excluded.visit_id, as_of = excluded.as_of,
       body = excluded.body`,
    [of.person, of.submission.submissionId, of.visitId, of.asOf, JSON.stringify(of.submission)],
  );

export const knownOf = (tx: Reader, person: string): TrackedSubmission[] =>
  tx
    .all<Row>('SELECT as_of, body FROM known_submissions WHERE person = ?', [person])
    .map(toSubmission)
    .sort((a, b) => b.handedInOn.localeCompare(a.handedInOn));

/** One that was shown in this visit. */
export function shownIn(tx: Reader, visitId: string, submissionId: string): TrackedSubmission | undefined {
  const row = tx.get<Row>(
    'SELECT as_of, body FROM known_submissions WHERE visit_id = ? AND submission_id = ?',
    [visitId, submissionId],
  );
  return row && toSubmission(row);
}

/** A later look, also without a line, is of the visit that takes it. */
export const markShown = (tx: Tx, person: string, submissionId: string, visitId: string): void =>
  void tx.run('UPDATE known_submissions SET visit_id = ? WHERE person = ? AND submission_id = ?', [
    visitId,
    person,
    submissionId,
  ]);

/** Throws away what is older; returns how many went. */
export const forgetKnownSubmissions = (tx: Tx, before: string): number =>
  tx.run('DELETE FROM known_submissions WHERE as_of < ?', [before]);
