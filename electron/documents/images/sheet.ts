import type { Crop } from '../../values/page-preparation.ts';
import { isBareAround } from './bare-lid.ts';
import { type Body, bodiesOf, longerSide } from './bodies.ts';
import { hasFormat, type Sheet } from './formats.ts';
import type { GreyImage } from './grey.ts';

/** Degrees; what lies more askew than this is laid anew. */
const MOST_ASKEW = 10.5;
/** A lid's level covers at least this share of the picture's rim. */
const LEAST_RIM = 0.2;
/** How far from its level the lid may be: never less, never more, and in spreads of its own. */
const TOLERANCE = { least: 10, most: 36, spreads: 4 };
/** Of the picture: less is no paper, more needs no crop. */
const AREA = { least: 0.008, most: 0.97 };
/** What of its rectangle a paper fills; rounded corners cost a card 0.3 %. */
const FILLED = 0.95;
/** Millimetres: what is larger may be written. */
const DUST = 0.8;
/** A lid from this level on may be as light as the paper. */
const LIGHT_LID = 150;
/** Pixels left around: an edge is as sharp as the picture it is looked for in. */
const MARGIN = 1;

/** A picture by the darkest of each pixel's channels and by the brightest: something shows against a light lid in one, against a dark one in the other. */
export type Sides = { darkest: GreyImage; brightest: GreyImage };

/**
 * The one paper or card of a usual format that lies on the glass, against the scanner's lid. Null in doubt: nothing stands out,
 * something lies outside of it, it is no rectangle or has no usual size, it reaches from one side of the glass to the other. What is cut off is even
 * ground of the lid's tone.
 */
export function findSheet({ darkest, brightest }: Sides, pixelsPerMm: number): Sheet | null {
  // A white paper on a dark lid is surer than what is printed on a white one.
  const tried = [
    ...lidsOf(brightest).flatMap((lid) => (lid.level < LIGHT_LID ? [{ picture: brightest, lid }] : [])),
    ...lidsOf(darkest).flatMap((lid) => (lid.level >= LIGHT_LID ? [{ picture: darkest, lid }] : [])),
  ];
  for (const { picture, lid } of tried) {
    const found = sheetAgainst(picture, lid, pixelsPerMm);
    if (found === null) continue;
    const pictures = darkest === brightest ? [darkest] : [darkest, brightest];
    if (pictures.every((one) => isBareAround(one, found, pixelsPerMm))) return found;
  }
  return null;
}

type Lid = { level: number; tolerance: number };

/** The levels most of the picture's rim has: the lid's, and the paper's where it lies at the glass' edge. */
function lidsOf({ data, width, height }: GreyImage): Lid[] {
  const rim: number[] = [];
  const inset = 2;
  for (let x = inset; x < width - inset; x += 1)
    rim.push(data[inset * width + x] as number, data[(height - 1 - inset) * width + x] as number);
  for (let y = inset; y < height - inset; y += 1)
    rim.push(data[y * width + inset] as number, data[y * width + width - 1 - inset] as number);
  let left = rim;
  const lids: Lid[] = [];
  while (lids.length < 2 && left.length >= LEAST_RIM * rim.length) {
    const histogram = new Uint32Array(256);
    for (const level of left) histogram[level] = (histogram[level] as number) + 1;
    let level = 0;
    let most = -1;
    for (let at = 0; at < 256; at += 1) {
      let near = 0;
      for (let other = Math.max(0, at - 6); other <= Math.min(255, at + 6); other += 1)
        near += histogram[other] as number;
      if (near > most) [level, most] = [at, near];
    }
    const own = left.filter((value) => Math.abs(value - level) <= 20);
    if (own.length < LEAST_RIM * rim.length) break;
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const spread = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    const tolerance = Math.min(TOLERANCE.most, Math.max(TOLERANCE.least, TOLERANCE.spreads * spread));
    lids.push({ level: mean, tolerance });
    left = left.filter((value) => Math.abs(value - level) > 20);
  }
  return lids;
}

function sheetAgainst(picture: GreyImage, lid: Lid, pixelsPerMm: number): Sheet | null {
  const { width, height } = picture;
  const around = lidAround(picture, lid);
  const bodies = bodiesOf(around, 0, width, height);
  const [largest] = bodies;
  const whole = width * height;
  if (largest === undefined || largest.area < AREA.least * whole) return null;
  const outline = outlineOf(largest);
  const hull = hullOf(outline);
  const coarse = smallestRectangle(hull);
  if (largest.area < FILLED * coarse.width * coarse.height) return null;
  const skew = coarse.angle + refinement(outline, coarse);
  if (Math.abs(skew) > MOST_ASKEW) return null;
  const tight = rectangleAt(hull, skew);
  const crop = { ...tight, width: tight.width + 2 * MARGIN, height: tight.height + 2 * MARGIN };
  const strays = bodies.slice(1).filter((body) => longerSide(body) > DUST * pixelsPerMm);
  if (strays.some((body) => !isWithin(body, crop, skew))) return null;
  if (crop.width * crop.height > AREA.most * whole) return null;
  // Print that ends on a paper as wide as the picture looks like a paper's edge; so may print that has no format.
  if (isAcross(largest, width, height) || !hasFormat(crop, pixelsPerMm)) return null;
  return { crop, skew };
}

const isAcross = ({ left, right, top, bottom }: Body, width: number, height: number): boolean =>
  (left === 0 && right === width - 1) || (top === 0 && bottom === height - 1);

/** 1 where the lid is seen: as light as it, and joined to the picture's rim. What is as light inside of a paper's edge is paper. */
function lidAround({ data, width, height }: GreyImage, { level, tolerance }: Lid): Uint8Array {
  const asLight = new Uint8Array(width * height);
  const [low, high] = [level - tolerance, level + tolerance];
  for (let at = 0; at < asLight.length; at += 1) {
    const value = data[at] as number;
    if (value >= low && value <= high) asLight[at] = 1;
  }
  const around = new Uint8Array(width * height);
  for (const { left, right, top, bottom, runs } of bodiesOf(asLight, 1, width, height)) {
    if (left > 0 && right < width - 1 && top > 0 && bottom < height - 1) continue;
    for (let run = 0; run < runs.length; run += 3) {
      const row = (runs[run] as number) * width;
      around.fill(1, row + (runs[run + 1] as number), row + (runs[run + 2] as number) + 1);
    }
  }
  return around;
}

type Point = { x: number; y: number };

/** The outermost pixels of a body in each of its rows and columns. */
function outlineOf({ left, right, top, bottom, runs }: Body): Point[] {
  const points: Point[] = [];
  const highest = new Int32Array(right - left + 1).fill(bottom);
  const lowest = new Int32Array(right - left + 1).fill(top);
  for (let run = 0; run < runs.length; ) {
    const y = runs[run] as number;
    const first = runs[run + 1] as number;
    let last = first;
    for (; runs[run] === y; run += 3) {
      last = runs[run + 2] as number;
      for (let x = (runs[run + 1] as number) - left; x <= last - left; x += 1) {
        if (y < (highest[x] as number)) highest[x] = y;
        if (y > (lowest[x] as number)) lowest[x] = y;
      }
    }
    points.push({ x: first, y: y + 0.5 }, { x: last + 1, y: y + 0.5 });
  }
  for (let x = left; x <= right; x += 1)
    points.push(
      { x: x + 0.5, y: highest[x - left] as number },
      { x: x + 0.5, y: (lowest[x - left] as number) + 1 },
    );
  return points;
}

const cross = (o: Point, a: Point, b: Point): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** The convex hull (Andrew's monotone chain). */
function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && cross(chain.at(-2) as Point, chain.at(-1) as Point, point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

type Rectangle = Crop & { angle: number };

/** The rectangle at an angle that holds all points. */
function rectangleAt(points: readonly Point[], angle: number): Crop {
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    const along = x * cos + y * sin;
    const across = y * cos - x * sin;
    left = Math.min(left, along);
    right = Math.max(right, along);
    top = Math.min(top, across);
    bottom = Math.max(bottom, across);
  }
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  return { x: u * cos - v * sin, y: u * sin + v * cos, width: right - left, height: bottom - top };
}

/** The smallest rectangle around a hull has a side along one of the hull's. The angle is that nearest to upright. */
function smallestRectangle(hull: readonly Point[]): Rectangle {
  let best: Rectangle | null = null;
  hull.forEach((point, at) => {
    const next = hull[(at + 1) % hull.length] as Point;
    const steep = (Math.atan2(next.y - point.y, next.x - point.x) * 180) / Math.PI;
    const angle = steep - 90 * Math.round(steep / 90);
    const rectangle = rectangleAt(hull, angle);
    if (best === null || rectangle.width * rectangle.height < best.width * best.height)
      best = { ...rectangle, angle };
  });
  return best ?? { x: 0, y: 0, width: 0, height: 0, angle: 0 };
}

/** How much further the outline is turned than a rectangle laid around it: a line through the points of each long-enough side. */
function refinement(points: readonly Point[], { x, y, width, height, angle }: Rectangle): number {
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const sides: { along: number; off: number }[][] = [[], [], [], []];
  const near = Math.max(3, 0.02 * Math.min(width, height));
  for (const point of points) {
    const u = (point.x - x) * cos + (point.y - y) * sin;
    const v = (point.y - y) * cos - (point.x - x) * sin;
    if (Math.abs(u) < 0.4 * width) {
      if (Math.abs(v + height / 2) < near) sides[0]?.push({ along: u, off: v });
      if (Math.abs(v - height / 2) < near) sides[1]?.push({ along: u, off: v });
    }
    if (Math.abs(v) < 0.4 * height) {
      // A turn moves the upright sides the other way.
      if (Math.abs(u + width / 2) < near) sides[2]?.push({ along: v, off: -u });
      if (Math.abs(u - width / 2) < near) sides[3]?.push({ along: v, off: -u });
    }
  }
  let [turn, weight] = [0, 0];
  for (const side of sides) {
    if (side.length < 30) continue;
    const slope = slopeOf(side);
    turn += slope * side.length;
    weight += side.length;
  }
  return weight === 0 ? 0 : (Math.atan(turn / weight) * 180) / Math.PI;
}

/** The slope of a line through points, once more without those that lie off it. */
function slopeOf(points: { along: number; off: number }[]): number {
  let kept = points;
  for (let round = 0; ; round += 1) {
    const n = kept.length;
    const meanAlong = kept.reduce((sum, { along }) => sum + along, 0) / n;
    const meanOff = kept.reduce((sum, { off }) => sum + off, 0) / n;
    let [xy, xx] = [0, 0];
    for (const { along, off } of kept) {
      xy += (along - meanAlong) * (off - meanOff);
      xx += (along - meanAlong) ** 2;
    }
    const slope = xx === 0 ? 0 : xy / xx;
    const near = kept.filter(({ along, off }) => Math.abs(off - meanOff - slope * (along - meanAlong)) < 1.2);
    if (round === 1 || near.length === n || near.length < n / 2) return slope;
    kept = near;
  }
}

function isWithin({ left, right, top, bottom }: Body, crop: Crop, skew: number): boolean {
  const [cos, sin] = [Math.cos((skew * Math.PI) / 180), Math.sin((skew * Math.PI) / 180)];
  return [
    [left, top],
    [right + 1, top],
    [left, bottom + 1],
    [right + 1, bottom + 1],
  ].every(([px = 0, py = 0]) => {
    const u = (px - crop.x) * cos + (py - crop.y) * sin;
    const v = (py - crop.y) * cos - (px - crop.x) * sin;
    return Math.abs(u) <= crop.width / 2 && Math.abs(v) <= crop.height / 2;
  });
}
