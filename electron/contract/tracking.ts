import { z } from 'zod';
import { submissionStates } from '../values/submission-states.ts';
import { define } from './call.ts';
import { purpose } from './looks.ts';
import { printView } from './outputs.ts';
import { id, instant, localDate, text } from './shared.ts';

/** Following submissions through their offices, for who was verified in the visit. */

export const trackedSubmission = z.strictObject({
  submissionId: id,
  medium: z.enum(['electronic', 'paper']),
  office: z.string(),
  subject: z.string(),
  handedInOn: localDate,
  receiptNumber: z.string().nullable(),
  referenceNumber: z.string().nullable(),
  /** The oldest first, each with who did it as far as the office tells. */
  states: z
    .array(
      z.strictObject({
        state: z.enum(submissionStates),
        at: instant,
        by: z.strictObject({ unit: z.string(), person: z.string().nullable() }).nullable(),
        note: text.nullable(),
        deadline: localDate.nullable(),
      }),
    )
    .min(1),
  /** When the portal said so. */
  asOf: instant,
});
export type TrackedSubmission = z.output<typeof trackedSubmission>;

/** What was last heard, and whether it is what the portal says now. */
export const lastHeard = { asOf: instant.nullable(), isFresh: z.boolean() };

export const foundSubmissions = z.strictObject({ submissions: z.array(trackedSubmission), ...lastHeard });

const who = ['clerk', 'supervisor'] as const;

export const trackingCalls = {
  /**
   * Looks submissions up: all of the verified person or of whom they represent, or one by číslo jednací, by the number of a
   * receipt or by the code on it. Without a line what this desk last heard for the same person is shown, with its age.
   */
  'tracking.find': define({
    kind: 'command',
    who,
    input: z.strictObject({
      visitId: id,
      by: z.discriminatedUnion('what', [
        z.strictObject({ what: z.literal('themselves') }),
        z.strictObject({ what: z.literal('represented') }),
        z.strictObject({ what: z.literal('number'), text: z.string().trim().min(1).max(1500) }),
      ]),
      purpose,
    }),
    output: foundSubmissions,
  }),
  /** Prints the course of one that was shown in this visit. */
  'tracking.print': define({
    kind: 'command',
    who,
    input: z.strictObject({ visitId: id, submissionId: id }),
    output: printView,
  }),
};
