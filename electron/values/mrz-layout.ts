import { type PartialDate, partialDate, partialDateBounds } from './partial-date.ts';
import type { LegalDate } from './time.ts';

/** The five shapes of ICAO Doc 9303: cards (parts 5 and 6), passport (part 4), visas (part 7). */
export type MrzFormat = 'TD1' | 'TD2' | 'TD3' | 'MRV-A' | 'MRV-B';

export type MrzField =
  | 'issuer'
  | 'name'
  | 'documentNumber'
  | 'nationality'
  | 'birthDate'
  | 'sex'
  | 'expiryDate'
  | 'optionalData'
  | 'composite';

/** `start` counts from 0, `end` is exclusive. */
export type MrzRange = { line: number; start: number; end: number };

type Layout = {
  lines: number;
  length: number;
  name: MrzRange;
  number: MrzRange;
  nationality: MrzRange;
  birth: MrzRange;
  sex: MrzRange;
  expiry: MrzRange;
  optional: readonly MrzRange[];
  /** A number of more than nine characters goes on at the start of the first optional field. */
  longNumbers: boolean;
  /** The optional field has a check digit behind it. */
  optionalChecked: boolean;
  /** What the composite digit covers, and its own place (always the last character of the second line). */
  composite: readonly MrzRange[];
};

const at = (line: number, start: number, end: number): MrzRange => ({ line, start, end });

export const ISSUER: MrzRange = at(0, 2, 5);

// The second line of every two-line shape begins alike.
const twoLines = (length: number) => ({
  lines: 2,
  length,
  name: at(0, 5, length),
  number: at(1, 0, 9),
  nationality: at(1, 10, 13),
  birth: at(1, 13, 19),
  sex: at(1, 20, 21),
  expiry: at(1, 21, 27),
});

const visa = (length: number): Layout => ({
  ...twoLines(length),
  optional: [at(1, 28, length)],
  longNumbers: false,
  optionalChecked: false,
  composite: [],
});

export const LAYOUTS: { readonly [F in MrzFormat]: Layout } = {
  TD1: {
    lines: 3,
    length: 30,
    name: at(2, 0, 30),
    number: at(0, 5, 14),
    nationality: at(1, 15, 18),
    birth: at(1, 0, 6),
    sex: at(1, 7, 8),
    expiry: at(1, 8, 14),
    optional: [at(0, 15, 30), at(1, 18, 29)],
    longNumbers: true,
    optionalChecked: false,
    composite: [at(0, 5, 30), at(1, 0, 7), at(1, 8, 15), at(1, 18, 29)],
  },
  TD2: {
    ...twoLines(36),
    optional: [at(1, 28, 35)],
    longNumbers: true,
    optionalChecked: false,
    composite: [at(1, 0, 10), at(1, 13, 20), at(1, 21, 35)],
  },
  TD3: {
    ...twoLines(44),
    optional: [at(1, 28, 42)],
    longNumbers: false,
    optionalChecked: true,
    composite: [at(1, 0, 10), at(1, 13, 20), at(1, 21, 43)],
  },
  'MRV-A': visa(44),
  'MRV-B': visa(36),
};

/** A place not typed yet. Only the live judgement uses it; a complete zone never holds it. */
export const NOT_TYPED = ' ';

/** Sentence of a failed check: wrong digit, a date that does not exist, a character the field cannot hold. */
export type MrzCheckCode = 'mrz.check-digit' | 'mrz.no-such-date' | 'mrz.field-characters';

/**
 * One check of a zone. `lineIndex` counts from 0; `position` is the column from 1, as ICAO Doc 9303 counts:
 * of the check digit, or of the field's first character. `expected` is the digit computed; empty where no single
 * value is expected.
 */
export type MrzCheck = {
  field: MrzField;
  code: MrzCheckCode;
  lineIndex: number;
  position: number;
  expected: string;
  found: string;
  ok: boolean;
};

/** The same while typing: nothing is said of what is not typed yet. */
export type MrzLiveCheck = Omit<MrzCheck, 'ok'> & { state: 'ok' | 'wrong' | 'pending' };

const WEIGHTS = [7, 3, 1] as const;

/**
 * The check digit over a text of the zone (ICAO Doc 9303-3, 4.9): digits count as themselves, A–Z as 10–35,
 * the filler as 0, weights 7, 3, 1. Null when the text has another character.
 */
export function checkDigit(text: string): string | null {
  if (!/^[0-9A-Z<]*$/.test(text)) return null;
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    const value = character === '<' ? 0 : Number.parseInt(character, 36);
    sum += value * (WEIGHTS[i % 3] ?? 0);
  }
  return String(sum % 10);
}

export const slice = (lines: readonly string[], { line, start, end }: MrzRange): string =>
  (lines[line] ?? '').slice(start, end);

const isBlank = (text: string): boolean => /^<*$/.test(text);

export type LocatedNumber = { number: string; variants: string[]; digit: MrzRange; optional: string[] };

/** The document number, its check digit's place and the optional data, with a long number put together. */
export function locateNumber(format: MrzFormat, lines: readonly string[]): LocatedNumber {
  const layout = LAYOUTS[format];
  const number = slice(lines, layout.number);
  const optional = layout.optional.map((range) => slice(lines, range));
  const digit = at(layout.number.line, layout.number.end, layout.number.end + 1);
  const [first] = layout.optional;
  const overflow = /^[^<]*/.exec(optional[0] ?? '')?.[0] ?? '';
  const isLong =
    layout.longNumbers && slice(lines, digit) === '<' && !number.includes('<') && overflow.length >= 2;
  if (!isLong || first === undefined) return { number, variants: [number], digit, optional };
  const rest = overflow.slice(0, -1);
  const place = first.start + rest.length;
  return {
    number: number + rest,
    // Issuers differ in whether the filler at the digit's usual place counts in the weights: Doc 9303 gives one
    // example, and that comes out the same both ways. The composite digit protects the field in any case.
    variants: [number + rest, `${number}<${rest}`],
    digit: at(first.line, place, place + 1),
    optional: [(optional[0] ?? '').slice(overflow.length), ...optional.slice(1)],
  };
}

/** Reads a date field. Unknown parts are fillers; a wholly blank field is no date. */
export function readDate(
  text: string,
  century: (yearOfCentury: number, month: number, day: number) => number,
): { ok: true; date: PartialDate | null } | { ok: false } {
  if (isBlank(text)) return { ok: true, date: null };
  const match = /^(\d\d)(\d\d|<<)(\d\d|<<)$/.exec(text);
  if (match === null) return { ok: false };
  // 00 is no month and no day in the zone; only fillers mean unknown.
  if (match[2] === '00' || match[3] === '00') return { ok: false };
  const [year, month, day] = [match[1], match[2], match[3]].map((part) => (part === '<<' ? 0 : Number(part)));
  if (year === undefined) return { ok: false };
  const result = partialDate(century(year, month ?? 0, day ?? 0), month, day);
  return result.ok ? { ok: true, date: result.value } : { ok: false };
}

/**
 * Two-digit years of birth: the latest century in which the person is born already. A person of a hundred years or
 * more therefore reads as a child; the clerk sees the date and corrects it.
 */
export const birthCentury =
  (today: LegalDate) =>
  (yearOfCentury: number, month: number, day: number): number => {
    const year = 2000 + yearOfCentury;
    const date = partialDate(year, month, day);
    const earliest = date.ok ? partialDateBounds(date.value).first : `${year}-01-01`;
    return earliest > today ? year - 100 : year;
  };

/** Documents with a zone expire in this century. */
export const expiryCentury = (yearOfCentury: number): number => 2000 + yearOfCentury;

/** All checks of a zone whose lines have full length; places not typed yet hold `NOT_TYPED`. */
export function judgeChecks(format: MrzFormat, lines: readonly string[], today: LegalDate): MrzLiveCheck[] {
  const layout = LAYOUTS[format];
  const number = locateNumber(format, lines);
  const last = at(1, layout.length - 1, layout.length);
  const behind = ({ line, end }: MrzRange): MrzRange => at(line, end, end + 1);
  const checks = [
    digitCheck('documentNumber', number.variants, number.digit, false),
    digitCheck('birthDate', [slice(lines, layout.birth)], behind(layout.birth), true),
    digitCheck('expiryDate', [slice(lines, layout.expiry)], behind(layout.expiry), true),
  ];
  const [optional] = layout.optional;
  if (layout.optionalChecked && optional !== undefined) {
    checks.push(digitCheck('optionalData', [slice(lines, optional)], behind(optional), true));
  }
  if (layout.composite.length > 0) {
    const covered = layout.composite.map((range) => slice(lines, range)).join('');
    checks.push(digitCheck('composite', [covered], last, false));
  }
  return [
    ...checks,
    contentCheck('issuer', ISSUER, /^[A-Z]+<*$/, 'mrz.field-characters'),
    contentCheck('nationality', layout.nationality, /^[A-Z]+<*$/, 'mrz.field-characters'),
    contentCheck('sex', layout.sex, /^[FM<]$/, 'mrz.field-characters'),
    contentCheck('name', layout.name, /^[A-Z][A-Z<]*$/, 'mrz.field-characters'),
    dateCheck('birthDate', layout.birth, birthCentury(today)),
    dateCheck('expiryDate', layout.expiry, expiryCentury),
  ];

  function digitCheck(
    field: MrzField,
    variants: string[],
    place: MrzRange,
    blankAllowed: boolean,
  ): MrzLiveCheck {
    const found = slice(lines, place);
    const pending = variants.some((text) => text.includes(NOT_TYPED)) || found === NOT_TYPED;
    const digits = variants.map((text) => checkDigit(text) ?? '');
    // The digit of an empty field may be left empty too.
    const blank = blankAllowed && variants.every(isBlank) && found === '<';
    return {
      field,
      code: 'mrz.check-digit',
      lineIndex: place.line,
      position: place.start + 1,
      expected: pending ? '' : blank ? '<' : (digits[0] ?? ''),
      found: pending ? '' : found,
      state: pending ? 'pending' : blank || digits.includes(found) ? 'ok' : 'wrong',
    };
  }

  function contentCheck(field: MrzField, range: MrzRange, shape: RegExp, code: MrzCheckCode): MrzLiveCheck {
    const found = slice(lines, range);
    return content(field, range, code, found, shape.test(found));
  }

  function dateCheck(
    field: MrzField,
    range: MrzRange,
    century: Parameters<typeof readDate>[1],
  ): MrzLiveCheck {
    const found = slice(lines, range);
    return content(field, range, 'mrz.no-such-date', found, readDate(found, century).ok);
  }

  function content(
    field: MrzField,
    { line, start }: MrzRange,
    code: MrzCheckCode,
    found: string,
    passed: boolean,
  ): MrzLiveCheck {
    const pending = found.includes(NOT_TYPED);
    return {
      field,
      code,
      lineIndex: line,
      position: start + 1,
      expected: '',
      found: pending ? '' : found,
      state: pending ? 'pending' : passed ? 'ok' : 'wrong',
    };
  }
}
