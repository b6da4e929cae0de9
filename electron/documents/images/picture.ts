import sharp from 'sharp';
import { err, ok, type Result } from '../../values/result.ts';
import type { LegalDate } from '../../values/time.ts';
import { type FileFailure, failure } from '../failures.ts';
import { codesOf, type FoundCode } from './codes.ts';
import { brightest, type GreyImage } from './grey.ts';
import { type ReadZone, readZone, type ZoneFailure } from './read-zone.ts';
import type { Shapes } from './shapes.ts';

/** The most a picture that is read may have: A4 at 600 dpi has 34.8 million. What claims more is not unpacked. */
export const MOST_PIXELS_READ = 36_000_000;

/**
 * Unpacks a picture for `use` and wipes it afterwards, with the bytes it came in: it may show an identity card, of which no copy
 * is made without its holder's consent (zákon 269/2021).
 */
async function withPicture<T>(
  bytes: Uint8Array,
  use: (image: GreyImage) => Promise<T> | T,
): Promise<Result<T, FileFailure>> {
  let pixels: Buffer | undefined;
  let image: GreyImage | undefined;
  try {
    const opened = sharp(bytes, { limitInputPixels: MOST_PIXELS_READ, failOn: 'error' });
    const { width, height } = await opened.metadata();
    if (width * height > MOST_PIXELS_READ) return err(tooManyPixels());
    const unpacked = await opened
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    pixels = unpacked.data;
    image = brightest(pixels, unpacked.info.channels, unpacked.info.width, unpacked.info.height);
  } catch (error) {
    // libvips tells everything that is wrong with a picture as a sentence; only the limit has its own code.
    return err(String(error).includes('pixel limit') ? tooManyPixels() : failure('file.not-an-image'));
  } finally {
    if (image === undefined) wipe(bytes, pixels);
  }
  try {
    return ok(await use(image));
  } finally {
    wipe(bytes, pixels, image.data);
  }
}

const tooManyPixels = (): FileFailure =>
  failure('file.too-many-pixels', { limit: MOST_PIXELS_READ / 1_000_000 });

const wipe = (...parts: (Uint8Array | undefined)[]): void => {
  for (const part of parts) part?.fill(0);
};

/** Reads the machine-readable zone of a PNG, JPEG or TIFF. The bytes are wiped. */
export async function readZoneOf(
  bytes: Uint8Array,
  shapes: Shapes,
  today: LegalDate,
): Promise<Result<ReadZone, FileFailure | ZoneFailure>> {
  const read = await withPicture(bytes, (image) => readZone(image, shapes, { today }));
  return read.ok ? read.value : read;
}

/** Reads the codes of a PNG, JPEG or TIFF. The bytes are wiped. */
export const readCodesOf = (bytes: Uint8Array): Promise<Result<FoundCode[], FileFailure>> =>
  withPicture(bytes, (image) => codesOf(image));
