import { daysInMonth } from '../calendar.ts';
import { isWorkingDay, nextWorkingDay } from '../holidays.ts';
import { addDays, isLegalDate, type LegalDate } from '../time.ts';
import { holds } from './conditions.ts';
import type { Condition, FormData } from './definition.ts';

type Text = { cs: string; en: string };

/** Until when a submission has to be where. */
export type DeadlineRule = {
  id: string;
  title: Text;
  when?: Condition;
  /** The field with the day the period runs from, or, with `before`, up to. */
  field: string;
  period: { days: number } | { workingDays: number } | { months: number };
  before?: true;
  /** Whether it has to be with the addressed office by then, or taking it in at any desk is enough. */
  keptBy: 'addressed-office' | 'any-desk';
  paragraph: string;
  toBeConfirmed?: true;
};

/**
 * The last day of a period. The day of what happened is not counted; a period by months ends on the day of the same number, or
 * on the last of a shorter month; an end on a day of rest moves to the next working day (zákon 500/2004 Sb., § 40 odst. 1).
 * Counted back from a day, nothing is moved: later would be too late.
 */
export function lastDay(from: LegalDate, period: DeadlineRule['period'], before = false): LegalDate {
  const way = before ? -1 : 1;
  if ('workingDays' in period) {
    let day = from;
    for (let left = period.workingDays; left > 0; ) {
      day = addDays(day, way);
      if (isWorkingDay(day)) left -= 1;
    }
    return day;
  }
  const end = 'days' in period ? addDays(from, way * period.days) : addMonths(from, way * period.months);
  return before ? end : nextWorkingDay(end);
}

function addMonths(date: LegalDate, months: number): LegalDate {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  const day = Math.min(Number(date.slice(8)), daysInMonth(year, month));
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
    '-',
  );
}

/** `kept-here-not`: in time, but only the addressed office's hands count, and this is another one. */
export type DeadlineState = 'kept' | 'late' | 'kept-here-not';
export type JudgedDeadline = { rule: DeadlineRule; last: LegalDate; state: DeadlineState };

// A date beside these is a slip of the pen, and a period from it may end in no year of four digits.
const isCounted = (date: LegalDate): boolean => date >= '1000-01-01' && date < '9000-01-01';

/** The deadlines of a form that can be told yet, as they stand when it is accepted on a day at a desk. */
export const judgeDeadlines = (
  rules: readonly DeadlineRule[],
  form: FormData,
  at: { today: LegalDate; isAddressed: boolean },
): JudgedDeadline[] =>
  rules.flatMap((rule) => {
    const from = form[rule.field];
    if (typeof from !== 'string' || !isLegalDate(from) || !isCounted(from) || !holds(rule.when, form))
      return [];
    const last = lastDay(from, rule.period, rule.before);
    const state =
      at.today > last ? 'late' : rule.keptBy === 'any-desk' || at.isAddressed ? 'kept' : 'kept-here-not';
    return [{ rule, last, state }];
  });
