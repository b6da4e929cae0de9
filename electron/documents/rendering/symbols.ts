import bwip from 'bwip-js/node';
import { err, ok, type Result } from '../../values/result.ts';
import { type DocumentFailure, failure } from '../failures.ts';

/** A printed code as dark stretches on a grid of modules; drawn as vectors, so that it stays sharp on any printer. */
export type Symbol2d = { columns: number; rows: number; dark: { x: number; y: number; length: number }[] };

/** What the text takes in the symbol: two characters of the alphanumeric mode (ISO/IEC 18004) are eleven bits. */
const bytesInSymbol = (text: string): number =>
  /^[0-9A-Z $%*+\-./:]*$/.test(text)
    ? Math.ceil((11 * Math.floor(text.length / 2) + 6 * (text.length % 2)) / 8)
    : new TextEncoder().encode(text).length;

/**
 * A QR code with error correction level M and the text in UTF-8. More than `maxBytes` in the symbol is a failure: such a
 * code would need modules too small for office printers.
 */
export function qrSymbol(text: string, maxBytes: number): Result<Symbol2d, DocumentFailure> {
  const bytes = bytesInSymbol(text);
  if (bytes === 0 || bytes > maxBytes)
    return err(failure('documents.code-too-long', { bytes, limit: maxBytes }));
  const [grid] = bwip.raw('qrcode', text, 'eclevel=M');
  if (grid === undefined || !('pixs' in grid)) throw new Error('the QR encoder gave no grid');
  const dark: Symbol2d['dark'] = [];
  for (let y = 0; y < grid.pixy; y += 1) {
    for (let x = 0; x < grid.pixx; x += 1) {
      if (grid.pixs[y * grid.pixx + x] !== 1) continue;
      const last = dark.at(-1);
      if (last !== undefined && last.y === y && last.x + last.length === x) last.length += 1;
      else dark.push({ x, y, length: 1 });
    }
  }
  return ok({ columns: grid.pixx, rows: grid.pixy, dark });
}

/** A Code 128 bar code of printable ASCII, at most 48 characters: more would not fit the width of a page. */
export function code128Symbol(text: string): Result<Symbol2d, DocumentFailure> {
  if (!/^[\x20-\x7e]{1,48}$/.test(text)) {
    return err(failure('documents.code-too-long', { bytes: text.length, limit: 48 }));
  }
  const [bars] = bwip.raw('code128', text);
  if (bars === undefined || !('sbs' in bars)) throw new Error('the bar code encoder gave no bars');
  const dark: Symbol2d['dark'] = [];
  let x = 0;
  bars.sbs.forEach((length, index) => {
    if (index % 2 === 0) dark.push({ x, y: 0, length });
    x += length;
  });
  return ok({ columns: x, rows: 1, dark });
}
