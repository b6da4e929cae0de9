/** Comparing words as people type them: without case, diacritics and Czech endings, and with a slip of one letter. Pure. */

/** A text as a search compares it: without case and diacritics, so that `zlutoucky` finds „Žluťoučký“. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();

/** The folded words of a text. */
export const wordsOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

// Endings of cases and persons, folded, the longest first; what is left of a word has three letters at least.
const ENDINGS = [
  'atech',
  'ovat',
  'eho',
  'emu',
  'emi',
  'ete',
  'eme',
  'ich',
  'imi',
  'iho',
  'imu',
  'ach',
  'ama',
  'ami',
  'ech',
  'ove',
  'ovi',
  'ych',
  'ymi',
  'uji',
  'uje',
  'at',
  'et',
  'it',
  'em',
  'im',
  'um',
  'ym',
  'am',
  'ou',
  'uj',
  'ej',
  'a',
  'e',
  'i',
  'o',
  'u',
  'y',
] as const;
const SHORTEST_STEM = 3;
const VOWEL = /[aeiouy]/;

/**
 * What the forms of a folded Czech word have in common, roughly: the ending is taken off and an e that comes and goes
 * (`domek`, `domku`) left out. Two words of one stem may still be different words; a search only ranks by it.
 */
export function stemOf(word: string): string {
  const ending = ENDINGS.find(
    (one) =>
      word.endsWith(one) &&
      word.length - one.length >= SHORTEST_STEM &&
      VOWEL.test(word.slice(0, -one.length)),
  );
  const bare = ending === undefined ? word : word.slice(0, -ending.length);
  const fleeting = ending === undefined && bare.length >= 4 && /[^aeiouy]e[^aeiouy]$/.test(bare);
  return fleeting ? bare.slice(0, -2) + bare.slice(-1) : bare;
}

/** Whether one letter changed, left out, added or exchanged with its neighbour makes one word the other. */
export function isOneSlipFrom(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  return (
    short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2)
  );
}

const SLIPS_FROM = 4;
const PREFIX_FROM = 2;

/**
 * How well a typed word fits a word of a text, both folded: 4 the same word, 3 another form of it, 2 its beginning, 1 one
 * letter off; 0 not at all.
 */
export function fitOf(typed: string, word: string): 0 | 1 | 2 | 3 | 4 {
  if (typed === word) return 4;
  const [a, b] = [stemOf(typed), stemOf(word)];
  if (a === b) return 3;
  if (typed.length >= PREFIX_FROM && word.startsWith(typed)) return 2;
  if (a.length >= SLIPS_FROM && b.startsWith(a)) return 2;
  if (
    typed.length >= SLIPS_FROM &&
    (isOneSlipFrom(typed, word) || (a.length >= SLIPS_FROM && isOneSlipFrom(a, b)))
  )
    return 1;
  return 0;
}
