import type { MrzFormat } from '../../values/mrz-layout.ts';
import type { Row } from './rows.ts';

/**
 * Where a zone's cells are: cell `column` of line `line` (both from 0) has its centre at
 * origin + column·along + line·down, in pixels of the picture it was found in.
 */
export type Grid = {
  lines: 2 | 3;
  columns: 30 | 36 | 44;
  origin: { x: number; y: number };
  along: { x: number; y: number };
  /** Centre of each line's first cell against the origin. */
  down: readonly { x: number; y: number }[];
  /** What of the cells has a blot in step, less the blots beside them: 1 at best. */
  score: number;
};

export type Shape = { lines: 2 | 3; columns: 30 | 36 | 44; formats: readonly MrzFormat[] };
export const SHAPES: readonly Shape[] = [
  { lines: 3, columns: 30, formats: ['TD1'] },
  { lines: 2, columns: 36, formats: ['TD2', 'MRV-B'] },
  { lines: 2, columns: 44, formats: ['TD3', 'MRV-A'] },
];

/** The longest and evenest rows that are held against each other. */
const MOST_ROWS = 100;

type Pitched = Row & { pitch: number; strength: number };

/**
 * The places where rows of even pitch stand under one another as those of a zone do, the most regular first. A zone upside
 * down has the same place.
 */
export function gridsOf(rows: readonly Row[]): Grid[] {
  const pitched = rows
    .map(withPitch)
    .filter((row) => row.strength > 0.45)
    .sort((a, b) => b.blots.length * b.strength - a.blots.length * a.strength)
    .slice(0, MOST_ROWS)
    .sort((a, b) => a.offset + a.slope * a.from - (b.offset + b.slope * b.from));
  const grids: Grid[] = [];
  for (const [at, first] of pitched.entries()) {
    for (const second of pitched.slice(at + 1)) {
      if (!areNeighbours(first, second)) continue;
      const third = pitched.find(
        (row) => row !== second && row !== first && areNeighbours(second, row) && isEven(first, second, row),
      );
      const members = third === undefined ? [first, second] : [first, second, third];
      for (const shape of SHAPES) {
        if (shape.lines !== members.length && !(shape.lines === 2 && members.length === 3)) continue;
        const fitted = laidOver(shape, members.slice(0, shape.lines));
        if (fitted) grids.push(fitted);
      }
    }
  }
  return grids.sort((a, b) => b.score - a.score);
}

/** The pitch at which most of a row's blots stand in step, and how well they do: 1 when all do. */
function withPitch(row: Row): Pitched {
  const lengthening = Math.hypot(1, row.slope);
  let best = { pitch: 0, strength: 0 };
  const steps = 160;
  for (let step = 0; step <= steps; step += 1) {
    const pitch = row.size * (0.82 + (0.5 * step) / steps);
    const { strength } = phaseOf(row, pitch, lengthening);
    if (strength > best.strength) best = { pitch, strength };
  }
  return { ...row, ...best };
}

/** Where in the pitch the blots stand (0 to 1) and how much they agree on it. */
function phaseOf(row: Row, pitch: number, lengthening: number): { phase: number; strength: number } {
  let [real, imaginary] = [0, 0];
  for (const { x } of row.blots) {
    const angle = (2 * Math.PI * (x - row.from) * lengthening) / pitch;
    real += Math.cos(angle);
    imaginary += Math.sin(angle);
  }
  return {
    phase: Math.atan2(imaginary, real) / (2 * Math.PI),
    strength: Math.hypot(real, imaginary) / row.blots.length,
  };
}

const heightAt = (row: Row, x: number): number => row.slope * x + row.offset;

function areNeighbours(upper: Pitched, lower: Pitched): boolean {
  const x = (Math.max(upper.from, lower.from) + Math.min(upper.to, lower.to)) / 2;
  const apart = heightAt(lower, x) - heightAt(upper, x);
  const pitch = upper.pitch;
  if (apart < 1.15 * pitch || apart > 3.4 * pitch) return false;
  if (Math.abs(lower.pitch / pitch - 1) > 0.05) return false;
  if (Math.abs(upper.slope - lower.slope) > 0.03) return false;
  const shared = Math.min(upper.to, lower.to) - Math.max(upper.from, lower.from);
  return shared > 0.5 * Math.max(upper.to - upper.from, lower.to - lower.from);
}

function isEven(first: Row, second: Row, third: Row): boolean {
  const x = (second.from + second.to) / 2;
  const [upper, lower] = [heightAt(second, x) - heightAt(first, x), heightAt(third, x) - heightAt(second, x)];
  return lower > 0 && Math.abs(upper / lower - 1) < 0.15;
}

/** Lays a shape's cells over rows: the step all share, and as many columns as hold the most blots. */
function laidOver(shape: Shape, rows: readonly Pitched[]): Grid | null {
  const weight = rows.reduce((sum, { blots }) => sum + blots.length, 0);
  const slope = rows.reduce((sum, row) => sum + row.slope * row.blots.length, 0) / weight;
  const pitch = rows.reduce((sum, row) => sum + row.pitch * row.blots.length, 0) / weight;
  const lengthening = Math.hypot(1, slope);
  const direction = { x: 1 / lengthening, y: slope / lengthening };
  // Along the direction of reading; how far each row is from its first neighbour does not change that place.
  const places = rows.map((row) => row.blots.map(({ x, y }) => x * direction.x + y * direction.y));
  const all = places.flat();
  const start = all.reduce((least, place) => Math.min(least, place), Number.POSITIVE_INFINITY);
  let [best, bestPitch, phase] = [-1, pitch, 0];
  for (let step = -20; step <= 20; step += 1) {
    const tried = pitch * (1 + step * 0.0015);
    let [real, imaginary] = [0, 0];
    for (const place of all) {
      const angle = (2 * Math.PI * (place - start)) / tried;
      real += Math.cos(angle);
      imaginary += Math.sin(angle);
    }
    const strength = Math.hypot(real, imaginary);
    if (strength > best) {
      best = strength;
      bestPitch = tried;
      phase = (Math.atan2(imaginary, real) / (2 * Math.PI)) * tried;
    }
  }
  const columnsOf = places.map((of) => of.map((place) => Math.round((place - start - phase) / bestPitch)));
  const [low, high] = columnsOf
    .flat()
    .reduce(
      ([least, most], column) => [Math.min(least, column), Math.max(most, column)] as [number, number],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
    );
  const extent = high - low + 1;
  if (extent < shape.columns - 6 || extent > shape.columns + 60) return null;
  let chosen = { from: low, held: -1 };
  for (
    let from = Math.min(low, high - shape.columns + 1);
    from <= Math.max(low, high - shape.columns + 1);
    from += 1
  ) {
    let held = 0;
    for (const columns of columnsOf)
      held += new Set(columns.filter((column) => column >= from && column < from + shape.columns)).size;
    if (held > chosen.held) chosen = { from, held };
  }
  const outside =
    columnsOf.flat().length -
    columnsOf.flat().filter((column) => column >= chosen.from && column < chosen.from + shape.columns).length;
  const cells = shape.lines * shape.columns;
  const score = (chosen.held - outside) / cells;
  if (chosen.held / cells < 0.55) return null;
  const along = { x: direction.x * bestPitch, y: direction.y * bestPitch };
  const firstPlace = start + phase + chosen.from * bestPitch;
  // The point of a row's line that lies `firstPlace` along the direction.
  const onRow = (row: Row): { x: number; y: number } => {
    const across =
      row.blots.reduce((sum, { x, y }) => sum + y * direction.x - x * direction.y, 0) / row.blots.length;
    return {
      x: firstPlace * direction.x - across * direction.y,
      y: firstPlace * direction.y + across * direction.x,
    };
  };
  const points = rows.map(onRow);
  const [origin] = points as [{ x: number; y: number }];
  return {
    lines: shape.lines,
    columns: shape.columns,
    origin,
    along,
    down: points.map((point) => ({ x: point.x - origin.x, y: point.y - origin.y })),
    score,
  };
}
