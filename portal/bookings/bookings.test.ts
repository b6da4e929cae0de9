import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  bodyOf,
  inbox,
  newId,
  send,
  type TestDesk,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';

// Monday 13 April 2026, 8:00 in Prague; the registry serves one person at a time.
const START = '2026-04-13T06:00:00.000Z';
const BY = {
  clerkId: '0199c0de-c1e7-7000-8000-000000000001',
  role: 'clerk',
  rolesAsOf: '2026-04-13T05:00:00.000Z',
} as const;
const PERSON = { name: { givenNames: 'Jan Karel', surname: 'Vzorový' }, birthDate: '1980-04-01' };
const SLOT = { date: '2026-04-20', time: '09:00' };

let portal: TestPortal;
let desk: TestDesk;
let other: TestDesk;
beforeEach(async () => {
  portal = testPortal({}, testClock(START));
  desk = await portal.enrol();
  other = await portal.enrol();
});
afterEach(() => portal.close());

const step = (
  over: Partial<Schemas['BookingStep']> & Pick<Schemas['BookingStep'], 'action'>,
): Schemas['BookingStep'] => ({
  bookingId: newId(),
  at: portal.clock.now().toISOString(),
  by: BY,
  ...over,
});
const book = (over: Partial<Schemas['BookingStep']> = {}) =>
  step({ action: 'book', agendaId: 'registry', slot: SLOT, person: PERSON, ...over });
const take = (json: Schemas['BookingStep'], who = desk, id = newId()) =>
  who.call('PUT', `/booking-steps/${id}`, { json });
const done = async (json: Schemas['BookingStep'], who = desk) =>
  bodyOf<Schemas['Booking']>(await take(json, who));
const effect = (payload: Schemas['BookingStep'], id = newId(), ordinal = 1): Schemas['BookingEffect'] => ({
  id,
  visitId: payload.bookingId,
  ordinal,
  kind: 'booking',
  leafSequence: 1,
  madeAt: payload.at,
  payload,
  blobs: [],
});
type Page = { bookings: Schemas['Booking'][]; cursor: string; more: boolean };
const read = async (who = desk, query = '') => bodyOf<Page>(await who.call('GET', `/bookings${query}`));
const conflicts = async (who: TestDesk) => (await inbox(who)).flatMap((answer) => answer.conflicts ?? []);

describe('booking', () => {
  it('gives a free time, once however often it is asked, and lets it be moved and cancelled', async () => {
    const asked = book();
    const id = newId();
    expect(await take(asked, desk, id)).toMatchObject({
      status: 200,
      body: { state: 'booked', day: SLOT.date },
    });
    expect(await take(asked, desk, id)).toMatchObject({
      status: 200,
      body: { state: 'booked', revision: bodyOf<Schemas['Booking']>(await take(asked, desk, id)).revision },
    });
    portal.clock.advance(1000);
    expect(
      await take({ ...asked, at: portal.clock.now().toISOString() }, desk, id),
      'a second later',
    ).toMatchObject({
      status: 200,
    });
    expect(await take(book(), desk, id), 'the id for something else').toMatchObject({
      status: 409,
      body: { code: 'booking.step-differs' },
    });
    const { bookingId } = asked;
    const moved = await done(
      step({ bookingId, action: 'move', slot: { date: '2026-04-20', time: '09:30' } }),
    );
    expect(moved).toMatchObject({ state: 'moved', time: '09:30', person: PERSON });
    expect((await done(book())).state, 'the first time is free again').toBe('booked');
    expect((await done(step({ bookingId, action: 'cancel' }))).state).toBe('cancelled');
    expect(await take(step({ bookingId, action: 'arrive' }))).toMatchObject({
      status: 409,
      body: { code: 'booking.differs' },
    });
  });

  it('gives no time that is full, outside of the hours, too far, of another agenda, or to nobody', async () => {
    await done(book());
    const refused = async (json: Schemas['BookingStep']) =>
      bodyOf<{ code: string }>(
        await take(json),
        json.action === 'book' && json.person?.birthDate === undefined ? 400 : 409,
      ).code;
    expect(await refused(book())).toBe('booking.slot-taken');
    for (const slot of [
      { date: '2026-04-20', time: '09:10' },
      { date: '2026-04-19', time: '09:00' },
      { date: '2026-05-01', time: '09:00' },
      { date: '2026-04-13', time: '08:00' },
      { date: '2026-07-20', time: '09:00' },
    ])
      expect(await refused(book({ slot })), JSON.stringify(slot)).toBe('booking.not-offered');
    expect(await refused(book({ agendaId: 'astrology' }))).toBe('booking.not-offered');
    expect(await refused(book({ person: { name: PERSON.name } }))).toBe('booking.step-incomplete');
  });

  it('is not for whoever has no role at the office', async () => {
    expect(await take(book({ by: { ...BY, clerkId: newId() } }))).toMatchObject({
      status: 403,
      body: { code: 'booking.not-permitted' },
    });
  });

  it('never gives more places than there are, whoever asks for what in whatever order', async () => {
    let run = 0;
    const times = Array.from(
      { length: 24 },
      (_, index) => `${String(8 + Math.floor(index / 6)).padStart(2, '0')}:${index % 6}0`,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.constantFrom('book', 'move', 'cancel')), {
          minLength: 1,
          maxLength: 14,
        }),
        async (asked) => {
          // Each run has two times of its own.
          const own = times.slice((run % 12) * 2, (run % 12) * 2 + 2);
          const date = run < 12 ? '2026-04-20' : '2026-04-22';
          run += 1;
          const made: string[] = [];
          for (const [isFirst, isEarly, action] of asked) {
            const bookingId = action === 'book' ? newId() : made.at(-1);
            if (bookingId === undefined) continue;
            const slot = { date, time: own[isEarly ? 0 : 1] ?? '' };
            const json = book({ bookingId, action, slot, agendaId: 'verification' });
            const answer = await take(json, isFirst ? desk : other);
            if (action === 'book' && answer.status === 200) made.push(bookingId);
          }
          const { bookings } = await read(desk, '?limit=500');
          for (const time of own)
            expect(
              bookings.filter((one) => one.day === date && one.time === time && one.state !== 'cancelled')
                .length,
            ).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 24, endOnFailure: true },
    );
  });
});

describe('without a line', () => {
  it('has one winner of the last place, who reaches the portal first; the other is told and keeps a lost booking', async () => {
    const early = book({ at: '2026-04-13T05:00:00.000Z' });
    await done(book(), other);
    const [result] = await send(desk, effect(early));
    expect(result?.status).toBe('accepted');
    expect(await conflicts(desk)).toEqual([{ code: 'effect.slot-taken' }]);
    expect((await read()).bookings.find(({ id }) => id === early.bookingId)).toMatchObject({ state: 'lost' });
    const moved = step({
      bookingId: early.bookingId,
      action: 'move',
      slot: { date: '2026-04-20', time: '10:00' },
    });
    expect(await done(moved)).toMatchObject({ state: 'moved', time: '10:00', person: PERSON });
  });

  it('leaves a booking at its time when the one it was moved to is full', async () => {
    const mine = book({ slot: { date: '2026-04-20', time: '10:00' } });
    await done(mine);
    await done(book(), other);
    await send(desk, effect(step({ bookingId: mine.bookingId, action: 'move', slot: SLOT })));
    expect(await conflicts(desk)).toEqual([{ code: 'effect.slot-taken' }]);
    expect((await read()).bookings.find(({ id }) => id === mine.bookingId)).toMatchObject({
      state: 'booked',
      time: '10:00',
    });
  });

  it('is the same step by the line and in the queue', async () => {
    const asked = book();
    const id = newId();
    await take(asked, desk, id);
    expect(await send(desk, effect(asked, id))).toMatchObject([{ status: 'accepted' }]);
    expect(await conflicts(desk)).toEqual([]);
    const first = book({ slot: { date: '2026-04-21', time: '09:00' } });
    const second = newId();
    await send(desk, effect(first, second));
    expect(await take(first, desk, second)).toMatchObject({ status: 200, body: { state: 'booked' } });
  });

  it('tells who called a person another desk had called, once', async () => {
    const came = step({ action: 'walk-in', agendaId: 'verification', priority: 'pregnant' });
    const { bookingId } = came;
    await done(came);
    await done(step({ bookingId, action: 'call', counterId: '1' }), other);
    expect(await take(step({ bookingId, action: 'call', counterId: '2' }))).toMatchObject({
      status: 409,
      body: { code: 'booking.called-elsewhere' },
    });
    await send(
      desk,
      effect(step({ bookingId, action: 'call', counterId: '2' }), newId(), 1),
      effect(step({ bookingId, action: 'serve' }), newId(), 2),
    );
    expect(await conflicts(desk)).toEqual([{ code: 'effect.called-twice' }]);
    expect((await done(step({ bookingId, action: 'serve' }), other)).state).toBe('served');
  });
});

describe('reading', () => {
  it('gives the office’s own from today on, and behind the cursor what changed', async () => {
    const asked = book();
    await done(asked);
    await done(step({ action: 'walk-in', agendaId: 'verification' }));
    const all = await read(desk, '?limit=500');
    expect(all.bookings.every(({ officeId }) => officeId === 'klatovy')).toBe(true);
    expect(all.more).toBe(false);
    const paged: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await read(desk, `?limit=2${cursor}`);
      paged.push(...page.bookings.map(({ id }) => id));
      if (!page.more) break;
      cursor = `&cursor=${page.cursor}`;
    }
    expect(paged).toEqual(all.bookings.map(({ id }) => id));
    await done(step({ bookingId: asked.bookingId, action: 'cancel' }));
    expect((await read(desk, `?cursor=${all.cursor}`)).bookings).toMatchObject([
      { id: asked.bookingId, state: 'cancelled' },
    ]);
    portal.clock.advance(9 * 24 * 3_600_000);
    expect((await read()).bookings).toEqual([]);
    expect(await desk.call('GET', '/bookings?cursor=nonsense')).toMatchObject({ status: 410 });
  });

  it('finds a person’s bookings for a purpose only, and writes down whom it found', async () => {
    const asked = book();
    await done(asked);
    const search = (code: string, more: object = {}) =>
      desk.call('POST', '/booking-searches', {
        json: { look: { purpose: { code }, by: BY }, surname: 'vzorovy', birthDate: '1980-04-01', ...more },
      });
    expect(await search('curiosity')).toMatchObject({ status: 422, body: { code: 'look.purpose-unknown' } });
    const found = bodyOf<Page>(await search('person-asks')).bookings;
    expect(found.map(({ id }) => id)).toContain(asked.bookingId);
    expect(bodyOf<Page>(await search('person-asks', { birthDate: '1981-04-01' })).bookings).toEqual([]);
  });
});
