import { legalDate } from '../../electron/values/time.ts';
import { readItem } from '../catalogue/master.ts';
import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { answer } from './answers.ts';

// Timers cannot wait longer than 2^31 ms; an hour also lets a clock that was put right be noticed.
const AT_LEAST_EVERY_MS = 3_600_000;

type Due = { effect_id: string; desk_id: string; office_id: string };

/**
 * Gives the reference numbers (čísla jednací) that are due: the addressed office's next number of the year, one per
 * submission, in the order they fell due. The years turn at midnight in Prague. To be called within a transaction.
 */
export function assignDueReferences({ db, clock, checkOffice, log }: Portal): void {
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
        now.getTime() + AT_LEAST_EVERY_MS,
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
    db.prepare('DELETE FROM due_references WHERE effect_id = ?').run(effectId);
  }
}

export type ReferenceTimer = { reschedule(): void; stop(): void };

/**
 * Gives numbers when they fall due although nobody asks. What is due stands in the database, so the timer may be
 * lost at any time.
 */
export function referenceTimer(portal: Portal): ReferenceTimer {
  const { db, clock, log } = portal;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const reschedule = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const next = db
      .prepare<[], { at: number | null }>('SELECT min(due_at) AS at FROM due_references')
      .get()?.at;
    if (next == null) return;
    const wait = Math.min(Math.max(next - clock.now().getTime(), 1), AT_LEAST_EVERY_MS);
    timer = setTimeout(fire, wait);
    timer.unref();
  };
  const fire = (): void => {
    try {
      inTransaction(db, () => assignDueReferences(portal));
    } catch (error) {
      log.error({ err: error }, 'reference numbers could not be given');
    }
    reschedule();
  };
  return {
    reschedule,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
