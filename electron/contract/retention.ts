import { z } from 'zod';
import { define } from './call.ts';
import { instant, nothing, text } from './shared.ts';

/** A time as the catalogue writes it: whole days or whole hours (ISO 8601), nothing that a calendar could stretch. */
export const duration = z.string().regex(/^P(?:\d{1,5}D|T\d{1,5}H)$/);

const basis = z.array(
  z.strictObject({
    act: z.string(),
    paragraph: z.string().exactOptional(),
    note: text.exactOptional(),
    toBeConfirmed: z.literal(true).exactOptional(),
  }),
);

/** What a service's definition may ask for otherwise than the portal's settings for all desks. */
export const serviceRetention = z.strictObject({
  content: duration.exactOptional(),
  ownPapers: duration.exactOptional(),
  basis: basis.exactOptional(),
});

/**
 * How long a desk keeps what it holds of people. An issued output has no time: it is kept until it is handed over or
 * cancelled, whatever a catalogue says.
 */
export const retentionTimes = z.object({
  /** What was taken in (identity, form, scans, what was sent), after its delivery was confirmed and the visit has ended. */
  content: duration,
  /** What was to be sent and was cancelled by a person's decision: nobody else has it. */
  undelivered: duration,
  /** What the desk's own receipts say, so that one can be printed again, after the visit has ended. */
  ownPapers: duration,
  /** The day log's payloads, after the closing of their day and after the portal has their leaves. */
  log: duration,
  /** Ended sessions. */
  sessions: duration,
  /** The oldest backup: it still has what was erased since. */
  backups: duration,
  basis: basis.exactOptional(),
});
export type RetentionTimes = z.output<typeof retentionTimes>;

/** Classes of what is kept and will be erased, as a person is told of them. */
export const keptClasses = [
  'visits-in-progress',
  'visits-undelivered',
  'visits-waiting',
  'issued-outputs',
  'scans',
  'effects',
  'log-payloads',
  'affairs',
] as const;
export type KeptClass = (typeof keptClasses)[number];

export const retentionCalls = {
  /** What the desk still holds of people, by class: how much and since when; the times that hold; the last erasure. */
  'retention.kept': define({
    kind: 'query',
    who: ['supervisor', 'administrator'],
    input: nothing,
    output: z.strictObject({
      classes: z.array(
        z.strictObject({ class: z.enum(keptClasses), count: z.int(), oldest: instant.nullable() }),
      ),
      times: z.strictObject({
        content: z.string(),
        undelivered: z.string(),
        ownPapers: z.string(),
        log: z.string(),
        backups: z.string(),
      }),
      lastErasedAt: instant.nullable(),
      /** The file still has to be written anew, so that nothing of what was erased stands in its free space. */
      rewriteDue: z.boolean(),
    }),
  }),
};
