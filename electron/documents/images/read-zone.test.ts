import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { chanceOf } from '../../../test/chaos/random.ts';
import { type PictureOptions, zonePicture } from '../../../test/rigs/zone-pictures.ts';
import type { GreyImage } from './grey.ts';
import { brightest } from './grey.ts';
import { type ReadZone, readZone } from './read-zone.ts';
import { loadShapes, type Shapes } from './shapes.ts';

const fontsFolder = fileURLToPath(new URL('../../../resources/fonts', import.meta.url));
const today = '2026-11-29';
let shapes: Shapes;
beforeAll(async () => {
  shapes = await loadShapes(fontsFolder);
});

async function greyOf(bytes: Uint8Array): Promise<GreyImage> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return brightest(data, info.channels, info.width, info.height);
}

const textOf = ({ lines }: ReadZone): string[] =>
  lines.map(({ characters }) => characters.map(({ character }) => character ?? '?').join(''));

async function drawnAndRead(name: string, options: PictureOptions) {
  const picture = await zonePicture(chanceOf('zone', name), { page: 'card', ...options });
  return { picture, read: readZone(await greyOf(picture.bytes), shapes, { today }) };
}

describe('a card or page in a picture', () => {
  it.each([
    ['TD1', { turn: 0, skew: 4.6 }],
    ['TD1', { turn: 180, skew: -4.9 }],
    ['TD2', { turn: 90, skew: 3.1 }],
    ['TD3', { turn: 270, skew: -2.2 }],
    ['TD3', { turn: 0, skew: 0, dpi: 200 }],
    ['TD1', { turn: 0, skew: -5, blur: 1.8, grain: 14, jpeg: 35, ink: -0.08 }],
    ['TD2', { turn: 180, skew: 5, blur: 1.8, grain: 14, jpeg: 35, ink: 0.09 }],
  ] as const)('of %s is read at %o', async (format, options) => {
    const { picture, read } = await drawnAndRead(`${format} ${JSON.stringify(options)}`, {
      format,
      ...options,
    });
    if (!read.ok) throw new Error(read.error.code);
    expect(read.value.format).toBe(format);
    expect(textOf(read.value)).toEqual(picture.lines);
    const turn = ((options.turn + options.skew + 540) % 360) - 180;
    expect(Math.abs(read.value.turn - turn)).toBeLessThan(0.5);
    // The first line begins where its corners say: inside the picture, and longer than high.
    const [from, to] = read.value.lines[0]?.corners ?? [];
    expect(Math.hypot((to?.x ?? 0) - (from?.x ?? 0), (to?.y ?? 0) - (from?.y ?? 0))).toBeGreaterThan(500);
  });

  it('says how sure it is of each character, less of a worse picture', async () => {
    const sureOf = async (options: PictureOptions): Promise<number> => {
      const { read } = await drawnAndRead('sure', { format: 'TD1', turn: 0, skew: 1, ...options });
      if (!read.ok) throw new Error(read.error.code);
      const all = read.value.lines.flatMap(({ characters }) => characters);
      for (const { confidence } of all) {
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
      return Math.min(...all.map(({ confidence }) => confidence));
    };
    const good = await sureOf({ blur: 0, grain: 0, jpeg: null, ink: 0 });
    const bad = await sureOf({ blur: 2.6, grain: 20, jpeg: 30, ink: 0.09 });
    expect(good).toBeGreaterThan(0.9);
    expect(bad).toBeLessThan(good);
  });

  it('blurred past reading is refused, not guessed', async () => {
    const { read } = await drawnAndRead('blurred', {
      format: 'TD1',
      turn: 0,
      skew: 1,
      blur: 4,
      grain: 25,
      jpeg: 20,
      ink: 0,
    });
    // Whether its rows are still taken for a zone lies on the edge, where how the picture was coded decides.
    expect(read.ok ? read.value : read.error.code).toMatch(/^mrz-image\.(unreadable|none)$/);
  });

  it('is refused when there are two', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map((name) =>
        zonePicture(chanceOf('zone', name), {
          page: 'card',
          format: 'TD1',
          turn: 0,
          skew: 1,
          blur: 0,
          grain: 0,
          jpeg: null,
        }),
      ),
    );
    const { width = 0, height = 0 } = await sharp(one?.bytes).metadata();
    const both = await sharp({ create: { width, height: 2 * height, channels: 3, background: '#fff' } })
      .composite([
        { input: one?.bytes ?? Buffer.alloc(0), top: 0, left: 0 },
        { input: other?.bytes ?? Buffer.alloc(0), top: height, left: 0 },
      ])
      .png()
      .toBuffer();
    expect(readZone(await greyOf(both), shapes, { today })).toEqual({
      ok: false,
      error: { code: 'mrz-image.several' },
    });
  });

  it('is not seen in what has none', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, at) =>
        `<text x="60" y="${80 + at * 34}" font-family="monospace" font-size="26">Nájemce se zavazuje hradit nájemné ${at}</text>`,
    );
    const letter = await sharp(
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="1200"><rect width="1000" height="1200" fill="#fff"/>${rows.join('')}</svg>`,
      ),
    )
      .png()
      .toBuffer();
    const images = [
      await greyOf(letter),
      { data: new Uint8Array(600 * 400).fill(255), width: 600, height: 400 },
      { data: new Uint8Array(600 * 400), width: 600, height: 400 },
      { data: Uint8Array.of(7), width: 1, height: 1 },
    ];
    for (const image of images) {
      const read = readZone(image, shapes, { today });
      expect(read.ok ? 'read' : read.error.code).toMatch(/^mrz-image\.(none|unreadable)$/);
    }
  });

  it('is not read where half of it is covered', async () => {
    const picture = await zonePicture(chanceOf('zone', 'covered'), {
      page: 'card',
      format: 'TD3',
      turn: 0,
      skew: 0,
      blur: 0,
      grain: 0,
      jpeg: null,
    });
    const { width = 0, height = 0 } = await sharp(picture.bytes).metadata();
    const cover = {
      create: { width: Math.round(width * 0.3), height, channels: 3, background: '#fff' },
    } as const;
    const covered = await sharp(picture.bytes)
      .composite([{ input: await sharp(cover).png().toBuffer(), top: 0, left: Math.round(width * 0.5) }])
      .png()
      .toBuffer();
    const read = readZone(await greyOf(covered), shapes, { today });
    expect(read.ok ? textOf(read.value) : read.error.code).toMatch(
      /^mrz-image\.(none|unreadable|uncertain)$/,
    );
  });
});
