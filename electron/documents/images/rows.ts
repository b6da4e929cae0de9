import type { Blot } from './blots.ts';

/** A straight row of blots: y = slope·x + offset, from the first blot's centre to the last's, at the size of its blots. */
export type Row = {
  slope: number;
  offset: number;
  from: number;
  to: number;
  /** The middle height of its blots. */
  size: number;
  blots: readonly Blot[];
};

/** Fewer blots in line than this are no line of a zone, even a badly broken one. */
const SHORTEST = 10;
/** The longest chains are looked at; a picture of more is a pattern, and each is held against all others. */
const MOST_CHAINS = 1000;
/** tan 9°: what the eye would call crooked is set straight by hand. */
const STEEPEST = 0.16;

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * The rows that blots of like size make side by side, roughly level. Every blot is tied to its next to the right; rows that lie
 * on one line are one row.
 */
export function rowsOf(blots: readonly Blot[]): Row[] {
  const rows = chainsOf(blots)
    .map(lineThrough)
    .filter((row): row is Row => row !== null)
    .sort((a, b) => b.blots.length - a.blots.length)
    .slice(0, MOST_CHAINS);
  const joined: Row[] = [];
  for (const row of rows) {
    const at = joined.findIndex((other) => isOneLine(other, row));
    const whole = at < 0 ? null : lineThrough([...(joined[at] as Row).blots, ...row.blots]);
    if (whole === null) joined.push(row);
    else joined[at] = whole;
  }
  return joined.filter((row) => row.blots.length >= SHORTEST);
}

function chainsOf(blots: readonly Blot[]): Blot[][] {
  const sorted = blots.toSorted((a, b) => a.x - b.x);
  const largest = sorted.reduce((most, { height }) => Math.max(most, height), 1);
  // Blots by strips of the picture, so that each looks only at those near it.
  const strips = new Map<number, number[]>();
  const stripOf = (y: number): number => Math.floor(y / largest);
  sorted.forEach((blot, at) => {
    const strip = stripOf(blot.y);
    const there = strips.get(strip);
    if (there) there.push(at);
    else strips.set(strip, [at]);
  });
  const next = new Int32Array(sorted.length).fill(-1);
  const isNext = new Uint8Array(sorted.length);
  const starts = new Map<number, number>();
  sorted.forEach((blot, at) => {
    let nearest = -1;
    for (let strip = stripOf(blot.y) - 1; strip <= stripOf(blot.y) + 1; strip += 1) {
      const there = strips.get(strip) ?? [];
      let look = starts.get(strip) ?? 0;
      while (look < there.length && (there[look] as number) <= at) look += 1;
      starts.set(strip, look);
      for (; look < there.length; look += 1) {
        const index = there[look] as number;
        const other = sorted[index] as Blot;
        const size = Math.max(blot.height, other.height);
        const apart = other.x - blot.x;
        if (apart > 2.6 * size || (nearest >= 0 && index >= nearest)) break;
        if (isNext[index] || apart < 0.4 * size) continue;
        if (Math.min(blot.height, other.height) < 0.5 * size) continue;
        if (Math.abs(other.y - blot.y) > 0.22 * size + apart * STEEPEST) continue;
        nearest = index;
        break;
      }
    }
    if (nearest < 0) return;
    next[at] = nearest;
    isNext[nearest] = 1;
  });
  const chains: Blot[][] = [];
  for (let at = 0; at < sorted.length; at += 1) {
    if (isNext[at]) continue;
    const chain: Blot[] = [];
    for (let link = at; link >= 0; link = next[link] as number) chain.push(sorted[link] as Blot);
    if (chain.length >= 4) chains.push(chain);
  }
  return chains;
}

/** The line through the blots' centres, without those that lie off it; null when too few are left. */
function lineThrough(blots: readonly Blot[]): Row | null {
  let kept = blots;
  for (let round = 0; round < 3; round += 1) {
    const n = kept.length;
    if (n < 4) return null;
    let [sx, sy, sxx, sxy] = [0, 0, 0, 0];
    for (const { x, y } of kept) {
      sx += x;
      sy += y;
      sxx += x * x;
      sxy += x * y;
    }
    const slope = (n * sxy - sx * sy) / Math.max(n * sxx - sx * sx, 1e-6);
    const offset = (sy - slope * sx) / n;
    const size = middle(kept.map(({ height }) => height));
    const near = kept.filter(({ x, y }) => Math.abs(y - slope * x - offset) < 0.3 * size);
    if (near.length === n || round === 2) {
      if (Math.abs(slope) > STEEPEST && n >= SHORTEST) return null;
      const xs = kept.map(({ x }) => x);
      return { slope, offset, from: Math.min(...xs), to: Math.max(...xs), size, blots: kept };
    }
    kept = near;
  }
  return null;
}

/** Whether the shorter row goes on where the longer one leads, at most six characters away. */
function isOneLine(longer: Row, shorter: Row): boolean {
  if (shorter.size < 0.6 * longer.size || shorter.size > 1.6 * longer.size) return false;
  const reach = 7 * longer.size;
  if (shorter.from > longer.to + reach || shorter.to < longer.from - reach) return false;
  return [shorter.from, shorter.to].every((x) => {
    const y = shorter.slope * x + shorter.offset;
    return Math.abs(y - longer.slope * x - longer.offset) < 0.4 * longer.size;
  });
}
