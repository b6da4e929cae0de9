import type { Schemas } from '../api.ts';

/** What numbers of the training environment begin with: they can never be taken for real ones. */
const TRAINING_MARK = 'X-';
const LONGEST_WRITTEN = 60;

/**
 * The number as it is printed: series, year, sequence and two check digits (ISO 7064, MOD 97-10) over both numbers, so that a
 * number copied wrongly is not somebody else's.
 */
export function evidenceNumber(
  environment: Schemas['Environment'],
  prefix: string,
  year: number,
  sequence: number,
): string {
  const digits = `${year}${String(sequence).padStart(7, '0')}`;
  const check = String(98 - ((Number(digits) * 100) % 97)).padStart(2, '0');
  const mark = environment === 'training' ? TRAINING_MARK : '';
  return `${mark}${prefix}-${digits.slice(0, 4)}-${digits.slice(4)}-${check}`;
}

/** As somebody typed it from a paper: case, spaces and a dash of another kind do not make it another number. */
export const readEvidenceNumber = (written: string): string =>
  written
    .slice(0, LONGEST_WRITTEN)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/\s+/gu, '')
    .replace(/\p{Pd}/gu, '-');
