import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import type { CallName } from '../../contract/index.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { JsonValue } from '../../store/json.ts';
import type { Reader } from '../../store/open.ts';
import type { ToldBooking } from '../../sync/answers.ts';
import { afterStep, type Booking, type BookingStep, ticketNumber } from '../../values/booking.ts';
import { displayName } from '../../values/person-name.ts';
import { ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import type { ActKind, Desk, Enrolled } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import type { Commanded } from '../handlers.ts';
import { actingClerk, enqueue } from '../queue/enqueue.ts';
import { findKept, hasStepsOnTheirWay, saveAnswered, saveOwn } from './table.ts';

type Step = components['schemas']['BookingStep'];
type Plain = Omit<BookingStep, 'at'>;

/** A step and what the portal said of it: the booking as it then is, or null when it was not asked or did not answer. */
export type Asked = { id: string; step: Step; told: ToldBooking | null };

/** Who this desk is, without which it has no office to book at. */
export function mustBeEnrolled(desk: Desk, tx: Reader): Enrolled {
  const own = desk.enrolled(tx);
  if (!own) throw new Refusal('line.not-enrolled');
  return own;
}

export const stepOf = (step: Plain, of: { session: Session; now: Date }): Step => ({
  ...step,
  at: of.now.toISOString(),
  by: actingClerk({ ...of, role: of.session.roles.includes('clerk') ? 'clerk' : 'supervisor' }),
});

/**
 * Asks the portal to do the step now, so that what it answers may be promised. What of this desk is under way for the same
 * booking goes first: the step is then queued behind it, as it is without a line.
 */
export async function askPortal(desk: Desk, id: string, step: Step): Promise<Result<Asked, ContractFailure>> {
  const isBehind = desk.store.read((tx) => hasStepsOnTheirWay(tx, step.bookingId));
  if (isBehind || desk.sync.line().state !== 'up') return ok({ id, step, told: null });
  const answer = await desk.sync.bookingStep(id, step);
  if (answer.ok) return ok({ id, step, told: answer.value });
  const { code } = answer.error;
  // An answer that was lost may have been a yes: under its id the step is the same in the queue.
  return code.startsWith('line.') ? ok({ id, step, told: null }) : refuse(code);
}

const acts: Readonly<Record<BookingStep['action'], ActKind>> = {
  book: 'booking-made',
  move: 'booking-moved',
  cancel: 'booking-cancelled',
  arrive: 'person-arrived',
  'walk-in': 'person-arrived',
  call: 'person-called',
  return: 'person-returned',
  miss: 'person-missed',
  serve: 'person-served',
};

/** Carries a step out at this desk, as an act; what the portal has not taken in is queued for it. */
export function carryOut<N extends CallName>(
  desk: Desk,
  commanded: Commanded<N> & { session: Session },
  { id, step, told }: Asked,
  more: { visitId?: string; actId?: string; reason?: string } = {},
): Booking {
  const { tx, now, after } = commanded;
  const { deskId, officeId } = mustBeEnrolled(desk, tx);
  const before = findKept(tx, step.bookingId)?.booking ?? null;
  const booking = told ?? afterStep(before, step, { deskId, officeId });
  if (!booking) throw new Refusal('booking.differs');
  const leafSequence = record(
    desk,
    { ...commanded, actId: more.actId ?? commanded.actId },
    {
      kind: acts[step.action],
      ...(more.visitId !== undefined && { visitId: more.visitId }),
      payload: payloadOf(booking, step, { isPending: told === null, reason: more.reason }),
    },
  );
  if (told) saveAnswered(tx, told);
  else {
    saveOwn(tx, booking);
    enqueue(desk, tx, {
      id,
      visitId: booking.id,
      kind: 'booking',
      leafSequence,
      madeAt: now,
      payload: step,
      blobs: [],
    });
  }
  after(() => desk.emit('waiting-room-changed', {}));
  return booking;
}

function payloadOf(
  booking: Booking,
  { action, slot }: Step,
  of: { isPending: boolean; reason: string | undefined },
): JsonValue {
  const { person } = booking;
  return {
    bookingId: booking.id,
    number: ticketNumber(booking.id),
    agenda: booking.agendaId,
    ...(slot && { date: slot.date, time: slot.time }),
    ...((action === 'book' || action === 'move') && { unconfirmed: of.isPending }),
    ...(action === 'book' &&
      person && { name: displayName(person.name), birthDate: person.birthDate ?? null }),
    ...((action === 'walk-in' || action === 'arrive') && { priority: booking.priority ?? null }),
    ...(action === 'call' && { counter: booking.counterId ?? null, timesCalled: booking.timesCalled }),
    ...(of.reason !== undefined && { reason: of.reason }),
  };
}
