import { compareCzech } from './collation.ts';
import { type Failure, fail, ok, type Result } from './result.ts';

/**
 * A person's name as the visual zone of a document or the register shows it. Several given names stay in one
 * text, two surnames too. Who has one name only has it as the surname.
 */
export type PersonName = {
  titlesBefore?: string;
  givenNames?: string;
  surname: string;
  titlesAfter?: string;
};

export type PersonNamePart = keyof PersonName;

/** `field` in params names the part: surname, givenNames, titlesBefore or titlesAfter. */
export type PersonNameFailure = Failure<
  'person-name.surname-missing' | 'person-name.characters' | 'person-name.too-long'
>;

/** Longest part of a name that is taken in. */
export const NAME_PART_MAX = 100;

// Names of Europe are written in these scripts; apostrophes, hyphens and full stops are parts of names
// (D’Angelo, Nováková-Černá, St. John). Digits never are.
const NAME_CHARACTER =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{M}'’ʼ‐.\- ]/u;
const TITLE_CHARACTER = /[\p{Script=Latin}\p{M}.,()/&\- ]/u;
const LETTER = /\p{L}/u;

/** NFC, and every run of white space one plain space. */
export const normalizeNamePart = (text: string): string => text.normalize('NFC').replace(/\s+/gu, ' ').trim();

/**
 * Checks and normalises a name. Empty optional parts are left out; the case is kept as typed, because no rule
 * tells the right one for names such as `van der Berg` or `McDonald`.
 */
export function personName(input: PersonName): Result<PersonName, PersonNameFailure> {
  const name: PersonName = { surname: normalizeNamePart(input.surname) };
  if (!LETTER.test(name.surname)) return fail('person-name.surname-missing', { field: 'surname' });
  for (const field of ['givenNames', 'titlesBefore', 'titlesAfter'] as const) {
    const part = normalizeNamePart(input[field] ?? '').replace(field === 'titlesAfter' ? /^[, ]+/ : /^$/, '');
    if (part !== '') name[field] = part;
  }
  for (const field of ['surname', 'givenNames', 'titlesBefore', 'titlesAfter'] as const) {
    const part = name[field] ?? '';
    if (part.length > NAME_PART_MAX) return fail('person-name.too-long', { field, max: NAME_PART_MAX });
    const allowed = field === 'surname' || field === 'givenNames' ? NAME_CHARACTER : TITLE_CHARACTER;
    for (const character of part) {
      if (!allowed.test(character)) return fail('person-name.characters', { field, character });
    }
  }
  return ok(name);
}

/** `Ing. Jan Novák, Ph.D.` */
export function displayName({ titlesBefore, givenNames, surname, titlesAfter }: PersonName): string {
  const name = [titlesBefore, givenNames, surname].filter(Boolean).join(' ');
  return titlesAfter ? `${name}, ${titlesAfter}` : name;
}

/** The form of lists: `Novák Jan`; titles are left out. */
export const listName = ({ givenNames, surname }: PersonName): string =>
  [surname, givenNames].filter(Boolean).join(' ');

/** Czech alphabetical order by surname, then given names, then titles. */
export const compareNames = (a: PersonName, b: PersonName): number =>
  compareCzech(a.surname, b.surname) ||
  compareCzech(a.givenNames ?? '', b.givenNames ?? '') ||
  compareCzech(displayName(a), displayName(b));
