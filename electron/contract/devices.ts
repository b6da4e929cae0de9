import { z } from 'zod';
import { define } from './call.ts';
import { deskSettings, devicePurpose, deviceView, readerHearing, readerLine } from './settings.ts';
import { failure, id, instant, nothing, text } from './shared.ts';

const key = z.string().min(1).max(300);

/**
 * What is read over the telephone or sent when something does not work. Nothing in it is of a person: codes, versions, devices and
 * what the desk is to the portal.
 */
export const deviceReport = z.strictObject({
  at: instant,
  desk: z.strictObject({
    version: z.string(),
    environment: z.enum(['training', 'production']),
    deskId: z.string().nullable(),
    officeId: z.string().nullable(),
  }),
  system: z.strictObject({
    platform: z.string(),
    release: z.string(),
    arch: z.string(),
    node: z.string(),
    electron: z.string().nullable(),
    freeMib: z.int(),
  }),
  clock: z.strictObject({
    state: z.enum(['trusted', 'drifting', 'set-back', 'unknown']),
    offSeconds: z.int(),
    zone: z.string(),
  }),
  line: z.strictObject({
    state: z.enum(['up', 'down', 'unknown']),
    since: instant,
    reason: z.string().nullable(),
    host: z.string().nullable(),
    proxy: z.boolean(),
    waiting: z.int(),
  }),
  devices: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      key: z.string(),
      state: z.string(),
      purposes: z.array(devicePurpose),
      code: z.string().nullable(),
    }),
  ),
  ports: z.array(z.string()),
  usb: z.array(z.strictObject({ id: z.string(), name: z.string().nullable() })),
  /** Card readers with the answer to reset of the card in each, hexadecimal. */
  cards: z.array(z.strictObject({ reader: z.string(), atr: z.string().nullable() })),
  /** The desk's own certificate towards the portal and the authority it trusts; a clerk's names a person. */
  certificates: z.array(
    z.strictObject({ what: z.enum(['desk', 'authority']), subject: z.string(), validTo: instant }),
  ),
  /** Sources that gave no list. */
  failed: z.array(z.string()),
  /** The last errors since the desk was started, newest first. */
  errors: z.array(z.strictObject({ at: instant, code: z.string() })),
});
export type DeviceReport = z.output<typeof deviceReport>;

/** What is known of a reader that the desk is learning. Nothing it read is in it: of samples only their marks and lengths. */
export const readerLearning = z.strictObject({
  key: z.string(),
  address: z.string(),
  purpose: z.enum(['usual', 'codes']),
  line: readerLine,
  /** `sampling`: listens for samples; `trying`: reads as it learnt. */
  step: z.enum(['sampling', 'trying']),
  /** The last sample made no sense at the speed before: another is tried. */
  otherSpeed: z.boolean(),
  samples: z.array(
    z.array(z.union([z.strictObject({ mark: z.string() }), z.strictObject({ hidden: z.int() })])),
  ),
  hearing: readerHearing.nullable(),
  trouble: failure.nullable(),
  /** What was read since it was learnt. */
  read: z.strictObject({ zones: z.int(), codes: z.int() }),
});
export type ReaderLearning = z.output<typeof readerLearning>;

const administrator = ['administrator'] as const;
const signers = ['clerk', 'supervisor'] as const;

export const deviceCalls = {
  /** Looks around anew, also where it takes long; `failed` are the sources that gave no list. */
  'devices.look': define({
    kind: 'query',
    who: 'signed-in',
    input: nothing,
    output: z.strictObject({ devices: z.array(deviceView), failed: z.array(failure) }),
  }),
  /** Devices nobody has set up or put aside, as they were seen last; asks no device. */
  'devices.news': define({ kind: 'query', who: 'signed-in', input: nothing, output: z.array(deviceView) }),
  /** Uses a found device from now on. */
  'devices.set-up': define({
    kind: 'command',
    who: administrator,
    input: z.strictObject({ key, address: z.string().min(1).max(300), purpose: devicePurpose }),
    output: deskSettings,
  }),
  /**
   * Begins to learn how a reader sends: listens on its line until it is kept or ended, and uses neither it nor another reader meanwhile.
   * `protocol`: it speaks one of those that ship, and only has to be tried. `line`: a person knows its line, and no other is tried.
   */
  'devices.learn-reader': define({
    kind: 'query',
    who: administrator,
    input: z.strictObject({
      key,
      address: z.string().min(1).max(300),
      purpose: z.enum(['usual', 'codes']),
      protocol: z.string().max(60).nullable(),
      line: readerLine.nullable(),
    }),
    output: readerLearning,
  }),
  'devices.reader-learning': define({
    kind: 'query',
    who: administrator,
    input: nothing,
    output: readerLearning.nullable(),
  }),
  /** Uses the reader as it was learnt. */
  'devices.keep-reader': define({
    kind: 'command',
    who: administrator,
    input: nothing,
    output: deskSettings,
  }),
  /** Learns no more; what was learnt and not kept is forgotten. */
  'devices.end-learning': define({ kind: 'query', who: administrator, input: nothing, output: nothing }),
  /** Protocols of readers that ship. */
  'devices.reader-protocols': define({
    kind: 'query',
    who: 'signed-in',
    input: nothing,
    output: z.array(z.strictObject({ id: z.string(), name: text, note: text, proved: z.boolean() })),
  }),
  /** No device for this purpose of its own any more: the usual one does it. */
  'devices.give-up': define({
    kind: 'command',
    who: administrator,
    input: z.strictObject({ purpose: devicePurpose.exclude(['usual']) }),
    output: deskSettings,
  }),
  /** It is not offered again. */
  'devices.put-aside': define({
    kind: 'command',
    who: administrator,
    input: z.strictObject({ key }),
    output: nothing,
  }),
  /** Prints the test page at the printer for this purpose; no act. What becomes of it, `print-changed` tells of its document. */
  'devices.test-page': define({
    kind: 'command',
    who: 'signed-in',
    input: z.strictObject({ purpose: devicePurpose.exclude(['conversions', 'codes']) }),
    output: z.strictObject({ documentId: id }),
  }),
  /** Prints a sheet that parts a batch in the feeder; no act. What becomes of it, `print-changed` tells of its document. */
  'devices.print-separator': define({
    kind: 'command',
    who: ['clerk', 'supervisor'],
    input: nothing,
    output: z.strictObject({ documentId: id }),
  }),
  /** Ends the scan of a page that this person has read and not kept (`identity.read-image`, `search.read-code`, `devices.test-scan`), if one goes on. */
  'devices.cancel-reading': define({
    kind: 'query',
    who: 'signed-in',
    input: nothing,
    output: nothing,
  }),
  /** One page of the scanner's first source, shown and kept nowhere. */
  'devices.test-scan': define({
    kind: 'query',
    who: 'signed-in',
    input: z.strictObject({ purpose: devicePurpose.exclude(['slips', 'codes']) }),
    output: z.strictObject({ jpeg: z.instanceof(Uint8Array) }),
  }),
  /** Signs a fixed text with the clerk's own key and verifies it; nothing is kept. */
  'devices.test-signing': define({
    kind: 'query',
    who: signers,
    input: z.strictObject({ pin: z.string().min(1).max(100) }),
    output: z.strictObject({ issuer: z.string(), validTo: instant }),
  }),
  'devices.report': define({ kind: 'query', who: 'signed-in', input: nothing, output: deviceReport }),
  /** Saves the report as the window words it where the person says; false: they chose nothing. */
  'devices.save-report': define({
    kind: 'query',
    who: 'signed-in',
    input: z.strictObject({ text: z.string().min(1).max(100_000) }),
    output: z.boolean(),
  }),
};
