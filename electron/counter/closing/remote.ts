import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Session } from '../../contract/clerks.ts';
import type { Tx } from '../../store/open.ts';
import { cashTotals } from '../cash-desk/table.ts';
import type { Desk } from '../desk.ts';
import { stackOf } from '../log.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { actingClerk, enqueue } from '../queue/enqueue.ts';
import { closePeriod, type Judged } from './close.ts';
import { closedUpTo } from './days.ts';
import { type ClosingRequest, decisionOn, settleRequest, waitingRequest } from './requests.ts';
import { type Period, periodUpTo } from './state.ts';
import { openItemWords } from './words.ts';

type Payload = components['schemas']['ClosingPayload'];
type Acting = { session: Session; role: string; now: Date };

const within = (text: string, longest: number): string => text.slice(0, longest);

/** What the supervisor elsewhere sees of a closing: sums, and what stays open in words; nobody's data. */
function payloadOf(
  tx: Tx,
  of: { request: ClosingRequest; period: Period; judged: Judged; note: string },
  acting: Acting,
): Payload {
  const { period, judged } = of;
  const cash = cashTotals(tx, period.lastSequence);
  return {
    closingId: of.request.id,
    state: 'prepared',
    preparedBy: actingClerk(acting),
    preparedAt: of.request.madeAt,
    days: period.days,
    firstSequence: period.firstSequence,
    lastSequence: period.lastSequence,
    acts: period.entries,
    cash: {
      opening: cash.opening,
      fees: cash.fees,
      refunds: cash.refunds,
      in: cash.in,
      out: cash.out,
      expected: cash.expected,
      counted: judged.counted,
      cardFees: cash.card.fees,
      cardRefunds: cash.card.refunds,
    },
    ...(judged.differenceReason !== null && { differenceReason: judged.differenceReason }),
    carried: judged.carried.flatMap(({ kind, id, reason }) => {
      const item = judged.open.find((one) => one.kind === kind && one.id === id);
      return item ? [{ what: within(openItemWords(item), 300), reason }] : [];
    }),
    ...(of.note !== '' && { note: of.note }),
  };
}

/** Sends a closing to the portal; its effect bears the request's own id. */
export function sendForApproval(
  desk: Desk,
  tx: Tx,
  of: { request: ClosingRequest; period: Period; judged: Judged; note: string },
  acting: Acting,
): void {
  enqueue(desk, tx, {
    id: of.request.id,
    visitId: of.request.id,
    kind: 'closing',
    leafSequence: of.request.leafSequence,
    madeAt: acting.now,
    payload: payloadOf(tx, of, acting),
    blobs: [],
  });
}

/** Tells the portal that nobody has to decide any more. */
export function takeBack(
  desk: Desk,
  tx: Tx,
  of: { request: ClosingRequest; leafSequence: number },
  acting: Acting,
): void {
  settleRequest(tx, of.request.id, {
    state: 'withdrawn',
    at: acting.now.toISOString(),
    by: acting.session.clerkId,
    note: null,
  });
  enqueue(desk, tx, {
    id: desk.newId(),
    visitId: of.request.id,
    kind: 'closing',
    leafSequence: of.leafSequence,
    madeAt: acting.now,
    payload: {
      closingId: of.request.id,
      state: 'withdrawn',
      preparedBy: actingClerk(acting),
      preparedAt: acting.now.toISOString(),
    },
    blobs: [],
  });
}

/**
 * Does what a supervisor elsewhere decided, once the answer has come: closes what was counted, up to the act that
 * prepared it, or shows that it came back. Called after news of the inbox and at the start; without an answer it does
 * nothing.
 */
export function applyDecision(desk: Desk, prints: PrintRunner, deps: { onClosed(): void }): void {
  try {
    if (decide(desk)) {
      prints.kick();
      desk.sync.kick();
      deps.onClosed();
    }
  } catch (thrown) {
    // A full disk: the answer stays and is taken up with the next one, or at the next start.
    desk.log.error({ call: 'closing-decision', stack: stackOf(thrown) }, 'decision left as it was');
  }
}

function decide(desk: Desk): boolean {
  const { store, clock } = desk;
  const isDecided = store.read((tx) => {
    const request = waitingRequest(tx);
    return request !== null && decisionOn(tx, request.id) !== null;
  });
  if (!isDecided) return false;
  store.write((tx) => {
    const request = waitingRequest(tx);
    const decision = request && decisionOn(tx, request.id);
    if (!request || !decision) return;
    const now = clock.now();
    settleRequest(tx, request.id, {
      state: decision.approved ? 'approved' : 'returned',
      at: now.toISOString(),
      by: decision.by.name,
      note: decision.note,
    });
    const period = periodUpTo(tx, request.leafSequence);
    const act = (
      kind: 'day-closed' | 'closing-returned',
      payload: Record<string, string | number | boolean | null>,
    ) =>
      desk.act(tx, {
        kind,
        actId: desk.newId(),
        clerkId: decision.by.clerkId,
        // Acted at the portal, not here: the desk writes it down.
        role: 'machine',
        at: now,
        payload: { ...payload, approval: request.id, approvedBy: decision.by.name, note: decision.note },
      });
    if (!decision.approved || period === null || closedUpTo(tx) >= request.leafSequence) {
      act('closing-returned', { approved: decision.approved });
      return;
    }
    closePeriod(desk, tx, {
      actId: desk.newId(),
      record: (payload) => act('day-closed', payload),
      period,
      counts: request.closing.counts,
      judged: request.closing,
      closer: {
        clerkId: decision.by.clerkId,
        name: decision.by.name,
        way: 'remote',
        inPlaceOf: null,
        preparedBy: request.madeBy,
      },
      now,
    });
  });
  return true;
}
