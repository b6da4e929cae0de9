import { legalDate } from '../../electron/values/time.ts';
import { statement } from '../database.ts';
import { moveSubmission } from '../inbox/office.ts';
import type { Portal } from '../portal.ts';
import type { CourseStep, OfficeCourses } from './course-data.ts';

/** How offices of the training environment move submissions on by themselves. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const stepsOf = (all: OfficeCourses, serviceId: string) => all.services[serviceId] ?? all.usual;

/** The office begins to work on a submission that has got its reference number. Within its transaction. */
export function beginCourse({ db, clock, courses: all }: Portal, effectId: string): void {
  const service = serviceOf(db, effectId);
  if (all === null || service === undefined) return;
  const first = stepsOf(all, service)[0];
  if (first === undefined) return;
  statement(
    db,
    'INSERT INTO due_moves (submission_id, step, due_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING',
  ).run(effectId, clock.now().getTime() + first.afterMinutes * MINUTE_MS);
}

const serviceOf = (db: Portal['db'], effectId: string): string | undefined =>
  statement<[string], { service: string }>(
    db,
    "SELECT content ->> '$.payload.service.id' AS service FROM effects WHERE id = ?",
  ).get(effectId)?.service;

/** Makes the moves that are due. One that somebody made impossible by hand ends the course. Within a transaction. */
export function makeDueMoves(portal: Portal): void {
  const { db, clock, courses: all } = portal;
  const now = clock.now();
  const due = statement<[number], { submission_id: string; step: number }>(
    db,
    'SELECT submission_id, step FROM due_moves WHERE due_at <= ? ORDER BY due_at, submission_id',
  ).all(now.getTime());
  for (const { submission_id: id, step: at } of due) {
    const service = serviceOf(db, id);
    const steps = all === null || service === undefined ? [] : stepsOf(all, service);
    const [current, next] = [steps[at], steps[at + 1]];
    const moved = current !== undefined && moveSubmission(portal, id, moveOf(current));
    if (moved && next !== undefined)
      statement(db, 'UPDATE due_moves SET step = step + 1, due_at = ? WHERE submission_id = ?').run(
        now.getTime() + next.afterMinutes * MINUTE_MS,
        id,
      );
    else statement(db, 'DELETE FROM due_moves WHERE submission_id = ?').run(id);
  }

  function moveOf({ afterMinutes: _after, deadlineDays, ...move }: CourseStep) {
    return {
      ...move,
      ...(deadlineDays !== undefined && {
        deadline: legalDate(new Date(now.getTime() + deadlineDays * DAY_MS)),
      }),
    };
  }
}
