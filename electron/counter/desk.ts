import type { EventData, EventName } from '../contract/events.ts';
import type { DeskSettings, SigningKey } from '../contract/settings.ts';
import type { ChipReader } from '../devices/chip/port.ts';
import type { IdReader } from '../devices/id-reader/port.ts';
import type { Printer } from '../devices/printer/port.ts';
import type { DocumentScanner } from '../devices/scanner/port.ts';
import type { SigningToken } from '../devices/signing-token/port.ts';
import type { Timers } from '../devices/timers.ts';
import type { DocumentPool } from '../documents/pool.ts';
import type { Validator } from '../documents/validation/validate.ts';
import type { Checkpoint, CheckpointReason } from '../journal/checkpoint.ts';
import type { DeskKeys } from '../journal/keys.ts';
import type { EntryIds } from '../journal/leaf.ts';
import type { JsonValue } from '../store/json.ts';
import type { Reader, Store, Tx } from '../store/open.ts';
import type { Sync } from '../sync/port.ts';
import type { Clock } from '../values/clock.ts';
import type { Passwords } from './clerks/password.ts';
import type { Log } from './log.ts';
import type { Places } from './places.ts';

export type Environment = 'training' | 'production';

/** Who this machine is to the portal; null before enrolment. */
export type Enrolled = {
  deskId: string;
  deskName: string;
  officeId: string;
  deskToken: string;
  portalUrl: string;
};

/**
 * What the features of the counter work with. Effects are passed in: a feature never reaches for the clock, the disk,
 * the network or a device by itself.
 */
export type Desk = {
  readonly environment: Environment;
  readonly version: string;
  /** Folder with what ships: templates, fonts, training accounts. */
  readonly resources: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: (length: number) => Uint8Array;
  readonly log: Log;
  readonly sync: Sync;
  readonly documents: DocumentPool;
  readonly validator: Validator;
  readonly reader: IdReader;
  readonly chips: ChipReader;
  readonly scanner: DocumentScanner;
  readonly printer: Printer;
  readonly places: Places;
  /** The keys of whom the settings say; the same ones for the same clerk, because wrong PINs are counted. */
  readonly signingToken: (of: SigningKey, username: string) => SigningToken;
  /** How clerks' passwords are remembered. */
  readonly passwords: Passwords;
  /** What this machine signs its log with. */
  readonly keys: DeskKeys;
  newId(): string;
  enrolled(tx: Reader): Enrolled | null;
  settings(tx: Reader): DeskSettings;
  emit<N extends EventName>(name: N, data: EventData<N>): void;
  /** Appends an act to the day log, in the act's own transaction. Returns the leaf's sequence. */
  act(tx: Tx, act: Act): number;
  /** Signs the log as it is at this point of the transaction; null for a desk that is nobody's yet. */
  checkpoint(tx: Tx, reason: CheckpointReason): Checkpoint | null;
};

/** An act as a feature tells it to the day log. The payload may be personal; it is stored apart and can be erased. */
export type Act = {
  kind: ActKind;
  actId: string;
  clerkId: string;
  role: string;
  at: Date;
  visitId?: string;
  serviceId?: string;
  /** Ids it names besides: they stand in the leaf for ever and go to the portal. */
  ids?: EntryIds;
  payload: JsonValue;
};

/** Kinds of acts in the day log. The window has a name for each in both languages. */
export const actKinds = [
  'desk-enrolled',
  'store-recovered',
  'entry-rescued',
  'recovery-finished',
  'backup-made',
  'desk-left',
  'signed-in',
  'signed-out',
  'locked',
  'unlocked',
  'visit-opened',
  'visit-parked',
  'visit-taken-up',
  'visit-cancelled',
  'visit-closed',
  'document-taken',
  'register-answered',
  'chip-refuted',
  'identity-verified',
  'identity-refused',
  'identity-reopened',
  'service-started',
  'service-withdrawn',
  'service-refused',
  'step-reopened',
  'form-completed',
  'attachments-completed',
  'request-printed',
  'request-signed',
  'submission-accepted',
  'submission-corrected',
  'completion-call-printed',
  'exclusions-answered',
  'copy-counted',
  'copy-certified',
  'register-asked',
  'register-gave-extract',
  'extract-printed',
  'extract-reviewed',
  'extract-counted',
  'extract-issued',
  'ticket-handed',
  'conversion-input-taken',
  'conversion-validated',
  'conversion-confirmed',
  'conversion-printed',
  'conversion-compared',
  'conversion-counted',
  'conversion-issued',
  'conversion-delivered',
  'evidence-number-cancelled',
  'signing-recorded',
  'signature-certified',
  'number-cancelled',
  'book-closed',
  'guide-printed',
  'booking-made',
  'booking-moved',
  'booking-cancelled',
  'person-arrived',
  'person-called',
  'person-returned',
  'person-missed',
  'person-served',
  'break-started',
  'break-ended',
  'exemption-set',
  'fee-paid',
  'receipt-cancelled',
  'fee-refunded',
  'cash-moved',
  'day-closed',
  'closing-prepared',
  'closing-withdrawn',
  'closing-returned',
  'closing-decided',
  'deputy-named',
  'deputy-ended',
  'print-ended',
  'print-resolved',
  'document-reprinted',
  'effect-retried',
  'effect-handed-over',
  'effect-settled',
  'effect-closed',
  'settings-changed',
  'device-tested',
  'log-exported',
  'export-not-finished',
  'medium-written',
  'medium-taken',
  'exception-reviewed',
  'content-erased',
  'affairs-looked-into',
  'account-chosen',
  'account-accepted',
  'account-sent-again',
  'account-confirmed',
  'course-printed',
  'attachment-opened',
  'message-printed',
  'message-handed-over',
  'clock-marked',
  'key-changed',
  'epoch-opened',
] as const;
export type ActKind = (typeof actKinds)[number];
