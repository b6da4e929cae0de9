import * as cursors from '../../store/cursors.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader } from '../../store/open.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { aside } from '../log.ts';
import { findKept, forgetDaysBefore, forgetTold, saveTold, settledOwn, takeToldOver } from './table.ts';

const CURSOR = 'bookings';
const AS_OF = 'bookings.as-of';
/** While nobody looks, what the portal has is read this often, so that it is here when the line goes. */
const EVERY_MS = 30_000;
/** Whoever looks sees what other desks did with no more delay than this; a call is asked of the portal at once. */
const LOOKED_AT_MS = 3_000;

/** When the portal last told how the bookings and the line are; null when it never did. */
export function toldAt(tx: Reader): string | null {
  const at = deskValues.get(tx, AS_OF);
  return typeof at === 'string' ? at : null;
}

/** Reads the office's bookings and line beside the calls, so that they are at the desk also when the line is gone. */
export function createBookingReader(desk: Desk) {
  const { store, clock, sync, timers } = desk;
  let reading: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let started = false;
  let cancelTimer = (): void => {};
  let readAtMs = Number.NEGATIVE_INFINITY;

  async function readAll(): Promise<void> {
    let hasNews = false;
    // Of steps that are under way now or made meanwhile the portal may not tell.
    const settled = store.read(settledOwn);
    for (;;) {
      const cursor = store.read((tx) => cursors.get(tx, CURSOR));
      const page = await sync.readBookings(cursor);
      if (stopped) return;
      if (!page.ok) {
        if (page.error.code !== 'bookings.cursor-unknown' || cursor === null) return;
        store.write((tx) => {
          cursors.forget(tx, CURSOR);
          forgetTold(tx);
        });
        continue;
      }
      const now = clock.now();
      const at = now.toISOString();
      const { bookings, more } = page.value;
      store.write((tx) => {
        for (const booking of bookings) saveTold(tx, booking);
        if (page.value.cursor !== cursor) cursors.set(tx, CURSOR, page.value.cursor, at);
        if (more) return;
        takeToldOver(tx, settled);
        forgetDaysBefore(tx, legalDate(now));
        deskValues.set(tx, AS_OF, at);
      });
      hasNews ||= bookings.length > 0;
      if (!more || page.value.cursor === cursor) break;
    }
    if (hasNews) desk.emit('waiting-room-changed', {});
  }

  function schedule(): void {
    cancelTimer();
    if (!stopped) cancelTimer = timers.after(EVERY_MS, kick);
  }

  async function run(): Promise<void> {
    while (again && !stopped) {
      again = false;
      await readAll();
    }
  }

  /** Reads now, while the line is up. */
  function kick(): void {
    if (!started || stopped) return;
    schedule();
    if (sync.line().state !== 'up') return;
    readAtMs = clock.monotonicMs();
    again = true;
    reading ??= run().finally(() => {
      reading = null;
    });
    aside(desk.log, 'bookings.read', reading);
  }

  return {
    start(): void {
      started = true;
      store.write((tx) => forgetDaysBefore(tx, legalDate(clock.now())));
      kick();
    },
    kick,
    /** What the portal has taken in may have come out otherwise than the desk thought. */
    delivered(ids: readonly string[]): void {
      if (store.read((tx) => ids.some((id) => findKept(tx, id) !== null))) kick();
    },
    /** Somebody looks at it. */
    lookedAt(): void {
      if (clock.monotonicMs() - readAtMs >= LOOKED_AT_MS) kick();
    },
    async stop(): Promise<void> {
      stopped = true;
      cancelTimer();
      await reading;
    },
  };
}
export type BookingReader = ReturnType<typeof createBookingReader>;
