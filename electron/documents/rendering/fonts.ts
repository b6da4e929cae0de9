import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fontCoverage } from './font-coverage.ts';

/** One weight of the document font: its file and the characters it has. */
export type FontFace = { bytes: Buffer; covered: ReadonlySet<number> };
export type Fonts = { regular: FontFace; bold: FontFace };

async function face(file: string): Promise<FontFace> {
  const bytes = await readFile(file);
  return { bytes, covered: fontCoverage(bytes) };
}

/** Loads the two weights every document is set in, from the folder of shipped fonts. */
export async function loadFonts(folder: string): Promise<Fonts> {
  const [regular, bold] = await Promise.all([
    face(join(folder, 'NotoSans-Regular.ttf')),
    face(join(folder, 'NotoSans-Bold.ttf')),
  ]);
  return { regular, bold };
}

/** The first character of the text that the face cannot show; line ends are no characters to show. */
export function firstMissing(text: string, font: FontFace): string | undefined {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code !== 0x0a && !font.covered.has(code)) return character;
  }
  return undefined;
}
