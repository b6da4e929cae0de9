import type { Schemas } from '../api.ts';
import { proofOf } from './accounts.ts';

/** A seeded person verified at a desk of Klatovy just now, at the test portals' first instant. */
export const participant = (
  personId: string,
  represents?: Schemas['Participant']['represents'],
): Schemas['Participant'] => ({
  proof: proofOf(personId),
  ...(represents !== undefined && { represents }),
});
