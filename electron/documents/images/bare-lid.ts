import { bodiesOf, longerSide } from './bodies.ts';
import type { Sheet } from './formats.ts';
import type { GreyImage } from './grey.ts';

/**
 * Pixels to each side that are looked at together, in a row, in a column and (nine of them too) in a square: grain weighs a third of what it
 * does in one, so that a hairline, a pale area and a dot stand out from it.
 */
const REACH = 4;
const TOGETHER = 2 * REACH + 1;
/** Pixels left out around the sheet: what lies there is not seen without it, and its edge throws a shadow. */
const AROUND = REACH + 2;
/** Side of the squares whose own level is the lid's there, for its light differs from place to place. */
const TILE = 64;
/** Of a tile, pixels of the lid; fewer say nothing, of its level or of themselves. */
const LEAST_OF_TILE = 32;
/**
 * How far from the lid's level something is no grain: so many times as far as half of it is (six spreads and more), never less; where
 * it would be more, the ground is too restless to tell.
 */
const LEVEL = { times: 5, least: 3, most: 8 };
/** Of what is dust: millimetres, and how many at most. More of them may be a dotted line. */
const DUST = { size: 0.8, most: 6 };

/** Whether there is nothing but the lid around a sheet: no pale line, no dots, no shade. In doubt there is. */
export function isBareAround(picture: GreyImage, sheet: Sheet, pixelsPerMm: number): boolean {
  const { width, height } = picture;
  const outside = outsideOf(picture, sheet);
  const levels = levelsOf(picture, outside);
  const { off, usual } = offLevel(picture, outside, levels);
  const most = Math.max(LEVEL.least, LEVEL.times * usual);
  if (most > LEVEL.most || haveSteps(levels, most)) return false;
  const even = new Uint8Array(off.length).fill(1);
  let marked = 0;
  for (let at = 0; at < off.length; at += 1) {
    if ((off[at] as number) <= most * TOGETHER) continue;
    even[at] = 0;
    marked += 1;
  }
  if (marked === 0) return true;
  const marks = bodiesOf(even, 0, width, height);
  // Looked at together, a dot grows by as much as is looked at.
  return (
    marks.length <= DUST.most &&
    marks.every((mark) => longerSide(mark) - 2 * REACH <= Math.max(1, DUST.size * pixelsPerMm))
  );
}

/** Of each row, the columns the sheet covers, from the first to before the last, with what is left out around it. */
type Outside = { from: Int32Array; to: Int32Array };

function outsideOf({ width, height }: GreyImage, { crop, skew }: Sheet): Outside {
  const angle = (skew * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [reachAlong, reachAcross] = [crop.width / 2 + AROUND, crop.height / 2 + AROUND];
  const from = new Int32Array(height);
  const to = new Int32Array(height);
  for (let y = 0; y < height; y += 1) {
    const down = y + 0.5 - crop.y;
    // |x·cos + down·sin| and |down·cos − x·sin| are within reach.
    let left = (-reachAlong - down * sin) / cos;
    let right = (reachAlong - down * sin) / cos;
    if (Math.abs(sin) < 1e-9) {
      if (Math.abs(down) > reachAcross) right = left;
    } else {
      const [one, other] = [(down * cos - reachAcross) / sin, (down * cos + reachAcross) / sin];
      left = Math.max(left, Math.min(one, other));
      right = Math.min(right, Math.max(one, other));
    }
    if (right <= left) continue;
    from[y] = Math.min(width, Math.max(0, Math.floor(crop.x + left)));
    to[y] = Math.min(width, Math.max(0, Math.ceil(crop.x + right)));
  }
  return { from, to };
}

/** The lid's level by tiles; -1 where too little of it is seen. */
type Levels = { of: Int16Array; columns: number };

function levelsOf({ data, width, height }: GreyImage, { from, to }: Outside): Levels {
  const columns = Math.ceil(width / TILE);
  const of = new Int16Array(columns * Math.ceil(height / TILE)).fill(-1);
  const histogram = new Uint32Array(256);
  for (let tile = 0; tile < of.length; tile += 1) {
    const [left, top] = [(tile % columns) * TILE, Math.floor(tile / columns) * TILE];
    histogram.fill(0);
    let seen = 0;
    for (let y = top; y < Math.min(height, top + TILE); y += 1)
      for (let x = left; x < Math.min(width, left + TILE); x += 1) {
        if (x >= (from[y] as number) && x < (to[y] as number)) x = to[y] as number;
        if (x >= Math.min(width, left + TILE)) break;
        const level = data[y * width + x] as number;
        histogram[level] = (histogram[level] as number) + 1;
        seen += 1;
      }
    if (seen >= LEAST_OF_TILE) of[tile] = quantile(histogram, seen / 2);
  }
  return { of, columns };
}

/** Whether tiles beside each other differ: a shade whose edge lies between them. */
const haveSteps = ({ of, columns }: Levels, most: number): boolean =>
  of.some((level, tile) =>
    [tile % columns < columns - 1 ? of[tile + 1] : undefined, of[tile + columns]].some(
      (next) => next !== undefined && next >= 0 && level >= 0 && Math.abs(next - level) > most,
    ),
  );

/** The first level of a histogram up to which it counts as many. */
function quantile(histogram: Uint32Array, count: number): number {
  let [level, left] = [0, count];
  for (; level < histogram.length - 1; level += 1) {
    left -= histogram[level] as number;
    if (left < 0) break;
  }
  return level;
}

/**
 * How far pixels of the lid that are looked at together are from its level, summed, the furthest of row, column and square, and how
 * far half of them are at most, each. Pixels of the sheet are not off.
 */
function offLevel(
  { data, width, height }: GreyImage,
  { from, to }: Outside,
  { of, columns }: Levels,
): { off: Uint16Array; usual: number } {
  const off = new Uint16Array(width * height);
  const histogram = new Uint32Array(256 * TOGETHER);
  let seen = 0;
  const upright = new Uint16Array(width);
  for (let at = 0, x = 0; at < (TOGETHER - 1) * width; at += 1, x = x + 1 === width ? 0 : x + 1)
    upright[x] = (upright[x] as number) + (data[at] as number);
  for (let y = REACH; y < height - REACH; y += 1) {
    const row = y * width;
    const [entering, leaving] = [row + REACH * width, row - REACH * width];
    for (let x = 0; x < width; x += 1) upright[x] = (upright[x] as number) + (data[entering + x] as number);
    const tiles = Math.floor(y / TILE) * columns;
    const beside = [
      [REACH, Math.min(from[y] as number, width - REACH)],
      [Math.max(to[y] as number, REACH), width - REACH],
    ] as const;
    for (const [start, end] of beside) {
      let along = 0;
      for (let x = start - REACH; x < start + REACH; x += 1) along += data[row + x] as number;
      for (let x = start; x < end; x += 1) {
        const at = row + x;
        along += data[at + REACH] as number;
        const level = of[tiles + Math.floor(x / TILE)] as number;
        if (level >= 0) {
          let square = 0;
          for (let near = at - width; near <= at + width; near += width)
            square += (data[near - 1] as number) + (data[near] as number) + (data[near + 1] as number);
          const even = level * TOGETHER;
          const furthest = Math.max(
            Math.abs(along - even),
            Math.abs((upright[x] as number) - even),
            Math.abs(square - even),
          );
          off[at] = furthest;
          histogram[furthest] = (histogram[furthest] as number) + 1;
          seen += 1;
        }
        along -= data[at - REACH] as number;
      }
    }
    for (let x = 0; x < width; x += 1) upright[x] = (upright[x] as number) - (data[leaving + x] as number);
  }
  return { off, usual: quantile(histogram, seen / 2) / TOGETHER };
}
