import type { GreyImage } from './images/grey.ts';

/** The edges of the sheet: shadows, and what the feeder left of the neighbouring surface. */
const EDGE = 0.03;
const TILE = 64;
/** How much darker than the paper around it ink is. What shines through from the other side is 10 to 25. */
const INK = 30;
/** A tile so much darker than the page is no paper: a picture, a black area. */
const DARK_TILE = 60;
/** Pixels of ink that touch others; fewer are dust and scratches. A lone digit has some 50. */
const LEAST_INK = 14;

/** The brightness that a fifth of the pixels exceed: paper, where there is any. */
function paperOf({ data, width }: GreyImage, x0: number, y0: number, x1: number, y1: number): number {
  const histogram = new Uint32Array(256);
  for (let y = y0; y < y1; y += 1)
    for (let x = x0; x < x1; x += 1) {
      const sample = data[y * width + x] ?? 0;
      histogram[sample] = (histogram[sample] ?? 0) + 1;
    }
  let left = ((x1 - x0) * (y1 - y0)) / 5;
  for (let level = 255; level > 0; level -= 1) {
    left -= histogram[level] ?? 0;
    if (left < 0) return level;
  }
  return 0;
}

/**
 * Whether nothing seems to be on a page. Measured against the paper around each place, so that coloured paper, uneven light and what
 * shines through count for nothing. A guess for a person to judge: in doubt the page is not blank.
 */
export function seemsBlank(page: GreyImage): boolean {
  const { width, height, data } = page;
  const edge = Math.ceil(Math.min(width, height) * EDGE);
  const [right, bottom] = [width - edge, height - edge];
  if (right - edge < TILE || bottom - edge < TILE) return false;
  const paper = paperOf(page, edge, edge, right, bottom);
  const inked = new Uint8Array(width * height);
  for (let y = edge; y < bottom; y += TILE)
    for (let x = edge; x < right; x += TILE) {
      const [x1, y1] = [Math.min(x + TILE, right), Math.min(y + TILE, bottom)];
      const around = paperOf(page, x, y, x1, y1);
      if (around < paper - DARK_TILE) return false;
      for (let row = y; row < y1; row += 1)
        for (let at = row * width + x; at < row * width + x1; at += 1)
          if ((data[at] ?? 0) < around - INK) inked[at] = 1;
    }
  let ink = 0;
  for (let y = edge; y < bottom; y += 1)
    for (let at = y * width + edge; at < y * width + right; at += 1) {
      if (inked[at] === 0) continue;
      let touching = -1;
      for (const row of [at - width, at, at + width])
        touching += (inked[row - 1] ?? 0) + (inked[row] ?? 0) + (inked[row + 1] ?? 0);
      if (touching >= 3) ink += 1;
      if (ink >= LEAST_INK) return false;
    }
  return true;
}
