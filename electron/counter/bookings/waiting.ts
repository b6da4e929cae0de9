import type { Session } from '../../contract/clerks.ts';
import type { CallName } from '../../contract/index.ts';
import type { Reader } from '../../store/open.ts';
import { type Booking, nextBookingState, ticketNumber } from '../../values/booking.ts';
import { ok } from '../../values/result.ts';
import { legalDate, pragueTime } from '../../values/time.ts';
import { minutesOf } from '../../values/timetable.ts';
import { record } from '../acts.ts';
import type { Desk } from '../desk.ts';
import { Refusal, refuse } from '../failure.ts';
import { type Commanded, command, type Handler, preparedCommand } from '../handlers.ts';
import { afterVisit, type Forgetting } from '../identity/forgetting.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { noIdentity } from '../visits/record.ts';
import { getVisit, insertVisit, saveVisit, servicesOf, visitsInProgress } from '../visits/table.ts';
import type { BookingReader } from './reading.ts';
import { chooseCounter, counterOf, type Frame, frameOf, lineOf, nextOf, viewOf } from './room.ts';
import { type Asked, askPortal, carryOut, stepOf } from './steps.ts';
import {
  endBreak,
  findKept,
  type Kept,
  keptFrom,
  keptOfVisit,
  openBreak,
  setVisit,
  startBreak,
} from './table.ts';
import { orderTicket, readTicket } from './ticket.ts';

type ByClerk<N extends CallName> = Commanded<N> & { session: Session };

/** So many people another desk may have called before this one gives up and lets the clerk look. */
const TRIES = 5;

/** The waiting line: people come, are called, do not come, and the counter has its breaks. */
export function waitingHandlers(
  desk: Desk,
  { prints, reader, forgetting }: { prints: PrintRunner; reader: BookingReader; forgetting: Forgetting },
): Handler[] {
  const { store } = desk;
  const queued = (step: Asked['step']): Asked => ({ id: desk.newId(), step, told: null });

  const counterIdOf = ({ tx, now }: Pick<Commanded<CallName>, 'tx' | 'now'>): string | null =>
    counterOf(tx, frameOf(desk, tx, now).timetable)?.id ?? null;

  return [
    command('waiting.arrive', (commanded, { ticket, priority }) => {
      const { tx, now } = commanded;
      const frame = frameOf(desk, tx, now);
      const kept = byTicket(keptFrom(tx, frame.today), ticket, frame);
      if (!kept) return refuse('booking.not-found');
      const step = stepOf(
        { bookingId: kept.booking.id, action: 'arrive', ...(priority !== null && { priority }) },
        commanded,
      );
      const booking = carryOut(desk, commanded, queued(step));
      return ok(viewOf({ booking, isPending: true, visitId: null }, frame));
    }),

    command('waiting.walk-in', (commanded, { agendaId, priority }) => {
      const { tx, now, after } = commanded;
      const frame = frameOf(desk, tx, now);
      if (!frame.timetable?.agendas.some(({ id }) => id === agendaId)) return refuse('booking.not-offered');
      const bookingId = freshId(keptFrom(tx, frame.today));
      const step = stepOf(
        { bookingId, action: 'walk-in', agendaId, ...(priority !== null && { priority }) },
        commanded,
      );
      const booking = carryOut(desk, commanded, queued(step));
      const print = orderTicket(desk, tx, { booking, isPending: true, frame, weekday: null });
      after(() => prints.kick());
      return ok({ booking: viewOf({ booking, isPending: true, visitId: null }, frame), print });
    }),

    preparedCommand(
      'waiting.call-next',
      async ({ session, now }, { stepId }) => {
        const passed = new Set<string>();
        for (;;) {
          const chosen = store.read((tx) => {
            mayCall(tx, session.clerkId);
            const frame = frameOf(desk, tx, now);
            const line = lineOf(keptFrom(tx, frame.today), frame).filter(
              ({ booking }) => !passed.has(booking.id),
            );
            return { next: nextOf(line, frame), counter: frame.counter };
          });
          if (!chosen.counter) return refuse('waiting.no-counter');
          if (!chosen.next) return refuse(passed.size > 0 ? 'booking.called-elsewhere' : 'waiting.nobody');
          const bookingId = chosen.next.booking.id;
          const step = stepOf({ bookingId, action: 'call', counterId: chosen.counter.id }, { session, now });
          const asked = await askPortal(desk, stepId, step);
          if (asked.ok || passed.size === TRIES - 1) return asked;
          const { code } = asked.error;
          if (code !== 'booking.called-elsewhere' && code !== 'booking.differs') return asked;
          // Another desk has them, or they left: the next one is asked for.
          passed.add(bookingId);
          reader.kick();
        }
      },
      (commanded, _input, asked) => {
        const { tx, now, session } = commanded;
        const frame = frameOf(desk, tx, now);
        mayCall(tx, session.clerkId);
        const visitId = openVisit(commanded);
        const booking = carryOut(desk, commanded, asked, { visitId, actId: desk.newId() });
        setVisit(tx, booking.id, visitId);
        return ok({ booking: viewOf({ booking, isPending: asked.told === null, visitId }, frame), visitId });
      },
    ),

    command('waiting.call-again', (commanded, { bookingId }) => {
      const { tx, now, session } = commanded;
      const { frame, kept } = calledHere(commanded, bookingId);
      // A call whose answer was lost has no visit yet.
      const isWithout = kept.visitId === null;
      if (isWithout) mayCall(tx, session.clerkId);
      const visitId = kept.visitId ?? openVisit(commanded);
      const step = stepOf(
        { bookingId, action: 'call', ...(frame.counter && { counterId: frame.counter.id }) },
        { session, now },
      );
      const booking = carryOut(desk, commanded, queued(step), {
        visitId,
        ...(isWithout && { actId: desk.newId() }),
      });
      setVisit(tx, bookingId, visitId);
      return ok(viewOf({ booking, isPending: true, visitId }, frame));
    }),

    command('waiting.return', (commanded, { bookingId }) => {
      const { frame, kept } = calledHere(commanded, bookingId);
      endEmptyVisit(commanded, kept, 'vrácení do čekárny');
      const step = stepOf({ bookingId, action: 'return' }, commanded);
      const booking = carryOut(desk, commanded, queued(step));
      return ok(viewOf({ booking, isPending: true, visitId: null }, frame));
    }),

    command('waiting.miss', (commanded, { bookingId }) => {
      const { tx, now } = commanded;
      const frame = frameOf(desk, tx, now);
      const kept = findKept(tx, bookingId);
      if (!kept) return refuse('booking.not-found');
      const { booking } = kept;
      if (nextBookingState(booking.state, 'miss') === null) return refuse('booking.differs');
      if (booking.state === 'called') {
        if (booking.calledBy !== frame.deskId) return refuse('waiting.not-called-here');
        endEmptyVisit(commanded, kept, 'nedostavení se');
      }
      const minutes = minutesToWait(booking, frame);
      if (minutes > 0) return refuse('waiting.too-soon', { minutes });
      const missed = carryOut(desk, commanded, queued(stepOf({ bookingId, action: 'miss' }, commanded)));
      return ok(viewOf({ booking: missed, isPending: true, visitId: null }, frame));
    }),

    command('waiting.choose-counter', ({ tx, now, after }, { counterId }) => {
      const { timetable } = frameOf(desk, tx, now);
      if (!timetable?.counters.some(({ id }) => id === counterId)) return refuse('waiting.no-counter');
      chooseCounter(tx, counterId);
      after(() => desk.emit('waiting-room-changed', {}));
      return ok({});
    }),

    command('waiting.start-break', (commanded, { reason, minutes }) => {
      const { tx, now, session, actId, after } = commanded;
      if (openBreak(tx)) return refuse('waiting.on-break');
      const plannedUntil = new Date(now.getTime() + minutes * 60_000).toISOString();
      startBreak(tx, {
        id: actId,
        reason,
        startedAt: now.toISOString(),
        plannedUntil,
        clerkId: session.clerkId,
      });
      record(desk, commanded, {
        kind: 'break-started',
        payload: { breakReason: reason, until: plannedUntil, counter: counterIdOf(commanded) },
      });
      after(() => desk.emit('waiting-room-changed', {}));
      return ok({});
    }),

    command('waiting.end-break', (commanded) => {
      const { tx, now, after } = commanded;
      const open = openBreak(tx);
      if (!open) return refuse('waiting.not-on-break');
      endBreak(tx, open.id, now.toISOString());
      record(desk, commanded, {
        kind: 'break-ended',
        payload: { breakReason: open.reason, startedAt: open.startedAt, counter: counterIdOf(commanded) },
      });
      after(() => desk.emit('waiting-room-changed', {}));
      return ok({});
    }),
  ];

  function mayCall(tx: Reader, clerkId: string): void {
    if (openBreak(tx)) throw new Refusal('waiting.on-break');
    if (visitsInProgress(tx).some((visit) => visit.state === 'open' && visit.clerkId === clerkId))
      throw new Refusal('visit.one-open-already');
  }

  function openVisit<N extends CallName>(commanded: ByClerk<N>): string {
    const { tx, actId, session, now } = commanded;
    const visit = insertVisit(tx, {
      id: actId,
      legalDate: legalDate(now),
      state: 'open',
      clerkId: session.clerkId,
      openedAt: now.toISOString(),
      note: null,
      identity: noIdentity,
    });
    record(desk, commanded, { kind: 'visit-opened', visitId: visit.id, payload: { ticket: visit.ticket } });
    return visit.id;
  }

  function calledHere<N extends CallName>(
    { tx, now }: ByClerk<N>,
    bookingId: string,
  ): { frame: Frame; kept: Kept } {
    const frame = frameOf(desk, tx, now);
    const kept = findKept(tx, bookingId);
    if (!kept) throw new Refusal('booking.not-found');
    if (kept.booking.state !== 'called' || kept.booking.calledBy !== frame.deskId)
      throw new Refusal('waiting.not-called-here');
    return { frame, kept };
  }

  /** The visit opened with a call goes with it, unless something was begun in it. */
  function endEmptyVisit<N extends CallName>(
    commanded: ByClerk<N>,
    { booking, visitId }: Kept,
    reason: string,
  ): void {
    const { tx } = commanded;
    if (visitId === null) return;
    const visit = getVisit(tx, visitId);
    if (visit.state === 'open' || visit.state === 'parked') {
      if (servicesOf(tx, visitId).length > 0) throw new Refusal('waiting.visit-begun');
      saveVisit(tx, { ...visit, state: 'cancelled', identity: afterVisit(visit.identity) });
      forgetting.read(commanded, visit);
      record(
        desk,
        { ...commanded, actId: desk.newId() },
        { kind: 'visit-cancelled', visitId, payload: { reason } },
      );
    }
    setVisit(tx, booking.id, null);
  }

  /** An id whose number nobody of today has at this desk. */
  function freshId(kept: readonly Kept[]): string {
    const taken = new Set(kept.map(({ booking }) => ticketNumber(booking.id)));
    for (;;) {
      const id = desk.newId();
      if (!taken.has(ticketNumber(id))) return id;
    }
  }
}

/** The booking of today on a ticket. Where two have the same number, the one that can still come. */
function byTicket(kept: readonly Kept[], ticket: string, { today }: Frame): Kept | null {
  const asked = readTicket(ticket);
  const found = kept.filter(
    ({ booking }) =>
      booking.day === today &&
      ('id' in asked ? booking.id === asked.id : ticketNumber(booking.id) === asked.number),
  );
  return found.find(({ booking }) => nextBookingState(booking.state, 'arrive') !== null) ?? found[0] ?? null;
}

/** Minutes until somebody may be said not to have come. */
function minutesToWait({ state, calledAt, day, time }: Booking, { rules, now, today }: Frame): number {
  if (state === 'called')
    return Math.ceil(rules.noShowAfterMinutes - (now.getTime() - Date.parse(calledAt ?? '')) / 60_000);
  if (time === undefined || day < today) return 0;
  if (day > today) return 24 * 60;
  return minutesOf(time) + rules.bookedUntilMinutes - minutesOf(pragueTime(now));
}

/** The visit somebody was called to is over: they were served. In the transaction that ends it. */
export function endCall<N extends CallName>(desk: Desk, commanded: ByClerk<N>, visitId: string): void {
  const kept = keptOfVisit(commanded.tx, visitId);
  if (kept?.booking.state !== 'called') return;
  const step = stepOf({ bookingId: kept.booking.id, action: 'serve' }, commanded);
  carryOut(desk, commanded, { id: desk.newId(), step, told: null }, { visitId, actId: desk.newId() });
}
