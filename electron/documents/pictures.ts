import sharp, { type Metadata, type Sharp } from 'sharp';
import {
  type Brightness,
  type Preparation,
  planOf,
  type QuarterTurn,
  scaledPlan,
  turnedBy,
} from '../values/page-preparation.ts';
import { err, ok, type Result } from '../values/result.ts';
import { type FileFailure, failure } from './failures.ts';
import type { GreyImage } from './images/grey.ts';
import { inkOf } from './images/ink.ts';
import { type Pixels, straightened } from './images/straighten.ts';

/** Quarter turns clockwise. */
export type Rotation = QuarterTurn;

/** What is made of a page beside turning it by hand. */
export type Look = Preparation & { brightness: Brightness };

const AS_SCANNED: Look = { crop: null, skew: 0, turn: 0, brightness: 0 };

/** Whether nothing is made of its pixels. */
export const isUntouched = (look: Look = AS_SCANNED): boolean =>
  look.crop === null && look.skew === 0 && look.brightness === 0;

/** A picture as it came, with what a person made of it. */
export type RawPage = {
  /** PNG, JPEG or TIFF; `page` picks one of a TIFF with several (from 0). */
  image: Uint8Array;
  page?: number;
  rotation: Rotation;
  /** Only black and white changes what is in the picture. */
  mode?: 'colour' | 'grey' | 'bw';
  /** How it is cut, set straight and toned; left out, as it was scanned. */
  look?: Look;
};

/**
 * The most pixels one picture may have: an A3 page at 600 dpi has 70 million. What claims more is refused before it is
 * unpacked, for a small file can claim a picture that fills all memory.
 */
export const MAX_PIXELS = 100_000_000;

/** An opened picture with what its header says, and its size once it stands upright; nothing is unpacked yet. */
export type Picture = { image: Sharp; metadata: Metadata; size: { width: number; height: number } };

/** Opens a picture, or one page of a TIFF. Orientation marks of cameras are obeyed, so that rotation means what is seen. */
export async function openPicture(bytes: Uint8Array, page = 0): Promise<Result<Picture, FileFailure>> {
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', page });
    const metadata = await image.metadata();
    if (metadata.width * metadata.height > MAX_PIXELS) return err(tooManyPixels());
    return ok({ image: image.autoOrient(), metadata, size: metadata.autoOrient });
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

/** Unpacks a picture, or what was made of it, into one or three channels, on white. */
export async function unpackPixels(
  { image, metadata }: Picture,
  made: (image: Sharp) => Sharp = (same) => same,
): Promise<Result<Pixels, FileFailure>> {
  try {
    const { data, info } = await made(metadata.hasAlpha ? image.flatten({ background: '#ffffff' }) : image)
      .toColourspace(metadata.space === 'b-w' ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const channels = info.channels === 1 ? 1 : 3;
    return ok({ data, width: info.width, height: info.height, channels });
  } catch (error) {
    return err(pictureFailure(error));
  }
}

/** Unpacks what was made of a picture in grey. */
export async function unpackGrey(image: Sharp): Promise<Result<GreyImage, FileFailure>> {
  try {
    const { data, info } = await image
      .greyscale()
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return ok({ data: new Uint8Array(data), width: info.width, height: info.height });
  } catch (error) {
    return err(pictureFailure(error));
  }
}

/** Gamma by brightness, from dark to light; black and white stay what they are. */
const GAMMA: Record<Brightness, number> = { [-2]: 1.7, [-1]: 1.3, 0: 1, 1: 0.77, 2: 0.59 };

/**
 * A page's picture as it is shown, bound and read alike: cut and set straight, turned, its tone set. The page's own bytes are
 * never changed. `maxPx`: the longer side it is made smaller to. Black and white is judged before that, at the page's full size.
 */
export async function preparedPicture(
  { image: bytes, page, rotation, mode, look = AS_SCANNED }: RawPage,
  maxPx?: number,
): Promise<Result<Sharp, FileFailure>> {
  const picture = await openPicture(bytes, page);
  if (!picture.ok) return picture;
  const turn = turnedBy(look.turn, rotation);
  const smaller = (image: Sharp): Sharp =>
    maxPx === undefined
      ? image
      : image.resize({ width: maxPx, height: maxPx, fit: 'inside', withoutEnlargement: true });
  const { image } = picture.value;
  if (isUntouched(look) && mode !== 'bw')
    return ok(smaller(image.rotate(turn).flatten({ background: '#ffffff' })));
  const full = picture.value.size;
  const plan = planOf(full, look);
  const by =
    maxPx === undefined || mode === 'bw' ? 1 : Math.min(1, maxPx / Math.max(plan.width, plan.height));
  const pixels = await unpackPixels(picture.value, (own) =>
    by === 1 ? own : own.resize({ width: Math.max(1, Math.round(full.width * by)) }),
  );
  if (!pixels.ok) return pixels;
  const { data, ...raw } = treated(
    pixels.value,
    { look, ...(mode && { mode }) },
    pixels.value.width / full.width,
  );
  return ok(smaller(sharp(data, { raw }).rotate(turn)));
}

/**
 * What is made of a page's pixels but for quarter turns. They may be written over.
 * @param by how much smaller they are than the page as it was scanned
 */
export function treated(
  pixels: Pixels,
  { look = AS_SCANNED, mode }: Pick<RawPage, 'look' | 'mode'>,
  by = 1,
): Pixels {
  const full = { width: pixels.width / by, height: pixels.height / by };
  const straight =
    look.crop === null && look.skew === 0 ? pixels : straightened(pixels, scaledPlan(planOf(full, look), by));
  if (look.brightness !== 0) applyGamma(straight.data, GAMMA[look.brightness]);
  return mode === 'bw' ? inkOf(straight) : straight;
}

/** Unpacks a page and does that, at its full size. */
export async function treatedPixels(page: RawPage): Promise<Result<Pixels, FileFailure>> {
  const picture = await openPicture(page.image, page.page);
  if (!picture.ok) return picture;
  const pixels = await unpackPixels(picture.value);
  return pixels.ok ? ok(treated(pixels.value, page)) : pixels;
}

function applyGamma(data: Uint8Array, gamma: number): void {
  const curve = Uint8Array.from({ length: 256 }, (_, level) => Math.round(255 * (level / 255) ** gamma));
  for (let at = 0; at < data.length; at += 1) data[at] = curve[data[at] as number] as number;
}

/** A small JPEG of a picture for the list of pages, its longer side at most `maxPx`. */
export async function thumbnail(page: RawPage, maxPx: number): Promise<Result<Uint8Array, FileFailure>> {
  const picture = await preparedPicture(page, maxPx);
  if (!picture.ok) return picture;
  const small = await unpack(picture.value.toColourspace('srgb').jpeg({ quality: 72 }));
  // libvips' own memory cannot be handed to another thread.
  return small.ok ? ok(new Uint8Array(small.value)) : small;
}
