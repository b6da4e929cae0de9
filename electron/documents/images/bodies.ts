/** A connected stretch: its area, its box, both ends inside, and its runs: row, first column and last, one after another from the top. */
export type Body = {
  area: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  runs: number[];
};

export const longerSide = ({ left, right, top, bottom }: Body): number =>
  Math.max(right - left, bottom - top) + 1;

/** The connected stretches of one value in a picture of zeros and ones, the largest first. They are put together from runs, of which there are few. */
export function bodiesOf(picture: Uint8Array, value: 0 | 1, width: number, height: number): Body[] {
  const runs: number[] = [];
  const parents: number[] = [];
  const rootOf = (run: number): number => {
    let root = run;
    while (parents[root] !== root) root = parents[root] as number;
    for (let at = run; at !== root; ) [at, parents[at]] = [parents[at] as number, root];
    return root;
  };
  let above = 0;
  for (let y = 0; y < height; y += 1) {
    const first = parents.length;
    for (let at = y * width, end = at + width; at < end; at += 1) {
      if (picture[at] !== value) continue;
      const from = at - y * width;
      while (at + 1 < end && picture[at + 1] === value) at += 1;
      const to = at - y * width;
      const own = parents.length;
      runs.push(y, from, to);
      parents.push(own);
      while (above < first && (runs[above * 3 + 2] as number) < from) above += 1;
      // The last one above may touch the next one here too.
      for (let other = above; other < first && (runs[other * 3 + 1] as number) <= to; other += 1)
        parents[rootOf(other)] = rootOf(own);
    }
    above = first;
  }
  const bodies = new Map<number, Body>();
  for (let run = 0; run < parents.length; run += 1) {
    const [y, from, to] = [runs[run * 3], runs[run * 3 + 1], runs[run * 3 + 2]] as [number, number, number];
    const root = rootOf(run);
    let body = bodies.get(root);
    if (body === undefined) {
      body = { area: 0, left: from, right: to, top: y, bottom: y, runs: [] };
      bodies.set(root, body);
    }
    body.area += to - from + 1;
    if (from < body.left) body.left = from;
    if (to > body.right) body.right = to;
    body.bottom = y;
    body.runs.push(y, from, to);
  }
  return [...bodies.values()].sort((a, b) => b.area - a.area);
}
