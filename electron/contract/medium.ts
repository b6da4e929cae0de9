import { z } from 'zod';
import { define } from './call.ts';
import { exportView } from './day-log.ts';
import { id, instant, nothing } from './shared.ts';

const count = z.int().min(0);

export const mediumView = z.strictObject({
  /** What the portal has not confirmed: entries of the day log, and acts in the queue. */
  waiting: z.strictObject({ entries: count, effects: count }),
  /** The medium that left last. */
  written: z.strictObject({ number: z.int(), at: instant, entries: count, effects: count }).nullable(),
  /** The portal's answer taken in last. `at`: the portal's time. */
  taken: z.strictObject({ number: z.int(), answers: z.int(), at: instant, takenAt: instant }).nullable(),
  /** The medium being written. */
  running: exportView.nullable(),
});
export type MediumView = z.output<typeof mediumView>;

export const takenAnswer = z.strictObject({
  number: z.int(),
  /** The desk's medium it answers. */
  answers: z.int(),
  at: instant,
  /** The portal has the day log up to this entry, and whether it countersigned it. */
  acknowledgedTo: count,
  isCountersigned: z.boolean(),
  accepted: count,
  refused: count,
  /** Acts of which the portal misses contents. */
  incomplete: count,
  officeAnswers: count,
  /** Whether master data changed; null when they failed their check and the old ones hold. */
  masterChanged: z.boolean().nullable(),
});
export type TakenAnswerView = z.output<typeof takenAnswer>;

const who = ['supervisor', 'administrator'] as const;

export const mediumCalls = {
  'medium.get': define({ kind: 'query', who, input: nothing, output: mediumView }),
  /**
   * Writes everything the portal has not confirmed into a file where the person chooses; only the portal can open it. Null
   * when they chose no place. How far it is comes as `export-changed`.
   */
  'medium.export': define({ kind: 'command', who, input: nothing, output: exportView.nullable() }),
  'medium.cancel-export': define({
    kind: 'command',
    who,
    input: z.strictObject({ exportId: id }),
    output: exportView.nullable(),
  }),
  /**
   * Takes the portal's answer to a medium from a file the person chooses; null when they chose none. The file itself proves
   * that it is the portal's and for this desk. Nobody needs to be signed in: without an answer there may be nobody left who
   * can be.
   */
  'medium.take': define({
    kind: 'command',
    who: 'anyone',
    whileLocked: true,
    input: nothing,
    output: takenAnswer.nullable(),
  }),
};
