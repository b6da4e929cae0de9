import type { Pixels } from './straighten.ts';

/** Side of a block the surroundings are measured in, and how many blocks they reach to each side: about 4 mm at 300 dpi. */
const BLOCK = 8;
const REACH = 3;
/**
 * Sauvola's: how much an even surrounding lowers the limit, and the spread that counts as full. What shines through is a tenth darker
 * than paper, pale pencil a sixth.
 */
const SHARE = 0.14;
const FULL_SPREAD = 128;
/** Colour counts as ink by this much of its strength: pale red and blue stamps are nearly as light as paper. */
const CHROMA = 0.6;
/** Darker than this share of the paper it is ink whatever is around: the inside of a thick stroke has no bright surroundings. */
const ALWAYS = 0.35;

/**
 * A picture in black (0) and white (255), one channel: ink against the paper around it (Sauvola and Pietikäinen, Adaptive document
 * image binarization, 2000), with a colour's strength taken for darkness so that coloured stamps and pens stay.
 */
export function inkOf({ data, width, height, channels }: Pixels): Pixels {
  const light = channels === 1 ? data : withoutColour(data, width * height);
  const columns = Math.ceil(width / BLOCK);
  const rows = Math.ceil(height / BLOCK);
  const sums = new Float64Array(columns * rows);
  const squares = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = 0, at = 0; y < height; y += 1) {
    const first = Math.floor(y / BLOCK) * columns;
    for (let block = 0; block < columns; block += 1) {
      const end = Math.min(width, (block + 1) * BLOCK) + y * width;
      let [sum, square] = [0, 0];
      const from = at;
      for (; at < end; at += 1) {
        const value = light[at] as number;
        sum += value;
        square += value * value;
      }
      const own = first + block;
      sums[own] = (sums[own] as number) + sum;
      squares[own] = (squares[own] as number) + square;
      counts[own] = (counts[own] as number) + end - from;
    }
  }
  const always = ALWAYS * paperOf(light);
  const limits = limitsOf({ sums, squares, counts, columns, rows });
  const out = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    const first = Math.floor(y / BLOCK) * columns;
    for (let x = 0; x < width; x += 1, at += 1) {
      const value = light[at] as number;
      if (value > always && value > (limits[first + (x >> 3)] as number)) out[at] = 255;
    }
  }
  return { data: out, width, height, channels: 1 };
}

function withoutColour(data: Uint8Array, pixels: number): Uint8Array {
  const light = new Uint8Array(pixels);
  for (let at = 0, from = 0; at < pixels; at += 1, from += 3) {
    const red = data[from] as number;
    const green = data[from + 1] as number;
    const blue = data[from + 2] as number;
    const most = red > green ? Math.max(red, blue) : Math.max(green, blue);
    const least = red < green ? Math.min(red, blue) : Math.min(green, blue);
    const value = (red * 77 + green * 151 + blue * 28) / 256 - CHROMA * (most - least);
    light[at] = Math.max(value, 0);
  }
  return light;
}

/** The brightness that a fifth of the pixels exceed. */
function paperOf(light: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (let at = 0; at < light.length; at += 7)
    histogram[light[at] as number] = (histogram[light[at] as number] as number) + 1;
  let left = light.length / 7 / 5;
  let level = 255;
  for (; level > 0 && left > 0; level -= 1) left -= histogram[level] as number;
  return level;
}

type Blocks = {
  sums: Float64Array;
  squares: Float64Array;
  counts: Float64Array;
  columns: number;
  rows: number;
};

/** Per block, what is darker is ink. */
function limitsOf({ sums, squares, counts, columns, rows }: Blocks): Float64Array {
  const limits = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      let [sum, square, count] = [0, 0, 0];
      for (let y = Math.max(0, row - REACH); y <= Math.min(rows - 1, row + REACH); y += 1)
        for (let x = Math.max(0, column - REACH); x <= Math.min(columns - 1, column + REACH); x += 1) {
          const at = y * columns + x;
          sum += sums[at] as number;
          square += squares[at] as number;
          count += counts[at] as number;
        }
      const mean = sum / count;
      const spread = Math.sqrt(Math.max(0, square / count - mean * mean));
      limits[row * columns + column] = mean * (1 + SHARE * (spread / FULL_SPREAD - 1));
    }
  return limits;
}
