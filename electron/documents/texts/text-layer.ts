import type PDFDocument from 'pdfkit';
import { firstMissing, ofOneDocument, type Weight } from '../rendering/fonts.ts';
import type { PageText } from './page-text.ts';

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
  // Measured is another than what is set: a letter whose outline was looked at as a part of another is lost from the text.
  const measured = ofOneDocument(face);
  const perEm = 1 / measured.unitsPerEm;
  pdf.registerFont('text-layer', ofOneDocument(face));

  /** What the font has not may not be in the file, seen or not (PDF/A-2, 6.2.11.8). */
  const settable = (text: string): string =>
    [...text].filter((character) => firstMissing(character, [face]) === undefined).join('');

  return (text, box) => {
    const scale = { x: box.width / text.width, y: box.height / text.height };
    pdf.save().font('text-layer').addContent(INVISIBLE);
    for (const line of text.lines) {
      const words = line.flatMap((word, index) => {
        const set = settable(word.text);
        if (set === '') return [];
        const { minY, maxY } = measured.layout(set).bbox;
        // One word over another would be found as neither.
        const room = (line[index + 1]?.left ?? Number.POSITIVE_INFINITY) - word.left;
        const width = room > 0 ? Math.min(word.width, room) : word.width;
        return [{ ...word, width, text: set, low: minY * perEm, high: maxY * perEm }];
      });
      const size = Math.max(
        LEAST_SIZE,
        median(words.map(({ height, low, high }) => (height * scale.y) / (high - low))),
      );
      pdf.fontSize(size);
      // By the foot of each word's ink; `low` is how deep it reaches under the letters' line.
      const baseline = straight(
        words.map(({ left, width, top, height, low }) => ({
          x: left + width / 2,
          y: top + height + (low * size) / scale.y,
        })),
      );
      for (const word of words) {
        const width = pdf.widthOfString(word.text);
        if (width === 0) continue;
        pdf.text(
          word.text,
          box.x + word.left * scale.x,
          box.y + baseline(word.left + word.width / 2) * scale.y,
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

/** The straight line most points lie on (Theil and Sen): the box of a word is now and then that of two. */
function straight(points: readonly { x: number; y: number }[]): (x: number) => number {
  const slopes = points.flatMap((a, index) =>
    points.slice(index + 1).map((b) => (b.x === a.x ? 0 : (b.y - a.y) / (b.x - a.x))),
  );
  const slope = median(slopes);
  const start = median(points.map(({ x, y }) => y - slope * x));
  return (x) => start + slope * x;
}
