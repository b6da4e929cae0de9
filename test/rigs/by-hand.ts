import { once } from 'node:events';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { prepareCardBinding } from '../../scripts/card-binding.ts';
import type { DebianGroup } from '../../scripts/debian.ts';
import { chanceOf } from '../chaos/random.ts';
import { openCardSlot, otherCard } from './card-slot.ts';
import { startEscl } from './escl.ts';
import { startIppPrinter } from './ipp-printer.ts';
import { startNaps2Console } from './naps2-console.ts';
import { answerAsked, fullPage } from './page-readers.ts';
import { startPrintServer } from './print-server.ts';
import { startSane } from './sane.ts';
import { startSerialReader } from './serial-reader.ts';
import { PIN, softwareCard } from './software-card.ts';
import { startUsbBus } from './usb-bus.ts';
import { virtualChip } from './virtual-chip.ts';
import { zonePicture } from './zone-pictures.ts';

/** What hands do with a device, by the word that is typed for it. */
type Hands = Readonly<Record<string, { does: string; run(rest: string): unknown }>>;
/** `tells`: what a desk's settings need to find it. */
type Started = { tells: readonly string[]; hands: Hands; stop(): Promise<void> };
export type RigByHand = {
  is: string;
  packages: readonly DebianGroup[];
  /** What must be compiled first. */
  prepare?(say: (detail: string) => void): Promise<void>;
  start(): Promise<Started>;
};

/** An identity card of Jan Karel Vzorový of the training environment. */
const ZONE = [
  'IDCZE9990000180<<<<<<<<<<<<<<<',
  '8004015M3306301CZE<<<<<<<<<<<0',
  'VZOROVY<<JAN<KAREL<<<<<<<<<<<<',
];
const CAN = '123456';

const identityCard = async (): Promise<Uint8Array> => {
  const { bytes } = await zonePicture(chanceOf('by hand', 'card'), {
    ...{ lines: ZONE, format: 'TD1', turn: 0, skew: 2, blur: 0.6, grain: 3, jpeg: null },
  });
  return new Uint8Array(bytes);
};

const reader: RigByHand = {
  is: 'a reader of zones, codes and whole pages on a serial line; told to read (IDBOX One), it reads a document',
  packages: ['serial'],
  async start() {
    const rig = await startSerialReader({ shared: true });
    rig.onAsked(answerAsked((answer) => rig.send(answer), ZONE));
    return {
      tells: [`serial port: ${rig.path}`],
      hands: {
        read: {
          does: 'an identity card is read',
          run: () => rig.send(ZONE.map((line) => `${line}\r`).join('')),
        },
        code: {
          does: 'a code is read: what follows, or one of the test page, with its identifier and CR LF',
          run: (rest) =>
            rig.send(Buffer.from(`]Q0${rest || 'VIRTUOS zkušební stránka: příliš žluťoučký kůň'}\r\n`)),
        },
        page: {
          does: 'a page is read by an EST-100PR: its zone, and a code',
          run: () => rig.send(fullPage(ZONE, 'https://example.cz/1')),
        },
        send: { does: 'sends what follows, ended by CR', run: (rest) => rig.send(`${rest}\r`) },
        noise: {
          does: 'sends what no reader sends',
          run: () => rig.send(Uint8Array.of(2, 0xff, 0, 0x1b, 0x80)),
        },
        unplug: { does: 'pulls the cable', run: rig.unplug },
        plug: { does: 'plugs it in again', run: rig.plugIn },
      },
      stop: rig.stop,
    };
  },
};

const scanner: RigByHand = {
  is: 'a scanner with glass and a feeder of 10 sheets (SANE’s test backend)',
  packages: ['scanner'],
  async start() {
    const rig = await startSane({ shared: true });
    return {
      tells: [
        `device: ${rig.device}`,
        `for the desk: SANE_CONFIG_DIR=${rig.env.SANE_CONFIG_DIR}`,
        `tool: ${rig.command}`,
      ],
      hands: {
        jam: {
          does: 'the feeder jams behind so many pages (3)',
          run: (rest) => rig.jamAfter(Number(rest || 3)),
        },
        card: { does: 'an identity card lies on the glass', run: async () => rig.lay(await identityCard()) },
        lift: { does: 'takes it off', run: () => rig.lay(null) },
        load: {
          does: 'the feeder holds so many sheets (3)',
          run: (rest) => rig.load(Number(rest || 3)),
        },
        cover: { does: 'the cover is open', run: () => rig.fail('COVER_OPEN') },
        empty: { does: 'the feeder is empty', run: () => rig.fail('NO_DOCS') },
        slow: { does: 'scans slowly', run: () => rig.slow(true) },
        mend: {
          does: 'works again, and fast',
          run: async () => {
            await rig.fail(undefined);
            await rig.jamAfter(undefined);
            await rig.load(undefined);
            await rig.slow(false);
          },
        },
        unplug: { does: 'pulls the cable', run: rig.unplug },
        plug: { does: 'plugs it in again', run: rig.plugIn },
      },
      stop: rig.stop,
    };
  },
};

const printer: RigByHand = {
  is: 'a printer that speaks IPP Everywhere (CUPS’ ippeveprinter)',
  packages: ['printer'],
  async start() {
    const rig = await startIppPrinter({ twoSided: true });
    return {
      tells: [`address: ${rig.uri}`, `over TLS: ${rig.secureUri}`],
      hands: {
        paper: { does: 'runs out of paper', run: () => rig.condition('media-empty-error') },
        jam: { does: 'paper jams', run: () => rig.condition('media-jam-error') },
        other: { does: 'has Letter in its main tray', run: () => rig.load('na_letter_8.5x11in') },
        a4: { does: 'has A4 in its main tray', run: () => rig.load('iso_a4_210x297mm') },
        abort: { does: 'gives up each job', run: () => rig.fail(true) },
        hang: { does: 'answers nothing any more', run: () => rig.freeze(true) },
        mend: {
          does: 'works again',
          run: async () => {
            rig.freeze(false);
            await rig.fail(false);
            await rig.condition(undefined);
          },
        },
        printed: {
          does: 'says what came out',
          run: async () =>
            (await rig.printed()).map(({ length }, at) => `${at + 1}: ${length} bytes`).join('\n'),
        },
        unplug: { does: 'takes it off the network', run: rig.unplug },
        plug: { does: 'puts it back, with no memory of its jobs', run: rig.plugIn },
      },
      stop: rig.stop,
    };
  },
};

const card: RigByHand = {
  is: 'a card reader (pcscd with a virtual slot) and chips of documents; wants root and no other pcscd',
  packages: ['chips', 'virtual-chips', 'compile'],
  prepare: prepareCardBinding,
  async start() {
    const slot = await openCardSlot();
    let out: (() => Promise<void>) | null = null;
    const lay = async (chip: Parameters<typeof slot.insert>[0]): Promise<void> => {
      await out?.();
      out = await slot.insert(chip);
    };
    const document = (change: Partial<Parameters<typeof virtualChip>[0]> = {}) =>
      virtualChip({ zone: ZONE.join(''), can: CAN, proof: 'chip-aes', ...change });
    return {
      tells: [`access number (CAN): ${CAN}`, `zone: ${ZONE.join(' ')}`],
      hands: {
        lay: { does: 'lays a genuine identity card', run: () => lay(document()) },
        copy: { does: 'lays a copy of it', run: () => lay(document({ isCopy: true })) },
        unknown: {
          does: 'lays one whose signer nobody knows',
          run: () => lay(document({ signer: 'unknown' })),
        },
        expired: {
          does: 'lays one whose signer has expired',
          run: () => lay(document({ signer: 'expired' })),
        },
        pull: {
          does: 'lays one that is pulled in the middle',
          run: () => lay(document({ pulledAfter: 12 })),
        },
        other: { does: 'lays a card that is no document', run: () => lay(otherCard) },
        take: {
          does: 'takes the card away',
          run: async () => {
            await out?.();
            out = null;
          },
        },
      },
      stop: slot.close,
    };
  },
};

const escl: RigByHand = {
  is: 'a scanner on the network that needs no driver (eSCL), with glass and an empty feeder',
  packages: [],
  async start() {
    const rig = await startEscl();
    return {
      tells: [`address: ${rig.address}`],
      hands: {
        load: { does: 'puts so many sheets into the feeder (3)', run: (rest) => rig.load(Number(rest || 3)) },
        jam: {
          does: 'the feeder jams behind so many pages (1)',
          run: (rest) => {
            rig.mischief.stopAfter = Number(rest || 1);
            rig.mischief.adfState = 'ScannerAdfJam';
          },
        },
        busy: {
          does: 'refuses because it is busy, so many times (5)',
          run: (rest) => {
            rig.mischief.busy = Number(rest || 5);
          },
        },
        mend: {
          does: 'works again',
          run: () => {
            rig.mischief.stopAfter = undefined;
            rig.mischief.busy = 0;
          },
        },
        unplug: {
          does: 'pulls the cable in the middle of the next page',
          run: () => {
            rig.mischief.unplugAt = 0;
          },
        },
        plug: {
          does: 'plugs it in again',
          run: () => {
            rig.mischief.unplugAt = undefined;
            rig.plugIn();
          },
        },
      },
      stop: rig.stop,
    };
  },
};

/** A sheet of A4 at 200 dpi with its number on it. */
const sheet = async (number: number): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="1654" height="2339"><rect width="100%" height="100%" fill="#fff"/><text x="200" y="400" font-family="sans-serif" font-size="90">Cvičný list ${number}</text></svg>`,
      ),
    )
      .withMetadata({ density: 200 })
      .png()
      .toBuffer(),
  );

const naps2: RigByHand = {
  is: 'a scanner of Windows with glass and a feeder of 3 sheets, behind a stand-in for NAPS2’s console',
  packages: [],
  async start() {
    const rig = await startNaps2Console(await sheet(0));
    const load = async (count: number) =>
      rig.load(await Promise.all(Array.from({ length: count }, (_none, at) => sheet(at + 1))));
    await load(3);
    return {
      tells: [`device: ${rig.device}`, `for the desk, in training: VIRTUOS_NAPS2=${rig.program}`],
      hands: {
        load: { does: 'puts so many sheets into the feeder (3)', run: (rest) => load(Number(rest || 3)) },
        jam: {
          does: 'the feeder jams behind so many pages (1)',
          run: (rest) => rig.trouble('jam', Number(rest || 1)),
        },
        cover: { does: 'the cover is open', run: () => rig.trouble('cover') },
        busy: { does: 'another program holds it', run: () => rig.trouble('busy') },
        hang: { does: 'hangs in the middle', run: () => rig.trouble('hangs', 1) },
        crash: { does: 'the program dies in the middle', run: () => rig.trouble('crashes', 1) },
        mend: { does: 'works again', run: () => rig.trouble(undefined) },
        unplug: {
          does: 'pulls the cable',
          run: () => rig.change({ devices: { wia: [], twain: [] } }),
        },
        plug: { does: 'plugs it in again', run: rig.plugIn },
      },
      stop: rig.stop,
    };
  },
};

const token: RigByHand = {
  is: 'a card with signing keys (SoftHSM)',
  packages: ['cards', 'signatures'],
  async start() {
    const rig = await softwareCard('Karta');
    let keys = 0;
    return {
      tells: [
        `PKCS#11 module: ${rig.module}`,
        `for the desk: SOFTHSM2_CONF=${rig.env.SOFTHSM2_CONF} PATH=${rig.toolFolder}:$PATH`,
        `PIN: ${PIN}`,
      ],
      hands: {
        key: {
          does: 'puts the key of a training clerk on it: address of the training portal, user name',
          run: (rest) => {
            const [url = '', name = 'novakova'] = rest.split(' ');
            keys += 1;
            return rig.putTrainingKey(url, name, `0${keys}`);
          },
        },
        lock: { does: 'is locked after wrong PINs', run: rig.lock },
        unlock: { does: 'is unlocked again', run: rig.unlock },
        take: { does: 'takes the card out', run: rig.takeOut },
        put: { does: 'puts it back', run: rig.putBack },
      },
      stop: rig.remove,
    };
  },
};

const cups: RigByHand = {
  is: 'a print server (CUPS) with two queues: to a printer that can be asked, and to one that cannot',
  packages: ['printer', 'print-server'],
  async start() {
    const server = await startPrintServer();
    const behind = await printer.start();
    const at = behind.tells[0]?.replace('address: ', '') ?? '';
    return {
      tells: [
        `address of the queue: ${await server.queue('desk', at)}`,
        `address of the other: ${await server.queue('nowhere', 'file:/dev/null')}`,
      ],
      hands: behind.hands,
      stop: async () => {
        await server.stop();
        await behind.stop();
      },
    };
  },
};

const usb: RigByHand = {
  is: 'a USB bus on which a scanner is plugged and pulled (umockdev)',
  packages: ['usb'],
  async start() {
    const rig = await startUsbBus();
    return {
      tells: [
        `for the process that watches USB: ${Object.entries(rig.env)
          .map(([name, value]) => `${name}=${value}`)
          .join(' ')}`,
        `its list of devices: ${rig.sysfs}`,
      ],
      hands: {
        plug: { does: 'plugs the scanner in', run: rig.plug },
        pull: { does: 'pulls it', run: rig.pull },
      },
      stop: rig.stop,
    };
  },
};

export const rigsByHand = {
  reader,
  scanner,
  escl,
  naps2,
  printer,
  cups,
  card,
  token,
  usb,
} satisfies Readonly<Record<string, RigByHand>>;

/** Keeps a started rig until the input ends or says `end`; each line is a word of `hands` and what belongs to it. */
export async function holdByHand(
  { tells, hands, stop }: Started,
  input: NodeJS.ReadableStream,
  say: (text: string) => void,
): Promise<void> {
  for (const line of tells) say(line);
  for (const [word, { does }] of Object.entries(hands)) say(`  ${word.padEnd(8)} ${does}`);
  say(`  ${'end'.padEnd(8)} ends it`);
  const lines = createInterface({ input });
  const closed = once(lines, 'close');
  let last: Promise<void> = Promise.resolve();
  lines.on('line', (line) => {
    const [word = '', ...rest] = line.trim().split(' ');
    if (word === 'end') return lines.close();
    last = last.then(async () => {
      const hand = Object.hasOwn(hands, word) ? hands[word] : undefined;
      if (hand === undefined) return say(`no such word: ${word}`);
      try {
        const told = await hand.run(rest.join(' '));
        say(typeof told === 'string' ? told : 'done');
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
    });
  });
  await closed;
  await last;
  await stop();
}
