import { type CardSlot, otherCard } from '../rigs/card-slot.ts';
import type { IppPrinterRig } from '../rigs/ipp-printer.ts';
import type { SaneRig } from '../rigs/sane.ts';
import type { SerialReaderRig } from '../rigs/serial-reader.ts';
import type { softwareCard } from '../rigs/software-card.ts';
import { virtualChip } from '../rigs/virtual-chip.ts';

/** The steps of a visit, in their order. */
export const STEPS = ['identify', 'form', 'scan', 'print', 'certify', 'sign', 'pay', 'close'] as const;
export type Step = (typeof STEPS)[number];

export const DEVICES = ['reader', 'card', 'scanner', 'printer', 'token'] as const;
export type Device = (typeof DEVICES)[number];

/** What hands have hold of. */
export type Hands = {
  reader: SerialReaderRig;
  scanner: SaneRig;
  printer: IppPrinterRig;
  /** Null where no card reader was asked for: the machine has only one. */
  slot: CardSlot | null;
  token: Awaited<ReturnType<typeof softwareCard>>;
  /** Takes out what lies in the slot. */
  takeOut: (() => Promise<void>) | null;
  zone: readonly string[];
};

export const CAN = '246810';

/**
 * One way a device fails at a step. `before`: it is so when the step begins; else `during` does it when the device has begun to work.
 * `says`: the code the desk tells: at the step where the device works there, else on the page of devices.
 */
export type Case = {
  device: Device;
  step: Step;
  what: string;
  says: string;
  before?(hands: Hands): unknown;
  during?(hands: Hands): unknown;
  mend(hands: Hands): unknown;
};

const takeOut = async (hands: Hands): Promise<void> => {
  await hands.takeOut?.();
  hands.takeOut = null;
};
const lay = async (hands: Hands, chip: Parameters<CardSlot['insert']>[0]): Promise<void> => {
  await takeOut(hands);
  hands.takeOut = (await hands.slot?.insert(chip)) ?? null;
};
export const layCard = (hands: Hands, over: Partial<Parameters<typeof virtualChip>[0]> = {}): Promise<void> =>
  lay(hands, virtualChip({ zone: hands.zone.join(''), can: CAN, proof: 'chip-aes', ...over }));

type Pull = Pick<Case, 'says' | 'before' | 'mend'>;

/** Each device pulled while nothing is asked of it. */
const pulled: Readonly<Record<Device, Pull>> = {
  reader: {
    says: 'reader.not-found',
    before: ({ reader }) => reader.unplug(),
    mend: ({ reader }) => reader.plugIn(),
  },
  card: { says: 'chip.no-card', before: takeOut, mend: (hands) => layCard(hands) },
  scanner: {
    says: 'scanner.not-found',
    before: ({ scanner }) => scanner.unplug(),
    mend: ({ scanner }) => scanner.plugIn(),
  },
  printer: {
    says: 'printer.not-reachable',
    before: ({ printer }) => printer.unplug(),
    mend: ({ printer }) => printer.plugIn(),
  },
  token: {
    says: 'token.not-found',
    before: ({ token }) => token.takeOut(),
    mend: ({ token }) => token.putBack(),
  },
};

/** At which steps a device works; everywhere else it is only pulled. */
const worksAt: Readonly<Record<Device, readonly Step[]>> = {
  reader: ['identify'],
  card: ['identify'],
  scanner: ['scan'],
  printer: ['print', 'certify', 'sign', 'pay'],
  token: ['sign'],
};
export const isNeeded = ({ device, step }: Pick<Case, 'device' | 'step'>): boolean =>
  worksAt[device].includes(step);

const halfZone = (zone: readonly string[]): string => (zone[0] ?? '').slice(0, 20);

const atWork: readonly Case[] = [
  {
    device: 'reader',
    step: 'identify',
    what: 'pulled in the middle of a zone',
    says: 'reader.not-found',
    during: async ({ reader, zone }) => {
      reader.send(halfZone(zone));
      await reader.unplug();
    },
    mend: ({ reader }) => reader.plugIn(),
  },
  {
    device: 'reader',
    step: 'identify',
    what: 'sends nonsense',
    says: 'reader.nonsense',
    during: ({ reader }) => reader.send(Uint8Array.of(0xff, 0xfe, 0, 0x80, 0x9d, 0x41, 0x0d)),
    mend: ({ reader, zone }) => reader.send(zone.map((line) => `${line}\r`).join('')),
  },
  {
    device: 'card',
    step: 'identify',
    what: 'pulled in the middle of the reading',
    says: 'chip.removed',
    before: (hands) => layCard(hands, { pulledAfter: 12 }),
    mend: (hands) => layCard(hands),
  },
  {
    device: 'card',
    step: 'identify',
    what: 'is no document',
    says: 'chip.not-a-document',
    before: (hands) => lay(hands, otherCard),
    mend: (hands) => layCard(hands),
  },
  ...(
    [
      ['jams', 'JAMMED', 'scanner.jammed'],
      ['cover is open', 'COVER_OPEN', 'scanner.cover-open'],
      ['feeder is empty', 'NO_DOCS', 'scanner.no-paper'],
      ['held by another program', 'DEVICE_BUSY', 'scanner.busy'],
      ['loses its line while it scans', 'IO_ERROR', 'scanner.unplugged'],
    ] as const
  ).map(
    ([what, status, says]): Case => ({
      device: 'scanner',
      step: 'scan',
      what,
      says,
      before: ({ scanner }) => scanner.fail(status),
      mend: ({ scanner }) => scanner.fail(undefined),
    }),
  ),
  {
    device: 'scanner',
    step: 'scan',
    what: 'jams behind the first page',
    says: 'scanner.jammed',
    before: ({ scanner }) => scanner.jamAfter(1),
    mend: ({ scanner }) => scanner.jamAfter(undefined),
  },
  ...worksAt.printer.flatMap((step): Case[] => [
    {
      device: 'printer',
      step,
      what: 'runs out of paper',
      says: 'printer.out-of-paper',
      before: ({ printer }) => printer.condition('media-empty-error'),
      mend: ({ printer }) => printer.condition(undefined),
    },
    {
      device: 'printer',
      step,
      what: 'jams',
      says: 'printer.jammed',
      before: ({ printer }) => printer.condition('media-jam-error'),
      mend: ({ printer }) => printer.condition(undefined),
    },
    {
      device: 'printer',
      step,
      what: 'has other paper than is needed',
      says: 'printer.not-loaded',
      before: async ({ printer }) => {
        await printer.load('na_letter_8.5x11in');
        await printer.condition('media-needed-report');
      },
      mend: async ({ printer }) => {
        await printer.load('iso_a4_210x297mm');
        await printer.condition(undefined);
      },
    },
    {
      device: 'printer',
      step,
      what: 'gives the job up',
      says: 'printer.job-aborted',
      before: ({ printer }) => printer.fail(true),
      mend: ({ printer }) => printer.fail(false),
    },
    {
      device: 'printer',
      step,
      what: 'loses its power with the job inside',
      says: 'printer.lost-contact',
      before: ({ printer }) => printer.condition('media-jam-error'),
      during: ({ printer }) => printer.cutPower(),
      mend: async ({ printer }) => {
        await printer.condition(undefined);
        await printer.plugIn();
      },
    },
    {
      device: 'printer',
      step,
      what: 'hangs with the job inside',
      says: 'printer.lost-contact',
      before: ({ printer }) => printer.condition('media-jam-error'),
      during: ({ printer }) => printer.freeze(true),
      mend: async ({ printer }) => {
        await printer.condition(undefined);
        printer.freeze(false);
      },
    },
  ]),
  {
    device: 'token',
    step: 'sign',
    what: 'is locked',
    says: 'token.locked',
    before: ({ token }) => token.lock(),
    mend: ({ token }) => token.unlock(),
  },
];

const idle = (device: Device): Case[] =>
  STEPS.filter((step) => !worksAt[device].includes(step)).map((step) => ({
    device,
    step,
    what: 'pulled',
    ...pulled[device],
  }));

/**
 * Each device pulled at each step, and whatever else happens to it where it works, visit by visit. Where nothing is asked of a device, one
 * visit sees it pulled and put back at one step after the other.
 */
export const visits: readonly (readonly Case[])[] = DEVICES.flatMap((device) => [
  idle(device),
  ...worksAt[device].map((step): Case[] => [{ device, step, what: 'pulled', ...pulled[device] }]),
  ...atWork.filter((one) => one.device === device).map((one) => [one]),
]);
