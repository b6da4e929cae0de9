import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import bwip from 'bwip-js/node';
import sharp from 'sharp';
import { codesOf } from '../../electron/documents/images/codes.ts';
import { brightest, type GreyImage } from '../../electron/documents/images/grey.ts';
import { readCells } from '../../electron/documents/images/language.ts';
import { readZoneOf } from '../../electron/documents/images/picture.ts';
import { readZone } from '../../electron/documents/images/read-zone.ts';
import { ALPHABET, prepareShapes } from '../../electron/documents/images/shapes.ts';
import { readReceiptCode } from '../../electron/journal/receipt.ts';
import { parseMrz } from '../../electron/values/mrz.ts';
import { LAYOUTS } from '../../electron/values/mrz-layout.ts';
import { judgeTypedMrz } from '../../electron/values/mrz-live.ts';
import { projectRoot } from '../../scripts/places.ts';
import type { Chance } from '../chaos/random.ts';
import { chanceOf } from '../chaos/random.ts';
import { zoneByChance, zonePicture } from '../rigs/zone-pictures.ts';
import { chip } from './chip.ts';
import { digitalId } from './digital-id.ts';
import { esclDocuments } from './escl.ts';
import { ipp } from './ipp.ts';
import { authorityFiles, serialFrames } from './readers.ts';

/**
 * What reads bytes from outside, each with a maker of inputs: right ones with something wrong, and noise. `one` reads one input
 * and throws when the parser does, or when what it gives cannot be.
 */
export type Target = { one(chance: Chance): unknown | Promise<unknown> };

const today = '2026-11-29';
const root = projectRoot;

const some = <T>(chance: Chance, most: number, make: () => T): T[] =>
  Array.from({ length: chance.whole(0, most) }, make);

/** A text with some characters exchanged, left out or put in. */
function spoilt(chance: Chance, text: string): string {
  const characters = [...text];
  for (let times = chance.whole(0, 6); times > 0; times -= 1) {
    const at = chance.whole(0, characters.length);
    const odd = chance.pick([
      '<',
      'O',
      '0',
      '\r',
      '\n',
      '\u0002',
      '\u0000',
      'ř',
      '\u{1f600}',
      ' ',
      '<'.repeat(40),
      '9'.repeat(300),
    ]);
    characters.splice(at, chance.whole(0, 2), ...(chance.yes(0.6) ? [odd] : []));
  }
  return characters.join('');
}

const zoneText: Target = {
  one: (chance) => {
    const format = chance.pick(['TD1', 'TD2', 'TD3'] as const);
    const text = chance.yes(0.8)
      ? spoilt(chance, zoneByChance(chance, format).join(chance.pick(['\r', '\n', '\r\n', ''])))
      : String.fromCharCode(...some(chance, 400, () => chance.whole(0, 0xffff)));
    const read = parseMrz(text, { today });
    judgeTypedMrz(text, { today });
    if (read.ok && read.value.lines.join('').length < 72)
      throw new Error('a zone that is too short was read');
  },
};

const zoneCells: Target = {
  one: (chance) => {
    const format = chance.pick(['TD1', 'TD2', 'TD3', 'MRV-A', 'MRV-B'] as const);
    const { lines, length } = LAYOUTS[format];
    const cell = (): Float32Array => {
      const likeness = new Float32Array(ALPHABET.length);
      const flat = chance.yes(0.2);
      for (let at = 0; at < likeness.length; at += 1) likeness[at] = flat ? -1 : chance.next() * 1.02 - 0.01;
      if (chance.yes(0.7)) likeness[chance.whole(0, ALPHABET.length - 1)] = 0.99;
      return likeness;
    };
    const cells = Array.from({ length: lines }, () => Array.from({ length }, cell));
    for (const line of readCells(format, cells, today))
      for (const { character, confidence } of line) {
        if (character !== null && !ALPHABET.includes(character)) throw new Error('no character of a zone');
        if (!(confidence >= 0 && confidence <= 1)) throw new Error(`a confidence of ${confidence}`);
      }
  },
};

let shapes: ReturnType<typeof prepareShapes> | undefined;
const loadedShapes = () => {
  shapes ??= prepareShapes(JSON.parse(readFileSync(join(root, 'resources/fonts/ocr-b-shapes.json'), 'utf8')));
  return shapes;
};

/** Small pictures to spoil: made once. */
let seeds: Promise<GreyImage[]> | undefined;
const seeded = () => {
  seeds ??= Promise.all([
    ...(['TD1', 'TD2', 'TD3'] as const).map((format) =>
      zonePicture(chanceOf('fuzz', format), {
        page: 'card',
        format,
        dpi: 120,
        turn: 0,
        skew: 1,
        blur: 0,
        grain: 0,
      }).then(({ bytes }) => bytes),
    ),
    ...['qrcode', 'code128', 'datamatrix', 'pdf417'].map((bcid) =>
      bwip.toBuffer({ bcid, text: 'AB-12', scale: 2, padding: 6, backgroundcolor: 'ffffff' }),
    ),
  ]).then((pictures) =>
    Promise.all(
      pictures.map(async (bytes) => {
        const { data, info } = await sharp(bytes)
          .flatten({ background: '#fff' })
          .raw()
          .toBuffer({ resolveWithObject: true });
        return brightest(data, info.channels, info.width, info.height);
      }),
    ),
  );
  return seeds;
};

/** A picture of a zone or a code with parts covered, repeated or put out of order; or a pattern of chance. */
async function spoiltPicture(chance: Chance): Promise<GreyImage> {
  // Most errors lie at edges, and small pictures have as many: a share that holds whole lines is enough, and a million can be read.
  const most = chance.yes(0.2) ? { width: 600, height: 160 } : { width: 150, height: 40 };
  if (chance.yes(0.3)) {
    const [width, height] = [
      chance.whole(1, Math.min(200, most.width)),
      chance.whole(1, Math.min(120, most.height)),
    ];
    const [step, down] = [chance.whole(1, 24), chance.whole(1, 40)];
    const noise = chance.next();
    const data = new Uint8Array(width * height);
    for (let at = 0; at < data.length; at += 1) {
      const pattern = (at % width) % step < step / 2 && Math.floor(at / width) % down < down / 2;
      data[at] = chance.next() < noise ? chance.whole(0, 255) : pattern ? 20 : 235;
    }
    return { data, width, height };
  }
  const grey = chance.pick(await seeded());
  // A part of it: a whole picture takes a thousand times as long.
  const [left, top] = [chance.whole(0, grey.width - 2), chance.whole(0, grey.height - 2)];
  const [width, height] = [
    Math.min(grey.width - left, chance.whole(1, most.width)),
    Math.min(grey.height - top, chance.whole(1, most.height)),
  ];
  const data = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1)
    data.set(
      grey.data.subarray((top + row) * grey.width + left, (top + row) * grey.width + left + width),
      row * width,
    );
  for (let times = chance.whole(0, 4); times > 0; times -= 1) {
    const at = chance.whole(0, data.length - 1);
    data.fill(chance.whole(0, 255), at, at + chance.whole(0, width * 4));
  }
  return { data, width, height };
}

const zoneImage: Target = {
  one: async (chance) => {
    const read = readZone(await spoiltPicture(chance), loadedShapes(), { today });
    if (
      read.ok &&
      ![60, 72, 88, 90].includes(read.value.lines.flatMap(({ characters }) => characters).length)
    )
      throw new Error('lines of no zone');
  },
};

const codes: Target = { one: async (chance) => codesOf(await spoiltPicture(chance)) };

/** The kinds of files that are unpacked, small: what is fed here is their reading, not what is in them. */
let files: Promise<Uint8Array[]> | undefined;
const seededFiles = () => {
  files ??= (async () => {
    const dots = Buffer.from(Uint8Array.from({ length: 40 * 24 * 3 }, (_, at) => (at * 7919) % 256));
    const small = sharp(dots, { raw: { width: 40, height: 24, channels: 3 } });
    const made = [
      small.clone().png(),
      small.clone().png({ palette: true, colours: 16 }),
      small.clone().ensureAlpha().png(),
      small.clone().jpeg(),
      small.clone().jpeg({ progressive: true }),
      small.clone().greyscale().jpeg(),
      small.clone().tiff({ compression: 'lzw' }),
      small.clone().tiff({ compression: 'deflate' }),
    ];
    return Promise.all(made.map(async (image) => new Uint8Array(await image.toBuffer())));
  })();
  return files;
};

const picture: Target = {
  one: async (chance) => {
    const bytes = chance.pick(await seededFiles());
    const spoiltBytes = bytes.slice(0, chance.yes(0.3) ? chance.whole(0, bytes.length) : bytes.length);
    // Most of what is told about a picture stands at its beginning.
    for (let times = chance.whole(1, 8); times > 0 && spoiltBytes.length > 0; times -= 1)
      spoiltBytes[
        chance.whole(0, Math.min(spoiltBytes.length - 1, chance.yes(0.7) ? 80 : spoiltBytes.length))
      ] = chance.whole(0, 255);
    await readZoneOf(spoiltBytes, loadedShapes(), today);
  },
};

const receiptCode: Target = {
  one: (chance) => {
    const text = Array.from({ length: chance.whole(0, 200) }, () =>
      chance.pick([...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:ř\n']),
    ).join('');
    const read = readReceiptCode(chance.yes(0.9) ? `VC1:${text}` : text);
    if (read !== null && read.leafHash.length !== 32) throw new Error('a hash that is cut off');
  },
};

/** By the name under which `npm run fuzz` runs them. */
export const targets: Readonly<Record<string, Target>> = {
  chip,
  'digital-id': digitalId,
  'escl-documents': esclDocuments,
  ipp,
  'mrz-text': zoneText,
  'mrz-cells': zoneCells,
  'mrz-image': zoneImage,
  codes,
  picture,
  'receipt-code': receiptCode,
  'serial-frames': serialFrames,
  'authority-files': authorityFiles,
};
