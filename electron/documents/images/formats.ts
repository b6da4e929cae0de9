import type { Crop } from '../../values/page-preparation.ts';

/** A paper or a card on the glass: its rectangle and how far it is turned from upright, degrees clockwise. */
export type Sheet = { crop: Crop; skew: number };

/** Millimetres of what is laid on a desk's scanner, the longer side first. */
const FORMATS: readonly (readonly [longer: number, shorter: number])[] = [
  // ISO/IEC 7810: ID-1 (cards), ID-2 (older identity cards), ID-3 (a passport's page) and a passport open.
  [85.6, 54],
  [105, 74],
  [125, 88],
  [176, 125],
  // ISO 216: A4 to A6, A8 (A7 is ID-2), B5 (B6 is a passport open).
  [297, 210],
  [210, 148],
  [148, 105],
  [74, 52],
  [250, 176],
  // Strips of A4: a third, a half along it, 210 × 105 (slips).
  [210, 99],
  [297, 105],
  [210, 105],
  // ISO 269: envelopes DL, C6, C5.
  [220, 110],
  [162, 114],
  [229, 162],
];
/** How inexactly things are cut, and what an edge's shadow adds. */
const TOLERANCE = 2.5;

/** Whether a rectangle has the size of a usual card, sheet or envelope. */
export function hasFormat({ width, height }: Pick<Crop, 'width' | 'height'>, pixelsPerMm: number): boolean {
  const [longer, shorter] = [Math.max(width, height) / pixelsPerMm, Math.min(width, height) / pixelsPerMm];
  return FORMATS.some(([a, b]) => Math.abs(a - longer) <= TOLERANCE && Math.abs(b - shorter) <= TOLERANCE);
}
