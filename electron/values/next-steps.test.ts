import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bookingStates } from './booking.ts';
import { type Affairs, type NextStep, nextSteps } from './next-steps.ts';
import { submissionStates } from './submission-states.ts';
import { addDays } from './time.ts';

const today = '2026-04-01';
const nothing: Affairs = {
  today,
  accounts: [{ state: 'active' }],
  alike: 0,
  submissions: [],
  messages: [],
  bookings: [],
  proxies: [],
  proxyWarningDays: 30,
};
const kinds = (of: Partial<Affairs>): string[] => nextSteps({ ...nothing, ...of }).map(({ kind }) => kind);
const asked = (submissionId: string, deadline: string | null) => ({
  submissionId,
  subject: 'Plot',
  last: { state: 'completion-asked' as const, deadline },
});

it('of nothing asks nothing', () => {
  expect(nextSteps(nothing)).toEqual([]);
});

it('puts deadlines first, the nearest before the others, and says which is over', () => {
  const steps = nextSteps({
    ...nothing,
    submissions: [asked('c', null), asked('b', '2026-04-30'), asked('a', '2026-03-31'), asked('d', today)],
    messages: [{ messageId: 'm', isRead: false }],
  });
  expect(steps.map((step) => [step.kind, 'submissionId' in step ? step.submissionId : null])).toEqual([
    ['completion-late', 'a'],
    ['complete-submission', 'd'],
    ['complete-submission', 'b'],
    ['complete-submission', 'c'],
    ['read-messages', null],
  ]);
});

it('opens, activates and unblocks an account only when the portal told which there are', () => {
  expect(kinds({ accounts: null })).toEqual([]);
  expect(kinds({ accounts: [] })).toEqual(['open-account']);
  expect(kinds({ accounts: [{ state: 'ended' }, { state: 'merged' }] })).toEqual(['open-account']);
  expect(kinds({ accounts: [{ state: 'registered' }] })).toEqual(['activate-account']);
  expect(kinds({ accounts: [{ state: 'registered' }, { state: 'active' }] })).toEqual([]);
  expect(kinds({ accounts: [{ state: 'blocked' }] })).toEqual(['unblock-account']);
  // One under an earlier name is looked at before another is opened.
  expect(kinds({ accounts: [], alike: 1 })).toEqual(['compare-accounts']);
});

it('counts unread messages and leads to the first of them', () => {
  const messages = [
    { messageId: '3', isRead: true },
    { messageId: '2', isRead: false },
    { messageId: '1', isRead: false },
  ];
  expect(nextSteps({ ...nothing, messages })).toEqual([{ kind: 'read-messages', messageId: '2', count: 2 }]);
});

it('tells of a booking of today and of one that lost its time, of no other', () => {
  const booking = (state: (typeof bookingStates)[number], day: string) => ({
    id: `${state}-${day}`,
    number: 'A1',
    state,
    day,
    time: '09:00',
  });
  const bookings = bookingStates.flatMap((state) => [
    booking(state, today),
    booking(state, addDays(today, 1)),
  ]);
  const steps = nextSteps({ ...nothing, bookings });
  expect(steps.map((step) => [step.kind, 'bookingId' in step ? step.bookingId : ''])).toEqual([
    ['booking-today', `booked-${today}`],
    ['booking-today', `moved-${today}`],
    ['booking-lost', `lost-${today}`],
    ['booking-lost', `lost-${addDays(today, 1)}`],
    ['booking-today', `arrived-${today}`],
  ]);
});

it('tells of a power that ends within the days of the portal, its last day still held', () => {
  const powers = (...days: (string | null)[]) =>
    kinds({ proxies: days.map((validTo) => ({ of: 'Spolek', validTo })) });
  expect(powers(null, addDays(today, 31))).toEqual([]);
  expect(powers(addDays(today, 30), today)).toEqual(['power-ends', 'power-ends']);
  expect(powers(addDays(today, -1))).toEqual(['power-ended']);
});

const aDay = fc.integer({ min: -60, max: 60 }).map((days) => addDays(today, days));
const accountStates = ['registered', 'active', 'blocked', 'ended', 'merged'] as const;
const anAffair = fc.record({
  today: fc.constant(today),
  accounts: fc.option(fc.array(fc.record({ state: fc.constantFrom(...accountStates) }))),
  alike: fc.nat(3),
  submissions: fc.array(
    fc.record({
      submissionId: fc.uuid(),
      subject: fc.string(),
      last: fc.record({ state: fc.constantFrom(...submissionStates), deadline: fc.option(aDay) }),
    }),
  ),
  messages: fc.array(fc.record({ messageId: fc.uuid(), isRead: fc.boolean() })),
  bookings: fc.array(
    fc.record({
      id: fc.uuid(),
      number: fc.string(),
      state: fc.constantFrom(...bookingStates),
      day: aDay,
      time: fc.option(fc.constant('09:00')),
    }),
  ),
  proxies: fc.array(fc.record({ of: fc.string(), validTo: fc.option(aDay) })),
  proxyWarningDays: fc.nat(60),
});

it('never leads to what is not there, asks for each completion once, and keeps the order of deadlines', () => {
  fc.assert(
    fc.property(anAffair, (of) => {
      const steps = nextSteps(of);
      const ids = new Set([
        ...of.submissions.map(({ submissionId }) => submissionId),
        ...of.messages.filter(({ isRead }) => !isRead).map(({ messageId }) => messageId),
        ...of.bookings.map(({ id }) => id),
      ]);
      const idOf = (step: NextStep): string | null =>
        'submissionId' in step
          ? step.submissionId
          : 'messageId' in step
            ? step.messageId
            : 'bookingId' in step
              ? step.bookingId
              : null;
      for (const step of steps) {
        const id = idOf(step);
        expect(id === null || ids.has(id)).toBe(true);
      }
      const completions = steps.filter((step) => 'submissionId' in step);
      expect(completions.map(({ submissionId }) => submissionId).sort()).toEqual(
        of.submissions
          .filter(({ last }) => last.state === 'completion-asked')
          .map(({ submissionId }) => submissionId)
          .sort(),
      );
      expect(steps.slice(0, completions.length)).toEqual(completions);
      const days = completions.map(({ deadline }) => deadline ?? '9999-12-31');
      expect(days).toEqual([...days].sort());
    }),
  );
});
