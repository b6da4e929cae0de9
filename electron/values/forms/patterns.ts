/**
 * Whether a regular expression is tried in a time that grows with the text and no faster. A machine that tries one way after
 * another takes years for `(a+)+` and thirty letters; it never does where each text fits in one way only. Judged on the
 * automaton of its places (Glushkov): two ways back to a place by one word, or from one loop into another by a word that both
 * repeat, are what makes ways multiply. Pure.
 */
export type PatternFault = 'not-an-expression' | 'not-understood' | 'several-ways';

/** Null for a pattern that may be used. */
export function patternFault(pattern: string): PatternFault | null {
  try {
    new RegExp(pattern, 'u');
  } catch {
    return 'not-an-expression';
  }
  try {
    const automaton = new Reader(pattern).automaton();
    return isAmbiguous(automaton) ? 'several-ways' : null;
  } catch (thrown) {
    if (thrown instanceof NotUnderstood) return 'not-understood';
    throw thrown;
  }
}

/** Looking around, references back and what is longer than any form asks for. */
class NotUnderstood extends Error {}

/** A place takes one character; an edge that is there twice is two ways. */
type Automaton = { follow: Map<number, number>[]; fits: boolean[][] };
type Part = { empty: boolean; first: number[]; last: number[] };

const MOST_PLACES = 200;
const NOTHING: Part = { empty: true, first: [], last: [] };
/** A repetition so short is written out; a longer one with a margin counts as one without an end. */
const WRITTEN_OUT = 3;
const EXACTLY = 40;

// What tells the classes of patterns apart: ASCII, the letters of Latin scripts, and some of what is neither.
const SAMPLE = [
  ...Array.from({ length: 0x180 }, (_, code) => String.fromCodePoint(code)),
  ...['–', '„', '€', '№', 'Ω', 'Ж', '中', '٣', '\u2028', '\u3000', '😀'],
];

class Reader {
  private readonly text: string[];
  private at = 0;
  private readonly follow: Map<number, number>[] = [];
  private readonly fits: boolean[][] = [];

  constructor(pattern: string) {
    this.text = [...pattern];
  }

  automaton(): Automaton {
    this.alternatives();
    return { follow: this.follow, fits: this.fits };
  }

  private alternatives(): Part {
    let all = this.sequence();
    while (this.text[this.at] === '|') {
      this.at += 1;
      const other = this.sequence();
      all = {
        empty: all.empty || other.empty,
        first: [...all.first, ...other.first],
        last: [...all.last, ...other.last],
      };
    }
    return all;
  }

  private sequence(): Part {
    let all = NOTHING;
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')')
      all = this.after(all, this.repeated());
    return all;
  }

  private after(a: Part, b: Part): Part {
    this.link(a.last, b.first);
    return {
      empty: a.empty && b.empty,
      first: a.empty ? [...a.first, ...b.first] : a.first,
      last: b.empty ? [...a.last, ...b.last] : b.last,
    };
  }

  private link(from: readonly number[], to: readonly number[]): void {
    for (const one of from)
      for (const other of to) {
        const edges = this.follow[one];
        edges?.set(other, (edges.get(other) ?? 0) + 1);
      }
  }

  /** An atom as often as it is asked for: read anew for each time it is written out. */
  private repeated(): Part {
    const start = this.at;
    const once = this.atom();
    const [least, most] = this.quantifier();
    const end = this.at;
    const again = (): Part => {
      this.at = start;
      const part = this.atom();
      this.at = end;
      return part;
    };
    if (least === most ? least > EXACTLY : most > WRITTEN_OUT) {
      this.link(once.last, once.first);
      return least === 0 ? { ...once, empty: true } : once;
    }
    if (most === 0) return NOTHING;
    let all = least === 0 ? { ...once, empty: true } : once;
    for (let n = 1; n < most; n += 1) {
      const next = again();
      all = this.after(all, n < least ? next : { ...next, empty: true });
    }
    return all;
  }

  private quantifier(): [number, number] {
    const rest = this.text.slice(this.at, this.at + 16).join('');
    const found = /^(?:([*+?])|\{(\d+)(,)?(\d*)\})\??/.exec(rest);
    if (!found) return [1, 1];
    this.at += found[0].length;
    const [, sign, least, comma, most] = found;
    if (sign !== undefined) return [sign === '+' ? 1 : 0, sign === '?' ? 1 : Number.POSITIVE_INFINITY];
    const from = Number(least);
    return [from, comma === undefined ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }

  private atom(): Part {
    const sign = this.text[this.at];
    if (sign === '(') return this.group();
    if (sign === '^' || sign === '$') {
      this.at += 1;
      return NOTHING;
    }
    const source = sign === '[' ? this.through(']') : sign === '\\' ? this.escape() : this.take(1);
    return source === '\\b' || source === '\\B' ? NOTHING : this.place(source);
  }

  private group(): Part {
    this.at += 1;
    if (this.text[this.at] === '?') {
      const kind = this.text.slice(this.at, this.at + 3).join('');
      if (kind.startsWith('?:')) this.at += 2;
      else if (kind.startsWith('?<') && kind !== '?<=' && kind !== '?<!') this.through('>');
      else throw new NotUnderstood();
    }
    const inside = this.alternatives();
    this.at += 1;
    return inside;
  }

  private escape(): string {
    const next = this.text[this.at + 1] ?? '';
    if (/[1-9k]/.test(next)) throw new NotUnderstood();
    if (next === 'p' || next === 'P' || (next === 'u' && this.text[this.at + 2] === '{'))
      return this.through('}');
    return this.take(next === 'u' ? 6 : next === 'x' ? 4 : next === 'c' ? 3 : 2);
  }

  private take(length: number): string {
    const taken = this.text.slice(this.at, this.at + length).join('');
    this.at += length;
    return taken;
  }

  private through(end: string): string {
    let length = 1;
    while (this.text[this.at + length] !== end) length += this.text[this.at + length] === '\\' ? 2 : 1;
    return this.take(length + 1);
  }

  private place(source: string): Part {
    const place = this.follow.length;
    if (place >= MOST_PLACES) throw new NotUnderstood();
    const one = new RegExp(`^(?:${source})$`, 'u');
    this.follow.push(new Map());
    this.fits.push(SAMPLE.map((character) => one.test(character)));
    return { empty: false, first: [place], last: [place] };
  }
}

function isAmbiguous({ follow, fits }: Automaton): boolean {
  const next = (place: number): number[] => [...(follow[place]?.keys() ?? [])];
  const reached = follow.map((_, place) => reach([place], next, String));
  const leadsTo = (from: number, to: number): boolean => reached[from]?.has(String(to)) === true;
  const loops = follow.map((_, place) => place).filter((place) => leadsTo(place, place));
  /** Places to which a loop can turn and come back. */
  const within = (loop: number, place: number): boolean => leadsTo(loop, place) && leadsTo(place, loop);
  const together = (...places: number[]): boolean =>
    SAMPLE.some((_, index) => places.every((place) => fits[place]?.[index] === true));

  const twoWaysBack = (loop: number): boolean => {
    const step = ([a = 0, b = 0]: readonly number[]): number[][] =>
      next(a)
        .filter((one) => within(loop, one))
        .flatMap((one) =>
          next(b)
            .filter((other) => within(loop, other) && together(one, other))
            .map((other) => [one, other]),
        );
    const parted = [...reach([loop], (place) => next(place).filter((one) => within(loop, one)), String)]
      .map(Number)
      .flatMap((place) => step([place, place]))
      .filter(([one, other]) => one !== other);
    return reachAny(parted, step).some(([one, other]) => one === other);
  };
  const intoAnother = (from: number, to: number): boolean =>
    reachAny([[from, from, to]], ([a = 0, b = 0, c = 0]) =>
      next(a)
        .filter((one) => within(from, one))
        .flatMap((one) =>
          next(b)
            .filter((other) => leadsTo(other, to) || other === to)
            .flatMap((other) =>
              next(c)
                .filter((third) => within(to, third) && together(one, other, third))
                .map((third) => [one, other, third]),
            ),
        ),
    ).some(([a, b, c]) => a === from && b === to && c === to);

  return loops.some(
    (loop) =>
      [...(follow[loop] ?? [])].some(([place, ways]) => ways > 1 && leadsTo(place, loop)) ||
      twoWaysBack(loop) ||
      loops.some((other) => other !== loop && leadsTo(loop, other) && intoAnother(loop, other)),
  );
}

/** What can be reached from somewhere in one step or more. */
function reach<T>(from: readonly T[], next: (one: T) => readonly T[], key: (one: T) => string): Set<string> {
  return new Set(walk(from, next, key).map(key));
}
const reachAny = (from: readonly number[][], next: (one: readonly number[]) => number[][]): number[][] =>
  walk(from, next, (one) => one.join());

function walk<T>(from: readonly T[], next: (one: T) => readonly T[], key: (one: T) => string): T[] {
  const found = new Map<string, T>();
  const open = [...from];
  for (let one = open.pop(); one !== undefined; one = open.pop())
    for (const other of next(one))
      if (!found.has(key(other))) {
        found.set(key(other), other);
        open.push(other);
      }
  return [...found.values()];
}
