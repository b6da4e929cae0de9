import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import load, { type Core, type Recognizer } from 'tesseract.js-core/tesseract-core-simd-lstm.js';
import type { GreyImage } from '../images/grey.ts';
import type { Word } from './page-text.ts';

/** A word that was read, and how sure that is: 0 to 100. */
export type ReadWord = Word & { confidence: number };

/** How text lies on a picture (tesseract/publictypes.h): parts of a page to be found, or one block of lines. */
const LAYOUT = { page: 3, block: 6 } as const;
export type Layout = keyof typeof LAYOUT;

/** The engine that knows the packed data: long short-term memory only (tesseract/publictypes.h). */
const LSTM_ONLY = 1;
const INPUT = '/input';

const file = (name: string): Promise<Buffer> => readFile(new URL(import.meta.resolve(name)));

let loaded: Promise<{ core: Core; recognizer: Recognizer }> | undefined;

/** Program and language are given to it from files of the desk: left to itself the usual wrapper fetches both from the network. */
async function start(): Promise<{ core: Core; recognizer: Recognizer }> {
  const [wasmBinary, czech] = await Promise.all([
    file('tesseract.js-core/tesseract-core-simd-lstm.wasm'),
    file('@tesseract.js-data/ces/4.0.0_best_int/ces.traineddata.gz'),
  ]);
  // What it says may hold what it reads.
  const silent = () => {};
  const core = await load({ wasmBinary, TesseractProgress: silent, print: silent, printErr: silent });
  core.FS.writeFile('/ces.traineddata', await promisify(gunzip)(czech));
  const recognizer = new core.TessBaseAPI();
  if (recognizer.Init('/', 'ces', LSTM_ONLY) !== 0) throw new Error('the packed language cannot be used');
  core.FS.unlink('/ces.traineddata');
  return { core, recognizer };
}

/** Reads Czech text from a picture by Tesseract, in lines. Nothing of it stays in here. */
export async function recognize(
  { data, width, height }: GreyImage,
  { layout, dpi }: { layout: Layout; dpi: number },
): Promise<ReadWord[][]> {
  loaded ??= start();
  const { core, recognizer } = await loaded;
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1');
  const input = new Uint8Array(header.length + data.length);
  input.set(header);
  input.set(data, header.length);
  try {
    core.FS.writeFile(INPUT, input);
    recognizer.SetVariable('user_defined_dpi', String(dpi));
    recognizer.SetPageSegMode(LAYOUT[layout]);
    if (recognizer.SetImageFile(0, 0) !== 0) throw new Error('a grey picture is not taken');
    return recognizer.Recognize(null) === 0 ? linesOf(recognizer.GetTSVText(0)) : [];
  } finally {
    recognizer.Clear();
    input.fill(0);
    core.FS.writeFile(INPUT, input);
    core.FS.unlink(INPUT);
  }
}

/** Level of a word in what it tells: level page block paragraph line word left top width height confidence text. */
const WORD = '5';

function linesOf(table: string): ReadWord[][] {
  const lines = new Map<string, ReadWord[]>();
  for (const row of table.split('\n')) {
    const [level, , block, paragraph, line, , left, top, width, height, confidence, text] = row.split('\t');
    if (level !== WORD || text === undefined || text.trim() === '') continue;
    const key = `${block}.${paragraph}.${line}`;
    const words = lines.get(key) ?? [];
    lines.set(key, words);
    words.push({
      text: text.trim(),
      left: Number(left),
      top: Number(top),
      width: Number(width),
      height: Number(height),
      confidence: Number(confidence),
    });
  }
  return [...lines.values()];
}
