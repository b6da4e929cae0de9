import { afterAll, expect, it } from 'vitest';
import { temporaryStore } from '../../store/testing/temporary-store.ts';
import type { Booking } from '../../values/booking.ts';
import { findKept, saveOwn, saveTold, settledOwn, takeToldOver } from './table.ts';

const { store, remove } = temporaryStore();
afterAll(remove);

const booking = (n: number, state: Booking['state']): Booking => ({
  id: `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  officeId: 'klatovy',
  agendaId: 'podatelna',
  state,
  day: '2026-04-01',
  timesCalled: 0,
});

it('takes the portal’s word for what was settled before it was asked, not for what was done meanwhile', () => {
  const [unknown, told, meanwhile] = [booking(1, 'arrived'), booking(2, 'called'), booking(3, 'arrived')];
  store.write((tx) => {
    saveTold(tx, { ...booking(2, 'arrived'), revision: 1 });
    saveOwn(tx, unknown);
    saveOwn(tx, told);
  });
  const settled = store.read(settledOwn);
  store.write((tx) => {
    saveOwn(tx, meanwhile);
    takeToldOver(tx, settled);
  });
  store.read((tx) => {
    expect(findKept(tx, unknown.id)).toBeNull();
    expect(findKept(tx, told.id)).toMatchObject({ isPending: false, booking: { state: 'arrived' } });
    expect(findKept(tx, meanwhile.id)).toMatchObject({ isPending: true, booking: { state: 'arrived' } });
  });
});
