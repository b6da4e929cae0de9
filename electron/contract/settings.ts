import { z } from 'zod';
import { define } from './call.ts';
import { failure, nothing } from './shared.ts';

/** Where clerks' signing keys are: files, with {clerk} for the user name in their path, or cards by their PKCS#11 module. */
export const signingKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(500) }),
  z.strictObject({ kind: z.literal('card'), module: z.string().min(1).max(500) }),
]);
export type SigningKey = z.output<typeof signingKey>;

export const deskSettings = z.strictObject({
  language: z.enum(['cs', 'en']),
  portalUrl: z.string().max(300),
  reader: z
    .strictObject({
      path: z.string().max(200),
      vendorId: z.string().max(10).nullable(),
      productId: z.string().max(10).nullable(),
      serialNumber: z.string().max(100).nullable(),
      baudRate: z.int().min(300).max(921_600),
    })
    .nullable(),
  scanner: z.strictObject({ device: z.string().max(200) }).nullable(),
  printer: z.strictObject({ uri: z.string().max(300) }).nullable(),
  idleLockMinutes: z.int().min(1).max(120),
  signing: signingKey.nullable().default(null),
});
export type DeskSettings = z.output<typeof deskSettings>;

export const deviceView = z.strictObject({
  kind: z.enum(['reader', 'scanner', 'printer']),
  /** What settings would hold to use it. */
  address: z.string(),
  name: z.string(),
  vendorId: z.string().nullable(),
  productId: z.string().nullable(),
  serialNumber: z.string().nullable(),
  selected: z.boolean(),
  state: z.enum(['ready', 'busy', 'trouble', 'absent', 'unknown']),
  trouble: failure.nullable(),
});
export type DeviceView = z.output<typeof deviceView>;

const administrator = ['administrator'] as const;

export const settingsCalls = {
  'settings.get': define({ kind: 'query', who: 'signed-in', input: nothing, output: deskSettings }),
  'settings.save': define({ kind: 'command', who: administrator, input: deskSettings, output: deskSettings }),
  /** The window's language is anybody's own choice; it is not the desk's settings. */
  'settings.set-language': define({
    kind: 'command',
    who: 'anyone',
    whileLocked: true,
    input: z.strictObject({ language: z.enum(['cs', 'en']) }),
    output: nothing,
  }),
  'devices.list': define({ kind: 'query', who: 'signed-in', input: nothing, output: z.array(deviceView) }),
  /** Card readers and the cards that lie in them; `atr` is the card's answer to reset in hexadecimal. */
  'devices.card-readers': define({
    kind: 'query',
    who: 'signed-in',
    input: nothing,
    output: z.array(
      z.strictObject({
        name: z.string(),
        card: z.strictObject({ atr: z.string(), kind: z.enum(['contact', 'contactless']) }).nullable(),
      }),
    ),
  }),
  /** Prints a page, tells the scanner's abilities, or waits for a read; says what happened. */
  'devices.test': define({
    kind: 'command',
    who: 'signed-in',
    input: z.strictObject({ kind: z.enum(['reader', 'scanner', 'printer']) }),
    output: deviceView,
  }),
};
