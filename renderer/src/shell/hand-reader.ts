/** What a key says: what it wrote here, which key it was, and whether with Shift. Times in milliseconds. */
export type Stroke = { key: string; code: string; shiftKey: boolean; at: number };

/** Readers send a key every few milliseconds, the slow ones every thirty; between two of a hand there are fifty and more. */
const PACE_MS = 45;
/** A reader's key may be held up for so long where the machine is busy. */
const LATEST_MS = 80;
/** Before a code is known for one, of so many keys one may be held up, no more. */
const ONE_LATE_IN = 8;
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
 * `onCode` what was read: as it was written here, and as a reader set to an American keyboard meant it. A hand may hit two keys at once, but not
 * again and again: its pace is told by how many keys come late
 * among the first.
 */
export function createHandReader<T extends Stroke>(parts: {
  after(ms: number, run: () => void): () => void;
  onKeys(strokes: readonly T[]): void;
  onCode(texts: readonly string[]): void;
}): HandReader<T> {
  /** Null ends a line. */
  let burst: (T | null)[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  let gaps = 0;
  let isHeldUp = false;
  /** What is known for a reader's stays so: it ends in silence alone, for half a code must not be taken for a whole one. */
  let isCode = false;
  /** What goes on behind keys of a hand without a silence is no code: it may be the end of one that was held up too often. */
  let isTail = false;
  let stopWaiting = (): void => {};

  const isNext = (at: number): boolean => burst.length > 0 && at - lastAt <= LATEST_MS;
  const isLate = (at: number): boolean => at - lastAt > PACE_MS;
  /** Whether a key that comes now goes on at a reader's pace. */
  const isPaced = (at: number): boolean => isNext(at) && (isCode || !isLate(at) || !isHeldUp);
  const isReaders = (after: number): boolean =>
    isCode || (!isTail && burst.length >= LEAST && (!isHeldUp || after >= ONE_LATE_IN));

  function goOn(at: number): void {
    if (burst.length > 0) {
      gaps += 1;
      isHeldUp ||= isLate(at);
    }
    lastAt = at;
    stopWaiting();
    stopWaiting = parts.after(LATEST_MS, settle);
  }

  function take(stroke: T | null, at: number): void {
    goOn(at);
    if (burst.length < MOST) burst.push(stroke);
    isCode = isReaders(gaps);
  }

  function settle(): void {
    stopWaiting();
    const strokes = burst;
    const wasCode = isCode;
    burst = [];
    gaps = 0;
    isHeldUp = false;
    isCode = false;
    isTail = false;
    if (strokes.length === 0) return;
    const textBy = (characterOf: (stroke: T) => string): string =>
      strokes
        .map((stroke) => (stroke === null ? '\n' : characterOf(stroke)))
        .join('')
        .trimEnd();
    if (!wasCode) parts.onKeys(strokes.filter((stroke) => stroke !== null));
    else parts.onCode([...new Set([textBy(({ key }) => key), textBy(american)])]);
  }

  return {
    stroke(stroke) {
      if (!isPaced(stroke.at)) {
        const isCut = isNext(stroke.at);
        settle();
        isTail = isCut;
      }
      const isMore = burst.length > 0;
      take(stroke, stroke.at);
      return isMore;
    },
    endLine(at) {
      // The end of the line is a key of the code's as well.
      if (!isReaders(gaps + 1) || !isPaced(at)) {
        settle();
        return false;
      }
      take(null, at);
      return true;
    },
    other(at) {
      if (!isCode || !isPaced(at)) {
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
