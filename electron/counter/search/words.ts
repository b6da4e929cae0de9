import { folded, wordsOf } from '../../values/words.ts';

/** How words and numbers are written into the search's index and asked of it. Pure. */

/** A number without what separates its parts, so that it is found however it was typed: `V-2026-0000012-49`, `12/2026`. */
export const compact = (number: string): string => folded(number).replace(/[^\p{L}\p{N}]/gu, '');

/** Words shorter than this are not looked for with a slip: too many others are one letter from them. */
const SLIPS_FROM = 4;
const LONGEST = 24;

/** What is left of a word when one letter is left out, and the word itself; nothing for words too short to tell. */
export function slipsOf(word: string): string[] {
  if (word.length < SLIPS_FROM || word.length > LONGEST) return [];
  const letters = [...word];
  return [...new Set([word, ...letters.map((_, at) => letters.toSpliced(at, 1).join(''))])];
}

/** One part of what was typed: a number, or a word that stands for a name or a matter. */
export type Asked = { kind: 'number'; compact: string; parts: string[] } | { kind: 'word'; word: string };

/** What was typed, part by part; at most so many are looked at. */
const MOST_PARTS = 8;

export function asked(typed: string): Asked[] {
  // A date with its usual spaces is one number.
  return typed
    .replace(/(\d\.)\s+(?=\d)/g, '$1')
    .split(/\s+/)
    .flatMap((chunk): Asked[] => {
      const parts = wordsOf(chunk);
      if (/\p{N}/u.test(chunk)) return [{ kind: 'number', compact: compact(chunk), parts }];
      return parts.map((word) => ({ kind: 'word', word }));
    })
    .slice(0, MOST_PARTS);
}

const quoted = (word: string): string => `"${word}"`;
const begins = (word: string): string => `${quoted(word)}*`;

/**
 * The question to the index: every part has to be there, in any order. `near`: the known words one slip from a typed
 * one.
 */
export const matchOf = (parts: readonly Asked[], near: (word: string) => readonly string[]): string =>
  parts
    .map((part) => {
      if (part.kind === 'word')
        return `(${[begins(part.word), ...near(part.word).map(quoted)].join(' OR ')})`;
      const apart = part.parts.length > 1 ? [`(${part.parts.map(begins).join(' AND ')})`] : [];
      return `(${[begins(part.compact), ...apart].join(' OR ')})`;
    })
    .join(' AND ');
