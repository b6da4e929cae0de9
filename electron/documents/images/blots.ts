/** A connected stretch of ink by its box: centre and size in pixels. */
export type Blot = { x: number; y: number; width: number; height: number };

/** More of them than this and the picture is a pattern, not writing. */
export const MOST_BLOTS = 40_000;

/**
 * The connected blots of ink (also at corners) whose longer side is within the sizes given, at most `MOST_BLOTS`; the rest of
 * the picture is not looked at then. Works row by row on stretches, so memory is bounded by the picture's own size.
 */
export function blotsOf(
  ink: Uint8Array,
  width: number,
  height: number,
  { smallest, largest }: { smallest: number; largest: number },
): Blot[] {
  const found: Blot[] = [];
  // One open blot: `parent` for those that turned out to be one, its box, and the last row it was seen in.
  let parent: number[] = [];
  let boxes: number[] = [];
  const rootOf = (of: number): number => {
    let at = of;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  let above: number[] = [];
  for (let y = 0; y <= height; y += 1) {
    const here: number[] = [];
    let look = 0;
    for (let x = 0; y < height && x < width; x += 1) {
      if (ink[y * width + x] === 0) continue;
      const from = x;
      while (x < width && ink[y * width + x] === 1) x += 1;
      let own = -1;
      while (look < above.length && (above[look + 1] as number) < from) look += 3;
      for (let at = look; at < above.length && (above[at] as number) <= x; at += 3) {
        const other = rootOf(above[at + 2] as number);
        own = own < 0 || own === other ? other : join(own, other);
      }
      if (own < 0) {
        own = parent.length;
        parent.push(own);
        boxes.push(from, x, y, y);
      } else grow(own, from, x, y, y);
      here.push(from, x, own);
    }
    // What ended above is told; what goes on gets new numbers, so that the lists stay as short as a row.
    const goesOn = new Map<number, number>();
    for (let at = 2; at < here.length; at += 3) {
      const root = rootOf(here[at] as number);
      if (!goesOn.has(root)) goesOn.set(root, goesOn.size);
    }
    for (let own = 0; own < parent.length; own += 1) if (parent[own] === own && !goesOn.has(own)) tell(own);
    if (found.length > MOST_BLOTS) return found.slice(0, MOST_BLOTS);
    const kept: number[] = [];
    for (const own of goesOn.keys()) kept.push(...boxes.slice(own * 4, own * 4 + 4));
    for (let at = 2; at < here.length; at += 3) here[at] = goesOn.get(rootOf(here[at] as number)) as number;
    parent = Array.from({ length: goesOn.size }, (_, own) => own);
    boxes = kept;
    above = here;
  }
  return found;

  function grow(own: number, left: number, right: number, top: number, bottom: number): void {
    const at = own * 4;
    boxes[at] = Math.min(boxes[at] as number, left);
    boxes[at + 1] = Math.max(boxes[at + 1] as number, right);
    boxes[at + 2] = Math.min(boxes[at + 2] as number, top);
    boxes[at + 3] = Math.max(boxes[at + 3] as number, bottom);
  }

  function join(one: number, other: number): number {
    const at = other * 4;
    grow(one, boxes[at] as number, boxes[at + 1] as number, boxes[at + 2] as number, boxes[at + 3] as number);
    parent[other] = one;
    return one;
  }

  function tell(own: number): void {
    const [left = 0, right = 0, top = 0, bottom = 0] = boxes.slice(own * 4, own * 4 + 4);
    const size = { width: right - left, height: bottom - top + 1 };
    const longer = Math.max(size.width, size.height);
    if (longer < smallest || longer > largest) return;
    found.push({ x: (left + right) / 2, y: (top + bottom + 1) / 2, ...size });
  }
}
