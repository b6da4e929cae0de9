import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { createDocumentPool } from '../../../electron/documents/pool.ts';
import { projectRoot } from '../../../scripts/places.ts';
import { type Chance, chanceOf } from '../../chaos/random.ts';
import { czechPage } from '../../rigs/czech-page.ts';
import type { Part } from '../devices.ts';
import { median, percentile, rounded } from '../report.ts';

// Czech text out of scans of A4 sheets, by the worker as it ships, beside Tesseract with Debian's Czech data on the same pictures. A word is
// right when all of its characters are, signs at its ends left out; each counts as often as it stands on the page.

const PAGES = 30;
const GOAL = 0.97;
const run = promisify(execFile);

/** Sentences of the catalogue's guides: what offices write. */
function sentences(): string[] {
  const folder = join(projectRoot, 'resources', 'catalogue', 'guides');
  const found: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'cs' && typeof inner === 'string' && inner.length > 60)
        found.push(inner.replaceAll('\u00a0', ' '));
      else collect(inner);
    }
  };
  for (const name of readdirSync(folder).sort())
    collect(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  return found;
}

const wordsOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '');

/** How many of the words are among those that were read. */
function rightOf(words: readonly string[], read: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of read) left.set(word, (left.get(word) ?? 0) + 1);
  let right = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    right += 1;
    left.set(word, count - 1);
  }
  return right;
}

/** A page as a scanner gives it: letters of 9 to 12 points, askew by a degree, blurred, with grain, as JPEG. */
async function scanned(chance: Chance, all: readonly string[]) {
  const dpi = chance.pick([200, 300]);
  const size = chance.whole(9, 12);
  const paragraphs = Array.from({ length: 8 }, () => chance.pick(all));
  const { scan } = await czechPage(paragraphs, { dpi, size });
  const askew = await sharp(scan)
    .rotate((chance.next() - 0.5) * 2, { background: '#ffffff' })
    .blur(0.3 + chance.next() * 0.9)
    .linear(0.8 - chance.next() * 0.2, 40)
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const grain = chance.next() * 12;
  const grained = askew.data.map((light) =>
    Math.max(0, Math.min(255, light + (chance.next() + chance.next() - 1) * grain)),
  );
  const { width, height } = askew.info;
  const image = await sharp(grained, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: chance.whole(60, 90) })
    .toBuffer();
  return { image: Uint8Array.from(image), dpi, words: wordsOf(paragraphs.join(' ')) };
}

async function peerWords(image: Uint8Array, dpi: number, folder: string): Promise<string[]> {
  const file = join(folder, 'page');
  writeFileSync(file, image);
  const { stdout } = await run('tesseract', [file, 'stdout', '-l', 'ces', '--dpi', String(dpi)], {
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
  });
  return wordsOf(stdout);
}

const hasPeer = (): Promise<boolean> =>
  run('tesseract', ['--list-langs']).then(
    ({ stdout }) => stdout.split('\n').includes('ces'),
    () => false,
  );

export const measureOcr: Part = async ({ count = PAGES, seed = 'bench', peerCount = count }) => {
  const pool = createDocumentPool({
    workerUrl: new URL('../../../dist/documents/worker.js', import.meta.url),
    size: 1,
    fontsFolder: join(projectRoot, 'resources', 'fonts'),
  });
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-bench-'));
  const peer = await hasPeer();
  const all = sentences();
  const [took, peerTook]: [number[], number[]] = [[], []];
  const tally = { words: 0, right: 0, peerWords: 0, peerRight: 0, failed: 0 };
  for (let at = 0; at < count; at += 1) {
    const { image, dpi, words } = await scanned(chanceOf(seed, at), all);
    const from = performance.now();
    const read = await pool.readText({ image, rotation: 0, dpi });
    took.push(performance.now() - from);
    tally.words += words.length;
    if (read.ok)
      tally.right += rightOf(
        words,
        wordsOf(
          read.value.lines
            .flat()
            .map(({ text }) => text)
            .join(' '),
        ),
      );
    else tally.failed += 1;
    if (!peer || at >= peerCount) continue;
    const start = performance.now();
    const others = await peerWords(image, dpi, folder);
    peerTook.push(performance.now() - start);
    tally.peerWords += words.length;
    tally.peerRight += rightOf(words, others);
  }
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
  const wordsRight = tally.right / tally.words;
  const hasCompared = tally.peerWords > 0;
  return {
    figures: {
      pages: count,
      words: tally.words,
      wordsRight: rounded(wordsRight, 4),
      p50: rounded(median(took), 0),
      p95: rounded(percentile(took, 0.95), 0),
      peerWordsRight: hasCompared ? rounded(tally.peerRight / tally.peerWords, 4) : null,
      peerP50: hasCompared ? rounded(median(peerTook), 0) : null,
      pagesNotRead: tally.failed,
    },
    notes: peer ? [] : ['no peer: Czech for tesseract is missing (apt-get install tesseract-ocr-ces)'],
    goals: [
      {
        goal: 'at least 97 % of words right',
        measured: `${(100 * wordsRight).toFixed(2)} %`,
        met: wordsRight >= GOAL,
      },
    ],
  };
};
