import type { CallName } from '../contract/index.ts';
import type { Act, Desk } from './desk.ts';
import type { Commanded } from './handlers.ts';

/** The session of a command that only somebody signed in can give. */
type WithSession<N extends CallName> = Commanded<N> & { session: { clerkId: string } };

/** Writes the act of a command into the day log; the command's id is the act's. */
export const record = <N extends CallName>(
  desk: Desk,
  commanded: WithSession<N>,
  act: Pick<Act, 'kind' | 'visitId' | 'serviceId' | 'payload'>,
): number =>
  desk.act(commanded.tx, {
    ...act,
    actId: commanded.actId,
    clerkId: commanded.session.clerkId,
    role: commanded.role,
    at: commanded.now,
  });
