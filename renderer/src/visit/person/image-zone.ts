import type { ZoneOfImage } from '../../../../electron/contract/identity.ts';

/** A zone read out of a picture, as the clerk sees and mends it. Pure. */

/** From here on a character counts as read for sure. */
export const SURE = 0.9;
/** Stands for what was not read: no zone has it, so the lines cannot be used until it is filled in. */
export const UNREAD = '?';

export const textOf = ({ lines }: ZoneOfImage): string =>
  lines.map((line) => line.map(({ character }) => character ?? UNREAD).join('')).join('\n');

type Mark = { line: number; column: number; character: string; seen: string; percent: number };

/** Places to be looked at, counted from 1: corrected, read with doubt, not read. One place is in one list. */
export function marksOf({ lines }: ZoneOfImage): { corrected: Mark[]; doubtful: Mark[]; unread: Mark[] } {
  const marks = { corrected: [] as Mark[], doubtful: [] as Mark[], unread: [] as Mark[] };
  for (const [line, characters] of lines.entries())
    for (const [column, { character, confidence, seen }] of characters.entries()) {
      const mark = {
        line: line + 1,
        column: column + 1,
        character: character ?? UNREAD,
        seen: seen ?? '',
        percent: Math.floor(confidence * 100),
      };
      if (character === null) marks.unread.push(mark);
      else if (seen !== null) marks.corrected.push(mark);
      else if (confidence < SURE) marks.doubtful.push(mark);
    }
  return marks;
}

/** Whether these lines can be those of the picture, mended: a document of another form was typed over them. */
export const hasFormOf = ({ lines }: ZoneOfImage, used: readonly string[]): boolean =>
  lines.length === used.length && lines.every((line, at) => line.length === used[at]?.length);
