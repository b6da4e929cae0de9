import { inTransaction } from '../database.ts';
import type { Portal } from '../portal.ts';
import { makeDueMoves } from '../tracking/courses.ts';
import { assignDueReferences } from './reference-numbers.ts';

// Timers cannot wait longer than 2^31 ms; an hour also lets a clock that was put right be noticed.
const AT_LEAST_EVERY_MS = 3_600_000;

/** Everything offices owe by now: reference numbers, then what comes after them. To be called within a transaction. */
export function settleDue(portal: Portal): void {
  assignDueReferences(portal);
  makeDueMoves(portal);
}

export type OfficeTimer = { reschedule(): void; stop(): void };

/** Settles what falls due although nobody asks. It stands in the database, so the timer may be lost at any time. */
export function officeTimer(portal: Portal): OfficeTimer {
  const { db, clock, log } = portal;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const reschedule = (): void => {
    clearTimeout(timer);
    if (stopped) return;
    const next = db
      .prepare<[], { at: number | null }>(
        'SELECT min(due_at) AS at FROM (SELECT due_at FROM due_references UNION ALL SELECT due_at FROM due_moves)',
      )
      .get()?.at;
    if (next == null) return;
    const wait = Math.min(Math.max(next - clock.now().getTime(), 1), AT_LEAST_EVERY_MS);
    timer = setTimeout(fire, wait);
    timer.unref();
  };
  const fire = (): void => {
    try {
      inTransaction(db, () => settleDue(portal));
    } catch (error) {
      log.error({ err: error }, 'what offices owe could not be settled');
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
