import type { Clock } from '../values/clock.ts';
import type { Timers } from './timers.ts';

/** Bytes handed on at once. */
const PIECE = 4 * 1024;
const SMALLEST_WINDOW = 16 * 1024;
const LARGEST_WINDOW = 4 * 1024 * 1024;
/** So much of the line's time may be on its way unseen: what an act has to stand behind. */
const WINDOW_MS = 1000;
/** The parts of an upload take about this long, within the bounds below. */
const PART_MS = 8000;
export const SMALLEST_PART = 256 * 1024;
const LARGEST_PART = 8 * 1024 * 1024;
/** So many looks without a byte more: somebody on the way collects the body, and waiting would wait for ever. */
const BLIND_AFTER = 20;

export type Flow = ReturnType<typeof createFlow>;

/**
 * How fast contents go: never more on its way than the line takes in about a second, seen by what has arrived at the other
 * end, so that an act finds the line nearly free even at 128 kb/s; not at all while something else is asked; and within a
 * budget, when one is set.
 */
export function createFlow(deps: { clock: Clock; timers: Timers; kbps: () => number | null }) {
  const { clock, timers } = deps;
  let bytesPerMs = SMALLEST_WINDOW / WINDOW_MS;
  let others = 0;
  let wake = (): void => {};
  let change = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const changed = (): void => {
    const tell = wake;
    change = new Promise((resolve) => {
      wake = resolve;
    });
    tell();
  };
  const within = (least: number, value: number, most: number): number =>
    Math.min(most, Math.max(least, value));
  const window = (): number => within(SMALLEST_WINDOW, bytesPerMs * WINDOW_MS, LARGEST_WINDOW);

  /** One part on its way, from an offset on. */
  function part(offset: number) {
    let sent = offset;
    let arrived = offset;
    let seenAtMs = clock.monotonicMs();
    let looksInVain = 0;
    let isOver = false;
    let budgetFromMs = clock.monotonicMs();
    let budgetUsed = 0;

    /** Waits until so many bytes may go. */
    async function room(bytes: number): Promise<void> {
      const isBlind = () => looksInVain >= BLIND_AFTER;
      while (!isOver && (others > 0 || (!isBlind() && sent > arrived && sent + bytes - arrived > window())))
        await change;
      const kbps = deps.kbps();
      if (kbps === null || isOver) return;
      const wait = ((budgetUsed + bytes) * 8) / kbps - (clock.monotonicMs() - budgetFromMs);
      budgetUsed += bytes;
      // Time in which nothing was to be sent is no budget for a burst later.
      if (wait < 0) {
        budgetFromMs = clock.monotonicMs();
        budgetUsed = 0;
      } else await new Promise<void>((resolve) => void timers.after(wait, resolve));
    }

    return {
      /** The content in pieces, each when there is room for it; at most `length` bytes. */
      async *paced(content: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer, void, undefined> {
        const end = offset + length;
        for await (const block of content)
          for (let at = 0; at < block.length && sent < end; at += PIECE) {
            const piece = block.subarray(at, Math.min(at + PIECE, block.length, at + end - sent));
            await room(piece.length);
            if (isOver) return;
            sent += piece.length;
            changed();
            yield piece;
            if (sent >= end) return;
          }
      },
      /** Waits until it is worth looking how much has arrived. False when the part is over. */
      async worthLooking(): Promise<boolean> {
        while (!isOver && sent - arrived < window() / 2) await change;
        return !isOver;
      },
      seen(offsetThere: number): void {
        const now = clock.monotonicMs();
        if (offsetThere > arrived) {
          const latest = (offsetThere - arrived) / Math.max(1, now - seenAtMs);
          // One slow look (a pause for an act, a busy portal) does not make the line slow.
          bytesPerMs = Math.max(latest, bytesPerMs * 0.7);
          arrived = offsetThere;
          seenAtMs = now;
          looksInVain = 0;
        } else looksInVain += 1;
        changed();
      },
      over(): void {
        isOver = true;
        changed();
      },
    };
  }

  return {
    part,
    /** How many bytes the next part has. */
    partSize: (left: number): number => {
      const fitting = within(SMALLEST_PART, bytesPerMs * PART_MS, LARGEST_PART);
      // A rest smaller than a part goes along.
      return left < fitting + SMALLEST_PART ? left : Math.floor(fitting);
    },
    /** Something else is asked of the portal: contents stand aside until it is over. */
    async aside<T>(work: () => Promise<T>): Promise<T> {
      others += 1;
      try {
        return await work();
      } finally {
        others -= 1;
        changed();
      }
    },
  };
}
