import { wordsOf } from '../../../electron/values/words.ts';

/** Whether every word of the filter begins some word of the text; accents and case do not count. */
export function matches(filter: string, text: string): boolean {
  const words = wordsOf(text);
  return wordsOf(filter).every((part) => words.some((word) => word.startsWith(part)));
}
