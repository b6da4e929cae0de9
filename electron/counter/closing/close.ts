import type { Counts } from '../../contract/cash-desk.ts';
import type { Carried, ClosingView, OpenItem } from '../../contract/closing.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import * as exceptions from '../../store/exceptions.ts';
import * as numbers from '../../store/numbers.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { ok, type Result } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { judgeCount } from '../cash-desk/rules.ts';
import { cashTotals } from '../cash-desk/table.ts';
import { clerkNames } from '../day-log/names.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { orderOutput } from '../outputs/table.ts';
import { closingReportData } from './report.ts';
import { countOpen, openItems, type Period } from './state.ts';
import { type Closing, insertClosing, lastClosing } from './table.ts';

/** What was counted and decided, as the window sends it. */
export type Counted = {
  expected: number;
  counts: Counts;
  differenceReason: string | null;
  carried: Carried[];
};

export type Judged = {
  counted: number;
  differenceReason: string | null;
  open: OpenItem[];
  carried: Carried[];
};

/**
 * Whether a period may be closed so: the book is as it was shown, a difference has its reason, and everything open is
 * carried over by a decision. Decisions about what is done meanwhile fall away.
 */
export function judgeClosing(tx: Reader, period: Period, of: Counted): Result<Judged, ContractFailure> {
  const { expected } = cashTotals(tx, period.lastSequence);
  if (expected !== of.expected) return refuse('closing.changed', { expected });
  const count = judgeCount({ expected, counts: of.counts, reason: of.differenceReason });
  if (!count.ok) return refuse(count.error);
  const open = openItems(tx);
  const decided = (item: OpenItem): Carried | undefined =>
    of.carried.find(({ kind, id }) => kind === item.kind && id === item.id);
  const carriedOver = open.flatMap((item) => decided(item) ?? []);
  // Of more than are shown, some have to be dealt with first.
  const undecided = countOpen(tx) - carriedOver.length;
  if (undecided > 0) return refuse('closing.items-open', { count: undecided });
  return ok({
    counted: count.value.counted,
    differenceReason: count.value.reason,
    open,
    carried: carriedOver,
  });
}

export type Closer = {
  /** Who closes; of a closing approved from elsewhere, who approved it. */
  clerkId: string;
  name: string;
  way: ClosingView['way'];
  inPlaceOf: string | null;
  preparedBy: string | null;
};

/**
 * Closes a period in the transaction it is called in: the act, the checkpoint over everything up to it, the closing with
 * what the drawer holds (with which the next period opens), what somebody has to look at, and the report to be printed.
 */
export function closePeriod(
  desk: Desk,
  tx: Tx,
  of: {
    actId: string;
    /** Writes the act; of a closing approved from elsewhere, the desk does. */
    record(payload: { number: string; [key: string]: string | number | boolean | null }): number;
    period: Period;
    counts: Counts;
    judged: Judged;
    closer: Closer;
    now: Date;
  },
): Closing {
  const { period, judged, closer, now } = of;
  const at = now.toISOString();
  const today = legalDate(now);
  const cash = cashTotals(tx, period.lastSequence);
  const before = lastClosing(tx);
  const [firstDate = today, lastDate = firstDate] = [period.days[0], period.days.at(-1)];
  const year = Number(today.slice(0, 4));
  const allotted = numbers.allot(tx, { series: 'day-closing', year, actId: of.actId, at });
  numbers.setFate(tx, allotted, 'used', at);
  const number = `${allotted.number}/${year}`;
  const leafSequence = of.record({
    number,
    from: firstDate,
    to: lastDate,
    firstSequence: period.firstSequence,
    lastSequence: period.lastSequence,
    expected: cash.expected,
    counted: judged.counted,
    carried: judged.carried.length,
    way: closer.way,
    closedBy: closer.clerkId,
    ...(closer.inPlaceOf !== null && { inPlaceOf: closer.inPlaceOf }),
    ...(judged.differenceReason !== null && { reason: judged.differenceReason }),
  });
  // A closing at the desk covers its own act; one approved from elsewhere what was counted, and nothing done since.
  const lastSequence = closer.way === 'remote' ? period.lastSequence : leafSequence;
  const checkpoint = desk.checkpoint(tx, 'closing');
  const documentId = desk.newId();
  const names = clerkNames(tx);
  orderOutput(
    tx,
    {
      documentId,
      visitId: null,
      serviceId: null,
      kind: 'closing-report',
      template: 'closing-report',
      data: closingReportData(desk, tx, {
        number,
        period: { ...period, lastSequence },
        since: before?.closedAt ?? '',
        closedAt: now,
        closedBy: closer.name,
        way: closer.way,
        inPlaceOf: closer.inPlaceOf === null ? null : (names.get(closer.inPlaceOf) ?? closer.inPlaceOf),
        preparedBy: closer.preparedBy === null ? null : (names.get(closer.preparedBy) ?? closer.preparedBy),
        cash,
        counts: of.counts,
        ...judged,
        checkpoint,
      }),
      madeAt: at,
    },
    desk.newId(),
  );
  const closing = insertClosing(tx, {
    id: of.actId,
    number,
    leafSequence,
    firstSequence: period.firstSequence,
    lastSequence,
    firstDate,
    lastDate,
    closedAt: at,
    closedBy: closer.clerkId,
    way: closer.way,
    inPlaceOf: closer.inPlaceOf,
    opening: cash.opening,
    expected: cash.expected,
    counted: judged.counted,
    counts: of.counts,
    differenceReason: judged.differenceReason,
    carried: judged.carried,
    checkpointSize: checkpoint?.size ?? null,
    rootHash: checkpoint?.rootHash.toString('hex') ?? null,
    checkpointNote: checkpoint?.note ?? null,
    documentId,
  });
  const raise = (
    kind: 'cash-difference' | 'day-carried-over' | 'day-closed-late',
    params: Record<string, string | number>,
  ): void =>
    exceptions.raise(tx, {
      id: desk.newId(),
      kind,
      at,
      legalDate: today,
      clerkId: closer.clerkId,
      leafSequence,
      params: { number, ...params },
    });
  if (judged.counted !== cash.expected)
    raise('cash-difference', {
      difference: judged.counted - cash.expected,
      expected: cash.expected,
      counted: judged.counted,
    });
  if (judged.carried.length > 0) raise('day-carried-over', { count: judged.carried.length });
  if (firstDate < today) raise('day-closed-late', { day: firstDate });
  return closing;
}
