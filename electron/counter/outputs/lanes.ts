/**
 * Work in lanes: one after the other along each, side by side in different ones. Whoever is at the head of a lane clears it for the
 * next one when it likes, at its end at the latest. Nothing is kept of a lane in which nobody is.
 */
export function createLanes() {
  const cleared = new Map<string, Promise<void>>();

  return function inTurn<T>(lane: string, work: (clear: () => void) => Promise<T>): Promise<T> {
    const before = cleared.get(lane) ?? Promise.resolve();
    let clear = () => {};
    const own = new Promise<void>((resolve) => {
      clear = resolve;
    });
    cleared.set(lane, own);
    return before
      .then(() => work(clear))
      .finally(() => {
        clear();
        if (cleared.get(lane) === own) cleared.delete(lane);
      });
  };
}
