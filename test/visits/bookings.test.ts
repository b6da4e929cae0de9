import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CallInput } from '../../electron/contract/index.ts';
import type { Clock } from '../../electron/values/clock.ts';
import { legalDate } from '../../electron/values/time.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { person } from '../rigs/visits.ts';

// Bookings and the waiting line at two desks of one office, with the line and without it.

/** From Monday 13 April 2026, 8:00 in Prague, on: no run of the tests comes to a midnight. */
const started = performance.now();
const clock: Clock = {
  now: () => new Date(Date.parse('2026-04-13T06:00:00.000Z') + performance.now() - started),
  monotonicMs: () => performance.now(),
};

let portal: PortalRig;
let desk: CounterRig;
let other: CounterRig;
let clerk: TestWindow;
let colleague: TestWindow;

beforeAll(async () => {
  portal = await startPortal(50, { clock });
});
afterAll(() => portal.close());
beforeEach(async () => {
  desk = await startCounter({ portal, clock });
  other = await startCounter({ portal, clock });
  clerk = await desk.signedIn('novakova');
  colleague = await other.signedIn('cizek');
  for (const window of [clerk, colleague])
    await until('bookings have come', async () => (await window.must('bookings.room', {})).asOf !== null);
});
afterEach(async () => {
  await desk.close();
  await other.close();
});

const room = (window: TestWindow) => window.must('bookings.room', {});
const isUp = (window: TestWindow) =>
  until('the line is up', async () => (await window.must('desk.try-line', {})).state === 'up');
const tasks = async (window: TestWindow) =>
  (await window.must('queue.list', { show: 'needs-person', after: null, limit: 50 })).items;
const prints = (rig: CounterRig): { waits: boolean; pending: boolean; number: string }[] =>
  rig.store
    .read((tx) =>
      tx.all<{ data: string }>("SELECT data FROM outputs WHERE kind = 'booking-ticket' ORDER BY made_at", []),
    )
    .map(({ data }) => JSON.parse(data));

/** The first free place of the registry, which serves one person at a time, from the day after tomorrow on. */
async function freeSlot(window: TestWindow) {
  const { days } = await window.must('bookings.days', { agendaId: 'registry' });
  const date = days.find((one) => one.date > legalDate(clock.now()) && one.free > 0)?.date ?? '';
  const slots = await window.must('bookings.slots', { agendaId: 'registry', date });
  return { date, time: slots.find(({ free }) => free > 0)?.time ?? '' };
}
const asked = (slot: { date: string; time: string }): CallInput<'bookings.book'> => ({
  stepId: newId(),
  agendaId: 'registry',
  slot,
  person: { name: { givenNames: 'Jan Karel', surname: 'Vzorový' }, birthDate: '1980-04-01' },
});
async function freeAt(window: TestWindow, { date, time }: { date: string; time: string }) {
  await room(window);
  const slots = await window.must('bookings.slots', { agendaId: 'registry', date });
  return slots.find((one) => one.time === time)?.free;
}

it('books with the line, moves and cancels; the other desk sees it, and the place is free again', async () => {
  const slot = await freeSlot(clerk);
  const input = asked(slot);
  const commandId = newId();
  const { booking } = await clerk.must('bookings.book', input, commandId);
  expect(booking).toMatchObject({ state: 'booked', day: slot.date, time: slot.time, isPending: false });
  expect((await clerk.must('bookings.book', input, commandId)).booking.id, 'asked again').toBe(booking.id);
  expect(await clerk.call('bookings.book', asked(slot))).toEqual({
    ok: false,
    error: { code: 'booking.slot-taken' },
  });
  expect(await colleague.call('bookings.book', asked(slot))).toEqual({
    ok: false,
    error: { code: 'booking.slot-taken' },
  });
  await until('the other desk knows', async () => (await freeAt(colleague, slot)) === 0);

  const found = await colleague.must('bookings.find', {
    surname: 'vzorovy',
    birthDate: '1980-04-01',
    purpose: { code: 'person-asks', note: '' },
  });
  expect(found.isFromDesk).toBe(false);
  expect(found.bookings.find(({ id }) => id === booking.id)?.person?.name).toBe('Jan Karel Vzorový');

  const later = await freeSlot(clerk);
  const moved = await clerk.must('bookings.move', { stepId: newId(), bookingId: booking.id, slot: later });
  expect(moved.booking).toMatchObject({
    state: 'moved',
    time: later.time,
    isPending: false,
    number: booking.number,
  });
  expect(prints(desk).every(({ pending }) => !pending)).toBe(true);
  await clerk.must('bookings.cancel', { bookingId: booking.id, reason: 'onemocněl' });
  await until('the other desk knows', async () => (await freeAt(colleague, later)) === 1);
  expect(await freeAt(clerk, slot)).toBe(1);
});

it('has one winner of the last place when one desk is offline: the first at the portal; the other gets a task', async () => {
  const slot = await freeSlot(clerk);
  await portal.stop();
  await until('the line is down', async () => (await clerk.must('desk.try-line', {})).state === 'down');
  const { booking } = await clerk.must('bookings.book', asked(slot));
  expect(booking).toMatchObject({ state: 'booked', isPending: true });
  expect(prints(desk).at(-1)).toMatchObject({ pending: true, number: booking.number });
  expect(await clerk.call('bookings.book', asked(slot)), 'the desk knows its own').toMatchObject({
    error: { code: 'booking.slot-taken' },
  });
  // The first desk stays without its line until the second one has the place.
  await desk.stop();
  await portal.start();
  await isUp(colleague);
  const won = await colleague.must('bookings.book', asked(slot));
  expect(won.booking).toMatchObject({ state: 'booked', isPending: false });

  desk = await startCounter({ portal, clock, folder: desk.folder });
  clerk = await desk.signedIn('novakova');
  await isUp(clerk);
  const [task] = await until('the portal has answered', async () => {
    const found = await tasks(clerk);
    return found.length > 0 ? found : undefined;
  });
  expect(task).toMatchObject({
    kind: 'booking',
    state: 'returned',
    owner: 'clerk',
    problem: { code: 'effect.slot-taken' },
  });
  const [lost] = await until('it is shown as lost', async () => {
    const found = (await room(clerk)).lost;
    return found.length > 0 ? found : undefined;
  });
  expect(lost).toMatchObject({ id: booking.id, state: 'lost', person: { name: 'Jan Karel Vzorový' } });

  const instead = await freeSlot(clerk);
  expect(instead).not.toEqual(slot);
  const moved = await clerk.must('bookings.move', { stepId: newId(), bookingId: booking.id, slot: instead });
  expect(moved.booking).toMatchObject({ state: 'moved', isPending: false });
  expect(await tasks(clerk), 'the task is settled with it').toEqual([]);
  expect((await room(clerk)).lost).toEqual([]);
});

it('books what was asked for once, also when the portal’s answer was lost', async () => {
  const slot = await freeSlot(clerk);
  const input = asked(slot);
  const { sync } = desk.counter.desk;
  const book = sync.bookingStep;
  sync.bookingStep = async (id, step) => {
    await book(id, step);
    return { ok: false, error: { code: 'line.time-out' } };
  };
  const { booking } = await clerk.must('bookings.book', input);
  sync.bookingStep = book;
  expect(booking.isPending).toBe(true);
  await until('confirmed', async () => {
    await clerk.must('desk.try-line', {});
    return (await clerk.must('queue.list', { show: 'accepted', after: null, limit: 50 })).items.length > 0;
  });
  expect(await tasks(clerk)).toEqual([]);
  await until('known', async () => (await freeAt(colleague, slot)) === 0);
  await clerk.must('bookings.cancel', { bookingId: booking.id, reason: 'zkouška' });
});

const cleared = async (window: TestWindow, bookingId: string) =>
  until('the portal has it', async () => {
    const all = await room(window);
    return [...all.line, ...all.called].find(({ id }) => id === bookingId)?.isPending === false;
  });

it('calls the line in its order, opens a visit, and ends it served; nobody is called twice', async () => {
  await colleague.must('waiting.choose-counter', { counterId: '2' });
  const walkIn = (await clerk.must('waiting.walk-in', { agendaId: 'filing', priority: null })).booking;
  const pregnant = (await clerk.must('waiting.walk-in', { agendaId: 'filing', priority: 'pregnant' }))
    .booking;
  expect((await room(clerk)).line.map(({ id }) => id)).toEqual([pregnant.id, walkIn.id]);
  expect(prints(desk).at(-1)).toMatchObject({ waits: true, pending: false });
  for (const { id } of [walkIn, pregnant]) {
    await cleared(clerk, id);
    await until('the other desk sees them', async () =>
      (await room(colleague)).line.some((one) => one.id === id),
    );
  }
  const first = await clerk.must('waiting.call-next', { stepId: newId() });
  expect(first.booking).toMatchObject({
    id: pregnant.id,
    state: 'called',
    isHere: true,
    visitId: first.visitId,
  });
  expect(await clerk.call('waiting.call-next', { stepId: newId() }), 'one visit at a time').toMatchObject({
    error: { code: 'visit.one-open-already' },
  });
  // Whether or not the other desk has heard of it by now: the portal gives each person to one desk.
  const second = await colleague.must('waiting.call-next', { stepId: newId() });
  expect(second.booking.id).toBe(walkIn.id);
  expect(await clerk.call('waiting.call-again', { bookingId: walkIn.id })).toMatchObject({ ok: false });
  const { visitId } = second;
  await colleague.must('identity.take-document', {
    visitId,
    document: {
      kind: 'id-card',
      number: '999000018',
      issuer: 'CZE',
      expiry: '2033-06-30',
      source: 'typed-mrz',
    },
    birthDate: { year: 1980, month: 4, day: 1 },
    zone: person('person-01').document.mrz.join('\n'),
  });
  const keptOfZone = () =>
    other.store.read((tx) => [
      ...tx.all<{ text: string }>('SELECT identity AS text FROM visits WHERE id = ?', [visitId]),
      ...tx.all<{ text: string }>("SELECT result AS text FROM commands WHERE result LIKE '%VZOROVY%'", []),
    ]);
  expect(JSON.stringify(keptOfZone())).toContain('VZOROVY');
  await colleague.must('waiting.return', { bookingId: walkIn.id });
  expect(JSON.stringify(keptOfZone()), 'what was read goes with the visit').not.toContain('VZOROVY');
  expect(await colleague.must('visits.in-progress', {}), 'the empty visit went with it').toEqual([]);

  expect(await clerk.call('waiting.miss', { bookingId: pregnant.id })).toMatchObject({
    error: { code: 'waiting.too-soon', params: { minutes: 3 } },
  });
  expect((await clerk.must('waiting.call-again', { bookingId: pregnant.id })).timesCalled).toBe(2);
  await clerk.must('visits.cancel', { visitId: first.visitId, reason: 'jen dotaz' });
  expect((await room(clerk)).called.filter(({ isHere }) => isHere)).toEqual([]);
  await until('they are served at the other desk too', async () => {
    const { line, called } = await room(colleague);
    return ![...line, ...called].some(({ id }) => id === pregnant.id);
  });
  const kinds = desk.store
    .read((tx) =>
      tx.all<{ kind: string }>(
        "SELECT kind FROM journal_leaves WHERE kind LIKE 'person-%' ORDER BY sequence",
        [],
      ),
    )
    .map(({ kind }) => kind);
  expect(kinds).toEqual([
    'person-arrived',
    'person-arrived',
    'person-called',
    'person-called',
    'person-served',
  ]);
});

it('goes on without a line; whoever was called twice is told when the desks see each other again', async () => {
  const { booking } = await clerk.must('waiting.walk-in', { agendaId: 'filing', priority: 'disabled' });
  await cleared(clerk, booking.id);
  await until('the other desk sees them', async () =>
    (await room(colleague)).line.some(({ id }) => id === booking.id),
  );
  await portal.stop();
  for (const window of [clerk, colleague])
    await until('the line is down', async () => (await window.must('desk.try-line', {})).state === 'down');
  expect((await clerk.must('waiting.call-next', { stepId: newId() })).booking).toMatchObject({
    id: booking.id,
    isPending: true,
  });
  expect((await colleague.must('waiting.call-next', { stepId: newId() })).booking.id).toBe(booking.id);
  await portal.start();
  await isUp(clerk);
  await until(
    'one desk has them',
    async () =>
      (await room(clerk)).called.some(({ id, isPending }) => id === booking.id && !isPending) ||
      (await tasks(clerk)).length > 0,
  );
  await isUp(colleague);
  const told = await until('one of them is told', async () => {
    const found = [...(await tasks(clerk)), ...(await tasks(colleague))];
    return found.length > 0 ? found : undefined;
  });
  expect(told).toMatchObject([{ kind: 'booking', problem: { code: 'effect.called-twice' } }]);
});

it('lets the booked person arrive by their ticket, and has breaks', async () => {
  const { expected } = await room(clerk);
  const [first] = expected;
  if (!first) throw new Error('training has bookings of today');
  expect(await clerk.call('waiting.arrive', { ticket: 'ZZZZZ', priority: null })).toMatchObject({
    error: { code: 'booking.not-found' },
  });
  const arrived = await clerk.must('waiting.arrive', {
    ticket: `VIRTUOS-LISTEK:${first.id}`,
    priority: null,
  });
  expect(arrived).toMatchObject({ id: first.id, state: 'arrived' });
  expect(
    await clerk.call('waiting.arrive', { ticket: first.number.toLowerCase(), priority: null }),
  ).toMatchObject({
    error: { code: 'booking.differs' },
  });
  await clerk.must('waiting.start-break', { reason: 'meal', minutes: 30 });
  expect((await room(clerk)).break).toMatchObject({ reason: { cs: 'Přestávka na jídlo a\u00a0oddech' } });
  expect(await clerk.call('waiting.call-next', { stepId: newId() })).toMatchObject({
    error: { code: 'waiting.on-break' },
  });
  await clerk.must('waiting.end-break', {});
  expect(await clerk.call('waiting.end-break', {})).toMatchObject({
    error: { code: 'waiting.not-on-break' },
  });
  await clerk.must('bookings.cancel', { bookingId: first.id, reason: 'odešel' });
});
