import type { Run } from '../template/expand.ts';

/** Width of a text in points. */
export type Measure = (text: string, strong: boolean, size: number) => number;

/** A stretch of one line in one manner, `x` from the line's start. */
export type Piece = { text: string; strong: boolean; struck: boolean; x: number; width: number };
export type Line = { pieces: Piece[]; width: number };

type Word = { parts: Run[]; newline: boolean };

const graphemes = new Intl.Segmenter('cs', { granularity: 'grapheme' });

// Ties such as the non-breaking space have done their work when the lines are broken. They are drawn as plain
// spaces, so that what is copied or searched from the PDF has no odd characters in it.
const drawn = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ').replace(/[\u2060\u200b]/g, '');

/**
 * Breaks runs into lines of a width. Breaks stand at plain spaces and line ends only: Czech repeats a hyphen at which
 * a word is broken, so words are not broken there. A word wider than the line is cut between characters.
 */
export function breakLines(runs: readonly Run[], width: number, size: number, measure: Measure): Line[] {
  const lines: Line[] = [];
  let line: Line = { pieces: [], width: 0 };
  const next = () => {
    lines.push(trimmed(line, size, measure));
    line = { pieces: [], width: 0 };
  };
  const widthOf = (parts: readonly Run[]) =>
    parts.reduce((sum, part) => sum + measure(part.text, part.strong, size), 0);
  for (const word of words(runs)) {
    // Only at a line's end does it matter that the space after a word needs no room: shaping a word is most of the work of a page.
    const withSpace = widthOf(word.parts);
    const needed = line.width + withSpace <= width ? withSpace : widthOf(withoutSpace(word.parts));
    if (line.pieces.length > 0 && line.width + needed > width + 0.01) next();
    if (needed > width) {
      for (const part of word.parts) {
        for (const { segment } of graphemes.segment(part.text)) {
          const wide = measure(segment, part.strong, size);
          if (line.pieces.length > 0 && line.width + wide > width + 0.01) next();
          append(line, { ...part, text: segment }, wide);
        }
      }
    } else {
      for (const part of word.parts) append(line, part, measure(part.text, part.strong, size));
    }
    if (word.newline) next();
  }
  if (line.pieces.length > 0 || lines.length === 0) next();
  return lines;
}

const withoutSpace = (parts: readonly Run[]): Run[] =>
  parts.map((part, index) => (index === parts.length - 1 ? { ...part, text: part.text.trimEnd() } : part));

function append(line: Line, run: Run, width: number): void {
  const last = line.pieces.at(-1);
  if (last !== undefined && last.strong === run.strong && last.struck === run.struck) {
    last.text += run.text;
    last.width += width;
  } else if (run.text !== '') {
    line.pieces.push({ text: run.text, strong: run.strong, struck: run.struck, x: line.width, width });
  }
  line.width += width;
}

function trimmed(line: Line, size: number, measure: Measure): Line {
  const last = line.pieces.at(-1);
  if (last === undefined) return line;
  const text = last.text.trimEnd();
  const width = measure(text, last.strong, size);
  const cut = last.width - width;
  if (text === last.text) return line;
  const pieces = [...line.pieces.slice(0, -1), ...(text === '' ? [] : [{ ...last, text, width }])];
  return { pieces, width: line.width - cut };
}

/** Cuts runs into words, each with the space after it; a word may span runs of different manner. */
function words(runs: readonly Run[]): Word[] {
  const result: Word[] = [];
  let parts: Run[] = [];
  const flush = (newline: boolean) => {
    result.push({ parts, newline });
    parts = [];
  };
  for (const run of runs) {
    for (const token of run.text.match(/\n|[^ \n]+ *| +/g) ?? []) {
      if (token === '\n') flush(true);
      else {
        parts.push({ ...run, text: drawn(token) });
        if (token.endsWith(' ')) flush(false);
      }
    }
  }
  if (parts.length > 0) flush(false);
  return result;
}
