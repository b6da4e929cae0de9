/** A connected stretch: the label of its pixels, its area and its box, both ends inside. */
export type Body = { label: number; area: number; left: number; right: number; top: number; bottom: number };

export const longerSide = ({ left, right, top, bottom }: Body): number =>
  Math.max(right - left, bottom - top) + 1;

/** What is connected of all that is not ground (1), the largest first, and the label of each pixel, -1 for ground. */
export function bodiesOf(
  ground: Uint8Array,
  width: number,
  height: number,
): { bodies: Body[]; labels: Int32Array } {
  const labels = new Int32Array(width * height);
  for (let at = 0; at < labels.length; at += 1) if (ground[at] === 1) labels[at] = -1;
  const waiting = new Int32Array(width * height);
  const bodies: Body[] = [];
  let [label, count] = [0, 0];
  const reach = (at: number): void => {
    if (labels[at] !== 0) return;
    labels[at] = label;
    waiting[count] = at;
    count += 1;
  };
  for (let seed = 0; seed < labels.length; seed += 1) {
    if (labels[seed] !== 0) continue;
    label += 1;
    const body: Body = { label, area: 0, left: width, right: 0, top: height, bottom: 0 };
    reach(seed);
    while (count > 0) {
      count -= 1;
      const at = waiting[count] as number;
      const x = at % width;
      const y = (at - x) / width;
      body.area += 1;
      if (x < body.left) body.left = x;
      if (x > body.right) body.right = x;
      if (y < body.top) body.top = y;
      if (y > body.bottom) body.bottom = y;
      if (x > 0) reach(at - 1);
      if (x < width - 1) reach(at + 1);
      if (at >= width) reach(at - width);
      if (at < labels.length - width) reach(at + width);
    }
    bodies.push(body);
  }
  return { bodies: bodies.sort((a, b) => b.area - a.area), labels };
}
