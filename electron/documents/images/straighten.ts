import type { PicturePlan } from '../../values/page-preparation.ts';

/** 8 bits a sample, interleaved, 1 (grey) or 3 (colour) channels, row by row. */
export type Pixels = { data: Uint8Array; width: number; height: number; channels: 1 | 3 };

const PAPER = 255;

/**
 * Cuts the plan's rectangle out of a picture and sets it straight, each pixel between its four neighbours. What lies outside
 * of the picture is white.
 */
export function straightened(picture: Pixels, { x, y, width, height, skew }: PicturePlan): Pixels {
  const { data, channels } = picture;
  const [lastX, lastY] = [picture.width - 1, picture.height - 1];
  const out = new Uint8Array(width * height * channels).fill(PAPER);
  const angle = (skew * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const stride = picture.width * channels;
  let to = 0;
  for (let row = 0; row < height; row += 1) {
    const down = row + 0.5 - height / 2;
    let fromX = x - 0.5 - down * sin - (width / 2 - 0.5) * cos;
    let fromY = y - 0.5 + down * cos - (width / 2 - 0.5) * sin;
    for (let column = 0; column < width; column += 1, to += channels, fromX += cos, fromY += sin) {
      if (fromX < -0.5 || fromY < -0.5 || fromX > lastX + 0.5 || fromY > lastY + 0.5) continue;
      const left = fromX < 0 ? 0 : fromX >= lastX ? lastX : fromX | 0;
      const top = fromY < 0 ? 0 : fromY >= lastY ? lastY : fromY | 0;
      const toRight = left < lastX && fromX > left ? ((fromX - left) * 256) | 0 : 0;
      const below = top < lastY && fromY > top ? ((fromY - top) * 256) | 0 : 0;
      const at = top * stride + left * channels;
      const [right, under] = [toRight > 0 ? channels : 0, below > 0 ? stride : 0];
      for (let channel = 0; channel < channels; channel += 1) {
        const from = at + channel;
        const first = data[from] as number;
        const third = data[from + under] as number;
        const upper = (first << 8) + ((data[from + right] as number) - first) * toRight;
        const lower = (third << 8) + ((data[from + under + right] as number) - third) * toRight;
        out[to + channel] = ((upper << 8) + (lower - upper) * below + 32768) >> 16;
      }
    }
  }
  return { data: out, width, height, channels };
}
