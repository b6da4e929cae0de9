import { z } from 'zod';
import { scanView } from './attachments.ts';
import type { Who } from './call.ts';
import { exportView } from './day-log.ts';
import { frame } from './desk.ts';
import { mrzReading } from './identity.ts';
import { printView } from './outputs.ts';
import { deviceView } from './settings.ts';
import { failure, id, nothing, outcome } from './shared.ts';

/** Who serves people: what a reader reads is theirs. */
const clerkRoles = ['clerk', 'supervisor'] as const;

/** What the counter tells the window unasked: to every window, or to those with an unlocked session of a role that may have it. */
export const events = {
  'frame-changed': { who: 'anyone', data: frame },
  'visit-changed': { who: 'signed-in', data: z.strictObject({ visitId: id }) },
  /** The waiting line or a booking of the office changed. */
  'waiting-room-changed': { who: 'signed-in', data: nothing },
  'queue-changed': { who: 'signed-in', data: nothing },
  'scan-changed': { who: 'signed-in', data: scanView },
  /** The text of a page was read; `left`: of how many of the service's it is still to be. */
  'texts-changed': { who: 'signed-in', data: z.strictObject({ serviceId: id, left: z.int() }) },
  'print-changed': { who: 'signed-in', data: printView.extend({ visitId: id.nullable() }) },
  /** The reader read something: a machine-readable zone, or a sentence why not. */
  'reader-read': { who: clerkRoles, data: outcome(mrzReading) },
  /** A reader on a line read a code; where it belongs is the window's matter. */
  'code-read': { who: clerkRoles, data: z.strictObject({ text: z.string().min(1).max(10_000) }) },
  /** That the reader read something, for whoever tries it: nothing of what stands in it. */
  'reader-heard': {
    who: 'signed-in',
    data: z.discriminatedUnion('heard', [
      z.strictObject({ heard: z.literal('document'), issuer: z.string() }),
      z.strictObject({ heard: z.literal('code'), length: z.int() }),
      z.strictObject({ heard: z.literal('trouble'), failure }),
    ]),
  },
  /** What the desk is learning of a reader went on. */
  'reader-learning-changed': { who: 'signed-in', data: nothing },
  /** The reading of a chip went on or ended. */
  'chip-changed': { who: 'signed-in', data: z.strictObject({ visitId: id }) },
  'export-changed': { who: 'signed-in', data: exportView },
  'device-changed': { who: 'signed-in', data: deviceView.pick({ kind: true, address: true, state: true }) },
  /** Something was plugged in, pulled out, or announced itself. */
  'devices-changed': { who: 'signed-in', data: nothing },
  'counter-trouble': { who: 'anyone', data: failure },
} as const satisfies Record<string, { who: Who; data: z.ZodType }>;

export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.output<(typeof events)[N]['data']>;
