import { z } from 'zod';
import { scanView } from './attachments.ts';
import { exportView } from './day-log.ts';
import { frame } from './desk.ts';
import { mrzReading } from './identity.ts';
import { printView } from './outputs.ts';
import { deviceView } from './settings.ts';
import { failure, id, nothing, outcome } from './shared.ts';

/**
 * What the counter tells the window unasked. Those without `signedIn` go to every window; the others only to a window
 * with an unlocked session.
 */
export const events = {
  'frame-changed': { signedIn: false, data: frame },
  'visit-changed': { signedIn: true, data: z.strictObject({ visitId: id }) },
  /** The waiting line or a booking of the office changed. */
  'waiting-room-changed': { signedIn: true, data: nothing },
  'queue-changed': { signedIn: true, data: nothing },
  'scan-changed': { signedIn: true, data: scanView },
  /** The text of a page was read; `left`: of how many of the service's it is still to be. */
  'texts-changed': { signedIn: true, data: z.strictObject({ serviceId: id, left: z.int() }) },
  'print-changed': { signedIn: true, data: printView.extend({ visitId: id.nullable() }) },
  /** The reader read something: a machine-readable zone, or a sentence why not. */
  'reader-read': { signedIn: true, data: outcome(mrzReading) },
  /** A reader on a line read a code; where it belongs is the window's matter. */
  'code-read': { signedIn: true, data: z.strictObject({ text: z.string().min(1).max(10_000) }) },
  /** What the desk is learning of a reader went on. */
  'reader-learning-changed': { signedIn: true, data: nothing },
  /** The reading of a chip went on or ended. */
  'chip-changed': { signedIn: true, data: z.strictObject({ visitId: id }) },
  'export-changed': { signedIn: true, data: exportView },
  'device-changed': { signedIn: true, data: deviceView.pick({ kind: true, address: true, state: true }) },
  /** Something was plugged in, pulled out, or announced itself. */
  'devices-changed': { signedIn: true, data: nothing },
  'counter-trouble': { signedIn: false, data: failure },
} as const;

export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.output<(typeof events)[N]['data']>;
