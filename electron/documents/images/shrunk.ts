import type { GreyImage } from './grey.ts';
import type { Pixels } from './straighten.ts';

/**
 * A picture made smaller for looking at: its light, the darkest of each pixel's channels, by which pale colours stand out from
 * white, and the brightest, by which deep ones stand out from black. Each pixel is the mean of the whole pixels it stands for.
 */
export type Shrunk = { light: GreyImage; darkest: GreyImage; brightest: GreyImage; factor: number };

/** `longer`: of the longer side, pixels; a picture that is smaller stays as it is. */
export function shrunk({ data, width, height, channels }: Pixels, longer: number): Shrunk {
  const factor = Math.min(1, longer / Math.max(width, height));
  const small = {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
  const columns = Int32Array.from({ length: small.width + 1 }, (_, x) =>
    Math.floor((x * width) / small.width),
  );
  const light = new Uint8Array(small.width * small.height);
  const darkest = channels === 1 ? light : new Uint8Array(light.length);
  const brightest = channels === 1 ? light : new Uint8Array(light.length);
  const reds = new Uint32Array(small.width);
  const greens = new Uint32Array(small.width);
  const blues = new Uint32Array(small.width);
  for (let y = 0; y < small.height; y += 1) {
    reds.fill(0);
    greens.fill(0);
    blues.fill(0);
    const [from, to] = [
      Math.floor((y * height) / small.height),
      Math.floor(((y + 1) * height) / small.height),
    ];
    for (let row = from; row < to; row += 1) {
      let at = row * width * channels;
      for (let x = 0; x < small.width; x += 1) {
        const end = (row * width + (columns[x + 1] as number)) * channels;
        let red = 0;
        let green = 0;
        let blue = 0;
        if (channels === 1) for (; at < end; at += 1) red = (red + (data[at] as number)) | 0;
        else
          for (; at < end; at += 3) {
            red = (red + (data[at] as number)) | 0;
            green = (green + (data[at + 1] as number)) | 0;
            blue = (blue + (data[at + 2] as number)) | 0;
          }
        reds[x] = (reds[x] as number) + red;
        greens[x] = (greens[x] as number) + green;
        blues[x] = (blues[x] as number) + blue;
      }
    }
    for (let x = 0; x < small.width; x += 1) {
      const area = (to - from) * ((columns[x + 1] as number) - (columns[x] as number));
      const out = y * small.width + x;
      const [red, green, blue] = [reds[x] as number, greens[x] as number, blues[x] as number];
      if (channels === 1) light[out] = red / area;
      else {
        light[out] = (red * 0.299 + green * 0.587 + blue * 0.114) / area;
        darkest[out] = (red < green ? Math.min(red, blue) : Math.min(green, blue)) / area;
        brightest[out] = (red > green ? Math.max(red, blue) : Math.max(green, blue)) / area;
      }
    }
  }
  return {
    light: { data: light, ...small },
    darkest: { data: darkest, ...small },
    brightest: { data: brightest, ...small },
    factor: small.width / width,
  };
}
