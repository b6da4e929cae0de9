import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { MrzFormat } from '../../electron/values/mrz-layout.ts';
import type { PartialDate } from '../../electron/values/partial-date.ts';
import { buildMrz } from '../../electron/values/testing/build-mrz.ts';
import { projectRoot } from '../../scripts/places.ts';
import type { Chance } from '../chaos/random.ts';

/**
 * Pictures of papers with a machine-readable zone as a scanner gives them: drawn by librsvg from outlines, never from the
 * shapes the reader compares with, at any place and size, thin or spread ink, on a patterned card, askew, blurred, with grain.
 */

const outlines: {
  advance: number;
  regular: Record<string, string>;
  sharp: Record<string, string>;
} = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/ocr-b/outlines.json'), 'utf8'));

/** Millimetres. `zone` are the left of the first character and the base line of the last line. */
type Paper = { width: number; height: number; zone: { x: number; bottom: number } };
const PAPERS: Record<'TD1' | 'TD2' | 'TD3', Paper> = {
  TD1: { width: 85.6, height: 54, zone: { x: 4.2, bottom: 50 } },
  TD2: { width: 105, height: 74, zone: { x: 5.2, bottom: 69 } },
  TD3: { width: 125, height: 88, zone: { x: 5.8, bottom: 82 } },
};

export type ZonePicture = {
  format: MrzFormat;
  lines: string[];
  /** PNG or JPEG, colour. */
  bytes: Buffer;
  /** What was done to it, for telling what went wrong. */
  how: Record<string, number | string>;
};

export type PictureOptions = {
  /** Pixels to the inch; default 300. */
  dpi?: number;
  /** The whole A4 the scanner takes (default), or the card alone with a narrow edge. */
  page?: 'A4' | 'card';
  /** Left out, everything is by chance. */
  skew?: number;
  turn?: 0 | 90 | 180 | 270;
  blur?: number;
  grain?: number;
  jpeg?: number | null;
  format?: 'TD1' | 'TD2' | 'TD3';
  /** The zone, in its format; left out, one by chance. */
  lines?: string[];
  ink?: number;
};

const SYLLABLES =
  'NO VA KO RI ZE LU TOU CKY SVO BO DA DVO RAK PRO CHA CER NY MAR KEV ESE LYK UCE RA HOR AK OVA SKY QUI WEX GUB JOS YZ OIL ZUZ BIS'.split(
    ' ',
  );
const ISSUERS = ['CZE', 'SVK', 'UTO', 'POL', 'UKR', 'AUT', 'BIH', 'D', 'SGP'];

/** A valid zone by chance, with the letters and digits that look alike well represented. */
export function zoneByChance(chance: Chance, format: 'TD1' | 'TD2' | 'TD3'): string[] {
  const word = (from: number, to: number): string =>
    Array.from({ length: chance.whole(from, to) }, () => chance.pick(SYLLABLES)).join('');
  const digits = (count: number): string => Array.from({ length: count }, () => chance.whole(0, 9)).join('');
  const number = chance.yes(0.5)
    ? digits(9)
    : Array.from({ length: chance.whole(7, 9) }, () =>
        chance.pick([...'0O1I8B5S2Z6GQDACEFHJKLMNPRTUVWXY3479']),
      ).join('');
  const date = (from: number, to: number): PartialDate => ({
    year: chance.whole(from, to),
    month: chance.whole(1, 12),
    day: chance.whole(1, 28),
  });
  return buildMrz({
    format,
    documentCode: format === 'TD3' ? 'P' : chance.pick(['ID', 'I', 'AR', 'IR']),
    issuer: chance.pick(ISSUERS),
    surname: word(2, 4),
    givenNames: word(1, 3) + (chance.yes(0.3) ? ` ${word(1, 2)}` : ''),
    documentNumber: number,
    nationality: chance.pick(ISSUERS),
    birthDate: date(1940, 2008),
    sex: chance.pick(['F', 'M', 'unspecified'] as const),
    expiryDate: date(2026, 2036),
    optionalData: [chance.yes(0.4) ? digits(format === 'TD2' ? 7 : 10) : ''],
  });
}

/** The zone's characters as outlines: `pitch` in the units of the drawing, the first base line at (0, 0). */
function drawnZone(
  lines: readonly string[],
  {
    pitch,
    spacing,
    font,
    ink,
    shade,
  }: { pitch: number; spacing: number; font: 'regular' | 'sharp'; ink: number; shade: number },
): string {
  const scale = pitch / outlines.advance;
  const glyphs = lines.map((line, row) =>
    [...line]
      .map(
        (character, column) =>
          `<path transform="translate(${column * pitch} ${(row - lines.length + 1) * spacing}) scale(${scale} ${-scale})" d="${outlines[font][character] ?? ''}"/>`,
      )
      .join(''),
  );
  const colour = `rgb(${shade},${shade},${shade + 4})`;
  const width = Math.abs(ink) / scale;
  if (ink >= 0)
    return `<g fill="${colour}" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round">${glyphs.join('')}</g>`;
  // Ink that did not take: the edge of each stroke is left out.
  return `<mask id="thin" maskUnits="userSpaceOnUse" x="-10" y="-40" width="200" height="60"><g fill="#fff" stroke="#000" stroke-width="${width}">${glyphs.join('')}</g></mask>
    <rect x="-10" y="-40" width="200" height="60" fill="${colour}" mask="url(#thin)"/>`;
}

function drawnCard(chance: Chance, paper: Paper, zone: string): string {
  const [r, g, b] = [chance.whole(205, 250), chance.whole(205, 250), chance.whole(205, 250)];
  const waves = Array.from({ length: chance.whole(14, 24) }, (_, at) => {
    const y = (at * paper.height) / 14;
    const [swing, step] = [chance.whole(1, 5), chance.whole(6, 16)];
    const points = Array.from(
      { length: Math.ceil(paper.width / step) + 2 },
      (_, i) => `Q ${i * step + step / 2} ${y + (i % 2 === 0 ? swing : -swing)} ${(i + 1) * step} ${y}`,
    );
    const colour = `rgb(${chance.whole(120, 235)},${chance.whole(120, 235)},${chance.whole(150, 240)})`;
    return `<path d="M 0 ${y} ${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="${0.08 + chance.next() * 0.3}"/>`;
  });
  const texts = Array.from(
    { length: 7 },
    (_, at) =>
      `<text x="${34}" y="${9 + at * 3.6}" font-family="DejaVu Sans" font-size="2.4" fill="#223">${chance.pick(SYLLABLES)}${chance.pick(SYLLABLES)} ${chance.whole(100, 99999)} ${chance.pick(SYLLABLES).toLowerCase()}</text>`,
  );
  const portrait = `<rect x="5" y="8" width="22" height="26" fill="rgb(${chance.whole(60, 170)},${chance.whole(60, 150)},${chance.whole(60, 150)})"/><ellipse cx="16" cy="19" rx="6" ry="8" fill="rgb(200,170,150)"/>`;
  return `<clipPath id="card"><rect width="${paper.width}" height="${paper.height}" rx="3"/></clipPath><g clip-path="url(#card)"><rect width="${paper.width}" height="${paper.height}" rx="3" fill="rgb(${r},${g},${b})" stroke="#999" stroke-width="0.3"/>${waves.join('')}${portrait}${texts.join('')}${zone}</g>`;
}

const GRAIN_TILE = 1 << 20;
const grains = new Map<string, Int8Array>();
/** Grain as a long row of normal deviations, used from any place on: making it anew for 26 million values takes too long. */
function grainOf(chance: Chance): Int8Array {
  const known = grains.get('one');
  if (known) return known;
  const made = new Int8Array(GRAIN_TILE);
  for (let at = 0; at < GRAIN_TILE; at += 1)
    made[at] = Math.round(40 * (chance.next() + chance.next() + chance.next() + chance.next() - 2) * 1.22);
  grains.set('one', made);
  return made;
}

/** One picture; the same chance gives the same one. */
export async function zonePicture(chance: Chance, options: PictureOptions = {}): Promise<ZonePicture> {
  const format = options.format ?? chance.pick(['TD1', 'TD1', 'TD2', 'TD3'] as const);
  const lines = options.lines ?? zoneByChance(chance, format);
  const paper = PAPERS[format];
  const dpi = options.dpi ?? 300;
  const skew = options.skew ?? chance.next() * 10 - 5;
  const turn = options.turn ?? chance.pick([0, 0, 0, 0, 0, 0, 0, 90, 180, 270] as const);
  const blur = options.blur ?? chance.next() * 1.8;
  const grain = options.grain ?? chance.next() * 14;
  const jpeg = options.jpeg === undefined ? (chance.yes(0.8) ? chance.whole(35, 92) : null) : options.jpeg;
  // Up to a quarter of a stroke (0.35 mm) to either side.
  const ink = options.ink ?? chance.next() * 0.17 - 0.08;
  const pitch = 2.54 * (0.975 + chance.next() * 0.05);
  const spacing = 4.3 + chance.next() * 2;
  const shade = chance.whole(10, 75);
  const font = chance.pick(['regular', 'sharp'] as const);
  const zone = `<g transform="translate(${paper.zone.x + chance.next() - 0.5} ${paper.zone.bottom + chance.next() - 0.5})">${drawnZone(lines, { pitch, spacing, font, ink, shade })}</g>`;
  const onA4 = (options.page ?? 'A4') === 'A4';
  const edge = Math.hypot(paper.width, paper.height) / 2 + 4;
  const sheet = onA4 ? { width: 210, height: 297 } : { width: 2 * edge, height: 2 * edge };
  const middle = onA4
    ? { x: edge + chance.next() * (210 - 2 * edge), y: edge + chance.next() * (297 - 2 * edge) }
    : { x: edge, y: edge };
  const paperWhite = chance.whole(228, 255);
  const pixels = {
    width: Math.round((sheet.width / 25.4) * dpi),
    height: Math.round((sheet.height / 25.4) * dpi),
  };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels.width}" height="${pixels.height}" viewBox="0 0 ${sheet.width} ${sheet.height}"><rect width="${sheet.width}" height="${sheet.height}" fill="rgb(${paperWhite},${paperWhite},${paperWhite})"/><g transform="translate(${middle.x} ${middle.y}) rotate(${turn + skew}) translate(${-paper.width / 2} ${-paper.height / 2})">${drawnCard(chance, paper, zone)}</g></svg>`;
  let image = sharp(Buffer.from(svg)).removeAlpha();
  if (blur > 0.3) image = image.blur(blur);
  const raw = await image.raw().toBuffer();
  if (grain > 0) {
    const tile = grainOf(chance);
    const strength = grain / 23;
    let from = chance.whole(0, GRAIN_TILE - 1);
    for (let at = 0; at < raw.length; at += 1) {
      const value = (raw[at] as number) + (tile[from] as number) * strength;
      raw[at] = Math.max(0, Math.min(255, value));
      from = (from + 1) & (GRAIN_TILE - 1);
      // Rows must not repeat each other's grain.
      if ((at & 0xffff) === 0) from = chance.whole(0, GRAIN_TILE - 1);
    }
  }
  const grained = sharp(raw, { raw: { ...pixels, channels: 3 } }).withMetadata({ density: dpi });
  const bytes = await (jpeg === null
    ? grained.png({ compressionLevel: 1 })
    : grained.jpeg({ quality: jpeg })
  ).toBuffer();
  return {
    format,
    lines,
    bytes,
    how: { skew, turn, blur, grain, jpeg: jpeg ?? 'png', ink, pitch, spacing, shade, font },
  };
}
