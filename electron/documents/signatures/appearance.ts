import PDFDocument from 'pdfkit';
import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure, type SignatureFailure } from '../failures.ts';
import { type Fonts, firstMissing } from '../rendering/fonts.ts';
import { HAIRLINE, INK } from '../rendering/layout.ts';

/** What a visible signature shows and where: a box on a page, in points from the page's upper left corner. */
export type Appearance = {
  /** From 0. */
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** The first is set bold. */
  lines: readonly string[];
};

const PADDING = 5;
const LARGEST = 9;
const SMALLEST = 5;
const LINE_HEIGHT = 1.36;

/** Draws the box as a page of its own, as large as it will be; the text is set as large as fits. */
export async function drawAppearance(
  { width, height, lines }: Appearance,
  fonts: Fonts,
): Promise<Result<Uint8Array, DocumentFailure | SignatureFailure>> {
  const pdf = new PDFDocument({ size: [width, height], margin: 0, font: '' });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => pdf.on('end', resolve));
  const set = lines.map((text, index) => ({ text, face: index === 0 ? fonts.bold : fonts.regular }));
  let widest = 0;
  for (const { text, face } of set) {
    const character = firstMissing(text, face);
    if (character !== undefined) {
      const code = character.codePointAt(0) ?? 0;
      return err(
        failure('documents.missing-glyph', {
          character,
          code: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
        }),
      );
    }
    widest = Math.max(widest, pdf.font(face.bytes).fontSize(1).widthOfString(text));
  }
  const size = Math.min(
    LARGEST,
    (width - 2 * PADDING) / widest,
    (height - 2 * PADDING) / (lines.length * LINE_HEIGHT),
  );
  if (size < SMALLEST) return err(failure('signature.box-too-small'));
  pdf
    .lineWidth(0.5)
    .rect(0.25, 0.25, width - 0.5, height - 0.5)
    .stroke(HAIRLINE);
  set.forEach(({ text, face }, index) => {
    const y = PADDING + index * size * LINE_HEIGHT;
    pdf.font(face.bytes).fontSize(size).fillColor(INK).text(text, PADDING, y, { lineBreak: false });
  });
  pdf.end();
  await ended;
  return ok(new Uint8Array(Buffer.concat(chunks)));
}
