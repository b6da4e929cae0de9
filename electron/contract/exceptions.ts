import { z } from 'zod';
import { REVIEW_OUTCOMES } from '../values/repeat-visitors.ts';
import { define } from './call.ts';
import { id, instant, localDate, longText, text } from './shared.ts';

export const reviewOutcome = z.enum(REVIEW_OUTCOMES);

/** Something a supervisor has to look at. */
export const exceptionView = z.strictObject({
  id,
  kind: z.string(),
  at: instant,
  legalDate: localDate,
  /** Empty where no clerk acted but the desk itself. */
  clerkName: z.string(),
  visitId: z.string().nullable(),
  ticket: z.int().nullable(),
  service: text.nullable(),
  /** The other visit of a possible duplicate; null where there is none, or the desk does not hold it any more. */
  otherVisit: z.strictObject({ visitId: id, ticket: z.int() }).nullable(),
  /** The entry of the day log it comes of. */
  leafSequence: z.int().nullable(),
  /** What its sentence shows. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** What the clerk gave as the reason; null where none is asked for or it was erased. */
  reason: z.string().nullable(),
  review: z
    .strictObject({
      at: instant,
      by: z.string(),
      note: z.string(),
      /** What it came to, where there is a choice. */
      outcome: reviewOutcome.nullable(),
      /** Whoever reviewed it had done it: an office with one supervisor has nobody else, but it is said. */
      own: z.boolean(),
    })
    .nullable(),
});
export type ExceptionView = z.output<typeof exceptionView>;

const who = ['supervisor'] as const;
const filter = z.strictObject({
  from: localDate,
  to: localDate,
  openOnly: z.boolean(),
  kind: z.string().max(60).nullable(),
});

export const exceptionCalls = {
  'exceptions.list': define({
    kind: 'query',
    who,
    input: z.strictObject({
      filter,
      /** From behind this one. */
      after: z.strictObject({ legalDate: localDate, id }).nullable(),
      limit: z.int().min(1).max(200),
    }),
    output: z.strictObject({
      items: z.array(exceptionView),
      more: z.boolean(),
      /** Of the whole period, whatever else is chosen. */
      kinds: z.array(z.strictObject({ kind: z.string(), open: z.int(), all: z.int() })),
      /** The oldest day with something open, which may lie before the period; null when nothing is. */
      openSince: localDate.nullable(),
    }),
  }),
  /** A supervisor looked at it and says what came of it. An act of its own; it is not taken back. */
  'exceptions.review': define({
    kind: 'command',
    who,
    input: z.strictObject({
      exceptionId: id,
      note: longText,
      outcome: reviewOutcome.nullable().default(null),
    }),
    output: exceptionView,
  }),
};
