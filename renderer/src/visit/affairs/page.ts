import type { CallOutput } from '../../../../electron/contract/index.ts';
import type { Purpose } from '../../../../electron/contract/looks.ts';
import type { VisitView } from '../../../../electron/contract/visits.ts';
import { type NextStep, nextSteps } from '../../../../electron/values/next-steps.ts';
import { isUnfinished } from '../places.ts';

/** What was shown of the person, of one look. */
export type PersonPage = CallOutput<'person.look'>;

export type AffairsDraft = {
  part: 'overview' | 'tracking' | 'mailbox' | 'bookings';
  /** Why the clerk looked: of the page and of all that is opened from it. */
  purpose: Purpose | null;
  /** Null before the look. */
  page: PersonPage | null;
  /** Submissions looked up besides: of whom the person represents, or one by its number. */
  looked: { what: 'represented' | 'number'; answer: CallOutput<'tracking.find'> } | null;
  submissionId: string | null;
  /** A message the page leads to, to be opened when its part is shown. */
  messageId: string | null;
};

export const freshAffairs = (): AffairsDraft => ({
  part: 'overview',
  purpose: null,
  page: null,
  looked: null,
  submissionId: null,
  messageId: null,
});

export const lastOf = <S>({ states }: { states: readonly S[] }): S | undefined => states.at(-1);

/** What is done in a service for each step that leads to one. */
const services: Partial<Record<NextStep['kind'], Pick<PersonPage['services'][number], 'holder' | 'action'>>> =
  {
    'activate-account': { holder: 'person', action: 'activate' },
    'open-account': { holder: 'person', action: 'open-person' },
    'unblock-account': { holder: 'person', action: 'unblock' },
    'compare-accounts': { holder: 'person', action: 'merge' },
    'power-ends': { holder: 'organisation', action: 'change-users' },
    'power-ended': { holder: 'organisation', action: 'change-users' },
  };

/** The definition of the service a step leads to; null when it leads to a part of the page, or nobody offers it. */
export function serviceFor(page: PersonPage, { kind }: NextStep): string | null {
  const wanted = services[kind];
  const found = page.services.find(
    ({ holder, action }) => holder === wanted?.holder && action === wanted.action,
  );
  return found?.definitionId ?? null;
}

/** The part of the page a step leads to; null for a service. */
export const partFor = ({ kind }: NextStep): AffairsDraft['part'] | null =>
  kind === 'complete-submission' || kind === 'completion-late'
    ? 'tracking'
    : kind === 'read-messages'
      ? 'mailbox'
      : kind === 'booking-lost' || kind === 'booking-today'
        ? 'bookings'
        : null;

/** What comes next, by what is shown now: what was read or done in the visit meanwhile is gone, and so is what nobody offers. */
export function stepsOf(page: PersonPage, visit: VisitView, today: string): NextStep[] {
  const steps = nextSteps({
    today,
    accounts: page.accounts?.own ?? null,
    alike: page.accounts?.alike ?? 0,
    submissions: page.submissions.submissions.map((one) => {
      const last = lastOf(one);
      return {
        submissionId: one.submissionId,
        subject: one.subject,
        last: { state: last?.state ?? 'received', deadline: last?.deadline ?? null },
      };
    }),
    messages: page.mailbox.messages,
    bookings: page.bookings?.bookings ?? [],
    proxies: page.organisations.flatMap(({ name, powers }) =>
      powers.map(({ validTo }) => ({ of: name, validTo })),
    ),
    proxyWarningDays: page.proxyWarningDays,
  });
  return steps.filter((step) => {
    if (partFor(step) !== null) return true;
    const definitionId = serviceFor(page, step);
    const isDone = visit.services.some(
      (service) => service.definitionId === definitionId && !isUnfinished(service),
    );
    return definitionId !== null && !isDone;
  });
}
