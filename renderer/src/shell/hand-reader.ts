/** What a key says: what it wrote here, which key it was, and whether with Shift. Times in milliseconds. */
export type Stroke = { key: string; code: string; shiftKey: boolean; at: number };

/** Readers send a key every few milliseconds; between two of a hand there are fifty and more. */
const NEXT_WITHIN_MS = 40;
/** Fewer keys than that may be a hand that fell on the keyboard. */
const LEAST = 6;
const MOST = 2_000;

export type HandReader<T extends Stroke> = {
  /** Takes a key that writes a character. True: it follows another in a burst. */
  stroke(stroke: T): boolean;
  /** Takes a key that ends a line (Enter, Tab). True: a reader sent it, and it must do nothing else. A code may have several lines. */
  endLine(at: number): boolean;
  /**
   * Another key comes (Escape, one with Ctrl): what waits is done before it. True: a reader sent it within a code, for a sign that cannot
   * be printed, and it must do nothing.
   */
  other(at: number): boolean;
};

/**
 * Tells a code reader that types like a keyboard from hands by its pace. A single key waits for the next one before it does what it
 * does, so that a code that is read does not set off what its letters stand for. `onKeys` gets the keys of a hand, each to be run;
 * `onCode` what was read: as it was written here, and as a reader set to an American keyboard meant it.
 */
export function createHandReader<T extends Stroke>(parts: {
  after(ms: number, run: () => void): () => void;
  onKeys(strokes: readonly T[]): void;
  onCode(texts: readonly string[]): void;
}): HandReader<T> {
  /** Null ends a line. */
  let burst: (T | null)[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  let stopWaiting = (): void => {};

  const isNext = (at: number): boolean => at - lastAt <= NEXT_WITHIN_MS;

  function goOn(at: number): void {
    lastAt = at;
    stopWaiting();
    stopWaiting = parts.after(NEXT_WITHIN_MS, settle);
  }

  function take(stroke: T | null, at: number): void {
    if (burst.length < MOST) burst.push(stroke);
    goOn(at);
  }

  function settle(): void {
    stopWaiting();
    const strokes = burst;
    burst = [];
    if (strokes.length === 0) return;
    const textBy = (characterOf: (stroke: T) => string): string =>
      strokes
        .map((stroke) => (stroke === null ? '\n' : characterOf(stroke)))
        .join('')
        .trimEnd();
    if (strokes.length < LEAST) parts.onKeys(strokes.filter((stroke) => stroke !== null));
    else parts.onCode([...new Set([textBy(({ key }) => key), textBy(american)])]);
  }

  return {
    stroke(stroke) {
      if (!isNext(stroke.at)) settle();
      const isMore = burst.length > 0;
      take(stroke, stroke.at);
      return isMore;
    },
    endLine(at) {
      if (burst.length < LEAST || !isNext(at)) {
        settle();
        return false;
      }
      take(null, at);
      return true;
    },
    other(at) {
      if (burst.length < LEAST || !isNext(at)) {
        settle();
        return false;
      }
      goOn(at);
      return true;
    },
  };
}

const shifted: Readonly<Record<string, string>> = {
  ...{
    Digit1: '!',
    Digit2: '@',
    Digit3: '#',
    Digit4: '$',
    Digit5: '%',
    Digit6: '^',
    Digit7: '&',
    Digit8: '*',
  },
  ...{
    Digit9: '(',
    Digit0: ')',
    Minus: '_',
    Equal: '+',
    Semicolon: ':',
    Slash: '?',
    Period: '>',
    Comma: '<',
  },
};
const plain: Readonly<Record<string, string>> = {
  ...{ Minus: '-', Equal: '=', Semicolon: ';', Slash: '/', Period: '.', Comma: ',', Space: ' ' },
};

/** Most readers come set to an American keyboard: on a Czech one their digits arrive as letters with accents, Y as Z. */
function american({ key, code, shiftKey }: Stroke): string {
  if (shiftKey && shifted[code] !== undefined) return shifted[code];
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter !== undefined) return shiftKey || key !== key.toLowerCase() ? letter : letter.toLowerCase();
  return /^Digit(\d)$/.exec(code)?.[1] ?? plain[code] ?? key;
}
