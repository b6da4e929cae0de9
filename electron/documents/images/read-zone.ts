import type { MrzFormat } from '../../values/mrz-layout.ts';
import { type Failure, fail, ok, type Result } from '../../values/result.ts';
import type { LegalDate } from '../../values/time.ts';
import { type Blot, blotsOf } from './blots.ts';
import { type GreyImage, inked, reduced, surroundings } from './grey.ts';
import { formatOfCells, type ReadCharacter, readCells } from './language.ts';
import { type CellLikeness, createMatcher, upsideDown } from './match.ts';
import { rowsOf } from './rows.ts';
import type { Shapes } from './shapes.ts';
import { type Grid, gridsOf, SHAPES } from './zones.ts';

/**
 * A zone as a picture shows it. `corners` of each line in pixels of the picture, from its first character's upper left
 * clockwise as it is read; `turn` in degrees clockwise from upright, −180 to 180, skew and quarter turns in one.
 */
export type ReadZone = {
  format: MrzFormat;
  lines: { characters: ReadCharacter[]; corners: { x: number; y: number }[] }[];
  turn: number;
};

/**
 * `none`: nothing like a zone is there. `several`: more than one. `unreadable`: something like a zone, too little of it.
 * `uncertain`: {unread, of}, more characters not read than a clerk would fill in.
 */
export type ZoneFailure = Failure<
  'mrz-image.none' | 'mrz-image.several' | 'mrz-image.unreadable' | 'mrz-image.uncertain'
>;

/** The longer side of the picture zones are looked for in: A4 at 150 dpi. */
const LOOKED_AT = 1754;
/** How dark ink is against its surroundings. The print under the text goes away with less, weak ink is seen with more. */
const DARKER = [0.7, 0.85, 0.55];
/** Of blots that may be a character, in pixels of that picture. */
const SIZES = { smallest: 5, largest: 60 };
/** What of a grid's cells has a blot in step, from which on no other darkness is tried. */
const SURE = 0.9;
/** Grids tried before giving up; more of them are noise in step. */
const MOST_TRIED = 12;
/** Likeness of cells below which rows are no writing in OCR-B. */
const PROMISING = 0.62;
/** Of those that look promising, the most that are read whole. */
const MOST_READ = 4;
/**
 * How like the shapes a zone's characters must be on the whole. Pictures that can be read have 0.87 to 0.98; below that, blurred past
 * reading, characters were taken for others without a doubt. Even rows of other writing have up to 0.72.
 */
const LIKE_OCR_B = 0.85;
/** From here on it may be a zone that is covered or smeared. */
const HARDLY = 0.6;

type Found = { grid: Grid; promise: number };

/** Finds, sets straight and reads the one machine-readable zone of a picture, whichever way it lies. Pure. */
export function readZone(
  image: GreyImage,
  shapes: Shapes,
  { today }: { today: LegalDate },
): Result<ReadZone, ZoneFailure> {
  const factor = Math.max(1, Math.round(Math.max(image.width, image.height) / LOOKED_AT));
  const small = reduced(image, factor);
  const around = surroundings(small, 16);
  const found: Found[] = [];
  for (const share of DARKER) {
    const blots = blotsOf(inked(small, around, share), small.width, small.height, SIZES);
    const grids = [
      ...gridsOf(rowsOf(blots)).slice(0, MOST_TRIED),
      ...gridsOf(rowsOf(blots.map(turned)))
        .slice(0, MOST_TRIED)
        .map(turnedBack),
    ];
    for (const grid of grids) {
      const whole = enlarged(grid, factor);
      if (found.some((other) => isSamePlace(other.grid, whole) && other.grid.score >= whole.score)) continue;
      const ways = [whole, upsideDown(whole)].map((way) => ({
        grid: way,
        promise: createMatcher(image, way, shapes).promise(),
      }));
      const [way] = ways.sort((a, b) => b.promise - a.promise);
      if (way === undefined) continue;
      if (way.promise < PROMISING) continue;
      const twin = found.findIndex((other) => isSamePlace(other.grid, whole));
      if (twin < 0) found.push(way);
      else found[twin] = way;
    }
    if (found.some(({ grid }) => grid.score > SURE)) break;
  }
  const read = found
    .sort((a, b) => b.promise - a.promise)
    .slice(0, MOST_READ)
    .map(({ grid }) => ({ grid, cells: createMatcher(image, grid, shapes).read() }));
  const zones = read.filter(({ cells }) => likenessOf(cells) >= LIKE_OCR_B);
  const [zone] = zones;
  if (zones.length > 1) return fail('mrz-image.several');
  if (zone === undefined)
    return fail(
      read.some(({ cells }) => likenessOf(cells) > HARDLY) ? 'mrz-image.unreadable' : 'mrz-image.none',
    );
  return characters(zone, today);
}

type Read = { grid: Grid; cells: CellLikeness[][] };

/** How like the characters chosen are on the whole, 0 to 1. */
const likenessOf = (cells: readonly CellLikeness[][]): number => {
  const best = cells.flat().map((cell) => Math.max(0, ...cell));
  return best.reduce((sum, value) => sum + value, 0) / best.length;
};

function characters({ grid, cells }: Read, today: LegalDate): Result<ReadZone, ZoneFailure> {
  const shape = SHAPES.find(({ lines, columns }) => lines === grid.lines && columns === grid.columns);
  const format = formatOfCells(shape?.formats ?? [], cells);
  const lines = readCells(format, cells, today);
  const all = lines.flat();
  const unread = all.filter(({ character }) => character === null).length;
  if (unread > all.length / 8) return fail('mrz-image.uncertain', { unread, of: all.length });
  return ok({
    format,
    lines: lines.map((own, line) => ({ characters: own, corners: cornersOf(grid, line) })),
    turn: (Math.atan2(grid.along.y, grid.along.x) * 180) / Math.PI,
  });
}

function cornersOf({ origin, along, down, columns }: Grid, line: number): { x: number; y: number }[] {
  const start = down[line] ?? { x: 0, y: 0 };
  const at = (column: number, below: number) => ({
    x: origin.x + start.x + along.x * column - along.y * below,
    y: origin.y + start.y + along.y * column + along.x * below,
  });
  return [at(-0.5, -0.6), at(columns - 0.5, -0.6), at(columns - 0.5, 0.6), at(-0.5, 0.6)];
}

// A quarter turn: what runs down runs to the right then.
const turned = ({ x, y, width, height }: Blot): Blot => ({ x: y, y: -x, width: height, height: width });
const pointBack = ({ x, y }: { x: number; y: number }) => ({ x: -y, y: x });
const turnedBack = (grid: Grid): Grid => ({
  ...grid,
  origin: pointBack(grid.origin),
  along: pointBack(grid.along),
  down: grid.down.map(pointBack),
});

const enlarged = (grid: Grid, factor: number): Grid => {
  const larger = ({ x, y }: { x: number; y: number }) => ({ x: x * factor, y: y * factor });
  return { ...grid, origin: larger(grid.origin), along: larger(grid.along), down: grid.down.map(larger) };
};

/** Whether two grids lie over each other: one zone found twice. */
function isSamePlace(one: Grid, other: Grid): boolean {
  const middleOf = ({ origin, along, down, columns, lines }: Grid) => {
    const last = down[lines - 1] ?? { x: 0, y: 0 };
    return {
      x: origin.x + (along.x * (columns - 1) + last.x) / 2,
      y: origin.y + (along.y * (columns - 1) + last.y) / 2,
    };
  };
  const [a, b] = [middleOf(one), middleOf(other)];
  const pitch = Math.hypot(one.along.x, one.along.y);
  return Math.hypot(a.x - b.x, a.y - b.y) < 8 * pitch;
}
