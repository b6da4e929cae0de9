import { err, ok } from '../values/result.ts';
import * as answers from './answers.ts';
import { LIMITS } from './client.ts';
import type { SyncContext } from './context.ts';
import { lineFailure } from './failures.ts';
import type { Sync } from './port.ts';

type Calls = Pick<Sync, 'bookingStep' | 'readBookings' | 'findBookings'>;

const STEP_CODES = [
  'booking.slot-taken',
  'booking.not-offered',
  'booking.differs',
  'booking.called-elsewhere',
  'booking.not-permitted',
  'booking.step-differs',
  'booking.step-incomplete',
] as const;
const LOOK_CODES = ['look.not-permitted', 'look.purpose-unknown'] as const;
const ROWS = 200;

/** Bookings and the waiting line of the office, as the portal has them. */
export function bookingCalls(ask: SyncContext['ask']): Calls {
  return {
    async bookingStep(id, step) {
      const outcome = await ask((portal) =>
        portal.call(answers.booking, LIMITS.check, (signal) =>
          portal.api.PUT('/booking-steps/{id}', { params: { path: { id } }, body: step, signal }),
        ),
      );
      if (outcome.ok) return outcome;
      const { error } = outcome;
      const code = error.kind === 'refused' ? STEP_CODES.find((one) => one === error.code) : undefined;
      return err(code ? { code } : lineFailure(error));
    },

    async readBookings(cursor) {
      const outcome = await ask((portal) =>
        portal.call(answers.bookingPage, LIMITS.call, (signal) =>
          portal.api.GET('/bookings', {
            params: { query: { limit: ROWS, ...(cursor !== null && { cursor }) } },
            signal,
          }),
        ),
      );
      if (outcome.ok) return outcome;
      const { error } = outcome;
      const isUnknown = error.kind === 'refused' && error.code === 'bookings.cursor-unknown';
      return err(isUnknown ? { code: 'bookings.cursor-unknown' } : lineFailure(error));
    },

    async findBookings(search) {
      const outcome = await ask((portal) =>
        portal.call(answers.foundBookings, LIMITS.call, (signal) =>
          portal.api.POST('/booking-searches', { body: search, signal }),
        ),
      );
      if (outcome.ok) return ok(outcome.value.bookings);
      const { error } = outcome;
      const code = error.kind === 'refused' ? LOOK_CODES.find((one) => one === error.code) : undefined;
      return err(code ? { code } : lineFailure(error));
    },
  };
}
