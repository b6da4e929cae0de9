import type { InkImage } from './g4.ts';
import type { GreyImage } from './grey.ts';

/** Darker than this share of the paper is ink: above the middle, so that pencil and pale stamps stay visible. */
const INK = 0.65;
/** Darker than this share is ink through and through. */
const FULL_INK = 0.25;
/** As much darker than the paper something may be and count as paper: the grain of a scan, less than a highlighter. */
const GRAIN = 24;
/** How far from ink its edge reaches, in pixels: what a lens blurs at 300 dpi. */
const EDGE = 2;
/** Half of what is an area and no stroke of a letter any more, in pixels. */
const AREA = 4;
/** Pixels of what would be lost, to a million: fewer than a dash by pencil has. */
const MOST_LOST = 20;

/** The brightness most of the picture has. */
function paperOf(data: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (const light of data) histogram[light] = (histogram[light] as number) + 1;
  return histogram.indexOf(Math.max(...histogram));
}

/** The picture in black and white, by one limit for all of it. */
export function darkOf({ data, width, height }: GreyImage): InkImage {
  const dark = Math.max(paperOf(data), 128) * INK;
  return { data: data.map((light) => (light < dark ? 1 : 0)), width, height };
}

/**
 * Whether a page is ink on paper and nothing else: `darkOf` keeps all of it but the shade of its strokes. Not so where something is paler
 * than what counts as ink and no edge of it (a faint stamp, pencil, a highlighter), nor where there is an area of a tone (a photograph,
 * shading, coloured or shadowed paper). In doubt it is not.
 */
export function isTwoTones({ data, width, height }: GreyImage): boolean {
  const paper = paperOf(data);
  if (paper < 160) return false;
  const [full, dark, light] = [paper * FULL_INK, paper * INK, paper - GRAIN];
  const isTone = (at: number): boolean => (data[at] as number) >= full && (data[at] as number) < light;
  const most = (width * height * MOST_LOST) / 1_000_000;
  let lost = 0;
  for (let y = AREA; y < height - AREA; y += 1)
    for (let at = y * width + AREA, end = (y + 1) * width - AREA; at < end; at += 1) {
      if (!isTone(at)) continue;
      // One by itself is dust.
      if (!isTone(at - 1) && !isTone(at + 1) && !isTone(at - width) && !isTone(at + width)) continue;
      const isLost =
        (data[at] as number) >= dark
          ? around(data, width, at, EDGE, dark, 256)
          : around(data, width, at, AREA, full, light);
      if (!isLost) continue;
      lost += 1;
      if (lost > most) return false;
    }
  return true;
}

/** Whether all pixels as far as `reach` are from `least` to below `most`. */
function around(
  data: Uint8Array,
  width: number,
  at: number,
  reach: number,
  least: number,
  most: number,
): boolean {
  for (let row = at - reach * width; row <= at + reach * width; row += width)
    for (let near = row - reach; near <= row + reach; near += 1) {
      const light = data[near] as number;
      if (light < least || light >= most) return false;
    }
  return true;
}
