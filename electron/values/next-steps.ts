import type { BookingState } from './booking.ts';
import type { SubmissionState } from './submission-states.ts';
import { addDays, type LegalDate } from './time.ts';

/**
 * What a person's affairs ask for next. Pure; a proposal for the clerk, not an act: whoever follows it is judged again where it
 * leads.
 */

/** What is known of a person. A part that could not be heard is empty and proposes nothing. */
export type Affairs = {
  today: LegalDate;
  /** Null when the portal could not be asked: then it is not known that there is none. */
  accounts: readonly { state: 'registered' | 'active' | 'blocked' | 'ended' | 'merged' }[] | null;
  /** Accounts under another name that may be of the same person. */
  alike: number;
  /** `last` is the last state the office told; its deadline is of what it asks for. */
  submissions: readonly {
    submissionId: string;
    subject: string;
    last: { state: SubmissionState; deadline: LegalDate | null };
  }[];
  messages: readonly { messageId: string; isRead: boolean }[];
  bookings: readonly {
    id: string;
    number: string;
    state: BookingState;
    day: LegalDate;
    time: string | null;
  }[];
  /** Powers of attorney known in the visit, with the last day they hold; null when they have none. */
  proxies: readonly { of: string; validTo: LegalDate | null }[];
  /** How many days ahead the end of a power is told. */
  proxyWarningDays: number;
};

export type NextStep =
  | { kind: 'complete-submission'; submissionId: string; subject: string; deadline: LegalDate | null }
  /** The deadline is over; what to do then the office says. */
  | { kind: 'completion-late'; submissionId: string; subject: string; deadline: LegalDate }
  | { kind: 'booking-lost'; bookingId: string; number: string }
  | { kind: 'booking-today'; bookingId: string; number: string; time: string | null }
  | { kind: 'read-messages'; messageId: string; count: number }
  | { kind: 'activate-account' }
  | { kind: 'unblock-account' }
  | { kind: 'compare-accounts'; count: number }
  | { kind: 'open-account' }
  | { kind: 'power-ends'; of: string; validTo: LegalDate }
  | { kind: 'power-ended'; of: string; validTo: LegalDate };

/** Deadlines first, the nearest before others; then who is expected today, what waits to be read, the account and powers. */
export function nextSteps(of: Affairs): NextStep[] {
  return [
    ...completions(of),
    ...bookingSteps(of),
    ...messageSteps(of),
    ...accountSteps(of),
    ...powerSteps(of),
  ];
}

function completions({ submissions, today }: Affairs): NextStep[] {
  return submissions
    .filter(({ last }) => last.state === 'completion-asked')
    .map(({ submissionId, subject, last: { deadline } }) => ({ submissionId, subject, deadline }))
    .sort((a, b) => byDay(a.deadline, b.deadline))
    .map(({ submissionId, subject, deadline }) =>
      deadline !== null && deadline < today
        ? { kind: 'completion-late', submissionId, subject, deadline }
        : { kind: 'complete-submission', submissionId, subject, deadline },
    );
}

/** Without a day: the last. */
const byDay = (a: LegalDate | null, b: LegalDate | null): number =>
  (a ?? '9999-12-31').localeCompare(b ?? '9999-12-31');

function bookingSteps({ bookings, today }: Affairs): NextStep[] {
  return bookings.flatMap(({ id: bookingId, number, state, day, time }): NextStep[] => {
    if (state === 'lost') return [{ kind: 'booking-lost', bookingId, number }];
    const isExpected = day === today && (state === 'booked' || state === 'moved' || state === 'arrived');
    return isExpected ? [{ kind: 'booking-today', bookingId, number, time }] : [];
  });
}

function messageSteps({ messages }: Affairs): NextStep[] {
  const unread = messages.filter(({ isRead }) => !isRead);
  const [first] = unread;
  return first ? [{ kind: 'read-messages', messageId: first.messageId, count: unread.length }] : [];
}

function accountSteps({ accounts, alike }: Affairs): NextStep[] {
  if (accounts === null) return [];
  const isIn = (wanted: 'registered' | 'active' | 'blocked'): boolean =>
    accounts.some(({ state }) => state === wanted);
  return [
    // One that is active already leaves nothing to activate: what was registered besides is for merging.
    ...(isIn('registered') && !isIn('active') ? [{ kind: 'activate-account' } as const] : []),
    ...(isIn('blocked') ? [{ kind: 'unblock-account' } as const] : []),
    ...(alike > 0 ? [{ kind: 'compare-accounts', count: alike } as const] : []),
    ...(!isIn('registered') && !isIn('active') && !isIn('blocked') && alike === 0
      ? [{ kind: 'open-account' } as const]
      : []),
  ];
}

function powerSteps({ proxies, today, proxyWarningDays }: Affairs): NextStep[] {
  const until = addDays(today, proxyWarningDays);
  return proxies.flatMap(({ of, validTo }): NextStep[] => {
    if (validTo === null || validTo > until) return [];
    return [{ kind: validTo < today ? 'power-ended' : 'power-ends', of, validTo }];
  });
}
