import { promisify } from 'node:util';
import { crc32, deflate, inflate } from 'node:zlib';

/**
 * Makes a 1-bit PNG of a grey one, for scanners without a black-and-white mode of their own. Written for the one kind of PNG
 * that scanimage makes of a grey page (PNG specification, W3C: colour type 0, 8 bits, not interlaced); anything else gives
 * undefined. An image library is not used: the one at hand (sharp) clashes with libraries inside Electron on Linux.
 */
export const blackAndWhite = async (png: Uint8Array): Promise<Uint8Array | undefined> => {
  const picture = await readGrey(png);
  return picture && writeBits(picture);
};

/** Above the middle, so that pencil and pale stamps stay visible. */
const threshold = 160;

type Grey = { width: number; height: number; samples: Uint8Array; resolution: Buffer | undefined };

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A3 at 600 dpi has 70 million pixels; more is no page. */
const mostPixels = 150_000_000;

const chunksOf = (png: Buffer): { type: string; data: Buffer }[] | undefined => {
  if (!png.subarray(0, 8).equals(signature)) return undefined;
  const chunks: { type: string; data: Buffer }[] = [];
  let at = 8;
  while (at + 12 <= png.length) {
    const length = png.readUInt32BE(at);
    if (at + 12 + length > png.length) return undefined;
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  return chunks.at(-1)?.type === 'IEND' ? chunks : undefined;
};

const paeth = (left: number, above: number, corner: number): number => {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
};

/** Undoes the filter of each row (PNG, section 9.2), one byte a pixel. False: no such filter. */
const unfilter = (rows: Uint8Array, width: number, height: number, samples: Uint8Array): boolean => {
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (width + 1)] ?? 0;
    if (filter > 4) return false;
    const from = y * (width + 1) + 1;
    const to = y * width;
    for (let x = 0; x < width; x += 1) {
      const left = x > 0 ? (samples[to + x - 1] ?? 0) : 0;
      const above = y > 0 ? (samples[to + x - width] ?? 0) : 0;
      const corner = x > 0 && y > 0 ? (samples[to + x - width - 1] ?? 0) : 0;
      const guess =
        filter === 1
          ? left
          : filter === 2
            ? above
            : filter === 3
              ? (left + above) >> 1
              : filter === 4
                ? paeth(left, above, corner)
                : 0;
      samples[to + x] = (rows[from + x] ?? 0) + guess;
    }
  }
  return true;
};

const readGrey = async (png: Uint8Array): Promise<Grey | undefined> => {
  const chunks = chunksOf(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
  const header = chunks?.find(({ type }) => type === 'IHDR')?.data;
  if (!chunks || header?.length !== 13) return undefined;
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  // Bit depth 8, colour type grey, the only compression and filter method, no interlace.
  if (header.subarray(8).toString('hex') !== '0800000000') return undefined;
  if (width === 0 || height === 0 || width * height > mostPixels) return undefined;
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const expected = (width + 1) * height;
  const rows = await promisify(inflate)(packed, { maxOutputLength: expected }).catch(() => undefined);
  if (rows?.length !== expected) return undefined;
  const samples = new Uint8Array(width * height);
  if (!unfilter(rows, width, height, samples)) return undefined;
  return { width, height, samples, resolution: chunks.find(({ type }) => type === 'pHYs')?.data };
};

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
};

const writeBits = async ({ width, height, samples, resolution }: Grey): Promise<Uint8Array> => {
  const stride = 1 + Math.ceil(width / 8);
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if ((samples[y * width + x] ?? 0) < threshold) continue;
      const at = y * stride + 1 + (x >> 3);
      rows[at] = (rows[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    ...(resolution ? [chunk('pHYs', resolution)] : []),
    chunk('IDAT', await promisify(deflate)(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
