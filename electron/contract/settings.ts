import { z } from 'zod';
import { define } from './call.ts';
import { failure, nothing } from './shared.ts';

/** Where clerks' signing keys are: files, with {clerk} for the user name in their path, or cards by their PKCS#11 module. */
export const signingKey = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(500) }),
  z.strictObject({ kind: z.literal('card'), module: z.string().min(1).max(500) }),
]);
export type SigningKey = z.output<typeof signingKey>;

/** Vendor and model find a scanner again that was plugged in elsewhere; null: known by its name alone. */
export const scannerSettings = z.strictObject({
  device: z.string().max(200),
  vendor: z.string().max(100).nullable().default(null),
  model: z.string().max(100).nullable().default(null),
});

/**
 * `uuid`: who the printer is, wherever it answers. `certificateSha256` (64 hexadecimal digits): its own certificate, as it was when it
 * was set up; null: the system's authorities decide.
 */
export const printerSettings = z.strictObject({
  uri: z.string().max(300),
  uuid: z.string().max(60).nullable().default(null),
  certificateSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .default(null),
});

/** What papers are for; each kind may come out of another tray. */
export const paperUse = z.enum(['certified', 'receipts', 'slips', 'other']);
export type PaperUse = z.output<typeof paperUse>;

const printerWord = z.string().regex(/^[\w.-]{1,60}$/);
/** How papers of one use are printed. `tray` and `paper` are the printer's own keywords (PWG 5100.3); null: the printer chooses. */
export const printWish = z.strictObject({
  tray: printerWord.nullable(),
  paper: printerWord.nullable(),
  sides: z.enum(['one-sided', 'two-sided-long-edge', 'two-sided-short-edge']),
  colour: z.enum(['colour', 'monochrome']).nullable(),
});
export type PrintWish = z.output<typeof printWish>;
export const noWish: PrintWish = { tray: null, paper: null, sides: 'one-sided', colour: null };

/** Papers of which the desk may keep an equal one; as few as that, so that nobody empties a tray by a slip. */
const copiedWish = printWish.extend({ copies: z.int().min(1).max(3).default(1) });
export const noCopiedWish = { ...noWish, copies: 1 };
const marks = z.string().regex(/^(?:[0-9a-f]{2}){0,16}$/);

/**
 * How one reader sends what it reads, as it was learnt: `start`, perhaps an AIM identifier, what was read, `end`, perhaps one check byte,
 * `tail`; bytes in hexadecimal.
 */
export const learntFraming = z.strictObject({
  start: marks,
  aim: z.boolean(),
  end: marks,
  check: z
    .strictObject({ how: z.enum(['xor', 'sum', 'unknown']), withStart: z.boolean(), withEnd: z.boolean() })
    .nullable(),
  tail: marks,
  encoding: z.enum(['utf-8', 'windows-1250', 'iso-8859-2']).nullable(),
  reads: z.enum(['zone', 'code', 'both']),
});

/** How a reader's line is understood: as it was learnt, or by a protocol of those that ship, by its id. */
export const readerHearing = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('learnt'), framing: learntFraming }),
  z.strictObject({ kind: z.literal('protocol'), protocol: z.string().max(60) }),
]);
export type ReaderHearing = z.output<typeof readerHearing>;

export const readerLine = z.strictObject({
  baudRate: z.int().min(300).max(921_600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
});
export type ReaderLine = z.output<typeof readerLine>;

export const readerSettings = readerLine.extend({
  path: z.string().max(200),
  vendorId: z.string().max(10).nullable(),
  productId: z.string().max(10).nullable(),
  serialNumber: z.string().max(100).nullable(),
  /** Null: nothing was learnt of it, and the usual ways of document readers are understood. */
  hearing: readerHearing.nullable().default(null),
});
export type ReaderOfDesk = z.output<typeof readerSettings>;

export const deskSettings = z.strictObject({
  language: z.enum(['cs', 'en']),
  portalUrl: z.string().max(300),
  reader: readerSettings.nullable(),
  scanner: scannerSettings.nullable(),
  printer: printerSettings.nullable(),
  /** Where several of a kind are: labels and tickets, scans of conversions, codes on paper. Null: the usual one. */
  others: z
    .strictObject({
      slips: printerSettings.nullable(),
      conversions: scannerSettings.nullable(),
      codes: readerSettings.nullable().default(null),
    })
    .default({ slips: null, conversions: null, codes: null }),
  printing: z
    .strictObject({ certified: printWish, receipts: copiedWish, slips: copiedWish, other: printWish })
    .default({ certified: noWish, receipts: noCopiedWish, slips: noCopiedWish, other: noWish }),
  idleLockMinutes: z.int().min(1).max(120),
  /** Whether text is read on scanned pages and laid under them. */
  searchableScans: z.boolean().default(true),
  signing: signingKey.nullable().default(null),
});
export type DeskSettings = z.output<typeof deskSettings>;

/** What a device is used for: everything, or what another of its kind is set aside for. */
export const devicePurpose = z.enum(['usual', 'slips', 'conversions', 'codes']);
export type DevicePurpose = z.output<typeof devicePurpose>;

/** What a printer that answers says of itself; `lacks`: what papers of a use need and no tray holds. */
export const printerView = z.strictObject({
  trays: z.array(z.string()),
  papers: z.array(z.string()),
  sides: z.array(printWish.shape.sides),
  colours: z.array(printWish.shape.colour.unwrap()),
  copies: z.int(),
  /** Hundredths of a millimetre; null: the printer does not tell what is loaded. */
  loaded: z
    .array(
      z.strictObject({
        tray: z.string().nullable(),
        paper: z.string().nullable(),
        size: z.strictObject({ width: z.int(), height: z.int() }).nullable(),
      }),
    )
    .nullable(),
  lacks: z.array(z.strictObject({ use: paperUse, trouble: failure })),
  /** What papers of a use want and the printer does not offer. */
  refuses: z.array(z.strictObject({ use: paperUse, trouble: failure })),
  /** Whose word the end of a print is. */
  endIsToldBy: z.enum(['printer', 'printer-behind-server', 'server']),
});
export type PrinterView = z.output<typeof printerView>;

export const deviceView = z.strictObject({
  /** Who it is, wherever it is plugged in. */
  key: z.string(),
  /** What that rests on: a number of its own, its make (two cannot be told apart), or its place. */
  knownBy: z.enum(['itself', 'make', 'place']),
  purposes: z.array(devicePurpose),
  /** Nobody has set it up or put it aside yet. */
  isNew: z.boolean(),
  /** The same printer announces itself at this address now. */
  movedTo: z.string().nullable(),
  /** What the catalogue of known devices says of it. */
  known: z
    .strictObject({
      name: z.strictObject({ cs: z.string(), en: z.string() }),
      note: z.strictObject({ cs: z.string(), en: z.string() }).nullable(),
      proved: z.boolean(),
    })
    .nullable(),
  kind: z.enum(['reader', 'scanner', 'printer']),
  /** What settings would hold to use it. */
  address: z.string(),
  name: z.string(),
  vendorId: z.string().nullable(),
  productId: z.string().nullable(),
  serialNumber: z.string().nullable(),
  selected: z.boolean(),
  /**
   * `claimed`: by another program. `nonsense`: it answers, and nothing of it can be used. `asleep`: it says so, and wakes by itself.
   * `silent`: it is there and gives no answer yet: it wakes, or hangs. `off`: nobody is there.
   */
  state: z.enum([
    'ready',
    'busy',
    'claimed',
    'nonsense',
    'trouble',
    'asleep',
    'silent',
    'off',
    'absent',
    'unknown',
  ]),
  trouble: failure.nullable(),
  /** Of printers that are set up and answer. */
  printer: printerView.nullable(),
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
};
