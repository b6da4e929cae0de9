import { fileURLToPath } from 'node:url';
import bwip from 'bwip-js/node';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../test/chaos/random.ts';
import { zonePicture } from '../../../test/rigs/zone-pictures.ts';
import { MOST_PIXELS_READ, readCodesOf, readZoneOf } from './picture.ts';
import { loadShapes } from './shapes.ts';

const shapes = loadShapes(fileURLToPath(new URL('../../../resources/fonts', import.meta.url)));
const today = '2026-11-29';
const isWiped = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

describe('a picture that is read', () => {
  it('is wiped when its zone was read, and when nothing was', async () => {
    const { bytes, lines } = await zonePicture(chanceOf('picture'), { page: 'card', format: 'TD1', turn: 0 });
    const read = await readZoneOf(bytes, await shapes, today);
    if (!read.ok) throw new Error(read.error.code);
    expect(
      read.value.lines.map(({ characters }) => characters.map(({ character }) => character).join('')),
    ).toEqual(lines);
    expect(isWiped(bytes)).toBe(true);
    const blank = new Uint8Array(
      await sharp({ create: { width: 400, height: 300, channels: 3, background: '#fff' } })
        .png()
        .toBuffer(),
    );
    expect(await readZoneOf(blank, await shapes, today)).toMatchObject({
      ok: false,
      error: { code: 'mrz-image.none' },
    });
    expect(isWiped(blank)).toBe(true);
  });

  it('is refused when it is no picture, broken, or too large to unpack', async () => {
    const png = new Uint8Array(
      await sharp({
        create: {
          width: 900,
          height: 900,
          channels: 3,
          background: '#ccc',
          noise: { type: 'gaussian', mean: 99, sigma: 40 },
        },
      })
        .png()
        .toBuffer(),
    );
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.from('no picture', (c) => c.charCodeAt(0)),
      png.slice(0, png.length / 2),
    ]) {
      expect(await readZoneOf(bytes, await shapes, today)).toEqual({
        ok: false,
        error: { code: 'file.not-an-image' },
      });
      expect(isWiped(bytes)).toBe(true);
    }
    const side = Math.ceil(Math.sqrt(MOST_PIXELS_READ)) + 1;
    const huge = new Uint8Array(
      await sharp({ create: { width: side, height: side, channels: 3, background: '#fff' } })
        .png({ compressionLevel: 9 })
        .toBuffer(),
    );
    const refused = { ok: false, error: { code: 'file.too-many-pixels', params: { limit: 36 } } };
    expect(await readZoneOf(huge.slice(), await shapes, today)).toEqual(refused);
    expect(await readCodesOf(huge)).toEqual(refused);
  });

  it('is read with transparency, in grey, in one bit and in sixteen', async () => {
    const { bytes, lines } = await zonePicture(chanceOf('kinds'), {
      page: 'card',
      format: 'TD1',
      turn: 0,
      jpeg: null,
      grain: 0,
    });
    const kinds = await Promise.all([
      sharp(bytes).ensureAlpha().png().toBuffer(),
      sharp(bytes).greyscale().png().toBuffer(),
      sharp(bytes).greyscale().threshold(120).png({ palette: true, colours: 2 }).toBuffer(),
      sharp(bytes).toColourspace('rgb16').png().toBuffer(),
    ]);
    for (const kind of kinds) {
      const read = await readZoneOf(kind, await shapes, today);
      expect(
        read.ok &&
          read.value.lines.map(({ characters }) => characters.map(({ character }) => character).join('')),
      ).toEqual(lines);
    }
  });
});

describe('codes of a picture', () => {
  const drawn = (bcid: string, text: string): Promise<Buffer> =>
    bwip.toBuffer({ bcid, text, scale: 3, padding: 12, backgroundcolor: 'ffffff' });

  it.each([
    ['qrcode', 'VC1:ABC $%*+-./:'],
    ['datamatrix', '12345678-ABCDEF'],
    ['pdf417', 'Potvrzení č. 12'],
    ['azteccode', 'AB-12'],
    ['code128', '019A3F27-BC0012'],
    ['code39', 'AB-12'],
    ['ean13', '8594001234561'],
    ['interleaved2of5', '01234567'],
  ])('of kind %s are read, turned too', async (bcid, text) => {
    const upright = await drawn(bcid, text);
    const turned = await sharp(upright).rotate(90).png().toBuffer();
    for (const bytes of [upright, turned]) {
      const read = await readCodesOf(new Uint8Array(bytes));
      expect(read).toMatchObject({ ok: true, value: [{ text }] });
    }
  });

  it('are all told, and none where there is none', async () => {
    const [one, other] = await Promise.all([drawn('qrcode', 'first'), drawn('code128', 'SECOND-2')]);
    const sheet = sharp({ create: { width: 1200, height: 900, channels: 3, background: '#fff' } });
    const both = await sheet
      .clone()
      .composite([
        { input: one, top: 40, left: 60 },
        { input: other, top: 500, left: 300 },
      ])
      .png()
      .toBuffer();
    const read = await readCodesOf(new Uint8Array(both));
    expect(read.ok && read.value.map(({ text }) => text).sort()).toEqual(['SECOND-2', 'first']);
    expect(await readCodesOf(new Uint8Array(await sheet.png().toBuffer()))).toEqual({ ok: true, value: [] });
  });
});
