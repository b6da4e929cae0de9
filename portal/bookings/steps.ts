import { afterStep, type Booking, isOfCalled, lacksSomething } from '../../electron/values/booking.ts';
import { err, ok, type Result } from '../../electron/values/result.ts';
import { legalDate, pragueTime } from '../../electron/values/time.ts';
import { isOffered } from '../../electron/values/timetable.ts';
import type { Desk, DeskHandler, Schemas } from '../api.ts';
import { canonicalForm, readItem } from '../catalogue/master.ts';
import { inTransaction, statement } from '../database.ts';
import { isAtWork } from '../looks/looks.ts';
import type { Portal } from '../portal.ts';
import { findBooking, holdersOf, saveBooking } from './table.ts';

type Step = Schemas['BookingStep'];

/** Why a step cannot be done. */
export type StepProblem =
  | 'booking.step-incomplete'
  | 'booking.slot-taken'
  | 'booking.not-offered'
  | 'booking.differs'
  | 'booking.called-elsewhere'
  | 'booking.step-differs';

/** PUT /booking-steps/{id} */
export function takeBookingStep(portal: Portal): DeskHandler<'takeBookingStep'> {
  return ({ path: { id }, body: step }, desk) =>
    inTransaction(portal.db, () => {
      if (!isAtWork(portal, desk, step.by.clerkId)) return err({ code: 'booking.not-permitted' });
      const known = knownStep(portal, desk, id, step);
      if (!known.ok) return err({ code: known.error });
      // Taken in as an effect before, with something against it: the desk is told there, and here again.
      if (known.value?.conflict) return err({ code: known.value.conflict });
      if (known.value === null) {
        const done = judge(portal, desk, step, portal.clock.now());
        if (!done.ok) return err({ code: done.error });
        saveBooking(portal.db, done.value);
        note(portal, desk, id, step, null);
      }
      const booking = findBooking(portal.db, step.bookingId);
      return booking ? ok({ status: 200, body: booking }) : err({ code: 'booking.differs' });
    });
}

/** Codes of conflicts under which a step that happened without a line is taken in. */
const CONFLICTS: Readonly<Record<StepProblem, string>> = {
  'booking.slot-taken': 'effect.slot-taken',
  'booking.not-offered': 'effect.slot-taken',
  'booking.called-elsewhere': 'effect.called-twice',
  'booking.differs': 'effect.booking-differs',
  'booking.step-incomplete': 'effect.booking-differs',
  'booking.step-differs': 'effect.booking-differs',
};

/**
 * Takes in what a desk did without an answer of the portal. It happened; what speaks against it is told. Who booked a time that was
 * full has a lost booking, which may be moved. To be called in the transaction that takes the effect in, once for each.
 */
export function takeStepIn(portal: Portal, desk: Desk, id: string, step: Step): string | null {
  const { db, clock } = portal;
  const known = knownStep(portal, desk, id, step);
  if (!known.ok) return CONFLICTS[known.error];
  if (known.value !== null) return known.value.conflict && CONFLICTS[known.value.conflict];
  // Whether a time was offered is judged as when it was promised.
  const promised = new Date(Math.min(clock.now().getTime(), Date.parse(step.at)));
  const done = judge(portal, desk, step, promised);
  const problem = done.ok ? null : done.error;
  if (done.ok) saveBooking(db, done.value);
  else if (step.action === 'book' && isWithoutPlace(done.error)) keepLost(portal, desk, step);
  // Whoever called second was told so with the call: what follows of it changes nothing and is told no more.
  const isTold = problem === 'booking.called-elsewhere' && step.action !== 'call';
  note(portal, desk, id, step, isTold ? null : problem);
  return problem === null || isTold ? null : CONFLICTS[problem];
}

const isWithoutPlace = (problem: StepProblem): boolean =>
  problem === 'booking.slot-taken' || problem === 'booking.not-offered';

function keepLost({ db }: Portal, desk: Desk, step: Step): void {
  const booked = afterStep(findBooking(db, step.bookingId), step, who(desk));
  if (booked) saveBooking(db, { ...booked, state: 'lost' });
}

const who = (desk: Desk) => ({ officeId: desk.officeId, deskId: desk.id });

/** The booking as the step makes it, or what speaks against it. */
function judge(portal: Portal, desk: Desk, step: Step, now: Date): Result<Booking, StepProblem> {
  const { db } = portal;
  const { bookingId, action, slot } = step;
  if (lacksSomething(step)) return err('booking.step-incomplete');
  const before = findBooking(db, bookingId);
  if (before && before.officeId !== desk.officeId) return err('booking.differs');
  const isCalled = before?.state === 'called' || before?.state === 'served';
  if (isCalled && before.calledBy !== desk.id && (action === 'call' || isOfCalled(action)))
    return err('booking.called-elsewhere');
  const after = afterStep(before, step, who(desk));
  if (!after) return err('booking.differs');
  const timetable = portal.checkTimetable(readItem(db, 'timetables', desk.officeId));
  const agenda = timetable.ok ? timetable.value.agendas.find(({ id }) => id === after.agendaId) : undefined;
  if (!timetable.ok || !agenda) return err('booking.not-offered');
  if (slot && (action === 'book' || action === 'move')) {
    const present = { date: legalDate(now), time: pragueTime(now) };
    if (!isOffered(timetable.value, agenda, slot, present)) return err('booking.not-offered');
    const held = holdersOf(db, { officeId: desk.officeId, agendaId: agenda.id, slot, besides: bookingId });
    if (held >= agenda.capacity) return err('booking.slot-taken');
  }
  return ok(after);
}

/** What was asked for; who repeats it after a crash says another time. */
const hashOf = ({ at: _at, by: _by, ...what }: Step): string => canonicalForm(what).hash;

type Known = { desk_id: string; content_hash: string; conflict: StepProblem | null };

/** What became of a step that was here before; null of a new one. */
function knownStep({ db }: Portal, desk: Desk, id: string, step: Step): Result<Known | null, StepProblem> {
  const known = statement<[string], Known>(
    db,
    'SELECT desk_id, content_hash, conflict FROM booking_steps WHERE id = ?',
  ).get(id);
  if (!known) return ok(null);
  const isSame = known.desk_id === desk.id && known.content_hash === hashOf(step);
  return isSame ? ok(known) : err('booking.step-differs');
}

function note({ db, clock }: Portal, desk: Desk, id: string, step: Step, conflict: StepProblem | null): void {
  statement(
    db,
    'INSERT INTO booking_steps (id, booking_id, desk_id, content_hash, action, conflict, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ).run(id, step.bookingId, desk.id, hashOf(step), step.action, conflict, clock.now().getTime());
}
