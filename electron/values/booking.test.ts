import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type BookingState,
  bookingActions,
  bookingStates,
  holdsSlot,
  nextBookingState,
  ticketNumber,
} from './booking.ts';

const anyActions = fc.array(fc.constantFrom(...bookingActions), { maxLength: 30 });

it('whatever is done: a booking ends served or cancelled for good, and nobody is called before they came', () =>
  fc.assert(
    fc.property(anyActions, (actions) => {
      let state: BookingState | null = null;
      let hasCome = false;
      for (const action of actions) {
        const next: BookingState | null = nextBookingState(state, action);
        if (next === null) continue;
        if (state === 'served' || state === 'cancelled') throw new Error('went on after its end');
        if (action === 'arrive' || action === 'walk-in') hasCome = true;
        if (next === 'called' || next === 'served') expect(hasCome).toBe(true);
        if (next === 'served') expect(state).toBe('called');
        state = next;
      }
    }),
  ));

it('begins with a booking or with somebody who came', () => {
  expect(bookingActions.filter((action) => nextBookingState(null, action) !== null)).toEqual([
    'book',
    'walk-in',
  ]);
});

it('lets go of a time that nobody will come for', () => {
  expect(bookingStates.filter((state) => !holdsSlot(state))).toEqual(['lost', 'cancelled', 'no-show']);
});

it('gives the same number for the same booking, of characters nobody mistakes', () =>
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(ticketNumber(id)).toMatch(/^[2-9A-HJ-NP-Z]{5}$/);
      expect(ticketNumber(id)).toBe(ticketNumber(id));
    }),
  ));
