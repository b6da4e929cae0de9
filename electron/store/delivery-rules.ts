/**
 * Where a queued thing can be, what can happen to it there, and whose it then is. Pure: the outbox moves by this table and
 * docs/delivery.md shows it; a test compares the two.
 */

export const deliveryStates = [
  'waiting',
  'sending',
  'incomplete',
  'needs-person',
  'accepted',
  'returned',
  'closed',
] as const;
/** `returned` is an accepted effect about which the portal or the office wants something of a person. */
export type DeliveryState = (typeof deliveryStates)[number];

export const deliveryEvents = [
  'taken-up',
  'accepted',
  'incomplete',
  'postponed',
  'given-up',
  'refused',
  'process-died',
  'returned',
  'portal-forgot',
  'forgotten-and-purged',
  'person-retries',
  'person-settles',
  'person-hands-over',
  'supervisor-closes',
] as const;
export type DeliveryEvent = (typeof deliveryEvents)[number];

type Moves = Partial<Record<DeliveryEvent, DeliveryState>>;

/** What an event makes of a state. What does not stand here cannot happen there. */
export const transitions: Readonly<Record<DeliveryState, Moves>> = {
  waiting: {
    'taken-up': 'sending',
    accepted: 'accepted',
    incomplete: 'incomplete',
    postponed: 'waiting',
    'given-up': 'needs-person',
    refused: 'needs-person',
  },
  sending: {
    accepted: 'accepted',
    incomplete: 'incomplete',
    postponed: 'waiting',
    'given-up': 'needs-person',
    refused: 'needs-person',
    'process-died': 'waiting',
  },
  incomplete: {
    accepted: 'accepted',
    incomplete: 'incomplete',
    postponed: 'incomplete',
    'given-up': 'needs-person',
    refused: 'needs-person',
    'portal-forgot': 'waiting',
  },
  'needs-person': {
    // The answer to an earlier try may come late: what the portal has, it has.
    accepted: 'accepted',
    'person-retries': 'waiting',
    'person-hands-over': 'needs-person',
    'supervisor-closes': 'closed',
  },
  accepted: {
    accepted: 'accepted',
    returned: 'returned',
    'portal-forgot': 'waiting',
    'forgotten-and-purged': 'returned',
  },
  returned: {
    accepted: 'returned',
    returned: 'returned',
    'person-settles': 'accepted',
    'person-hands-over': 'returned',
    'portal-forgot': 'waiting',
    'forgotten-and-purged': 'returned',
  },
  closed: {},
};

export const nextState = (from: DeliveryState, event: DeliveryEvent): DeliveryState | null =>
  transitions[from][event] ?? null;

/** States in which an event can come to an effect. */
export const statesWith = (event: DeliveryEvent): DeliveryState[] =>
  deliveryStates.filter((state) => transitions[state][event] !== undefined);

export type Owner = 'machine' | 'clerk' | 'supervisor' | 'nobody';

/** Whose an effect is: the machine's with a time of its next try, a person's with a task, or nobody's any more. */
export function ownerOf(state: DeliveryState, of: { code: string | null; handedOver: boolean }): Owner {
  switch (state) {
    case 'waiting':
    case 'sending':
    case 'incomplete':
      return 'machine';
    case 'needs-person':
    case 'returned':
      return of.handedOver || problemRule(of.code).owner === 'supervisor' ? 'supervisor' : 'clerk';
    case 'accepted':
    case 'closed':
      return 'nobody';
  }
}

export const deliveryActions = ['retry', 'complete', 'settle', 'hand-over', 'close'] as const;
export type DeliveryAction = (typeof deliveryActions)[number];

export type ProblemRule = {
  owner: 'clerk' | 'supervisor';
  /** Sending the same again can help. */
  retry: boolean;
  /** A correction of the submission, or the act about an account sent again with something changed, mends it. */
  complete: boolean;
};

const rule = (owner: ProblemRule['owner'], ...can: ('retry' | 'complete')[]): ProblemRule => ({
  owner,
  retry: can.includes('retry'),
  complete: can.includes('complete'),
});

/** What a person can do about each code under which an effect comes to a person. The code is also its sentence's. */
export const problemRules = {
  'effect.content-differs': rule('supervisor'),
  'effect.ordinal-taken': rule('supervisor'),
  'effect.out-of-order': rule('clerk', 'retry'),
  'effect.submission-unknown': rule('clerk', 'retry'),
  'effect.invalid': rule('supervisor', 'retry'),
  'effect.office-unknown': rule('supervisor', 'retry'),
  'effect.blob-size-differs': rule('supervisor', 'retry'),
  'effect.attachments-wrong': rule('supervisor', 'retry'),
  'effect.blob-lost': rule('supervisor', 'retry'),
  'effect.refused': rule('supervisor', 'retry'),
  'effect.portal-fails': rule('clerk', 'retry'),
  'effect.slot-taken': rule('clerk', 'complete'),
  'effect.booking-differs': rule('clerk'),
  'effect.called-twice': rule('clerk'),
  'effect.account-exists': rule('clerk', 'complete'),
  'effect.tariff-changed': rule('supervisor'),
  'effect.number-unknown': rule('supervisor'),
  'effect.number-settled': rule('supervisor'),
  'effect.receipt-unknown': rule('supervisor'),
  'effect.role-withdrawn': rule('supervisor'),
  'effect.document-listed-since': rule('supervisor'),
  'effect.forgotten': rule('supervisor'),
  'effect.form-faulty': rule('supervisor'),
  'effect.message-not-theirs': rule('supervisor'),
  'effect.identity-too-weak': rule('supervisor'),
  'account.activated-already': rule('clerk', 'complete'),
  'account.clerk-not-permitted': rule('supervisor'),
  'account.email-taken': rule('clerk', 'complete'),
  'account.exists-already': rule('clerk', 'complete'),
  'account.ico-unknown': rule('clerk'),
  'account.identity-too-weak': rule('clerk'),
  'account.is-blocked': rule('clerk'),
  'account.is-ended': rule('clerk'),
  'account.is-merged': rule('clerk'),
  'account.last-administrator': rule('clerk'),
  'account.merge-not-possible': rule('clerk'),
  'account.not-activated': rule('clerk'),
  'account.not-allowed-to-act': rule('clerk'),
  'account.not-blocked': rule('clerk'),
  'account.others-missing': rule('clerk'),
  'account.person-differs': rule('clerk'),
  'account.proof-insufficient': rule('clerk'),
  'account.proxy-expired': rule('clerk'),
  'account.proxy-scope': rule('clerk'),
  'account.right-unknown': rule('clerk'),
  'account.unknown': rule('clerk', 'complete'),
  'account.user-name-taken': rule('clerk', 'complete'),
  'account.user-name-wrong': rule('clerk', 'complete'),
  'account.user-not-active': rule('clerk'),
  'account.user-unknown': rule('clerk'),
  'queue.rejected-by-office': rule('clerk', 'complete'),
  'queue.completion-asked': rule('clerk', 'complete'),
  'queue.answer-unreadable': rule('supervisor'),
} as const satisfies Record<string, ProblemRule>;
export type ProblemCode = keyof typeof problemRules;

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problemRules, code);

/** The rule of a code; a code of a newer portal is as `effect.refused`. */
export const problemRule = (code: string | null): ProblemRule =>
  problemRules[code !== null && isProblemCode(code) ? code : 'effect.refused'];

/** The code as this version knows it; an unknown one is named inside the general sentence. */
export const knownProblem = (code: string): { code: ProblemCode; params?: { code: string } } =>
  isProblemCode(code) ? { code } : { code: 'effect.refused', params: { code } };

/** What a person in this role can do now. `isMended`: it is of a kind that its visit can mend. */
export function actionsOf(
  state: DeliveryState,
  of: { code: string | null; handedOver: boolean; isMended: boolean; isSupervisor: boolean },
): DeliveryAction[] {
  if (state !== 'needs-person' && state !== 'returned') return [];
  const { retry, complete } = problemRule(of.code);
  const isSupervisors = ownerOf(state, of) === 'supervisor';
  const actions: DeliveryAction[] = [];
  if (retry && state === 'needs-person') actions.push('retry');
  if (complete && state === 'returned' && of.isMended) actions.push('complete');
  if (state === 'returned' && (!isSupervisors || of.isSupervisor)) actions.push('settle');
  if (!of.handedOver && !of.isSupervisor) actions.push('hand-over');
  if (state === 'needs-person' && of.isSupervisor) actions.push('close');
  return actions;
}

const MAKE_TASKS: readonly string[] = [
  'effect.tariff-changed',
  'effect.message-not-theirs',
  'effect.slot-taken',
  'effect.account-exists',
  // Bookings and the waiting line
  'effect.booking-differs',
  'effect.called-twice',
];

/** Conflicts the portal takes an act in with; `returned` ones also make a task, all of them an exception. */
export const conflictMakesTask = (code: string): boolean => MAKE_TASKS.includes(code);

export type RetryLimits = { refusedTries: number; refusedHours: number };
export const retryLimitsBeforeSync: RetryLimits = { refusedTries: 12, refusedHours: 24 };

/** Whether the machine has tried long enough what the portal keeps refusing for now. Failures of the line never count. */
export const isGivenUp = (
  of: { refusals: number; firstRefusedAt: string | null },
  now: Date,
  limits: RetryLimits,
): boolean =>
  of.refusals >= limits.refusedTries ||
  (of.refusals > 1 &&
    of.firstRefusedAt !== null &&
    now.getTime() - Date.parse(of.firstRefusedAt) >= limits.refusedHours * 3_600_000);
