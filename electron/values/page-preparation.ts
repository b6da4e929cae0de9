import type { ScanSettings } from './scan-profiles.ts';

/**
 * How a scanned page is shown and bound, beside its picture, which stays as the scanner gave it. Lengths are pixels of that
 * picture (upright as its own orientation mark says), angles degrees clockwise.
 */

/** A rectangle of the picture that stands at the page's `skew`: its centre and its sides. */
export type Crop = { x: number; y: number; width: number; height: number };

export type QuarterTurn = 0 | 90 | 180 | 270;

/** What is done to a picture before a person turns it. Without a crop nothing of it is left out. */
export type Preparation = { crop: Crop | null; skew: number; turn: QuarterTurn };

export const BRIGHTNESS = [-2, -1, 0, 1, 2] as const;
export type Brightness = (typeof BRIGHTNESS)[number];

/** The part of a picture that is shown: `width` × `height` pixels around a point, turned back by `skew`. */
export type PicturePlan = { x: number; y: number; width: number; height: number; skew: number };

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Where each shown pixel comes from, before quarter turns. */
export function planOf(
  size: { width: number; height: number },
  { crop, skew }: Pick<Preparation, 'crop' | 'skew'>,
): PicturePlan {
  if (crop !== null) return { ...crop, width: Math.round(crop.width), height: Math.round(crop.height), skew };
  const [cos, sin] = [Math.cos(radians(skew)), Math.abs(Math.sin(radians(skew)))];
  return {
    x: size.width / 2,
    y: size.height / 2,
    width: Math.ceil(size.width * cos + size.height * sin - 1e-6),
    height: Math.ceil(size.height * cos + size.width * sin - 1e-6),
    skew,
  };
}

/** The same plan over a picture that was made smaller (or larger) before. */
export const scaledPlan = (plan: PicturePlan, by: number): PicturePlan => ({
  x: plan.x * by,
  y: plan.y * by,
  width: Math.max(1, Math.round(plan.width * by)),
  height: Math.max(1, Math.round(plan.height * by)),
  skew: plan.skew,
});

export const turnedBy = (turn: QuarterTurn, by: QuarterTurn): QuarterTurn =>
  ((turn + by) % 360) as QuarterTurn;

/** What the machine made out of a page. `blank`: nothing seems to be on it. Nothing of it counts without a person's seeing it. */
export type Found = Preparation & { blank: boolean };

/** What is to be looked for on a page that was scanned, and how its batch is parted. */
export type Looking = Pick<ScanSettings, 'source' | 'crop' | 'straighten' | 'blank' | 'split'>;

/**
 * What is kept of a page beside its picture: what the machine proposed, whether the clerk undid that, and the tone the clerk set.
 * `startsPart`: something in the batch told that another document begins here. `looking`: it has not been looked at yet, and only then takes the place of the page
 * that it `replaces`. `turnOpen`: which way its
 * writing is up has not been asked yet.
 */
export type Treatment = {
  found: Found | null;
  undone: boolean;
  brightness: Brightness;
  startsPart: boolean;
  looking?: Looking | undefined;
  replaces?: string | undefined;
  turnOpen?: true | undefined;
};

export const UNTREATED: Treatment = { found: null, undone: false, brightness: 0, startsPart: false };

/** The preparation in force: what was found, unless the clerk undid it. */
export const inForce = ({ found, undone }: Treatment): Preparation =>
  found === null || undone ? { crop: null, skew: 0, turn: 0 } : found;
