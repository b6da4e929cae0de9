import { setImmediate } from 'node:timers/promises';
import { type Found, planOf } from '../values/page-preparation.ts';
import { ok, type Result } from '../values/result.ts';
import { seemsBlank } from './blank-page.ts';
import type { FileFailure } from './failures.ts';
import type { Sheet } from './images/formats.ts';
import type { GreyImage } from './images/grey.ts';
import { findSheet } from './images/sheet.ts';
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
  const { crop, skew, writing } = lookOver(small, { ...wanted, dpi: page.dpi ?? 0 });
  if (separator) return ok({ found: { crop, skew, ...writing() }, separator, encoded: null });
  const look = { crop, skew, turn: 0 as const, brightness: 0 as const };
  const [encoded, written] = await Promise.all([
    encodePage({ ...page, rotation: 0, look }, pixels.value),
    // libvips codes a picture on a thread of its own: by the next turn it is at work.
    setImmediate().then(writing),
  ]);
  if (!encoded.ok) return encoded;
  return ok({
    found: { crop, skew, ...written },
    separator,
    encoded: { ...encoded.value, rotation: written.turn },
  });
}

async function isSeparator(light: GreyImage): Promise<boolean> {
  const { codesOf } = await import('./images/codes.ts');
  return (await codesOf(light, 'QRCode')).some(({ text }) => text === SEPARATOR_CODE);
}

/** How a page lies. What its writing tells beside that is asked for when there is time: its pixels do not depend on it. */
type Lie = Pick<Found, 'crop' | 'skew'> & { writing(): Pick<Found, 'turn' | 'blank'> };

/** What a shrunk picture shows, in pixels of the picture itself; `dpi` 0 where it has no true size. Pure. */
function lookOver(
  { light, darkest, brightest, factor }: Shrunk,
  wanted: { crop: boolean; straighten: boolean; dpi: number },
): Lie {
  const pixelsPerMm = (wanted.dpi * factor) / MM_PER_INCH;
  const isScrap = Math.max(light.width, light.height) < LEAST_PX;
  const sheet =
    wanted.crop && !isScrap && pixelsPerMm > 0 ? findSheet({ darkest, brightest }, pixelsPerMm) : null;
  if (sheet !== null) {
    const writing = (): ReturnType<Lie['writing']> => {
      const { data, width, height } = straightened({ ...light, channels: 1 }, planOf(light, sheet));
      const alone: GreyImage = { data, width, height };
      const rows = wanted.straighten ? findRows(alone) : null;
      return { turn: rows?.direction === 90 ? 90 : 0, blank: seemsBlank(alone) };
    };
    return { ...enlarged(wanted.straighten ? sheet : upright(sheet), factor), writing };
  }
  const blank = seemsBlank(light);
  const rows = wanted.straighten && !isScrap && !blank ? findRows(light) : null;
  return {
    crop: null,
    skew: rows === null || Math.abs(rows.skew) < LEAST_SKEW ? 0 : hundredths(rows.skew),
    writing: () => ({ turn: rows?.direction ?? 0, blank }),
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
