import type { Session } from '../contract/clerks.ts';
import type { CallName } from '../contract/index.ts';
import type { Act, Desk } from './desk.ts';
import type { Commanded } from './handlers.ts';

/** The session of a command that only somebody signed in can give. */
type WithSession<N extends CallName> = Commanded<N> & { session: Pick<Session, 'clerkId' | 'deputyOf'> };

/**
 * Writes the act of a command into the day log; the command's id is the act's. What a deputy does as a supervisor says in
 * whose place (v zastoupení).
 */
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
    ...(commanded.role === 'supervisor' &&
      commanded.session.deputyOf && { ids: { inPlaceOf: commanded.session.deputyOf.clerkId } }),
  });
