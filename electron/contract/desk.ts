import { z } from 'zod';
import { define } from './call.ts';
import { session } from './clerks.ts';
import { freezeView } from './freeze.ts';
import { recoveryView } from './recovery.ts';
import { failure, instant, localDate, nothing, office, shortText } from './shared.ts';

export const line = z.strictObject({
  state: z.enum(['up', 'down', 'unknown']),
  since: instant,
  nextTryAt: instant.nullable(),
  reason: failure.nullable(),
});

/** What the frame of the window always shows. */
export const frame = z.strictObject({
  environment: z.enum(['training', 'production']),
  enrolled: z.boolean(),
  deskId: z.string().nullable(),
  deskName: z.string().nullable(),
  office: office.nullable(),
  language: z.enum(['cs', 'en']),
  line,
  queue: z.strictObject({ waiting: z.int(), needsPerson: z.int() }),
  /** Events nobody has reviewed; 0 for whom they are not. */
  openExceptions: z.int(),
  /** Closings of desks without a supervisor that this one may decide; 0 for whom they are not. */
  closingsToDecide: z.int(),
  /** Standing warnings, for example that the key lies in a file. */
  warnings: z.array(failure),
  freeze: freezeView,
  /** Days before today with acts that no closing covers, oldest first. */
  unclosedDays: z.array(localDate),
  /** A store that has not settled with the portal yet; null for one that has. */
  recovery: recoveryView.nullable(),
  session: session.nullable(),
  idleLockMinutes: z.int(),
  offlineSignInHours: z.int(),
  version: z.string(),
});
export type Frame = z.output<typeof frame>;

export const deskCalls = {
  'desk.frame': define({ kind: 'query', who: 'anyone', whileLocked: true, input: nothing, output: frame }),
  /** Makes this machine a desk of an office, with a code the office got from the portal. Only before enrolment. */
  'desk.enrol': define({
    kind: 'command',
    who: 'anyone',
    needsLine: true,
    secret: true,
    input: z.strictObject({
      portalUrl: z.url({ protocol: /^https?$/ }),
      enrolmentCode: shortText,
      deskName: shortText,
    }),
    output: frame,
  }),
  /** Tries the line now instead of waiting for the next try. */
  'desk.try-line': define({ kind: 'query', who: 'signed-in', input: nothing, output: line }),
};
