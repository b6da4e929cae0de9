import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a zone is written with. */
export const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<';

/** A stored shape: a cell one pitch wide. `below`: what of the cell lies under the base line, in pitches. */
export const SHAPE = { width: 40, height: 56, below: -120 / 723 } as const;

/** resources/fonts/ocr-b-shapes.json: per character the coverage of each pixel (0–255), row by row, in base64. */
export type ShapeFile = { source: string; madeBy: string; shapes: { [character: string]: string } };

/** The cell the matching works on, in pixels: half of a stored one. */
export const CELL = { width: SHAPE.width / 2, height: SHAPE.height / 2 } as const;

/**
 * The shapes to compare with: for every character as thick as printed, thinner and thicker, for ink that spread or did not
 * take. Each has mean 0 and length 1, so that comparing is one sum of products.
 */
export type Shapes = { readonly characters: string; readonly weights: readonly (readonly Float32Array[])[] };

/** Half of what a stroke gains or loses on each side, in pixels of a stored shape (a stroke is 5 wide). */
const WEIGHTS = [0, -1, 1.3] as const;

/** The shapes as they ship, beside the fonts. */
export const loadShapes = async (fontsFolder: string): Promise<Shapes> =>
  prepareShapes(JSON.parse(await readFile(join(fontsFolder, 'ocr-b-shapes.json'), 'utf8')));

export function prepareShapes(file: ShapeFile): Shapes {
  const stored = [...ALPHABET].map((character) => {
    const bytes = Buffer.from(file.shapes[character] ?? '', 'base64');
    if (bytes.length !== SHAPE.width * SHAPE.height)
      throw new Error(`the shape of ${character} is missing or of another size`);
    return Float32Array.from(bytes, (byte) => byte / 255);
  });
  return {
    characters: ALPHABET,
    weights: WEIGHTS.map((gain) => stored.map((shape) => normalised(halved(softened(spread(shape, gain)))))),
  };
}

/** Ink spread (or drawn back) by so many pixels in every direction. */
function spread(shape: Float32Array, by: number): Float32Array {
  if (by === 0) return shape;
  const { width, height } = SHAPE;
  const reach = Math.ceil(Math.abs(by));
  return shape.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    let value = by > 0 ? 0 : 1;
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1) {
        if (Math.hypot(dx, dy) > Math.abs(by) + 0.5) continue;
        const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        const there = inside ? (shape[(y + dy) * width + x + dx] as number) : 0;
        value = by > 0 ? Math.max(value, there) : Math.min(value, there);
      }
    return value;
  });
}

/** As a scanner's optics soften: a binomial of five in both directions. */
function softened(shape: Float32Array): Float32Array {
  const { width, height } = SHAPE;
  const along = (
    from: Float32Array,
    step: number,
    at: (place: number) => number,
    size: number,
  ): Float32Array =>
    from.map((_, place) => {
      let sum = 0;
      for (const [offset, weight] of BINOMIAL) {
        const to = at(place) + offset;
        if (to >= 0 && to < size) sum += weight * (from[place + offset * step] as number);
      }
      return sum / 16;
    });
  return along(
    along(shape, 1, (place) => place % width, width),
    width,
    (place) => Math.floor(place / width),
    height,
  );
}

const BINOMIAL = [
  [-2, 1],
  [-1, 4],
  [0, 6],
  [1, 4],
  [2, 1],
] as const;

function halved(shape: Float32Array): Float32Array {
  const out = new Float32Array(CELL.width * CELL.height);
  for (let y = 0; y < CELL.height; y += 1)
    for (let x = 0; x < CELL.width; x += 1) {
      const at = 2 * y * SHAPE.width + 2 * x;
      out[y * CELL.width + x] =
        ((shape[at] as number) +
          (shape[at + 1] as number) +
          (shape[at + SHAPE.width] as number) +
          (shape[at + SHAPE.width + 1] as number)) /
        4;
    }
  return out;
}

function normalised(shape: Float32Array): Float32Array {
  const mean = shape.reduce((sum, value) => sum + value, 0) / shape.length;
  const centred = shape.map((value) => value - mean);
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return centred.map((value) => value / length);
}
