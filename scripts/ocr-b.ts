// `npm run ocr-b`: makes the shapes that zones in pictures are read by, and the outlines test pictures are drawn with,
// out of Debian's fonts-ocr-b. Run again only when the font or the size of the shapes changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, type Font } from 'fontkit';
import { ALPHABET, SHAPE, type ShapeFile } from '../electron/documents/images/shapes.ts';
import { projectRoot } from './places.ts';
import { runMain, StepFailure, step } from './steps.mjs';

const FONTS = '/usr/share/fonts/opentype/ocr-b';

type Outlined = Font & {
  glyphForCodePoint(code: number): {
    advanceWidth: number;
    path: { commands: { command: string; args: number[] }[]; toSVG(): string };
  };
};

const open = (file: string): Outlined => {
  try {
    return create(readFileSync(join(FONTS, file))) as Outlined;
  } catch {
    throw new StepFailure(`${file} is missing: apt-get install fonts-ocr-b`);
  }
};

const glyphOf = (font: Outlined, character: string) => font.glyphForCodePoint(character.codePointAt(0) ?? 0);

/** The outline as straight pieces: curves in 16. */
function edgesOf(commands: { command: string; args: number[] }[]): number[][] {
  const edges: number[][] = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  const lineTo = (toX: number, toY: number): void => {
    edges.push([x, y, toX, toY]);
    [x, y] = [toX, toY];
  };
  for (const { command, args } of commands) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = args;
    if (command === 'moveTo') [x, y, startX, startY] = [a, b, a, b];
    else if (command === 'lineTo') lineTo(a, b);
    else if (command === 'closePath') lineTo(startX, startY);
    else if (command === 'bezierCurveTo') {
      const [fromX, fromY] = [x, y];
      for (let step = 1; step <= 16; step += 1) {
        const t = step / 16;
        const s = 1 - t;
        const mix = (p0: number, p1: number, p2: number, p3: number): number =>
          s * s * s * p0 + 3 * s * s * t * p1 + 3 * s * t * t * p2 + t * t * t * p3;
        lineTo(mix(fromX, a, c, e), mix(fromY, b, d, f));
      }
    } else throw new StepFailure(`an outline has a ${command}`);
  }
  return edges;
}

/** How much of each pixel of a cell the glyph covers, 0 to 255; 8 × 8 points a pixel, by the rule of windings. */
function coverage(edges: number[][], advance: number): Uint8Array {
  const { width, height, below } = SHAPE;
  const unit = advance / width;
  const points = 8;
  const out = new Uint16Array(width * height);
  for (let row = 0; row < height * points; row += 1) {
    const y = below * advance + ((height * points - row - 0.5) / points) * unit;
    const crossings = edges
      .filter(([, y0 = 0, , y1 = 0]) => (y0 <= y && y1 > y) || (y1 <= y && y0 > y))
      .map(([x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => ({
        x: x0 + ((y - y0) / (y1 - y0)) * (x1 - x0),
        turn: y1 > y0 ? 1 : -1,
      }))
      .sort((a, b) => a.x - b.x);
    for (let column = 0; column < width * points; column += 1) {
      const x = ((column + 0.5) / points) * unit;
      const turns = crossings.reduce((sum, crossing) => (crossing.x <= x ? sum + crossing.turn : sum), 0);
      if (turns === 0) continue;
      const at = Math.floor(row / points) * width + Math.floor(column / points);
      out[at] = (out[at] as number) + 1;
    }
  }
  return Uint8Array.from(out, (count) => Math.round((count * 255) / (points * points)));
}

await runMain(async () => {
  await step('OCR-B', (say) => {
    const regular = open('OCRB.otf');
    const sharp = open('OCRBS.otf');
    const shapes: ShapeFile = {
      source:
        'Debian fonts-ocr-b 0.3, OCRB.otf: outlines by Norbert Schwarz ("You may freely use, modify and/or distribute this file, without limitation."), font by Matthew Skala (public domain)',
      madeBy: 'npm run ocr-b',
      shapes: Object.fromEntries(
        [...ALPHABET].map((character) => {
          const { path, advanceWidth } = glyphOf(regular, character);
          return [character, Buffer.from(coverage(edgesOf(path.commands), advanceWidth)).toString('base64')];
        }),
      ),
    };
    writeFileSync(
      join(projectRoot, 'resources/fonts/ocr-b-shapes.json'),
      `${JSON.stringify(shapes, null, 2)}\n`,
    );
    const outlines = {
      source: `${shapes.source}; and OCRBS.otf of the same`,
      madeBy: shapes.madeBy,
      advance: glyphOf(regular, 'A').advanceWidth,
      regular: Object.fromEntries([...ALPHABET].map((c) => [c, glyphOf(regular, c).path.toSVG()])),
      sharp: Object.fromEntries([...ALPHABET].map((c) => [c, glyphOf(sharp, c).path.toSVG()])),
    };
    writeFileSync(
      join(projectRoot, 'test/fixtures/ocr-b/outlines.json'),
      `${JSON.stringify(outlines, null, 2)}\n`,
    );
    say(`${ALPHABET.length} shapes`);
  });
  return undefined;
});
