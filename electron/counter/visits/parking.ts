import type { Tx } from '../../store/open.ts';
import type { Desk } from '../desk.ts';
import { saveVisit, visitsInProgress } from './table.ts';

/**
 * Parks the open visits of clerks who are no longer at the desk, so that a colleague can take them up: a visit never
 * stands open without somebody who serves it.
 */
export function parkAbandoned(desk: Desk, tx: Tx, isAbandoned: (clerkId: string) => boolean, at: Date): void {
  for (const visit of visitsInProgress(tx)) {
    if (visit.state !== 'open' || !isAbandoned(visit.clerkId)) continue;
    saveVisit(tx, { ...visit, state: 'parked' });
    desk.act(tx, {
      kind: 'visit-parked',
      actId: desk.newId(),
      clerkId: visit.clerkId,
      role: 'machine',
      at,
      visitId: visit.id,
      payload: { note: null },
    });
  }
}
