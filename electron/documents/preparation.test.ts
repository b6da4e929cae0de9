import bwip from 'bwip-js/node';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../test/chaos/random.ts';
import { type DrawnPage, drawnPage, type PageOptions } from '../../test/rigs/page-pictures.ts';
import { type Found, planOf } from '../values/page-preparation.ts';
import { encodePage } from './page-coding.ts';
import { preparedPicture } from './pictures.ts';
import { preparePage, SEPARATOR_CODE } from './preparation.ts';

const A5 = { width: 148, height: 210 };
const CARD = { width: 85.6, height: 54 };

async function found(page: DrawnPage, dpi = 100, wanted: Partial<Parameters<typeof preparePage>[1]> = {}) {
  const all = { crop: true, straighten: true, separators: false, ...wanted };
  const looked = await preparePage({ image: page.bytes.slice(), mode: 'colour', dpi }, all);
  if (!looked.ok) throw new Error(looked.error.code);
  return looked.value.found;
}

/** How far the paper's corners lie outside (positive) of what is kept, and how far the rectangle reaches over them. Pixels. */
function room({ paper, skew }: DrawnPage, { crop, skew: turned }: Found) {
  if (paper === null || crop === null) throw new Error('no paper');
  const angle = (skew * Math.PI) / 180;
  const back = (turned * Math.PI) / 180;
  const corners = [-1, 1].flatMap((across) =>
    [-1, 1].map((down) => {
      const [u, v] = [(across * paper.width) / 2, (down * paper.height) / 2];
      const x = paper.x + u * Math.cos(angle) - v * Math.sin(angle) - crop.x;
      const y = paper.y + u * Math.sin(angle) + v * Math.cos(angle) - crop.y;
      return { u: x * Math.cos(back) + y * Math.sin(back), v: y * Math.cos(back) - x * Math.sin(back) };
    }),
  );
  const reach = {
    u: Math.max(...corners.map(({ u }) => Math.abs(u))),
    v: Math.max(...corners.map(({ v }) => Math.abs(v))),
  };
  return {
    cut: Math.max(reach.u - crop.width / 2, reach.v - crop.height / 2),
    over: Math.max(crop.width / 2 - reach.u, crop.height / 2 - reach.v),
  };
}

/** Dust beside a card. */
const specks = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) => `<circle cx="${-4 - 3 * (at % 2)}" cy="${5 + 11 * at}" r="0.15" fill="#555"/>`,
  ).join('');

/** A third of a scan's resolution: the same rules, a ninth of the time. */
const pageOf = (seed: unknown, options: PageOptions) =>
  drawnPage(chanceOf('page', String(seed)), { dpi: 100, ...options });

describe('what a page shows', () => {
  it('is its paper, at any place, askew up to 10°: nothing of it is cut and little is left around', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: -9.8, max: 9.8, noNaN: true }),
        fc.constantFrom(
          { paper: A5, lid: 40 },
          { paper: CARD, lid: 250, white: 222, rows: 6 },
          { paper: CARD, lid: 12, rows: 6 },
          { paper: { width: 125, height: 176 }, lid: 90 },
          // Some dust on the glass.
          { paper: CARD, lid: 250, white: 222, rows: 6, extra: specks(4) },
        ),
        async (seed, skew, what) => {
          const page = await pageOf(seed, { ...what, skew });
          const looked = await found(page);
          expect(Math.abs(looked.skew - skew)).toBeLessThan(0.2);
          expect(looked.turn).toBe(0);
          const { cut, over } = room(page, looked);
          // Of a pixel at 120 dpi, as which it was looked for.
          expect(cut).toBeLessThan(1);
          expect(over).toBeLessThan(5);
        },
      ),
      { numRuns: 10, seed: 7 },
    );
  });

  it('is how the writing lies where the paper covers the glass: to 0.2°, and nothing is cropped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: -9.5, max: 9.5, noNaN: true }),
        fc.constantFrom(0, 90) as fc.Arbitrary<0 | 90>,
        async (seed, skew, turn) => {
          const page = await pageOf(seed, { skew, turn, grain: 8, white: 235 });
          const looked = await found(page);
          expect(looked).toMatchObject({ crop: null, turn });
          expect(Math.abs(looked.skew - skew)).toBeLessThan(0.2);
          // What is turned back keeps every corner of the picture.
          const plan = planOf(page, looked);
          expect(plan.width).toBeGreaterThanOrEqual(page.width);
          expect(plan.height).toBeGreaterThanOrEqual(page.height);
        },
      ),
      { numRuns: 6, seed: 7 },
    );
  });

  const frame = '<rect x="30" y="40" width="130" height="170" fill="none" stroke="#000"/>';
  it.each<[string, PageOptions]>([
    ['paper as light as the lid, with no edge to be seen', { paper: A5, lid: 247, white: 247, skew: 0 }],
    ['a frame printed on paper that covers the glass', { rows: 0, extra: frame }],
    ['a picture on such paper', { rows: 0, extra: frame.replace('none', '#567') }],
    ['a sheet that covers the glass', {}],
    [
      'two cards',
      {
        rows: 0,
        lid: 40,
        white: 40,
        extra:
          '<rect x="20" y="30" width="85" height="54" fill="#eee"/><rect x="60" y="160" width="85" height="54" fill="#eee"/>',
      },
    ],
    [
      'a band printed to the edge of its paper, as dark as the lid',
      { paper: A5, lid: 40, extra: '<rect x="-1" y="150" width="150" height="61" fill="#282828"/>' },
    ],
    [
      'a sheet that covers the glass, half of it as dark as a lid',
      { rows: 8, extra: '<rect x="-1" y="148.5" width="212" height="149" fill="#282828"/>' },
    ],
    [
      'a deep blue band, by its light as dark as the lid, that leaves a usual size',
      {
        paper: { width: 148, height: 240 },
        lid: 8,
        rows: 8,
        extra: '<rect x="-1" y="210" width="150" height="31" fill="#03034b"/>',
      },
    ],
    ['paper of no usual size', { paper: { width: 120, height: 160 } }],
    ['dust, or dots', { paper: CARD, lid: 250, white: 222, rows: 6, extra: specks(12) }],
    ['a torn-off corner', { paper: A5, extra: '<path d="M 90 -2 H 150 V 124 Z" fill="#282828"/>' }],
    ['an empty glass', { rows: 0, white: 40 }],
  ])('is not cropped in doubt: %s', async (_, options) => {
    expect(await found(await pageOf('doubt', options))).toMatchObject({ crop: null, skew: 0, turn: 0 });
  });

  it('is not cropped where something may be written beside it, however pale: on a light lid and on a dark one', async () => {
    const beside = (pale: string, mark: string, angle: number): string => {
      const drawn = {
        line: `<rect x="-15" width="30" height="0.3" fill="${pale}"/>`,
        area: `<rect x="-9" width="18" height="7" fill="${pale}"/>`,
        dots: Array.from(
          { length: 12 },
          (_, at) => `<circle cx="${at * 1.6 - 9}" r="0.2" fill="${pale}"/>`,
        ).join(''),
        far: Array.from(
          { length: 8 },
          (_, at) => `<circle cx="${at * 3.2 - 12}" r="0.3" fill="${pale}"/>`,
        ).join(''),
      }[mark];
      // Above or below the card, wherever there is room.
      return [-20, 74].map((y) => `<g transform="translate(42 ${y}) rotate(${angle})">${drawn}</g>`).join('');
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.constantFrom(
          ...[
            { mark: 'line', by: 12 },
            { mark: 'area', by: 6 },
            { mark: 'dots', by: 60 },
            { mark: 'far', by: 60 },
          ],
        ),
        fc.constantFrom(0, 90, 45),
        fc.constantFrom({ lid: 250, white: 222 }, { lid: 30, white: 230 }),
        fc.integer({ min: 0, max: 3 }),
        async (seed, skew, { mark, by }, angle, { lid, white }, grain) => {
          const level = lid > 150 ? lid - by : lid + by;
          const extra = beside(`rgb(${level},${level},${level})`, mark, angle);
          const page = await pageOf(seed, { paper: CARD, lid, white, rows: 6, skew, grain, extra });
          expect((await found(page)).crop).toBeNull();
        },
      ),
      { numRuns: 14, seed: 7 },
    );
  });

  it('keeps what was written over the edge of its paper', async () => {
    const page = await pageOf('over', {
      ...{ paper: { width: 176, height: 250 }, skew: 1, lid: 60, grain: 0 },
      // A slip that sticks out, with something on it.
      extra:
        '<rect x="-1.2" y="90" width="20" height="8" fill="#eee"/><rect x="-0.9" y="93" width="6" height="2" fill="#000"/>',
    });
    const looked = await found(page);
    expect(looked.crop).not.toBeNull();
    const plan = planOf(page, looked);
    // The lid is one tone; what is not of it lies inside of the plan.
    const { data, info } = await sharp(page.bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const angle = (plan.skew * Math.PI) / 180;
    let outside = 0;
    for (let at = 0; at < data.length; at += 1) {
      if (Math.abs((data[at] as number) - 60) < 12) continue;
      const [x, y] = [(at % info.width) + 0.5 - plan.x, Math.floor(at / info.width) + 0.5 - plan.y];
      const [u, v] = [x * Math.cos(angle) + y * Math.sin(angle), y * Math.cos(angle) - x * Math.sin(angle)];
      if (Math.abs(u) > plan.width / 2 + 0.5 || Math.abs(v) > plan.height / 2 + 0.5) outside += 1;
    }
    expect(outside).toBe(0);
  });

  it('is only what was asked for', async () => {
    const page = await pageOf('asked', { paper: A5, skew: 4 });
    expect(await found(page, 100, { crop: false, straighten: false })).toMatchObject({
      ...{ crop: null, skew: 0, turn: 0 },
    });
    const upright = await found(page, 100, { straighten: false });
    expect(upright.skew).toBe(0);
    expect(upright.crop?.width).toBeGreaterThan(page.paper?.width ?? 0);
    expect(room(page, upright).cut).toBeLessThan(1);
    const whole = await found(page, 100, { crop: false });
    expect(whole.crop).toBeNull();
    expect(Math.abs(whole.skew - 4)).toBeLessThan(0.2);
  });

  it('is a separator sheet by its code, askew and in any way it was fed, and only when that is asked', async () => {
    const code = await bwip.toBuffer({
      bcid: 'qrcode',
      text: SEPARATOR_CODE,
      scale: 20,
      padding: 10,
      backgroundcolor: 'ffffff',
    });
    const sheet = sharp({ create: { width: 1654, height: 2339, channels: 3, background: '#fff' } }).composite(
      [{ input: code }],
    );
    const png = new Uint8Array(await sheet.png().toBuffer());
    const turned = new Uint8Array(await sharp(png).rotate(183, { background: '#fff' }).jpeg().toBuffer());
    const isSeparator = async (image: Uint8Array, separators = true) => {
      const wanted = { crop: true, straighten: true, separators };
      const looked = await preparePage({ image, mode: 'bw', dpi: 200 }, wanted);
      return looked.ok && { separator: looked.value.separator, isBound: looked.value.encoded !== null };
    };
    expect(await isSeparator(png)).toEqual({ separator: true, isBound: false });
    expect(await isSeparator(turned)).toEqual({ separator: true, isBound: false });
    expect(await isSeparator(png, false)).toEqual({ separator: false, isBound: true });
    expect(await isSeparator((await pageOf('no code', {})).bytes)).toEqual({
      separator: false,
      isBound: true,
    });
  });
});

describe('a page that was prepared', () => {
  it('shows the paper alone, upright, small as large, and is what it was with nothing done', async () => {
    const page = await pageOf('shown', { paper: CARD, skew: -6, lid: 20, rows: 0, white: 240, grain: 0 });
    const look = { ...(await found(page)), brightness: 0 as const };
    for (const maxPx of [undefined, 200]) {
      const picture = await preparedPicture({ image: page.bytes, rotation: 90, look }, maxPx);
      if (!picture.ok) throw new Error(picture.error.code);
      const { data, info } = await picture.value.greyscale().raw().toBuffer({ resolveWithObject: true });
      // Turned by hand: the card stands.
      expect(info.height / info.width).toBeCloseTo(85.6 / 54, 1);
      const light = data.filter((level) => level > 200).length / data.length;
      expect(light).toBeGreaterThan(0.95);
    }
    const plain = await preparedPicture({ image: page.bytes, rotation: 0 });
    const [was, is] = await Promise.all([
      sharp(page.bytes).raw().toBuffer(),
      plain.ok && plain.value.raw().toBuffer(),
    ]);
    expect(was.equals(is || Buffer.alloc(0))).toBe(true);
  });

  it.each(['colour', 'grey', 'bw'] as const)(
    'is encoded as it is when it is encoded later: %s',
    async (mode) => {
      const page = await pageOf('encoded', { paper: A5, skew: 3, mode: mode === 'grey' ? 'grey' : 'colour' });
      const scanned = { image: page.bytes, mode, dpi: 100 };
      const looked = await preparePage(scanned, { crop: true, straighten: true, separators: false });
      if (!looked.ok) throw new Error(looked.error.code);
      expect(looked.value.found.crop).not.toBeNull();
      const look = { ...looked.value.found, brightness: 0 as const };
      expect(await encodePage({ ...scanned, rotation: 0, look })).toEqual({
        ok: true,
        value: looked.value.encoded,
      });
    },
  );

  it('keeps coloured stamps and pale pencil in black and white, and no shadow of the paper', async () => {
    const { bytes, width, height } = await pageOf('stamps', {
      rows: 0,
      white: 238,
      grain: 4,
      // Two stamps, a pencil's line, a thick bar, ground that gets darker to the right.
      extra: `<defs><linearGradient id="g"><stop offset="0" stop-color="#eee"/><stop offset="1" stop-color="#aaa"/></linearGradient></defs><rect width="210" height="297" fill="url(#g)"/>
        <circle cx="50" cy="60" r="20" fill="none" stroke="#e79aa8" stroke-width="1.5"/><circle cx="150" cy="60" r="20" fill="none" stroke="#8fa5e6" stroke-width="1.5"/>
        <rect x="30" y="140" width="60" height="1" fill="#b4b4b4"/><rect x="30" y="200" width="100" height="30" fill="#222"/>`,
    });
    const picture = await preparedPicture({ image: bytes, rotation: 0, mode: 'bw' });
    if (!picture.ok) throw new Error(picture.error.code);
    const { data, info } = await picture.value
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): number =>
      data[
        (Math.round((y / 297) * height) * width + Math.round((x / 210) * width)) * info.channels
      ] as number;
    expect([at(30, 60), at(50, 40), at(130, 60), at(150, 80)]).toEqual([0, 0, 0, 0]);
    expect([at(60, 140.5), at(80, 215), at(31, 201)]).toEqual([0, 0, 0]);
    expect([at(5, 5), at(205, 5), at(205, 290), at(50, 60), at(150, 60)]).toEqual([255, 255, 255, 255, 255]);
    const dark = data.filter((level) => level === 0).length / data.length;
    // The bar is 4.8 % of the page, the stamps and the pencil's line less than 1 %.
    expect(dark).toBeLessThan(0.062);
  });
});
