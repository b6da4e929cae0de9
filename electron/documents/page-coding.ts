import sharp from 'sharp';
import { turnedBy } from '../values/page-preparation.ts';
import { ok, type Result } from '../values/result.ts';
import type { FileFailure } from './failures.ts';
import { type BareJpeg, bareJpeg } from './images/bare-jpeg.ts';
import { encodeG4 } from './images/g4.ts';
import type { Pixels } from './images/straighten.ts';
import { darkOf, isTwoTones } from './images/two-tones.ts';
import {
  isUntouched,
  MAX_PIXELS,
  type RawPage,
  treated,
  treatedPixels,
  unpack,
  unpackGrey,
} from './pictures.ts';
import type { PageText } from './texts/page-text.ts';

export type ScanPage = RawPage & {
  /** Resolution of the scan. Left out, the picture has no true size (a photograph) and is fitted on A4. */
  dpi?: number;
  /** The most that is to be kept of it: colour always stays colour; grey that is ink on paper and nothing else becomes black and white. */
  mode: 'colour' | 'grey' | 'bw';
  /** What was read on it, to be found and copied. */
  text?: PageText;
};

const JPEG_QUALITY = { colour: 80, grey: 78 } as const;

/** A picture as an image of a PDF: its size in pixels, its coded data and what its dictionary says of them. */
export type Coded = { width: number; height: number; bytes: Uint8Array; dictionary: object };

const jpeg = (bytes: Uint8Array, width: number, height: number, components: 1 | 3): Coded => ({
  width,
  height,
  bytes,
  dictionary: {
    ColorSpace: components === 1 ? 'DeviceGray' : 'DeviceRGB',
    BitsPerComponent: 8,
    Filter: 'DCTDecode',
  },
});

/** A page ready to be bound. */
export type EncodedPage = Pick<ScanPage, 'rotation' | 'dpi' | 'text'> & { picture: Coded };

/**
 * Makes of a page's picture what is bound of it; one page of a batch after the other, for as they came they fill all memory. Quarter turns are left to
 * the page it is bound on.
 * @param unpacked the picture, where it is unpacked already; its pixels may be written over
 */
export async function encodePage(
  page: ScanPage,
  unpacked?: Pixels,
): Promise<Result<EncodedPage, FileFailure>> {
  const own = await ownCoding(page);
  const coded = await encode(page, own, unpacked);
  if (!coded.ok) return coded;
  const { dpi, text, look, rotation } = page;
  // libvips' own memory cannot be handed to another thread.
  const picture = { ...coded.value, bytes: new Uint8Array(coded.value.bytes) };
  return ok({
    picture,
    rotation: turnedBy(look?.turn ?? 0, rotation),
    ...(dpi !== undefined && { dpi }),
    ...(text && { text }),
  });
}

async function encode(
  page: ScanPage,
  own: BareJpeg | undefined,
  unpacked: Pixels | undefined,
): Promise<Result<Coded, FileFailure>> {
  if (page.mode === 'colour' && own) return ok(ownJpeg(own));
  const pixels = unpacked ? ok(treated(unpacked, page)) : await treatedPixels(page);
  if (!pixels.ok) return pixels;
  const { data, ...raw } = pixels.value;
  const { width, height } = raw;
  const image = sharp(data, { raw });
  if (page.mode === 'colour') {
    const coded = await unpack(
      image.toColourspace('srgb').jpeg({ quality: JPEG_QUALITY.colour, chromaSubsampling: '4:2:0' }),
    );
    return coded.ok ? ok(jpeg(coded.value, width, height, 3)) : coded;
  }
  const grey = raw.channels === 1 ? ok({ data, width, height }) : await unpackGrey(image);
  if (!grey.ok) return grey;
  if (page.mode === 'bw' || isTwoTones(grey.value)) {
    const dictionary = {
      ColorSpace: 'DeviceGray',
      BitsPerComponent: 1,
      Filter: 'CCITTFaxDecode',
      DecodeParms: { K: -1, Columns: width, Rows: height },
    };
    return ok({ width, height, bytes: encodeG4(darkOf(grey.value)), dictionary });
  }
  if (own?.components === 1) return ok(ownJpeg(own));
  const coded = await unpack(
    sharp(grey.value.data, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .jpeg({ quality: JPEG_QUALITY.grey }),
  );
  return coded.ok ? ok(jpeg(coded.value, width, height, 1)) : coded;
}

const ownJpeg = ({ bytes, width, height, components }: BareJpeg): Coded =>
  jpeg(bytes, width, height, components);

/** The scanner's own JPEG where it can stay as it is. What has no true size is no scan: a camera's is larger than it needs to be. */
async function ownCoding({ image, dpi, look }: ScanPage): Promise<BareJpeg | undefined> {
  const own = dpi === undefined || !isUntouched(look) ? undefined : bareJpeg(image);
  if (!own) return undefined;
  // What is spoilt must not be found out by whom it is sent to.
  const strict = sharp(image, { limitInputPixels: MAX_PIXELS, failOn: 'warning' });
  return (await unpack(strict.raw({ depth: 'uchar' }))).ok ? own : undefined;
}
