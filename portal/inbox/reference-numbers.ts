import { legalDate } from '../../electron/values/time.ts';
import { readItem } from '../catalogue/master.ts';
import type { Portal } from '../portal.ts';
import { beginCourse } from '../tracking/courses.ts';
import { setReferenceNumber } from '../tracking/table.ts';
import { answer } from './answers.ts';

const LATER_MS = 3_600_000;

type Due = { effect_id: string; desk_id: string; office_id: string };

/**
 * Gives the reference numbers (čísla jednací) that are due: the addressed office's next number of the year, one per
 * submission, in the order they fell due. The years turn at midnight in Prague. To be called within a transaction.
 */
export function assignDueReferences(portal: Portal): void {
  const { db, clock, checkOffice, log } = portal;
  const now = clock.now();
  const year = Number(legalDate(now).slice(0, 4));
  const due = db
    .prepare<[number], Due>(
      `SELECT d.effect_id, e.desk_id, e.addressed_office_id AS office_id
       FROM due_references d JOIN effects e ON e.id = d.effect_id
       WHERE d.due_at <= ? ORDER BY d.due_at, d.effect_id`,
    )
    .all(now.getTime());
  for (const { effect_id: effectId, desk_id: deskId, office_id: officeId } of due) {
    const office = checkOffice(readItem(db, 'offices', officeId));
    if (!office.ok) {
      // The office left the directory meanwhile. The number stays due and is given when it is back.
      log.error({ office: officeId }, 'no office to give a reference number');
      db.prepare('UPDATE due_references SET due_at = ? WHERE effect_id = ?').run(
        now.getTime() + LATER_MS,
        effectId,
      );
      continue;
    }
    const number = db
      .prepare<[string, number], { last_number: number }>(
        `INSERT INTO office_series (office_id, year, last_number) VALUES (?, ?, 1)
         ON CONFLICT (office_id, year) DO UPDATE SET last_number = last_number + 1 RETURNING last_number`,
      )
      .get(officeId, year)?.last_number;
    const referenceNumber = `${office.value.shortName}/${number}/${year}`;
    answer(db, deskId, {
      effectId,
      kind: 'reference-number',
      at: now.getTime(),
      office: officeId,
      referenceNumber,
      // An office with a records service opens a file at once; a small one files it later.
      fileNumber: office.value.kind === 'municipality' ? null : `SZ ${referenceNumber}`,
    });
    setReferenceNumber(db, effectId, referenceNumber);
    beginCourse(portal, effectId);
    db.prepare('DELETE FROM due_references WHERE effect_id = ?').run(effectId);
  }
}
