/** Components of a picture's colour: 1 grey, 3 colour. */
export type BareJpeg = { bytes: Uint8Array; width: number; height: number; components: 1 | 3 };

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
/** Baseline, extended and progressive with Huffman codes: what every reader of PDF decodes. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const OTHER_FRAMES: ReadonlySet<number> = new Set([
  0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);
const JFIF = 0xe0;
/** Says how the colours are coded; without it some pictures turn green. */
const ADOBE = 0xee;
const EXIF = 0xe1;
const PROFILE = 0xe2;

const isNote = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

/** The end of coded data that begin at `from`: the next marker that is not part of them. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] as number;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

/**
 * A JPEG (ITU-T T.81) as it was coded, without what else it says: notes, maker, place, thumbnails and what hangs behind its end.
 * Undefined where leaving that out would change what is seen (a colour profile, a mark that turns it) or where it is of no kind
 * that PDF/A readers all show; the picture has to be coded anew then. What is in the coded data is not judged here.
 */
export function bareJpeg(bytes: Uint8Array): BareJpeg | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xff00 + START) return undefined;
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let frame: Omit<BareJpeg, 'bytes'> | undefined;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || OTHER_FRAMES.has(marker) || marker === PROFILE) return undefined;
    if (marker === EXIF && turns(bytes.subarray(at + 4, end))) return undefined;
    if (FRAMES.has(marker)) {
      if (frame !== undefined || end - at < 10 || bytes[at + 4] !== 8) return undefined;
      const components = bytes[at + 9];
      if (components !== 1 && components !== 3) return undefined;
      if (components === 3 && bytes[at + 10] === 0x52) return undefined;
      frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components };
    }
    if (!isNote(marker) || marker === JFIF || marker === ADOBE) kept.push(bytes.subarray(at, end));
    at = end;
    if (marker !== SCAN) continue;
    const next = endOfScan(bytes, at);
    kept.push(bytes.subarray(at, next));
    at = next;
    if (bytes[at + 1] !== END) continue;
    kept.push(bytes.subarray(at, at + 2));
    if (frame === undefined || frame.width === 0 || frame.height === 0) return undefined;
    return { bytes: Uint8Array.from(Buffer.concat(kept)), ...frame };
  }
  return undefined;
}

/** Whether notes of a camera hold a mark of how the picture lies (Exif 2.3, tag 0x0112) that is not upright. In doubt it does. */
function turns(notes: Uint8Array): boolean {
  if (Buffer.from(notes.subarray(0, 6)).toString('latin1') !== 'Exif\0\0') return false;
  const tiff = Buffer.from(notes.subarray(6));
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  try {
    const folder = long(4);
    for (let index = 0; index < short(folder); index += 1) {
      const tag = folder + 2 + index * 12;
      if (short(tag) === 0x0112) return short(tag + 8) !== 1;
    }
    return false;
  } catch (error) {
    if (error instanceof RangeError) return true;
    throw error;
  }
}
