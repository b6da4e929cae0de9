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
const INDEPENDENT = 40;
/** Less than this is not read: of two characters one is as likely as the other. */
const READ_FROM = 0.55;
/** Another reading of a cell has to be at least so likely against the best to be put in its place. */
const NOT_ABSURD = 1e-6;
const MOST_DOUBTS = 8;
/** A reading less likely than this is no rival of the likeliest. */
const RIVAL = 0.02;

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
  const places = placesOf(format, cells);
  const first = places.map((line) => line.map(readAlone));
  const likeliest = places.map((line, at) =>
    line.map((place, column) => first[at]?.[column]?.character ?? likeliestIn(place)),
  );
  const holds = (lines: readonly (readonly string[])[]): boolean =>
    judgeChecks(
      format,
      lines.map((line) => line.join('')),
      today,
    ).every(({ code, state }) => code !== 'mrz.check-digit' || state === 'ok');
  return holds(likeliest)
    ? withDecided(places, first, likeliest, holds)
    : withExchanged(places, first, likeliest, holds);
}

type Place = { line: number; column: number; kind: Kind; covered: boolean; cell: Cell };
type Lines = readonly (readonly string[])[];

function placesOf(format: MrzFormat, cells: readonly CellLikeness[][]): Place[][] {
  const kinds = kindsOf(format);
  const { number, birth, expiry, optional, optionalChecked, composite } = LAYOUTS[format];
  const checked = [number, birth, expiry, ...(optionalChecked ? optional : []), ...composite];
  return cells.map((line, at) =>
    line.map((likeness, column) => ({
      line: at,
      column,
      kind: kinds[at]?.[column] ?? 'any',
      // A check digit counts it, or it is one.
      covered: checked.some((range) => range.line === at && column >= range.start && column <= range.end),
      cell: likelihoods(likeness),
    })),
  );
}

const oddsOf = ({ cell }: Place, character: string): number => cell.likely[ALPHABET.indexOf(character)] ?? 0;

/** Look-alikes of a character that can stand in the place and that the picture does not rule out. */
const insteadOf = (place: Place, character: string): string[] =>
  alikeTo(character).filter(
    (other) =>
      HOLDS[place.kind].includes(other) && oddsOf(place, other) >= NOT_ABSURD * oddsOf(place, character),
  );

function readAlone(place: Place): ReadCharacter {
  const seen = ALPHABET.charAt(place.cell.best);
  const confidence = oddsOf(place, seen);
  if (HOLDS[place.kind].includes(seen))
    return { character: confidence < READ_FROM ? null : seen, confidence, seen: null };
  const [only, ...others] = insteadOf(place, seen);
  if (only === undefined || others.length > 0) return { character: null, confidence: 0, seen };
  return { character: only, confidence: oddsOf(place, only), seen };
}

function likeliestIn(place: Place): string {
  let best = '<';
  for (const character of HOLDS[place.kind])
    if (oddsOf(place, character) > oddsOf(place, best)) best = character;
  return best;
}

const exchanged = (
  lines: Lines,
  exchanges: readonly { line: number; column: number; other: string }[],
): string[][] => {
  const changed = lines.map((line) => [...line]);
  for (const { line, column, other } of exchanges) {
    const row = changed[line];
    if (row) row[column] = other;
  }
  return changed;
};

/** All check digits hold: they also decide what was too close to call, where no other reading would let them hold. */
function withDecided(
  places: readonly Place[][],
  first: readonly ReadCharacter[][],
  likeliest: Lines,
  holds: (lines: Lines) => boolean,
): ReadCharacter[][] {
  return first.map((line, at) =>
    line.map((own, column) => {
      const place = places[at]?.[column];
      if (own.character !== null || !place?.covered) return own;
      const best = likeliest[at]?.[column] ?? '<';
      const rivals = [...HOLDS[place.kind]].filter((other) => other !== best && oddsOf(place, other) > RIVAL);
      if (rivals.some((other) => holds(exchanged(likeliest, [{ line: at, column, other }])))) return own;
      return {
        character: best,
        confidence: oddsOf(place, best),
        seen: own.seen ?? ALPHABET.charAt(place.cell.best),
      };
    }),
  );
}

/** Some check digit does not hold: the one exchange of up to three look-alikes that makes all hold, or none. */
function withExchanged(
  places: readonly Place[][],
  first: readonly ReadCharacter[][],
  likeliest: Lines,
  holds: (lines: Lines) => boolean,
): ReadCharacter[][] {
  const doubts = places
    .flat()
    .filter(({ covered }) => covered)
    .flatMap((place) => {
      const now = likeliest[place.line]?.[place.column] ?? '<';
      return insteadOf(place, now).map((other) => ({
        ...place,
        other,
        odds: oddsOf(place, other) / oddsOf(place, now),
      }));
    })
    .sort((a, b) => b.odds - a.odds)
    .slice(0, MOST_DOUBTS);
  const read = first.map((line, at) =>
    // Put there by the kind of its field alone, and no check digit says that it is right.
    line.map((own, column) =>
      own.seen !== null && places[at]?.[column]?.covered
        ? { character: null, confidence: 0, seen: own.seen }
        : own,
    ),
  );
  // A check digit lets one of ten through by chance: more exchanges that also hold make the fewer doubtful.
  const ways = [1, 2, 3]
    .flatMap((size) => choose(doubts, size))
    .filter((way) => holds(exchanged(likeliest, way)));
  const [only, ...others] = ways;
  if (only === undefined) return read;
  const result = (others.length > 0 ? read : first).map((line) => [...line]);
  for (const place of ways.flat()) {
    const row = result[place.line];
    const seen = likeliest[place.line]?.[place.column] ?? null;
    if (row)
      row[place.column] =
        others.length > 0
          ? { character: null, confidence: 0, seen }
          : { character: place.other, confidence: oddsOf(place, place.other), seen };
  }
  return result;
}

function choose<T>(from: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, at) => choose(from.slice(at + 1), size - 1).map((rest) => [first, ...rest]));
}
