import PDFDocument from 'pdfkit';
import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure, type SignatureFailure } from '../failures.ts';
import { type Fonts, firstMissing, ofOneDocument, stretches } from '../rendering/fonts.ts';
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
  const open = new Map([...fonts.regular, ...fonts.bold].map((face) => [face, ofOneDocument(face)]));
  const set = lines.map((text, index) => ({ text, weight: index === 0 ? fonts.bold : fonts.regular }));
  const pieces = ({ text, weight }: (typeof set)[number]) =>
    (stretches(text, weight) ?? []).flatMap(({ text: piece, face }) => {
      const used = weight[face];
      const font = used && open.get(used);
      return font === undefined ? [] : [{ piece, font }];
    });
  let widest = 0;
  for (const line of set) {
    const character = firstMissing(line.text, line.weight);
    if (character !== undefined) {
      const code = character.codePointAt(0) ?? 0;
      return err(
        failure('documents.missing-glyph', {
          character,
          code: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
        }),
      );
    }
    const widths = pieces(line).map(({ piece, font }) => pdf.font(font).fontSize(1).widthOfString(piece));
    widest = Math.max(
      widest,
      widths.reduce((sum, width) => sum + width, 0),
    );
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
  set.forEach((line, index) => {
    const y = PADDING + index * size * LINE_HEIGHT;
    let x = PADDING;
    for (const { piece, font } of pieces(line)) {
      pdf.font(font).fontSize(size).fillColor(INK).text(piece, x, y, { lineBreak: false });
      x += pdf.widthOfString(piece);
    }
  });
  pdf.end();
  await ended;
  return ok(new Uint8Array(Buffer.concat(chunks)));
}
