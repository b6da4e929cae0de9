import type { Schemas } from '../api.ts';
import { type Database, statement } from '../database.ts';

type Text = Schemas['Text'];

/** A new answer; `at` in milliseconds. */
export type NewAnswer = {
  effectId: string;
  at: number;
  office: string | null;
} & (
  | { kind: 'received'; conflicts?: string | null }
  | { kind: 'reference-number'; referenceNumber: string; fileNumber: string | null }
  | { kind: 'rejected'; reason: Text }
  | { kind: 'completion-asked'; reason: Text; deadline: string }
  | {
      kind: 'closing-approved' | 'closing-returned';
      decidedBy: Schemas['Supervisor'];
      note: string | null;
    }
  | { kind: 'account-settled'; account: Schemas['AccountOutcome'] }
  | { kind: 'state-changed'; state: Schemas['SubmissionState'] }
);

/** Puts an answer at the end of the desk's inbox. To be called within a transaction. */
export function answer(db: Database, deskId: string, given: NewAnswer): void {
  const reason = 'reason' in given ? given.reason : null;
  statement(
    db,
    `INSERT INTO answers
       (desk_id, sequence, effect_id, kind, at, reference_number, office_id, reason_cs, reason_en, deadline, conflicts,
        decided_by, note, file_number, account, course)
     SELECT :desk, coalesce(max(sequence), 0) + 1, :effect, :kind, :at, :number, :office, :cs, :en, :deadline, :conflicts,
       :decidedBy, :note, :fileNumber, :account, :course
     FROM answers WHERE desk_id = :desk`,
  ).run({
    desk: deskId,
    effect: given.effectId,
    kind: given.kind,
    at: given.at,
    number: given.kind === 'reference-number' ? given.referenceNumber : null,
    office: given.office,
    cs: reason?.cs ?? null,
    en: reason?.en ?? null,
    deadline: given.kind === 'completion-asked' ? given.deadline : null,
    conflicts: given.kind === 'received' ? (given.conflicts ?? null) : null,
    decidedBy: 'decidedBy' in given ? JSON.stringify(given.decidedBy) : null,
    note: 'note' in given ? given.note : null,
    fileNumber: given.kind === 'reference-number' ? given.fileNumber : null,
    account: given.kind === 'account-settled' ? JSON.stringify(given.account) : null,
    course: given.kind === 'state-changed' ? JSON.stringify(given.state) : null,
  });
}
