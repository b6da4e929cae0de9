import { type CashTotals, type Counts, denominations } from '../../contract/cash-desk.ts';
import type { Carried, ClosingView, OpenItem } from '../../contract/closing.ts';
import type { ClosingReportData } from '../../documents/template-data.ts';
import type { Checkpoint } from '../../journal/checkpoint.ts';
import type { Reader } from '../../store/open.ts';
import { formatCrowns } from '../../values/money.ts';
import { formatDate, formatDateTime } from '../../values/time.ts';
import { type CashMovement, movementsBetween } from '../cash-desk/table.ts';
import { clerkNames } from '../day-log/names.ts';
import type { Desk } from '../desk.ts';
import { receiptsBetween } from '../fees/table.ts';
import { ownOffice } from '../outputs/data.ts';
import { asksForClosing } from './days.ts';
import type { Period } from './state.ts';
import { exceptionWord, openItemWords, purposeWords, seriesWords } from './words.ts';

/** Hours and minutes in Prague. */
const timeOfDay = (at: string): string => /(\d+:\d\d):\d\d$/.exec(formatDateTime(new Date(at)))?.[1] ?? '';

/** Numbers written as ranges: `1–12/2026`. */
const rangeOf = ({ low, high, year }: { low: number; high: number; year: number }): string =>
  `${low === high ? low : `${low}–${high}`}${year === 0 ? '' : `/${year}`}`;

function servicesOf(tx: Reader, { firstSequence, lastSequence }: Period): ClosingReportData['services'] {
  return tx.all<{ title: string; count: number }>(
    `SELECT json_extract(s.definition, '$.title.cs') AS title, count(*) AS count
     FROM journal_leaves AS l JOIN services AS s ON s.id = l.service_id
     WHERE l.sequence BETWEEN ? AND ?
       AND l.kind IN ('submission-accepted', 'copy-certified', 'signature-certified', 'extract-issued',
         'conversion-issued')
     GROUP BY title ORDER BY title`,
    [firstSequence, lastSequence],
  );
}

/** Fees on receipts of the period; what was cancelled meanwhile is taken off in the cash book, not here. */
function feesOf(tx: Reader, { firstSequence, lastSequence }: Period): ClosingReportData['fees'] {
  const fees = new Map<string, ClosingReportData['fees'][number]>();
  for (const { lines } of receiptsBetween(tx, firstSequence, lastSequence))
    for (const { title, item, quantity, amount } of lines ?? []) {
      const key = JSON.stringify([title, item]);
      const sum = fees.get(key) ?? { title, item, quantity: 0, amount: 0 };
      fees.set(key, { ...sum, quantity: sum.quantity + quantity, amount: sum.amount + amount });
    }
  return [...fees.values()].sort((a, b) => a.title.localeCompare(b.title, 'cs'));
}

const bookTexts = {
  fee: 'správní poplatek',
  refund: 'vrácený poplatek',
  in: 'příjem',
  out: 'výdej',
} as const;

function bookRow(movement: CashMovement, isOneDay: boolean): ClosingReportData['book'][number] {
  const { kind, method, amount, purpose, reason, number, at, legalDate } = movement;
  const text = [
    purpose === 'receipt' ? bookTexts[kind] : purposeWords[purpose],
    method === 'card' ? 'kartou' : '',
    reason,
  ]
    .filter((part) => part !== '')
    .join(', ');
  return {
    at: isOneDay ? timeOfDay(at) : `${formatDate(legalDate)} ${timeOfDay(at)}`,
    paper: number ?? '',
    text,
    income: amount > 0 ? formatCrowns(amount) : '',
    expense: amount < 0 ? formatCrowns(-amount) : '',
  };
}

export type ReportOf = {
  number: string;
  period: Period;
  /** When the closing before was made; what was cancelled or raised since then is this period's. */
  since: string;
  closedAt: Date;
  closedBy: string;
  way: ClosingView['way'];
  inPlaceOf: string | null;
  preparedBy: string | null;
  cash: CashTotals;
  counts: Counts;
  counted: number;
  differenceReason: string | null;
  open: readonly OpenItem[];
  carried: readonly Carried[];
  checkpoint: Checkpoint | null;
};

/** What the printed report of a closing says. */
export function closingReportData(desk: Desk, tx: Reader, of: ReportOf): ClosingReportData {
  const { period, cash, checkpoint } = of;
  const own = ownOffice(desk, tx);
  const names = clerkNames(tx);
  const [first = '', last = first] = [period.days[0], period.days.at(-1)];
  const range = [period.firstSequence, period.lastSequence];
  const clerks = tx.all<{ clerk_id: string }>(
    `SELECT DISTINCT l.clerk_id FROM journal_leaves AS l WHERE l.sequence BETWEEN ? AND ? AND ${asksForClosing}`,
    range,
  );
  const series = tx.all<{ series: string; year: number; low: number; high: number; count: number }>(
    `SELECT n.series, n.year, min(n.number) AS low, max(n.number) AS high, count(*) AS count
     FROM numbers AS n JOIN journal_leaves AS l ON l.act_id = n.act_id
     WHERE l.sequence BETWEEN ? AND ? AND n.series <> 'day-closing' GROUP BY n.series, n.year ORDER BY 1, 2`,
    range,
  );
  const cancelled = tx.all<{ series: string; year: number; number: number; reason: string | null }>(
    `SELECT series, year, number, reason FROM numbers
     WHERE fate IN ('cancelled', 'lost') AND changed_at > ? ORDER BY series, year, number`,
    [of.since],
  );
  const raised = tx.all<{ kind: string; count: number; open: number }>(
    `SELECT kind, count(*) AS count, sum(reviewed_at IS NULL) AS open FROM exceptions WHERE at > ?
     GROUP BY kind ORDER BY kind`,
    [of.since],
  );
  const isOneDay = first === last;
  return {
    desk: own.printed,
    document: { number: of.number },
    period: isOneDay ? formatDate(first) : `${formatDate(first)} až ${formatDate(last)}`,
    entries: { first: period.firstSequence, last: period.lastSequence, acts: period.entries },
    closedAt: of.closedAt.toISOString(),
    closedBy: of.closedBy,
    way: of.way,
    ...(of.inPlaceOf !== null && { inPlaceOf: of.inPlaceOf }),
    ...(of.preparedBy !== null && { preparedBy: of.preparedBy }),
    clerks: clerks.map(({ clerk_id }) => names.get(clerk_id) ?? clerk_id).join(', '),
    services: servicesOf(tx, period),
    fees: feesOf(tx, period),
    cash: {
      opening: cash.opening,
      fees: cash.fees,
      refunds: cash.refunds,
      in: cash.in,
      out: cash.out,
      expected: cash.expected,
      counted: of.counted,
      difference: of.counted - cash.expected,
      ...(of.differenceReason !== null && { differenceReason: of.differenceReason }),
      cardFees: cash.card.fees,
      cardRefunds: cash.card.refunds,
    },
    counts: denominations.flatMap((value) => {
      const pieces = of.counts[`${value}`] ?? 0;
      return pieces === 0 ? [] : [{ value, pieces, amount: value * pieces }];
    }),
    book: movementsBetween(tx, period.firstSequence, period.lastSequence).map((row) =>
      bookRow(row, isOneDay),
    ),
    series: series.map((row) => ({ name: seriesWords(row.series), range: rangeOf(row), count: row.count })),
    cancelled: cancelled.map((row) => ({
      number: `${seriesWords(row.series)} ${row.number}/${row.year}`,
      reason: row.reason ?? 'ztraceno s diskem',
    })),
    exceptions: raised.map(({ kind, count, open }) => ({ name: exceptionWord(kind), count, open })),
    carried: of.carried.flatMap(({ kind, id, reason }) => {
      const item = of.open.find((one) => one.kind === kind && one.id === id);
      return item ? [{ what: openItemWords(item), reason }] : [];
    }),
    ...(checkpoint && {
      checkpoint: {
        size: checkpoint.size,
        rootHash: checkpoint.rootHash.toString('hex'),
        note: checkpoint.note,
      },
    }),
    place: own.place,
  };
}
