import type { ClosingState, ClosingView, Deputy as DeputyView } from '../../contract/closing.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { cashTotals } from '../cash-desk/table.ts';
import { centralSettings, clerks } from '../catalogue/catalogue.ts';
import { reauthenticate } from '../clerks/judge.ts';
import { clerkNames } from '../day-log/names.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { printsOf } from '../outputs/table.ts';
import { closePeriod, judgeClosing } from './close.ts';
import { closedUpTo } from './days.ts';
import { type Deputy, deputiesFrom, endDeputy, insertDeputy, isFitPeriod } from './deputies.ts';
import { sendForApproval, takeBack } from './remote.ts';
import { type ClosingRequest, insertRequest, lastRequest, waitingRequest } from './requests.ts';
import { hasServed, openItems, openPeriod, type Period } from './state.ts';
import { type Closing, closingsPage, findClosing } from './table.ts';

/** The end of the day: what is open, what is counted, who answers for it. */
export function closingHandlers(
  desk: Desk,
  prints: PrintRunner,
  deps: {
    onClosed(): void;
    /** The frame says something else now. */
    onChange(): void;
  },
): Handler[] {
  const { store, sync } = desk;

  /** Four eyes: whoever served people does not close alone, unless the portal says they may. */
  const needsSomebodyElse = (tx: Reader, clerkId: string, period: Period | null): boolean =>
    period !== null && centralSettings(tx).cashDesk.fourEyes && hasServed(tx, clerkId, period);

  return [
    query('closing.state', ({ session }) =>
      store.read((tx) => {
        const period = openPeriod(tx);
        return ok({
          days: period?.days ?? [],
          entries: period?.entries ?? 0,
          cash: cashTotals(tx),
          open: openItems(tx),
          needsSomebodyElse: needsSomebodyElse(tx, session.clerkId, period),
          request: requestView(tx),
        });
      }),
    ),

    preparedCommand(
      'closing.close',
      async ({ session, now }, { closingId, password }) => {
        // Asked again after a lost answer: done is done, and nobody is asked for a password twice.
        if (store.read((tx) => findClosing(tx, closingId))?.closedBy === session.clerkId) return ok(null);
        return reauthenticate(desk, session, password, now);
      },
      (commanded, input) => {
        const { tx, session, now, after } = commanded;
        const done = findClosing(tx, input.closingId);
        if (done) return done.closedBy === session.clerkId ? ok(viewOf(tx, done)) : refuse('call.id-reused');
        const period = openPeriod(tx);
        if (period === null) return refuse('closing.nothing-to-close');
        if (needsSomebodyElse(tx, session.clerkId, period)) return refuse('closing.four-eyes');
        const judged = judgeClosing(tx, period, input);
        if (!judged.ok) return judged;
        const deputy = session.deputyOf;
        const waiting = waitingRequest(tx);
        const closing = closePeriod(desk, tx, {
          actId: input.closingId,
          record: (payload) =>
            record(desk, { ...commanded, actId: input.closingId }, { kind: 'day-closed', payload }),
          period,
          counts: input.counts,
          judged: judged.value,
          closer: {
            clerkId: session.clerkId,
            name: displayName(session.name),
            way: deputy ? 'deputy' : 'at-desk',
            inPlaceOf: deputy?.clerkId ?? null,
            preparedBy: null,
          },
          now,
        });
        // Closed here after all: nobody elsewhere has to decide.
        if (waiting) takeBack(desk, tx, { request: waiting, leafSequence: closing.leafSequence }, commanded);
        after(() => {
          prints.kick();
          sync.kick();
          deps.onClosed();
        });
        return ok(viewOf(tx, closing));
      },
    ),

    command('closing.prepare', (commanded, { note, ...input }) => {
      const { tx, actId, session, now, after } = commanded;
      if (waitingRequest(tx)) return refuse('closing.request-waiting');
      const before = openPeriod(tx);
      if (before === null) return refuse('closing.nothing-to-close');
      const judged = judgeClosing(tx, before, input);
      if (!judged.ok) return judged;
      const leafSequence = record(desk, commanded, {
        kind: 'closing-prepared',
        payload: { expected: input.expected, counted: judged.value.counted, note },
      });
      const request: ClosingRequest = {
        id: actId,
        leafSequence,
        madeAt: now.toISOString(),
        madeBy: session.clerkId,
        closing: { counts: input.counts, ...judged.value },
        state: 'waiting',
        answeredBy: null,
        note: null,
      };
      insertRequest(tx, request);
      const period = { ...before, lastSequence: leafSequence };
      sendForApproval(desk, tx, { request, period, judged: judged.value, note }, commanded);
      after(() => {
        sync.kick();
        deps.onChange();
      });
      const view = requestView(tx);
      return view ? ok(view) : refuse('closing.no-request');
    }),

    command('closing.withdraw', (commanded, { requestId }) => {
      const { tx, after } = commanded;
      const request = waitingRequest(tx);
      if (request?.id !== requestId) return refuse('closing.no-request');
      const leafSequence = record(desk, commanded, { kind: 'closing-withdrawn', payload: { requestId } });
      takeBack(desk, tx, { request, leafSequence }, commanded);
      after(() => {
        sync.kick();
        deps.onChange();
      });
      return ok({});
    }),

    query('closing.list', (_asked, { before, limit }) =>
      store.read((tx) => {
        const page = closingsPage(tx, { before, limit: limit + 1 });
        return ok({
          closings: page.slice(0, limit).map((closing) => viewOf(tx, closing)),
          more: page.length > limit,
        });
      }),
    ),

    query('closing.deputies', ({ session, now }) =>
      store.read((tx) =>
        ok({
          deputies: deputiesFrom(tx, legalDate(now)).map((deputy) => deputyView(tx, deputy)),
          candidates: candidatesFor(tx, session.clerkId).map(({ id, name }) => ({
            clerkId: id,
            name: displayName(name),
          })),
        }),
      ),
    ),

    command('closing.name-deputy', (commanded, { clerkId, from, to }) => {
      const { tx, actId, session, now, after } = commanded;
      if (session.deputyOf) return refuse('closing.deputy-cannot-name');
      if (clerkId === session.clerkId) return refuse('closing.deputy-not-yourself');
      if (!candidatesFor(tx, session.clerkId).some(({ id }) => id === clerkId))
        return refuse('closing.deputy-unknown');
      if (!isFitPeriod(from, to, legalDate(now))) return refuse('closing.deputy-period');
      const deputy = { id: actId, clerkId, supervisorId: session.clerkId, from, to };
      insertDeputy(tx, deputy, now.toISOString());
      record(desk, commanded, { kind: 'deputy-named', payload: { deputy: clerkId, from, to } });
      after(deps.onChange);
      return ok(deputyView(tx, deputy));
    }),

    command('closing.end-deputy', (commanded, { deputyId }) => {
      const { tx, session, now, after } = commanded;
      if (session.deputyOf) return refuse('closing.deputy-cannot-name');
      if (!endDeputy(tx, deputyId, now.toISOString())) return refuse('closing.deputy-unknown');
      record(desk, commanded, { kind: 'deputy-ended', payload: { deputyId } });
      after(deps.onChange);
      return ok({});
    }),
  ];
}

/** The closing that waits for somebody elsewhere, or the last one when it came back and nothing was closed since. */
function requestView(tx: Reader): ClosingState['request'] {
  const request = lastRequest(tx);
  if (!request || request.leafSequence <= closedUpTo(tx)) return null;
  if (request.state !== 'waiting' && request.state !== 'returned') return null;
  return {
    id: request.id,
    state: request.state,
    madeAt: request.madeAt,
    madeBy: clerkNames(tx).get(request.madeBy) ?? request.madeBy,
    counted: request.closing.counted,
    answeredBy: request.answeredBy,
    note: request.note,
  };
}

/** Who could stand in: clerks of the desk's directory who may serve and are not supervisors themselves. */
const candidatesFor = (tx: Reader, supervisorId: string) =>
  clerks
    .list(tx)
    .filter(
      ({ id, blocked, roles }) =>
        id !== supervisorId && !blocked && roles.includes('clerk') && !roles.includes('supervisor'),
    );

function deputyView(tx: Reader | Tx, { id, clerkId, supervisorId, from, to }: Deputy): DeputyView {
  const names = clerkNames(tx);
  return {
    id,
    clerkId,
    clerkName: names.get(clerkId) ?? clerkId,
    supervisorId,
    supervisorName: names.get(supervisorId) ?? supervisorId,
    from,
    to,
  };
}

export function viewOf(tx: Reader, closing: Closing): ClosingView {
  const names = clerkNames(tx);
  const nameOf = (id: string): string => names.get(id) ?? id;
  return {
    id: closing.id,
    number: closing.number,
    ordinal: closing.ordinal,
    firstDate: closing.firstDate,
    lastDate: closing.lastDate,
    closedAt: closing.closedAt,
    closedBy: nameOf(closing.closedBy),
    way: closing.way,
    inPlaceOf: closing.inPlaceOf === null ? null : nameOf(closing.inPlaceOf),
    expected: closing.expected,
    counted: closing.counted,
    differenceReason: closing.differenceReason,
    carried: closing.carried.length,
    firstSequence: closing.firstSequence,
    lastSequence: closing.lastSequence,
    rootHash: closing.rootHash,
    checkpointSize: closing.checkpointSize,
    prints: closing.documentId === null ? [] : printsOf(tx, closing.documentId),
  };
}
