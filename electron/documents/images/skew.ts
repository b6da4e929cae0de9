import { blotsOf } from './blots.ts';
import { type GreyImage, inked, surroundings } from './grey.ts';

/** How rows of writing run: `skew` degrees clockwise from level, or from upright where `direction` is 90. */
export type Rows = { skew: number; direction: 0 | 90 };

const MOST = 10;
/** Steps of the first look and of the last, degrees. At 100 dpi a row of A4's width is spread over 3 pixels by the first. */
const STEPS = { coarse: 0.25, fine: 0.05 };
/** Of blots that may be letters, in pixels of a page at some 120 dpi: frames, lines of tables and pictures are larger. */
const LETTERS = { smallest: 4, largest: 48 };
/** Fewer are no writing: a row of a few words has as many. */
const LEAST_LETTERS = 25;
/** How much more the letters stand in rows at the best angle than at the middle one, and than in the other direction. */
const SURE = 1.6;
const SURE_OF_DIRECTION = 1.5;

/**
 * The direction of the writing, from where letters end below (or to the side): in a row's direction those ends heap up. Null
 * in doubt. Whether rows are upside down cannot be told from them.
 */
export function findRows(picture: GreyImage): Rows | null {
  const { width, height } = picture;
  const ink = inked(picture, surroundings(picture, 12), 0.78);
  const letters = blotsOf(ink, width, height, LETTERS);
  const level = bestOf(letters.map((letter) => ({ x: letter.x, y: letter.y + letter.height / 2 })));
  // Seen from the right: what runs down runs to the right then.
  const upright = bestOf(letters.map((letter) => ({ x: letter.y, y: -letter.x - letter.width / 2 })));
  if (level.contrast >= upright.contrast * SURE_OF_DIRECTION && level.contrast >= SURE)
    return { skew: level.angle, direction: 0 };
  if (upright.contrast >= level.contrast * SURE_OF_DIRECTION && upright.contrast >= SURE)
    return { skew: upright.angle, direction: 90 };
  return null;
}

type Point = { x: number; y: number };

function bestOf(points: readonly Point[]): { angle: number; contrast: number } {
  if (points.length < LEAST_LETTERS) return { angle: 0, contrast: 1 };
  const heaped = heaping(points);
  const tried: { angle: number; score: number }[] = [];
  for (let angle = -MOST; angle <= MOST; angle += STEPS.coarse) tried.push({ angle, score: heaped(angle) });
  const ordered = tried.map(({ score }) => score).sort((a, b) => a - b);
  const usual = ordered[ordered.length >> 1] as number;
  let best = tried.reduce((most, one) => (one.score > most.score ? one : most));
  const around = best.angle;
  for (let angle = around - STEPS.coarse; angle <= around + STEPS.coarse; angle += STEPS.fine) {
    const score = heaped(angle);
    if (score > best.score) best = { angle, score };
  }
  const contrast = best.score / usual;
  return Math.abs(best.angle) > MOST - STEPS.coarse
    ? { angle: 0, contrast: 1 }
    : { angle: best.angle, contrast };
}

/** How much points heap up in rows one pixel high, by the rows' angle. */
function heaping(points: readonly Point[]): (degrees: number) => number {
  let reach = 0;
  for (const { x, y } of points) reach = Math.max(reach, Math.abs(x) + Math.abs(y));
  const counts = new Uint32Array(2 * Math.ceil(reach) + 3);
  const middle = Math.ceil(reach) + 1;
  return (degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    counts.fill(0);
    for (const { x, y } of points) {
      const row = Math.round(y * cos - x * sin) + middle;
      counts[row] = (counts[row] as number) + 1;
    }
    let sum = 0;
    for (const count of counts) sum += count * count;
    return sum;
  };
}
