import { z } from 'zod';
import { define } from './call.ts';
import { identityView } from './identity.ts';
import { printView } from './outputs.ts';
import { serviceView } from './services.ts';
import { crowns, id, instant, nothing, shortText } from './shared.ts';

export const visitView = z.strictObject({
  id,
  /** Ticket of the day at this desk, for people to tell visits apart: 1, 2, 3 … */
  ticket: z.int(),
  state: z.enum(['open', 'parked', 'closed', 'cancelled']),
  openedAt: instant,
  clerkId: z.string(),
  identity: identityView,
  services: z.array(serviceView),
  payment: z.strictObject({
    due: crowns,
    receipt: z
      .strictObject({
        number: z.string(),
        total: crowns,
        method: z.enum(['cash', 'card']),
        at: instant,
        /** What went back of it for cancelled numbers. */
        refunds: z.array(z.strictObject({ serviceId: id, number: z.string(), amount: crowns })),
      })
      .nullable(),
    /** The receipt, what went back, and cancellations of receipts. */
    prints: z.array(printView),
  }),
  /** Papers about the person's affairs, printed in this visit. */
  papers: z.array(printView),
  /** Whether the visit can be handed over now, and if not, what is missing (codes). */
  missing: z.array(z.string()),
});
export type VisitView = z.output<typeof visitView>;

export const visitSummary = z.strictObject({
  id,
  ticket: z.int(),
  state: z.enum(['open', 'parked', 'closed', 'cancelled']),
  openedAt: instant,
  clerkId: z.string(),
  clerkName: z.string(),
  applicant: z.string().nullable(),
  note: z.string().nullable(),
  services: z.array(z.string()),
});
export type VisitSummary = z.output<typeof visitSummary>;

const who = ['clerk', 'supervisor'] as const;
const ofVisit = z.strictObject({ visitId: id });

export const visitCalls = {
  'visits.open': define({ kind: 'command', who, newAct: true, input: nothing, output: visitView }),
  'visits.get': define({ kind: 'query', who, input: ofVisit, output: visitView }),
  /** Visits in progress at this desk: the clerk's own open one, and all parked ones. */
  'visits.in-progress': define({ kind: 'query', who, input: nothing, output: z.array(visitSummary) }),
  'visits.park': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, note: z.string().trim().max(200) }),
    output: visitSummary,
  }),
  'visits.take-up': define({ kind: 'command', who, input: ofVisit, output: visitView }),
  /** Ends a visit in which nothing was accepted, issued or paid. */
  'visits.cancel': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, reason: shortText }),
    output: visitSummary,
  }),
  'visits.set-exemption': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, exemptionId: z.string().max(60).nullable() }),
    output: visitView,
  }),
  /** One payment for the whole visit; the receipt gets the next number and is printed. */
  'visits.pay': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, method: z.enum(['cash', 'card']), expectedTotal: crowns }),
    output: visitView,
  }),
  /** Everything is handed over: the visit is closed. */
  'visits.hand-over': define({ kind: 'command', who, input: ofVisit, output: visitView }),
};
