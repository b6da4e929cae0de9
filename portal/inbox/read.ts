import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { countersOfWaiting } from '../closing/closings.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { instanceOf, inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { settleDue } from './office-timer.ts';

type Answer = Schemas['Answer'];

type AnswerRow = {
  sequence: number;
  effect_id: string;
  kind: Answer['kind'];
  at: number;
  reference_number: string | null;
  office_id: string | null;
  reason_cs: string | null;
  reason_en: string | null;
  deadline: string | null;
  conflicts: string | null;
  decided_by: string | null;
  note: string | null;
  file_number: string | null;
  account: string | null;
  course: string | null;
};

// Written by the intake as the description says.
const conflictsOf = (text: string): Schemas['EffectConflict'][] => JSON.parse(text);

// Written by the decision as the description says.
const supervisorOf = (text: string): Schemas['Supervisor'] => JSON.parse(text);

// Written by the intake as the description says.
const outcomeOf = (text: string): Schemas['AccountOutcome'] => JSON.parse(text);

// Written by the office's move as the description says.
const stateOf = (text: string): Schemas['SubmissionState'] => JSON.parse(text);

function asAnswer(row: AnswerRow): Answer {
  const { sequence, effect_id: effectId, kind, at, reason_cs: cs, reason_en: en } = row;
  return {
    sequence,
    effectId,
    kind,
    at: new Date(at).toISOString(),
    ...(row.reference_number === null ? {} : { referenceNumber: row.reference_number }),
    ...(row.file_number === null ? {} : { fileNumber: row.file_number }),
    ...(row.office_id === null ? {} : { office: row.office_id }),
    ...(cs === null || en === null ? {} : { reason: { cs, en } }),
    ...(row.deadline === null ? {} : { deadline: row.deadline }),
    ...(row.conflicts === null ? {} : { conflicts: conflictsOf(row.conflicts) }),
    ...(row.decided_by === null ? {} : { decidedBy: supervisorOf(row.decided_by) }),
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.account === null ? {} : { account: outcomeOf(row.account) }),
    ...(row.course === null ? {} : { state: stateOf(row.course) }),
  };
}

/** GET /inbox */
export function readInbox(portal: Portal): DeskHandler<'readInbox'> {
  const { db } = portal;
  return ({ query: { cursor, limit = 200 } }, desk) =>
    inTransaction(db, () => {
      settleDue(portal);
      const list = `inbox:${desk.id}`;
      const instance = instanceOf(db);
      const newest =
        db
          .prepare<[string], { last: number | null }>(
            'SELECT max(sequence) AS last FROM answers WHERE desk_id = ?',
          )
          .get(desk.id)?.last ?? 0;
      const after = cursor === undefined ? 0 : readCursor(cursor, list, instance, newest);
      if (after === null) return err({ code: 'inbox.cursor-unknown' });
      const rows = db
        .prepare<[string, number, number], AnswerRow>(
          `SELECT sequence, effect_id, kind, at, reference_number, office_id, reason_cs, reason_en, deadline,
             conflicts, decided_by, note, file_number, account, course FROM answers WHERE desk_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
        )
        .all(desk.id, after, limit);
      const last = rows.at(-1)?.sequence ?? after;
      return ok({
        status: 200,
        body: {
          answers: rows.map(asAnswer),
          cursor: writeCursor(list, instance, last),
          more: last < newest,
          closingsToDecide: countersOfWaiting(portal, desk.officeId),
        },
      });
    });
}
