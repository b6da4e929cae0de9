import type PDFDocument from 'pdfkit';
import { firstMissing, ofOneDocument, type Weight } from '../rendering/fonts.ts';
import type { PageText, Word } from './page-text.ts';

/** A place on a page in points, from its top left corner. */
export type Box = { x: number; y: number; width: number; height: number };

export type TextLayer = (text: PageText, box: Box) => void;

/** Text that is neither filled nor stroked (ISO 32000-1, table 106): found, marked and copied, but not seen. */
const INVISIBLE = '3 Tr';

const LEAST_SIZE = 1;
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * Lays what was read over the picture of a page, word upon word. The ink of a line's words in our own font says how large it is set; each word
 * is stretched to the width of what is seen.
 */
export function textLayer(pdf: InstanceType<typeof PDFDocument>, weight: Weight): TextLayer {
  const [face] = weight;
  if (face === undefined) throw new Error('a weight has a face');
  const font = ofOneDocument(face);
  const perEm = 1 / font.unitsPerEm;
  pdf.registerFont('text-layer', font);

  /** What the font has not may not be in the file, seen or not (PDF/A-2, 6.2.11.8). */
  const settable = (text: string): string =>
    [...text].filter((character) => firstMissing(character, [face]) === undefined).join('');

  return (text, box) => {
    const scale = { x: box.width / text.width, y: box.height / text.height };
    pdf.save().font('text-layer').addContent(INVISIBLE);
    for (const line of text.lines) {
      const words = line.flatMap((word) => {
        const set = settable(word.text);
        if (set === '') return [];
        const { minY, maxY } = font.layout(set).bbox;
        return [{ ...word, text: set, low: minY * perEm, high: maxY * perEm }];
      });
      const size = Math.max(
        LEAST_SIZE,
        median(words.map(({ height, low, high }) => (height * scale.y) / (high - low))),
      );
      pdf.fontSize(size);
      for (const word of words) {
        const width = pdf.widthOfString(word.text);
        if (width === 0) continue;
        pdf.text(
          word.text,
          box.x + word.left * scale.x,
          box.y + baseline(word, word.low, size / scale.y) * scale.y,
          {
            lineBreak: false,
            baseline: 'alphabetic',
            horizontalScaling: Math.round((word.width * scale.x * 10_000) / width) / 100,
          },
        );
      }
    }
    pdf.restore();
  };
}

/** Where letters stand, by the foot of the word's ink. `low`: how deep the ink reaches under it, negative, in parts of the size. */
const baseline = ({ top, height }: Word, low: number, size: number): number => top + height + low * size;
