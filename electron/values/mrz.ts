import {
  birthCentury,
  expiryCentury,
  ISSUER,
  judgeChecks,
  LAYOUTS,
  locateNumber,
  type MrzCheck,
  type MrzFormat,
  readDate,
  slice,
} from './mrz-layout.ts';
import type { PartialDate } from './partial-date.ts';
import { type Failure, fail, ok, type Result } from './result.ts';
import type { LegalDate } from './time.ts';

export { checkDigit, type MrzCheck, type MrzCheckCode, type MrzField, type MrzFormat } from './mrz-layout.ts';

/**
 * A name as the zone writes it: transliterated, without diacritics, perhaps cut off. It serves to find and to
 * compare; never put it on paper. `truncated`: the names fill the room this zone has for them, so they may go on.
 */
export type MrzName = { transliteration: true; surname: string; givenNames: string; truncated: boolean };

export type MrzReading = {
  format: MrzFormat;
  /** The zone's lines as understood: upper case, without framing. */
  lines: readonly string[];
  /** One or two letters, without filler: `P`, `ID`, `IR`, `V`. */
  documentCode: string;
  /** ICAO code of the issuer, without fillers (Germany is `D`). */
  issuer: string;
  documentNumber: string;
  nationality: string;
  /** Null when the zone leaves it blank, or gives a day that does not exist (then a check says so). */
  birthDate: PartialDate | null;
  sex: 'F' | 'M' | 'unspecified';
  expiryDate: PartialDate | null;
  /** The issuer's own data, fillers stripped: two fields in TD1, one elsewhere. May hold a national number. */
  optionalData: readonly string[];
  name: MrzName;
  checks: readonly MrzCheck[];
  /** All checks passed. A wrong digit is a reading the clerk decides on, not a failure. */
  valid: boolean;
};

/**
 * `characters`: {line, column, character}. `line-count`: {found, expected}. `line-length` (cut off):
 * {line, found, expected, missing}. `line-surplus`: {line, found, expected, surplus}. `document-code`: {found}.
 * `national-layout`: {issuer}, a national card that does not follow ICAO. `too-long`: {max}.
 * Lines and columns count from 1.
 */
export type MrzFailure = Failure<
  | 'mrz.empty'
  | 'mrz.too-long'
  | 'mrz.characters'
  | 'mrz.line-count'
  | 'mrz.line-length'
  | 'mrz.line-surplus'
  | 'mrz.document-code'
  | 'mrz.national-layout'
>;

/** The longest zone has 90 characters; framing and line ends add a few. */
export const MRZ_TEXT_MAX = 256;

/**
 * Reads a machine-readable zone (ICAO Doc 9303: TD1, TD2, TD3, MRV-A, MRV-B) as readers send it or a clerk types
 * it: lines ended by CR, LF or both, or one unbroken line; any case; spaces and control bytes around the lines.
 * Nothing is corrected: a character that looks misread shows as a failed check. `today` decides the century of
 * birth.
 */
export function parseMrz(text: string, { today }: { today: LegalDate }): Result<MrzReading, MrzFailure> {
  const zone = splitZone(text);
  if (!zone.ok) return zone;
  const arranged = arrange(zone.value);
  if (!arranged.ok) return arranged;
  const lines = arranged.value;
  const format = formatOf(lines);
  if (!format.ok) return format;
  return ok(read(format.value, lines, today));
}

/**
 * Whether a text a reader sent is a machine-readable zone, whole or cut off, and not a code: every zone is of its few characters, and has
 * fillers.
 */
export const seemsZone = (text: string): boolean => /^[A-Z0-9<\n]+$/.test(text) && text.includes('<');

/** The lines of a text: upper case, framing taken off, empty lines left out. Null when the text is too long. */
export function zoneLines(text: string): string[] | null {
  if (text.length > MRZ_TEXT_MAX) return null;
  return text
    .split(/[\r\n]+/)
    .map((line) => trimFraming(line).replace(/[a-z]+/g, (letters) => letters.toUpperCase()))
    .filter((line) => line !== '');
}

// Readers frame with STX and ETX, and some end lines with NUL or a tab.
function trimFraming(line: string): string {
  const isFraming = (index: number): boolean => {
    const code = line.charCodeAt(index);
    return code <= 0x20 || code === 0x7f || code === 0xa0 || code === 0xfeff;
  };
  let start = 0;
  let end = line.length;
  while (start < end && isFraming(start)) start++;
  while (end > start && isFraming(end - 1)) end--;
  return line.slice(start, end);
}

function splitZone(text: string): Result<string[], MrzFailure> {
  const lines = zoneLines(text);
  if (lines === null) return fail('mrz.too-long', { max: MRZ_TEXT_MAX });
  if (lines.length === 0) return fail('mrz.empty');
  for (const [index, line] of lines.entries()) {
    const column = line.search(/[^0-9A-Z<]/);
    if (column >= 0) {
      const character = nameOfCharacter(line.codePointAt(column) ?? 0);
      return fail('mrz.characters', { line: index + 1, column: column + 1, character });
    }
  }
  return ok(lines);
}

// What cannot be seen is named by its number.
const nameOfCharacter = (code: number): string =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(String.fromCodePoint(code))
    ? String.fromCodePoint(code)
    : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

const UNBROKEN: { readonly [total: number]: number } = { 72: 36, 88: 44, 90: 30 };

/** Lines of right number and length, or what is wrong with them. */
function arrange(lines: readonly string[]): Result<string[], MrzFailure> {
  const [first = ''] = lines;
  const longest = Math.max(...lines.map((line) => line.length));
  if (lines.length === 1) return arrangeUnbroken(first);
  if (lines.length > 3) return fail('mrz.line-count', { found: lines.length, expected: 3 });
  if (lines.length === 2 && longest === 30) return fail('mrz.line-count', { found: 2, expected: 3 });
  const isShort = longest <= 36 && (!first.startsWith('P') || lines.every((line) => line.length === 36));
  const length = lines.length === 3 ? 30 : isShort ? 36 : 44;
  const wrong = lines.findIndex((line) => line.length !== length);
  return wrong < 0 ? ok([...lines]) : wrongLength(wrong + 1, (lines[wrong] ?? '').length, length);
}

function arrangeUnbroken(line: string): Result<string[], MrzFailure> {
  const length = UNBROKEN[line.length];
  if (length !== undefined) return ok(line.match(new RegExp(`.{${length}}`, 'g')) ?? []);
  // As long as one line of some shape, or less: the other lines did not come.
  if (line.length <= 44) return fail('mrz.line-count', { found: 1, expected: /^[PV]/.test(line) ? 2 : 3 });
  const totals = line.startsWith('P') ? [88] : line.startsWith('V') ? [72, 88] : [72, 90];
  const expected = totals.find((total) => line.length < total) ?? totals.at(-1) ?? 90;
  return wrongLength(1, line.length, expected);
}

function wrongLength(line: number, found: number, expected: number): Result<never, MrzFailure> {
  return found < expected
    ? fail('mrz.line-length', { line, found, expected, missing: expected - found })
    : fail('mrz.line-surplus', { line, found, expected, surplus: found - expected });
}

function formatOf(lines: readonly string[]): Result<MrzFormat, MrzFailure> {
  const [first = ''] = lines;
  const isVisa = first.startsWith('V') && lines.length === 2;
  // P, and for cards A, C, I. Some issuers use a card's code in a booklet, so the shape is told by its size.
  if (!isVisa && !/^[ACIP][A-Z<]/.test(first)) return fail('mrz.document-code', { found: first.slice(0, 2) });
  if (lines.length === 3) return ok('TD1');
  if (first.length === 44) return ok(isVisa ? 'MRV-A' : 'TD3');
  // French identity cards issued until 2021 have 2 × 36 characters in a layout of their own.
  if (first.startsWith('IDFRA')) return fail('mrz.national-layout', { issuer: 'FRA' });
  return ok(isVisa ? 'MRV-B' : 'TD2');
}

function read(format: MrzFormat, lines: readonly string[], today: LegalDate): MrzReading {
  const layout = LAYOUTS[format];
  const number = locateNumber(format, lines);
  const birth = readDate(slice(lines, layout.birth), birthCentury(today));
  const expiry = readDate(slice(lines, layout.expiry), expiryCentury);
  const sex = slice(lines, layout.sex);
  const checks = judgeChecks(format, lines, today).map(({ state, ...check }) => ({
    ...check,
    ok: state === 'ok',
  }));
  return {
    format,
    lines,
    documentCode: withoutFillers((lines[0] ?? '').slice(0, 2)),
    issuer: withoutFillers(slice(lines, ISSUER)),
    documentNumber: withoutFillers(number.number),
    nationality: withoutFillers(slice(lines, layout.nationality)),
    birthDate: birth.ok ? birth.date : null,
    sex: sex === 'F' || sex === 'M' ? sex : 'unspecified',
    expiryDate: expiry.ok ? expiry.date : null,
    optionalData: number.optional.map(spaced),
    name: readName(slice(lines, layout.name)),
    checks,
    valid: checks.every((check) => check.ok),
  };
}

const withoutFillers = (text: string): string => text.replaceAll('<', '');

// Cut right behind a word, or behind the surname, names end with fillers as if they were whole.
const MOST_FILLERS_OF_FULL = 2;

const spaced = (text: string): string => text.replace(/<+/g, ' ').trim();

function readName(text: string): MrzName {
  const split = text.indexOf('<<');
  const surname = split < 0 ? text : text.slice(0, split);
  return {
    transliteration: true,
    surname: spaced(surname),
    givenNames: spaced(split < 0 ? '' : text.slice(split)),
    truncated: text.replace(/<+$/, '').length >= text.length - MOST_FILLERS_OF_FULL,
  };
}
