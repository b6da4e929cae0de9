import { z } from 'zod';
import { define } from './call.ts';
import { purpose } from './looks.ts';
import { id, localDate, nothing, partialDate, text } from './shared.ts';

/** Finding visits of this desk by who, what for and numbers. */

export const foundVisit = z.strictObject({
  visitId: id,
  ticket: z.int(),
  legalDate: localDate,
  state: z.enum(['open', 'parked', 'closed', 'cancelled']),
  clerkId: z.string(),
  people: z.array(
    z.strictObject({ name: z.string(), birthDate: partialDate.nullable(), ico: z.string().nullable() }),
  ),
  services: z.array(text),
  numbers: z.array(z.string()),
});
export type FoundVisit = z.output<typeof foundVisit>;

const who = ['clerk', 'supervisor'] as const;

export const searchCalls = {
  /** Visits that have every word of what was typed, the newest first; nothing for less than three letters or digits. */
  'search.find': define({
    kind: 'query',
    who,
    input: z.strictObject({ typed: z.string().max(200) }),
    output: z.strictObject({ visits: z.array(foundVisit), more: z.boolean() }),
  }),
  /**
   * Scans one page with the desk's scanner and finds the visits its codes name: numbers of papers, or an entry of this desk's log
   * from the code of a receipt. The picture is wiped at once. To open one is another call, with its purpose.
   */
  'search.read-code': define({
    kind: 'query',
    who,
    input: nothing,
    output: z.strictObject({ visits: z.array(foundVisit) }),
  }),
  /**
   * The same for a code that a hand reader typed, in the ways it may be meant: its keys say other letters on another keyboard.
   */
  'search.find-code': define({
    kind: 'query',
    who,
    input: z.strictObject({ texts: z.array(z.string().max(10_000)).min(1).max(4) }),
    output: z.strictObject({ visits: z.array(foundVisit) }),
  }),
  /** Notes why somebody else's or an ended visit is looked into, before it is shown. */
  'search.open': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, purpose }),
    output: nothing,
  }),
};
