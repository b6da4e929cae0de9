import { ok, type Result } from '../../values/result.ts';
import type { FileFailure } from '../failures.ts';
import type { GreyImage } from '../images/grey.ts';
import { darkOf } from '../images/two-tones.ts';
import { openPicture, preparedPicture, type RawPage, type Rotation, unpackGrey } from '../pictures.ts';
import type { PageText } from './page-text.ts';
import { type ReadWord, recognize } from './recognizer.ts';

/** Resolution text is read at, at most, and how long a side is then, at most: more says nothing more and takes longer. */
const READ_DPI = 300;
const READ_PX = 3600;
/** Less sure than this is noise, a crest or a scribble. */
const LEAST_CONFIDENCE = 35;

/** Resolution the way a page lies is looked for at: letters of 10 points are some 20 pixels high. */
const LOOK_PX = 1750;
const LOOK_DPI = 150;
/** Side of the piece of the page that is read for it: some six centimetres. What lies wrongly takes longest to be read. */
const PIECE_PX = 360;
/** So many times as uneven are sums of ink across lines of writing as along them. */
const LINED = 1.5;
/** What is read the right way up is surer than this; so many letters of it tell, and so many times as many as any other way. */
const SURE = 70;
const LEAST_LETTERS = 25;
const CLEARLY = 2;

/**
 * Uses a page as it is bound, in grey, its longer side as it is times `scale` or `longest` pixels, whichever is less. It is wiped afterwards, with the
 * bytes it came in.
 */
async function withGreyPage<T>(
  page: RawPage,
  scale: number,
  longest: number,
  use: (page: GreyImage) => Promise<T>,
): Promise<Result<T, FileFailure>> {
  let grey: GreyImage | undefined;
  try {
    const opened = await openPicture(page.image, page.page);
    if (!opened.ok) return opened;
    const { width, height } = opened.value.size;
    const maxPx = Math.round(Math.min(Math.max(width, height) * scale, longest));
    const picture = await preparedPicture(page, maxPx);
    if (!picture.ok) return picture;
    const unpacked = await unpackGrey(picture.value);
    if (!unpacked.ok) return unpacked;
    grey = unpacked.value;
    return ok(await use(grey));
  } finally {
    page.image.fill(0);
    grey?.data.fill(0);
  }
}

/**
 * Reads the Czech text of a page as it lies when it is turned, with the place of each word. An empty page has no lines.
 * @param dpi resolution of the scan; a picture without a true size is read as it is
 */
export async function readText(raw: RawPage, dpi?: number): Promise<Result<PageText, FileFailure>> {
  return withGreyPage(raw, Math.min(1, READ_DPI / (dpi ?? READ_DPI)), READ_PX, async (page) => {
    const { width, height } = page;
    const lines = await recognize(page, { layout: 'page', dpi: Math.min(dpi ?? READ_DPI, READ_DPI) });
    const kept = lines
      .map((words) => words.filter(({ confidence }) => confidence >= LEAST_CONFIDENCE).map(bare))
      .filter((words) => words.length > 0);
    return { width, height, lines: kept };
  });
}

const bare = ({ confidence: _confidence, ...word }: ReadWord) => word;

/**
 * The turn clockwise that sets a page upright by its text, from how it lies: the piece of it with the most writing is read each way, and one way has
 * to be read far better than all others. Null where text does not tell: a blank page, a picture, little writing.
 */
export const turnOf = (raw: RawPage): Promise<Result<Rotation | null, FileFailure>> =>
  withGreyPage(raw, 1, LOOK_PX, async (page) => {
    const piece = writtenPiece(page);
    const told: { turn: Rotation; letters: number }[] = [];
    for (const turn of possibleTurns(piece)) {
      const lines = await recognize(turned(piece, turn), { layout: 'block', dpi: LOOK_DPI });
      told.push({ turn, letters: sureLetters(lines) });
    }
    const [best, next] = told.toSorted((a, b) => b.letters - a.letters);
    const isClear = best && next && best.letters >= LEAST_LETTERS && best.letters >= CLEARLY * next.letters;
    return isClear ? best.turn : null;
  });

const sureLetters = (lines: ReadWord[][]): number =>
  lines
    .flat()
    .filter(({ confidence }) => confidence >= SURE)
    // Strokes that lie are taken for single letters and for signs.
    .reduce((sum, { text }) => sum + (/\p{L}{3}/u.test(text) ? text.length : 0), 0);

/** The square of the page where ink and paper change most often. */
function writtenPiece(page: GreyImage): GreyImage {
  const { data: ink, width, height } = darkOf(page);
  const side = { width: Math.min(PIECE_PX, width), height: Math.min(PIECE_PX, height) };
  const step = PIECE_PX / 4;
  let best = { x: 0, y: 0, changes: -1 };
  for (let y = 0; y + side.height <= height; y += step)
    for (let x = 0; x + side.width <= width; x += step) {
      let changes = 0;
      for (let row = y; row < y + side.height; row += 4)
        for (let at = row * width + x + 1; at < row * width + x + side.width; at += 1)
          if (ink[at] !== ink[at - 1]) changes += 1;
      if (changes > best.changes) best = { x, y, changes };
    }
  const data = new Uint8Array(side.width * side.height);
  for (let row = 0; row < side.height; row += 1) {
    const from = (best.y + row) * width + best.x;
    data.set(page.data.subarray(from, from + side.width), row * side.width);
  }
  return { data, ...side };
}

/** Lines of writing lie along the page or across it; where that cannot be told, they may lie anyhow. */
function possibleTurns(piece: GreyImage): Rotation[] {
  const { data, width, height } = darkOf(piece);
  const [rows, columns] = [new Float64Array(height), new Float64Array(width)];
  data.forEach((ink, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    rows[row] = (rows[row] as number) + ink;
    columns[column] = (columns[column] as number) + ink;
  });
  const [along, across] = [variance(rows), variance(columns)];
  if (along > LINED * across) return [0, 180];
  if (across > LINED * along) return [90, 270];
  return [0, 180, 90, 270];
}

function variance(sums: Float64Array): number {
  const mean = sums.reduce((total, sum) => total + sum, 0) / sums.length;
  return sums.reduce((total, sum) => total + (sum - mean) ** 2, 0) / sums.length;
}

/** The picture turned clockwise. */
function turned({ data, width, height }: GreyImage, by: Rotation): GreyImage {
  if (by === 0) return { data, width, height };
  if (by === 180) return { data: data.toReversed(), width, height };
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const to = by === 90 ? x * height + (height - 1 - y) : (width - 1 - x) * height + y;
      out[to] = data[y * width + x] as number;
    }
  return { data: out, width: height, height: width };
}
