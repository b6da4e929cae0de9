import { type Found, planOf } from '../values/page-preparation.ts';
import { ok, type Result } from '../values/result.ts';
import { seemsBlank } from './blank-page.ts';
import type { FileFailure } from './failures.ts';
import type { GreyImage } from './images/grey.ts';
import { findSheet, type Sheet } from './images/sheet.ts';
import { type Shrunk, shrunk } from './images/shrunk.ts';
import { findRows } from './images/skew.ts';
import { straightened } from './images/straighten.ts';
import { type EncodedPage, encodePage, type ScanPage } from './page-coding.ts';
import { openPicture, unpackPixels } from './pictures.ts';

/** What is to be looked for on a page. */
export type PreparationRequest = { crop: boolean; straighten: boolean; separators: boolean };

/** A page as it came from the scanner; without `dpi` its picture has no true size. */
export type ScannedPicture = Pick<ScanPage, 'image' | 'mode' | 'dpi'>;

/**
 * `separator`: the page is a separator sheet of ours and no page of a document. `encoded`: what is bound of it if all that was found
 * is done; null of a separator.
 */
export type PreparedPage = { found: Found; separator: boolean; encoded: EncodedPage | null };

/** The text of the code on a separator sheet (resources/templates/separator-sheet.json). */
export const SEPARATOR_CODE = 'VIRTUOS-SEPARATOR';

/** The longer side a page is looked at with: some 120 dpi of an A4 page. A digit is 20 pixels high then, dust less than one. */
const LOOK_PX = 1400;
/** Less askew than this nobody sees. Degrees. */
const LEAST_SKEW = 0.1;
/** Smaller pictures are scraps. */
const LEAST_PX = 200;
const MM_PER_INCH = 25.4;

/**
 * Looks at a page as it came from the scanner, its paper's edges, how it lies, whether anything is on it, and encodes it as it is bound then.
 * It is unpacked once: that costs as much as anything that is done to it.
 */
export async function preparePage(
  page: ScannedPicture,
  wanted: PreparationRequest,
): Promise<Result<PreparedPage, FileFailure>> {
  const picture = await openPicture(page.image);
  if (!picture.ok) return picture;
  const pixels = await unpackPixels(picture.value);
  if (!pixels.ok) return pixels;
  const small = shrunk(pixels.value, LOOK_PX);
  const separator = wanted.separators && (await isSeparator(small.light));
  const found = lookOver(small, { ...wanted, dpi: page.dpi ?? 0 });
  if (separator) return ok({ found, separator, encoded: null });
  const { crop, skew, turn } = found;
  const look = { crop, skew, turn, brightness: 0 as const };
  const encoded = await encodePage({ ...page, rotation: 0, look }, pixels.value);
  return encoded.ok ? ok({ found, separator, encoded: encoded.value }) : encoded;
}

async function isSeparator(light: GreyImage): Promise<boolean> {
  const { codesOf } = await import('./images/codes.ts');
  return (await codesOf(light, 'QRCode')).some(({ text }) => text === SEPARATOR_CODE);
}

/** What a shrunk picture shows, in pixels of the picture itself; `dpi` 0 where it has no true size. Pure. */
function lookOver(
  { light, darkest, factor }: Shrunk,
  wanted: { crop: boolean; straighten: boolean; dpi: number },
): Found {
  const asItIs = (): Found => ({ crop: null, skew: 0, turn: 0, blank: seemsBlank(light) });
  if (Math.max(light.width, light.height) < LEAST_PX) return asItIs();
  const pixelsPerMm = wanted.dpi > 0 ? (wanted.dpi * factor) / MM_PER_INCH : null;
  const sheet = wanted.crop ? findSheet(darkest, pixelsPerMm) : null;
  if (sheet !== null) {
    const plan = planOf(light, sheet);
    const { data, width, height } = straightened({ ...light, channels: 1 }, plan);
    const alone: GreyImage = { data, width, height };
    const rows = wanted.straighten ? findRows(alone) : null;
    return {
      ...enlarged(wanted.straighten ? sheet : upright(sheet), factor),
      turn: rows?.direction === 90 ? 90 : 0,
      blank: seemsBlank(alone),
    };
  }
  const nothing = asItIs();
  const rows = wanted.straighten && !nothing.blank ? findRows(light) : null;
  if (rows === null) return nothing;
  return {
    ...nothing,
    skew: Math.abs(rows.skew) < LEAST_SKEW ? 0 : hundredths(rows.skew),
    turn: rows.direction,
  };
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** The upright rectangle around a sheet, for a page that is not to be straightened. */
function upright({ crop, skew }: Sheet): Sheet {
  const { width, height } = planOf(crop, { crop: null, skew });
  return { crop: { ...crop, width, height }, skew: 0 };
}

function enlarged(
  { crop: { x, y, width, height }, skew }: Sheet,
  factor: number,
): Pick<Found, 'crop' | 'skew'> {
  return {
    crop: {
      x: hundredths(x / factor),
      y: hundredths(y / factor),
      width: Math.ceil(width / factor),
      height: Math.ceil(height / factor),
    },
    skew: Math.abs(skew) < LEAST_SKEW ? 0 : hundredths(skew),
  };
}
