import { judgeChecks, LAYOUTS, type MrzFormat, type MrzRange } from '../../values/mrz-layout.ts';
import type { LegalDate } from '../../values/time.ts';
import type { CellLikeness } from './match.ts';
import { ALPHABET } from './shapes.ts';

/**
 * A character as it was read. `character` null: not read, the clerk fills it in. `confidence` 0 to 1 is how much the picture
 * alone speaks for it. `seen`: what the picture looked most like, where the field's kind or a check digit said otherwise.
 */
export type ReadCharacter = { character: string | null; confidence: number; seen: string | null };

/** What a place of a zone can hold, by its field (ICAO Doc 9303-4 to -7). */
type Kind = 'letters' | 'digits' | 'any' | 'sex' | 'code';
const HOLDS: { readonly [K in Kind]: string } = {
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ<',
  digits: '0123456789<',
  any: ALPHABET,
  sex: 'FM<',
  code: 'ACIPV',
};

/** Pairs that printing and scanning make alike. Nothing else is ever put in the place of what was seen. */
const ALIKE = ['0O', '1I', '8B', '5S', '2Z', '6G', '0D', '0Q'] as const;
const alikeTo = (character: string): string[] =>
  ALIKE.filter((pair) => pair.includes(character)).map((pair) => pair.replace(character, ''));

/** Cells are correlated pixel with pixel: a cell is worth about so many independent ones. */
const INDEPENDENT = 60;
/** Less than this is not read: of two characters one is as likely as the other. */
const READ_FROM = 0.55;
/** Another reading of a cell has to be at least so likely against the best to be put in its place. */
const NOT_ABSURD = 1e-4;
const MOST_DOUBTS = 8;

type Cell = { likely: Float64Array; best: number };

/** How likely each character is, together 1: by what of the cell each leaves unexplained. */
function likelihoods(likeness: CellLikeness): Cell {
  const weights = Float64Array.from(likeness, (r) =>
    r <= 0 ? 0 : (-INDEPENDENT / 2) * Math.log(Math.max(1e-3, 1 - r * r)),
  );
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  const likely = weights.map((weight) => Math.exp(weight - most));
  const sum = likely.reduce((a, b) => a + b, 0);
  const best = likely.indexOf(1);
  return { likely: likely.map((value) => value / sum), best };
}

export function kindsOf(format: MrzFormat): Kind[][] {
  const layout = LAYOUTS[format];
  const kinds = Array.from({ length: layout.lines }, () => new Array<Kind>(layout.length).fill('any'));
  const set = ({ line, start, end }: MrzRange, kind: Kind): void => {
    kinds[line]?.fill(kind, start, end);
  };
  const behind = ({ line, end }: MrzRange): MrzRange => ({ line, start: end, end: end + 1 });
  set({ line: 0, start: 0, end: 1 }, 'code');
  set({ line: 0, start: 1, end: 5 }, 'letters');
  set(layout.name, 'letters');
  set(layout.nationality, 'letters');
  set(layout.sex, 'sex');
  for (const field of [layout.birth, layout.expiry]) {
    set(field, 'digits');
    set(behind(field), 'digits');
  }
  set(behind(layout.number), 'digits');
  if (layout.composite.length > 0) set({ line: 1, start: layout.length - 1, end: layout.length }, 'digits');
  if (layout.optionalChecked) for (const field of layout.optional) set(behind(field), 'digits');
  return kinds;
}

/** The shape's format: a visa is told by its first letter. */
export function formatOfCells(formats: readonly MrzFormat[], cells: readonly CellLikeness[][]): MrzFormat {
  const first = cells[0]?.[0];
  const [document = 'TD1', visa] = formats;
  if (visa === undefined || first === undefined) return document;
  const best = likelihoods(first).best;
  return ALPHABET[best] === 'V' ? visa : document;
}

/**
 * Reads the cells by what the picture says, within what each field can hold. What cannot stand in its field is replaced only by
 * the one character that looks alike and can; what check digits refute, only by the one way of exchanging look-alikes that
 * makes all of them hold. Everything replaced says what was seen; where there are several ways, nothing is read.
 */
export function readCells(
  format: MrzFormat,
  cells: readonly CellLikeness[][],
  today: LegalDate,
): ReadCharacter[][] {
  const kinds = kindsOf(format);
  const likely = cells.map((line) => line.map(likelihoods));
  const read = likely.map((line, at) =>
    line.map((cell, column) => readCell(cell, kinds[at]?.[column] ?? 'any')),
  );
  return settleChecks(format, read, likely, kinds, today);
}

function readCell({ likely, best }: Cell, kind: Kind): ReadCharacter {
  const seen = ALPHABET[best] ?? '<';
  const confidence = likely[best] ?? 0;
  if (HOLDS[kind].includes(seen))
    return { character: confidence < READ_FROM ? null : seen, confidence, seen: null };
  const instead = alikeTo(seen).filter((other) => HOLDS[kind].includes(other));
  const [only] = instead;
  if (only === undefined || instead.length > 1) return { character: null, confidence: 0, seen };
  return { character: only, confidence: likely[ALPHABET.indexOf(only)] ?? 0, seen };
}

type Place = { line: number; column: number };

function settleChecks(
  format: MrzFormat,
  read: ReadCharacter[][],
  likely: readonly Cell[][],
  kinds: readonly Kind[][],
  today: LegalDate,
): ReadCharacter[][] {
  // What was not read is judged by what it looks most like: a check digit may decide it.
  const seen = likely.map((line, at) =>
    line.map((cell, column) => {
      const own = read[at]?.[column];
      if (own?.character) return own.character;
      return mostLikelyIn(cell, kinds[at]?.[column] ?? 'any');
    }),
  );
  const failing = (lines: readonly string[][]): string[] =>
    judgeChecks(
      format,
      lines.map((line) => line.join('')),
      today,
    )
      .filter(({ code, state }) => code === 'mrz.check-digit' && state === 'wrong')
      .map(({ field }) => field);
  const wrong = failing(seen);
  const covered = (place: Place): boolean => isCovered(format, place);
  if (wrong.length === 0) {
    return read.map((line, at) =>
      line.map((own, column) => {
        if (own.character !== null || !covered({ line: at, column })) return own;
        return decided(format, at, column, own);
      }),
    );
  }
  const doubts = doubtsOf();
  for (const size of [1, 2]) {
    const ways = choose(doubts, size).filter((way) => {
      const tried = seen.map((line) => [...line]);
      for (const { line, column, other } of way) (tried[line] as string[])[column] = other;
      return failing(tried).length === 0;
    });
    if (ways.length === 0) continue;
    const result = read.map((line) => [...line]);
    const only = ways.length === 1 ? ways[0] : undefined;
    for (const { line, column, other } of ways.flat()) {
      const cell = likely[line]?.[column];
      const looked = seen[line]?.[column] ?? null;
      (result[line] as ReadCharacter[])[column] = only
        ? { character: other, confidence: cell?.likely[ALPHABET.indexOf(other)] ?? 0, seen: looked }
        : { character: null, confidence: 0, seen: looked };
    }
    return result;
  }
  return read;

  /** Unread, though every digit holds with what it looks most like: read if with no look-alike they would hold too. */
  function decided(of: MrzFormat, line: number, column: number, own: ReadCharacter): ReadCharacter {
    const cell = likely[line]?.[column];
    const best = seen[line]?.[column];
    if (!cell || best === undefined) return own;
    const rivals = [...ALPHABET].filter(
      (other, at) =>
        other !== best &&
        HOLDS[kinds[line]?.[column] ?? 'any'].includes(other) &&
        (cell.likely[at] ?? 0) > 0.02,
    );
    const alsoHold = rivals.some((other) => {
      const tried = seen.map((row) => [...row]);
      (tried[line] as string[])[column] = other;
      return failing(tried).length === 0;
    });
    void of;
    return alsoHold
      ? own
      : { character: best, confidence: cell.likely[ALPHABET.indexOf(best)] ?? 0, seen: own.seen };
  }

  function doubtsOf() {
    const found: (Place & { other: string; odds: number })[] = [];
    likely.forEach((line, at) => {
      line.forEach((cell, column) => {
        if (!covered({ line: at, column })) return;
        const now = seen[at]?.[column] ?? '<';
        const own = cell.likely[ALPHABET.indexOf(now)] ?? 1;
        for (const other of alikeTo(now)) {
          if (!HOLDS[kinds[at]?.[column] ?? 'any'].includes(other)) continue;
          const odds = (cell.likely[ALPHABET.indexOf(other)] ?? 0) / own;
          if (odds >= NOT_ABSURD) found.push({ line: at, column, other, odds });
        }
      });
    });
    return found.sort((a, b) => b.odds - a.odds).slice(0, MOST_DOUBTS);
  }
}

function mostLikelyIn({ likely }: Cell, kind: Kind): string {
  let best = '<';
  let most = -1;
  for (const character of HOLDS[kind]) {
    const value = likely[ALPHABET.indexOf(character)] ?? 0;
    if (value > most) {
      most = value;
      best = character;
    }
  }
  return best;
}

/** Whether a check digit counts the place, or is it. */
function isCovered(format: MrzFormat, { line, column }: Place): boolean {
  const { number, birth, expiry, optional, optionalChecked, composite } = LAYOUTS[format];
  const ranges = [number, birth, expiry, ...(optionalChecked ? optional : []), ...composite];
  return ranges.some((range) => range.line === line && column >= range.start && column <= range.end);
}

function choose<T>(from: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, at) => choose(from.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}
