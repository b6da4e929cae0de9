import { type Query, useQuery } from '../counter/desk.svelte.ts';

/** What other desks of the office did comes when somebody looks. */
const LOOK_AGAIN_MS = 5_000;

/** The waiting room as it is now, as long as somebody looks; nothing is asked for who serves nobody. */
export function useRoom(serves: () => boolean): Query<'bookings.room'> {
  const room = useQuery('bookings.room', () => (serves() ? {} : null), [
    'waiting-room-changed',
    'visit-changed',
    'frame-changed',
  ]);
  $effect(() => {
    const timer = setInterval(() => room.refresh(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  });
  return room;
}
