/**
 * What the samples of the printed documents say and look like, kept in `test/previews/expected/` and changed only by somebody who looked:
 * `UPDATE_EXPECTED=1` writes it anew. Texts are compared without spaces, pictures small and by areas, because versions of
 * poppler set spaces and smooth edges in their own way.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { drawnTexts, pageImages } from './pdf-checks.ts';

const folder = join(import.meta.dirname, '..', 'previews', 'expected');
const DPI = 72;
const SMALL = 0.3;
const AREA = 8;
/** Of 255, the mean over an area; smoothing stays below half of it, a moved or changed word is far above. */
const TOLERANCE = 12;
const PAGE_END = '\n\f\n';

const pagesOf = async (file: string) => ({
  texts: (await drawnTexts(file)).map((text) => text.trim()),
  pictures: await Promise.all((await pageImages(file, DPI)).map(small)),
});

/** Keeps the document as what is expected from now on, when that was asked for. */
export async function keepAsExpected(name: string, file: string): Promise<void> {
  if (!process.env['UPDATE_EXPECTED']) return;
  const { texts, pictures } = await pagesOf(file);
  await write(name, texts, pictures);
}

/** What differs from what was expected, page by page; empty for a document that is as it was. */
export async function differencesFromExpected(name: string, file: string): Promise<string[]> {
  const { texts, pictures } = await pagesOf(file);
  const expectedTexts = (await readFile(join(folder, `${name}.txt`), 'utf8')).split(PAGE_END);
  const differences: string[] = [];
  if (expectedTexts.length !== texts.length) differences.push(`${texts.length} pages`);
  for (const [index, text] of texts.entries()) {
    if (squeezed(text) !== squeezed(expectedTexts[index] ?? ''))
      differences.push(`the text of page ${index + 1}`);
    const picture = pictures[index];
    if (!picture || !(await looksLike(picture, pictureFile(name, index))))
      differences.push(`the picture of page ${index + 1}`);
  }
  return differences;
}

const squeezed = (text: string): string => text.replace(/\s+/gu, '');
const pictureFile = (name: string, index: number): string => join(folder, `${name}-${index + 1}.png`);

async function write(name: string, texts: readonly string[], pictures: readonly Buffer[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const old = (await readdir(folder)).filter((file) =>
    new RegExp(`^${name}(-\\d+\\.png|\\.txt)$`).test(file),
  );
  await Promise.all(old.map((file) => rm(join(folder, file))));
  await writeFile(join(folder, `${name}.txt`), `${texts.join(PAGE_END)}\n`);
  await Promise.all(pictures.map((picture, index) => writeFile(pictureFile(name, index), picture)));
}

async function small(page: Buffer): Promise<Buffer> {
  const { width } = await sharp(page).metadata();
  return sharp(page)
    .greyscale()
    .resize({ width: Math.round(width * SMALL), kernel: 'linear' })
    .png({ palette: true, colours: 16, compressionLevel: 9 })
    .toBuffer();
}

async function looksLike(picture: Buffer, expectedFile: string): Promise<boolean> {
  if (!existsSync(expectedFile)) return false;
  const [ours, theirs] = await Promise.all([
    areas(sharp(picture)),
    areas(sharp(await readFile(expectedFile))),
  ]);
  return (
    ours.width === theirs.width &&
    ours.height === theirs.height &&
    ours.means.every((mean, index) => Math.abs(mean - (theirs.means[index] ?? Number.NaN)) <= TOLERANCE)
  );
}

/** The mean of each area; areas overlap by half, so that no change hides at an edge. */
async function areas(image: Sharp) {
  const { data, info } = await image
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const means: number[] = [];
  for (let top = 0; top < info.height; top += AREA / 2) {
    for (let left = 0; left < info.width; left += AREA / 2) {
      let sum = 0;
      let count = 0;
      for (let y = top; y < Math.min(top + AREA, info.height); y += 1) {
        for (let x = left; x < Math.min(left + AREA, info.width); x += 1) {
          sum += data[(y * info.width + x) * info.channels] ?? 0;
          count += 1;
        }
      }
      means.push(sum / count);
    }
  }
  return { width: info.width, height: info.height, means };
}
