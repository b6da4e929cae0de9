import * as exceptions from '../../store/exceptions.ts';
import type { Tx } from '../../store/open.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';

/** Puts an act of a clerk before a supervisor's eyes, in the act's own transaction. */
export const raiseFor = (
  desk: Desk,
  commanded: { tx: Tx; now: Date; session: { clerkId: string } },
  of: {
    kind: exceptions.ExceptionKind;
    visitId?: string | undefined;
    serviceId?: string | undefined;
    leafSequence: number;
    params?: exceptions.NewException['params'];
  },
): void =>
  exceptions.raise(commanded.tx, {
    ...of,
    id: desk.newId(),
    at: commanded.now.toISOString(),
    legalDate: legalDate(commanded.now),
    clerkId: commanded.session.clerkId,
    params: of.params ?? {},
  });
