import sharp from 'sharp';
import type { Chance } from '../chaos/random.ts';

/**
 * Pages as a scanner gives them: a paper or a card on the glass against the lid, or a sheet that covers it, askew, with rows of
 * words, a coloured stamp, grain. Drawn by librsvg. What was drawn is known to a pixel.
 */
export type PageOptions = {
  /** Millimetres of the paper; left out, it covers the glass and what is askew is the writing. */
  paper?: { width: number; height: number };
  /** Degrees clockwise. */
  skew?: number;
  /** The writing's own quarter turn on the paper. */
  turn?: 0 | 90 | 180 | 270;
  /** Lightness of the lid and of the paper. */
  lid?: number;
  white?: number;
  grain?: number;
  dpi?: number;
  /** Colour of a stamp over the text; none without. */
  stamp?: string;
  rows?: number;
  /** Any SVG in millimetres of the paper, drawn over it and over its edges. */
  extra?: string;
  mode?: 'colour' | 'grey';
  jpeg?: number;
};

export type DrawnPage = {
  bytes: Uint8Array;
  width: number;
  height: number;
  /** The paper's rectangle, in pixels; its corners are what has to stay. */
  paper: { x: number; y: number; width: number; height: number } | null;
  skew: number;
};

const WORDS =
  'úřad žádost podle ustanovení zákona občan příloha doklad rozhodnutí lhůta den měsíc správní obec město ulice číslo jednací razítko podpis ověření listina opis a i na se že v'.split(
    ' ',
  );
const GLASS = { width: 210, height: 297 };

const rowsOfWords = (chance: Chance, width: number, height: number, rows: number): string => {
  const size = Math.min(4.2, (height - 16) / rows / 1.4);
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const y = 12 + row * ((height - 20) / rows);
    // A paragraph's last row is short.
    const words = Math.floor(((width - 24) / (size * 3.4)) * (row % 6 === 5 ? 0.4 : 1));
    const text = Array.from({ length: Math.max(2, words) }, () => chance.pick(WORDS)).join(' ');
    lines.push(
      `<text x="12" y="${y}" font-family="DejaVu Serif" font-size="${size}" fill="#1b1b1f">${text}</text>`,
    );
  }
  return lines.join('');
};

export async function drawnPage(chance: Chance, options: PageOptions = {}): Promise<DrawnPage> {
  const { dpi = 300, turn = 0, lid = 40, white = 246, grain = 3, rows = 28, mode = 'colour' } = options;
  const skew = options.skew ?? 0;
  const width = Math.round((GLASS.width / 25.4) * dpi);
  const height = Math.round((GLASS.height / 25.4) * dpi);
  const paper = options.paper ?? GLASS;
  const [cos, sin] = [Math.cos((skew * Math.PI) / 180), Math.abs(Math.sin((skew * Math.PI) / 180))];
  const reach = {
    width: (paper.width * cos + paper.height * sin) / 2,
    height: (paper.height * cos + paper.width * sin) / 2,
  };
  const middle =
    options.paper === undefined
      ? { x: GLASS.width / 2, y: GLASS.height / 2 }
      : {
          x: reach.width + chance.next() * Math.max(0, GLASS.width - 2 * reach.width),
          y: reach.height + chance.next() * Math.max(0, GLASS.height - 2 * reach.height),
        };
  const sideways = turn % 180 !== 0;
  const [w, h] = sideways ? [paper.height, paper.width] : [paper.width, paper.height];
  const stamp =
    options.stamp === undefined
      ? ''
      : `<g fill="none" stroke="${options.stamp}" stroke-width="0.9"><circle cx="${w * 0.6}" cy="${h * 0.7}" r="14"/><circle cx="${w * 0.6}" cy="${h * 0.7}" r="10"/></g>`;
  const writing = `<g transform="translate(${-w / 2} ${-h / 2})">${rows > 0 ? rowsOfWords(chance, w, h, rows) : ''}${stamp}</g>`;
  const extra = `<g transform="translate(${-w / 2} ${-h / 2})">${options.extra ?? ''}</g>`;
  const tone = (level: number): string => `rgb(${level},${level},${level})`;
  const sheet =
    options.paper === undefined
      ? ''
      : `<rect x="${-paper.width / 2}" y="${-paper.height / 2}" width="${paper.width}" height="${paper.height}" fill="${tone(white)}"/>`;
  const ground = options.paper === undefined ? white : lid;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${GLASS.width} ${GLASS.height}" preserveAspectRatio="none"><rect width="${GLASS.width}" height="${GLASS.height}" fill="${tone(ground)}"/><g transform="translate(${middle.x} ${middle.y}) rotate(${skew})">${sheet}<clipPath id="paper"><rect x="${-paper.width / 2}" y="${-paper.height / 2}" width="${paper.width}" height="${paper.height}"/></clipPath><g clip-path="url(#paper)"><g transform="rotate(${turn})">${writing}</g></g><g transform="rotate(${turn})">${extra}</g></g></svg>`;
  const raw = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
  if (grain > 0) {
    let state = chance.whole(1, 0x7fffffff);
    for (let at = 0; at < raw.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      raw[at] = Math.max(
        0,
        Math.min(255, (raw[at] as number) + (((state >>> 16) % (2 * grain + 1)) - grain)),
      );
    }
  }
  const picture = sharp(raw, { raw: { width, height, channels: 3 } }).withMetadata({ density: dpi });
  const toned = mode === 'grey' ? picture.greyscale().toColourspace('b-w') : picture;
  const bytes = await (options.jpeg === undefined
    ? toned.png({ compressionLevel: 1 })
    : toned.jpeg({ quality: options.jpeg })
  ).toBuffer();
  const scale = { x: width / GLASS.width, y: height / GLASS.height };
  return {
    bytes: new Uint8Array(bytes),
    width,
    height,
    paper:
      options.paper === undefined
        ? null
        : {
            x: middle.x * scale.x,
            y: middle.y * scale.y,
            width: paper.width * scale.x,
            height: paper.height * scale.y,
          },
    skew,
  };
}
