/** A picture of light: one byte a pixel, 0 black to 255 white, row by row. */
export type GreyImage = { data: Uint8Array; width: number; height: number };

/**
 * The brightest of each pixel's channels (8 bits, interleaved). Black ink is dark in all of them; the coloured ground of a
 * card is bright in at least one, and so it nearly goes away, as it does to readers that look in infrared.
 */
export function brightest(pixels: Uint8Array, channels: number, width: number, height: number): GreyImage {
  if (channels < 3) return { data: channels === 1 ? pixels : everyOther(pixels), width, height };
  const data = new Uint8Array(width * height);
  for (let from = 0, to = 0; to < data.length; from += channels, to += 1) {
    const red = pixels[from] as number;
    const green = pixels[from + 1] as number;
    const blue = pixels[from + 2] as number;
    data[to] = Math.max(red, green, blue);
  }
  return { data, width, height };
}

const everyOther = (pixels: Uint8Array): Uint8Array => pixels.filter((_, at) => at % 2 === 0);

/** The picture smaller by a whole factor, each pixel the mean of those it stands for; what is left at the edges falls off. */
export function reduced({ data, width, height }: GreyImage, factor: number): GreyImage {
  if (factor <= 1) return { data, width, height };
  const small = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  const sums = new Uint16Array(small.width);
  const out = new Uint8Array(small.width * small.height);
  const area = factor * factor;
  for (let y = 0; y < small.height; y += 1) {
    sums.fill(0);
    for (let row = y * factor; row < (y + 1) * factor; row += 1) {
      let from = row * width;
      for (let x = 0; x < small.width; x += 1) {
        let sum = 0;
        for (let step = 0; step < factor; step += 1) sum += data[from + step] as number;
        sums[x] = (sums[x] as number) + sum;
        from += factor;
      }
    }
    for (let x = 0; x < small.width; x += 1) out[y * small.width + x] = (sums[x] as number) / area;
  }
  return { data: out, ...small };
}

/** How light it is around each pixel: the mean of the square that reaches `radius` pixels to each side. */
export function surroundings({ data, width, height }: GreyImage, radius: number): Uint8Array {
  const stride = width + 1;
  const sums = new Uint32Array(stride * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += data[y * width + x] as number;
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] as number) + row;
    }
  }
  const means = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const topRow = y > radius ? y - radius : 0;
    const bottomRow = y + radius + 1 < height ? y + radius + 1 : height;
    const [top, bottom, rows] = [topRow * stride, bottomRow * stride, bottomRow - topRow];
    for (let x = 0; x < width; x += 1) {
      const left = x > radius ? x - radius : 0;
      const right = x + radius + 1 < width ? x + radius + 1 : width;
      const sum =
        (sums[bottom + right] as number) -
        (sums[bottom + left] as number) -
        (sums[top + right] as number) +
        (sums[top + left] as number);
      means[y * width + x] = sum / (rows * (right - left));
    }
  }
  return means;
}

/**
 * Where it is darker than `share` of what is around: 1 for ink, 0 for ground. Measured against the surroundings, because the
 * light of a scan and the print under the text differ from place to place.
 */
export function inked({ data }: GreyImage, around: Uint8Array, share: number): Uint8Array {
  const ink = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 1)
    if ((data[at] as number) < (around[at] as number) * share - 4) ink[at] = 1;
  return ink;
}
