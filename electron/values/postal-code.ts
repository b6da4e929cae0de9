import { impossible, type Judgement, suspiciousIf } from './judgement.ts';

export type PostalCodeReason = 'postal-code.shape' | 'postal-code.not-czech';

/** Judges a Czech postal code (PSČ): five digits, the first 1 to 7. `normal` is without the space. */
export function judgePostalCode(text: string): Judgement<PostalCodeReason> {
  const normal = text.length > 40 ? '' : text.replace(/\s+/gu, '');
  if (!/^\d{5}$/.test(normal)) return impossible('postal-code.shape');
  return suspiciousIf(/^[1-7]/.test(normal) ? [] : ['postal-code.not-czech'], normal);
}

/** `30100` → `301 00` with a non-breaking space. */
export const formatPostalCode = (normal: string): string => `${normal.slice(0, 3)}\u00a0${normal.slice(3)}`;
