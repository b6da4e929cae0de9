import sharp, { type Metadata, type Sharp } from 'sharp';
import { err, ok, type Result } from '../values/result.ts';
import { type FileFailure, failure } from './failures.ts';

/** Quarter turns clockwise. */
export type Rotation = 0 | 90 | 180 | 270;

/**
 * The most pixels one picture may have: an A3 page at 600 dpi has 70 million. What claims more is refused before it is
 * unpacked, for a small file can claim a picture that fills all memory.
 */
export const MAX_PIXELS = 100_000_000;

/** An opened picture with what its header says; nothing is unpacked yet. */
export type Picture = { image: Sharp; metadata: Metadata };

/** Opens a picture, or one page of a TIFF. Orientation marks of cameras are obeyed, so that rotation means what is seen. */
export async function openPicture(bytes: Uint8Array, page = 0): Promise<Result<Picture, FileFailure>> {
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', page });
    const metadata = await image.metadata();
    if (metadata.width * metadata.height > MAX_PIXELS) return err(tooManyPixels());
    return ok({ image: image.autoOrient(), metadata });
  } catch (error) {
    return err(pictureFailure(error));
  }
}

/** Unpacks a picture; a broken one fails here, when its data do not last or do not fit its header. */
export async function unpack(image: Sharp): Promise<Result<Buffer, FileFailure>> {
  try {
    return ok(await image.toBuffer());
  } catch (error) {
    return err(pictureFailure(error));
  }
}

// libvips tells everything that is wrong with a picture as an error with a sentence; only the limit has its own code.
function pictureFailure(error: unknown): FileFailure {
  return String(error).includes('pixel limit') ? tooManyPixels() : failure('file.not-an-image');
}

function tooManyPixels(): FileFailure {
  return failure('file.too-many-pixels', { limit: MAX_PIXELS / 1_000_000 });
}

/** A small JPEG of a picture for the list of pages, its longer side at most `maxPx`. */
export async function thumbnail(
  bytes: Uint8Array,
  rotation: Rotation,
  maxPx: number,
  page = 0,
): Promise<Result<Uint8Array, FileFailure>> {
  const picture = await openPicture(bytes, page);
  if (!picture.ok) return picture;
  const small = await unpack(
    picture.value.image
      .rotate(rotation)
      .flatten({ background: '#ffffff' })
      .resize({ width: maxPx, height: maxPx, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .jpeg({ quality: 72 }),
  );
  // libvips' own memory cannot be handed to another thread.
  return small.ok ? ok(new Uint8Array(small.value)) : small;
}
