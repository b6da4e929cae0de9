import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, type Font } from 'fontkit';
import { fontCoverage } from './font-coverage.ts';

/**
 * An open font and the characters it has. It is opened once and shared by all documents: reading its tables anew took most of the
 * time of a short one.
 */
export type FontFace = { font: Font; covered: ReadonlySet<number> };
/** One weight of the document font: its faces, asked in their order, because no file has every script of Europe. */
export type Weight = readonly FontFace[];
export type Fonts = { regular: Weight; bold: Weight };

const FAMILIES = ['NotoSans', 'NotoSansArmenian', 'NotoSansGeorgian'] as const;

async function face(file: string): Promise<FontFace> {
  const bytes = await readFile(file);
  return { font: create(bytes), covered: fontCoverage(bytes) };
}

/**
 * The font as one document uses it: tables shared, glyphs its own. A glyph keeps the letter it was first met as, and met as a part of
 * another (the Z of Ž) or of a ligature it keeps that one: shared, letters would be lost from the text of later documents.
 */
export const ofOneDocument = ({ font }: FontFace): Font => Object.create(font, { _glyphs: { value: {} } });

/** Loads the two weights every document is set in, from the folder of shipped fonts. */
export async function loadFonts(folder: string): Promise<Fonts> {
  const weight = (name: string) =>
    Promise.all(FAMILIES.map((family) => face(join(folder, `${family}-${name}.ttf`))));
  const [regular, bold] = await Promise.all([weight('Regular'), weight('Bold')]);
  return { regular, bold };
}

/** A stretch of text that one face of its weight can show, by the face's place in the weight. */
export type Stretch = { text: string; face: number };

const graphemes = new Intl.Segmenter('cs', { granularity: 'grapheme' });

/** Line ends are no characters to show. */
const shows = ({ covered }: FontFace, text: string): boolean => {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code !== 0x0a && !covered.has(code)) return false;
  }
  return true;
};

/**
 * Cuts text where the face changes. A letter and its marks stay together: apart, the mark would stand beside the letter.
 * `undefined` for a character no face has; `firstMissing` names it.
 */
export function stretches(text: string, weight: Weight): Stretch[] | undefined {
  const [first] = weight;
  if (first && shows(first, text)) return [{ text, face: 0 }];
  const result: Stretch[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const face = weight.findIndex((each) => shows(each, segment));
    if (face < 0) return undefined;
    const last = result.at(-1);
    if (last?.face === face) last.text += segment;
    else result.push({ text: segment, face });
  }
  return result;
}

/** The first character of the text that the weight cannot show. */
export function firstMissing(text: string, weight: Weight): string | undefined {
  if (stretches(text, weight) !== undefined) return undefined;
  for (const { segment } of graphemes.segment(text)) {
    if (weight.some((each) => shows(each, segment))) continue;
    const characters = [...segment];
    return (
      characters.find((character) => !weight.some((each) => shows(each, character))) ?? characters.at(-1)
    );
  }
  return undefined;
}
