import { type GreyImage, reduced } from './grey.ts';
import { CELL, type Shapes } from './shapes.ts';
import type { Grid } from './zones.ts';

/** How like each character of the alphabet a cell is: the correlation, −1 to 1, at the place and stroke it fits best. */
export type CellLikeness = Float32Array;

const PAD = 4;
const SIZE = CELL.width * CELL.height;

/** A line of the zone set straight: cells side by side with a margin around, ink high. */
type Strip = { data: Float32Array; stride: number };

/** A line bent a little against the grid: shift in cell pixels at its first cell, and how it changes from cell to cell. */
type Bend = { x: number; xStep: number; y: number; yStep: number };
const STRAIGHT: Bend = { x: 0, xStep: 0, y: 0, yStep: 0 };

export const upsideDown = (grid: Grid): Grid => {
  const { columns, origin, along, down } = grid;
  const last = down[down.length - 1] ?? { x: 0, y: 0 };
  const end = {
    x: origin.x + last.x + along.x * (columns - 1),
    y: origin.y + last.y + along.y * (columns - 1),
  };
  return {
    ...grid,
    origin: end,
    along: { x: -along.x, y: -along.y },
    down: down.map(({ x, y }) => ({ x: x - last.x, y: y - last.y })).reverse(),
  };
};

/** Compares the cells of a grid with the shapes. `grid` is in pixels of `image`. */
export function createMatcher(image: GreyImage, grid: Grid, shapes: Shapes) {
  // Finer than the shapes a picture has nothing to tell them, and its grain would be taken for strokes.
  const factor = Math.max(1, Math.floor(Math.hypot(grid.along.x, grid.along.y) / CELL.width));
  const source = reduced(image, factor);
  const scaled = ({ x, y }: { x: number; y: number }) => ({ x: x / factor, y: y / factor });
  const origin = scaled(grid.origin);
  const along = scaled(grid.along);
  const window = new Float32Array(SIZE);

  function strip(line: number, bend: Bend): Strip {
    const down = scaled(grid.down[line] ?? { x: 0, y: 0 });
    const stride = grid.columns * CELL.width + 2 * PAD;
    const height = CELL.height + 2 * PAD;
    const data = new Float32Array(stride * height);
    const unit = 1 / CELL.width;
    for (let column = 0; column < stride; column += 1) {
      const cell = (column - PAD) / CELL.width;
      const right = (column - PAD + 0.5 - CELL.width / 2 + bend.x + bend.xStep * cell) * unit;
      const sink = bend.y + bend.yStep * cell;
      for (let row = 0; row < height; row += 1) {
        const below = (row - PAD + 0.5 - CELL.height / 2 + sink) * unit;
        const x = origin.x + down.x + along.x * right - along.y * below - 0.5;
        const y = origin.y + down.y + along.y * right + along.x * below - 0.5;
        data[row * stride + column] = 255 - lightAt(source, x, y);
      }
    }
    return { data, stride };
  }

  /** Cuts a cell out into `window`, mean 0 and length 1; false when there is nothing in it. */
  function cut({ data, stride }: Strip, column: number, dx: number, dy: number): boolean {
    let sum = 0;
    let squares = 0;
    let to = 0;
    let from = (PAD + dy) * stride + PAD + column * CELL.width + dx;
    for (let row = 0; row < CELL.height; row += 1) {
      for (let x = 0; x < CELL.width; x += 1) {
        const value = data[from + x] as number;
        window[to] = value;
        sum += value;
        squares += value * value;
        to += 1;
      }
      from += stride;
    }
    const mean = sum / SIZE;
    const spread = squares - sum * mean;
    if (spread < SIZE) return false;
    const scale = 1 / Math.sqrt(spread);
    for (let at = 0; at < SIZE; at += 1) window[at] = ((window[at] as number) - mean) * scale;
    return true;
  }

  function likeness(shape: Float32Array): number {
    let sum = 0;
    for (let at = 0; at < SIZE; at += 1) sum += (shape[at] as number) * (window[at] as number);
    return sum;
  }

  const [printed = []] = shapes.weights;

  function bestAt(of: Strip, column: number, shifts: readonly number[]) {
    let best = { likeness: -1, dx: 0, dy: 0 };
    for (const dy of shifts)
      for (const dx of shifts) {
        if (!cut(of, column, dx, dy)) continue;
        for (const shape of printed) {
          const score = likeness(shape);
          if (score > best.likeness) best = { likeness: score, dx, dy };
        }
      }
    return best;
  }

  return {
    /** How well some of the cells look like characters at all, 0 to 1: to choose which way up, and whether it is a zone. */
    promise(): number {
      let sum = 0;
      let count = 0;
      for (let line = 0; line < grid.lines; line += 1) {
        const of = strip(line, STRAIGHT);
        for (let column = line; column < grid.columns; column += 4) {
          sum += Math.max(0, bestAt(of, column, [-2, 0, 2]).likeness);
          count += 1;
        }
      }
      return sum / count;
    },
    /** The likeness of each cell of each line. */
    read(): CellLikeness[][] {
      return grid.down.map((_, line) => {
        let bend = STRAIGHT;
        for (const shifts of [
          [-3, 0, 3],
          [-1, 0, 1],
        ]) {
          const of = strip(line, bend);
          // Every second cell: a line through twenty knows as much as one through forty.
          const seen = Array.from({ length: grid.columns / 2 }, (_, half) => ({
            column: 2 * half,
            ...bestAt(of, 2 * half, shifts),
          }));
          bend = bentBy(bend, seen);
        }
        const of = strip(line, bend);
        return Array.from({ length: grid.columns }, (_, column) => compare(of, column));
      });
    },
  };

  function compare(of: Strip, column: number): CellLikeness {
    const found = new Float32Array(shapes.characters.length).fill(-1);
    let most = -1;
    for (let dy = -1; dy <= 1; dy += 1)
      for (let dx = -1; dx <= 1; dx += 1) {
        if (!cut(of, column, dx, dy)) continue;
        for (let at = 0; at < found.length; at += 1) {
          const score = likeness(printed[at] as Float32Array);
          if (score > (found[at] as number)) found[at] = score;
          if (score > most) most = score;
        }
        // The other strokes only for what is near: the rest is out of the question in any.
        for (let at = 0; at < found.length; at += 1) {
          if ((found[at] as number) < most - 0.2) continue;
          for (const weight of shapes.weights.slice(1)) {
            const score = likeness(weight[at] as Float32Array);
            if (score > (found[at] as number)) found[at] = score;
            if (score > most) most = score;
          }
        }
      }
    return found;
  }
}

/** Adds to a bend what the cells say of it, by a line through their shifts; what fits badly says nothing. */
function bentBy(bend: Bend, seen: { column: number; likeness: number; dx: number; dy: number }[]): Bend {
  let [weight, first, second, x, y, xs, ys] = [0, 0, 0, 0, 0, 0, 0];
  for (const { column, likeness, dx, dy } of seen) {
    const trust = Math.max(0, likeness - 0.5) ** 2;
    weight += trust;
    first += trust * column;
    second += trust * column * column;
    x += trust * dx;
    y += trust * dy;
    xs += trust * column * dx;
    ys += trust * column * dy;
  }
  const spread = weight * second - first * first;
  if (weight < 0.1 || spread < 1e-6) return bend;
  const xStep = (weight * xs - first * x) / spread;
  const yStep = (weight * ys - first * y) / spread;
  return {
    x: bend.x + (x - xStep * first) / weight,
    xStep: bend.xStep + xStep,
    y: bend.y + (y - yStep * first) / weight,
    yStep: bend.yStep + yStep,
  };
}

/** The light between four pixels; beyond the edge it is as at the edge. */
function lightAt({ data, width, height }: GreyImage, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const [fx, fy] = [x - left, y - top];
  const x0 = left < 0 ? 0 : left >= width ? width - 1 : left;
  const x1 = left + 1 < 0 ? 0 : left + 1 >= width ? width - 1 : left + 1;
  const y0 = (top < 0 ? 0 : top >= height ? height - 1 : top) * width;
  const y1 = (top + 1 < 0 ? 0 : top + 1 >= height ? height - 1 : top + 1) * width;
  const upper = (data[y0 + x0] as number) * (1 - fx) + (data[y0 + x1] as number) * fx;
  const lower = (data[y1 + x0] as number) * (1 - fx) + (data[y1 + x1] as number) * fx;
  return upper * (1 - fy) + lower * fy;
}
