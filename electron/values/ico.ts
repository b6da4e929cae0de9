import { impossible, type Judgement, suspiciousIf } from './judgement.ts';

export type IcoReason = 'ico.shape' | 'ico.check-digit';

/**
 * Judges an identification number of a person (IČO): up to eight digits, padded with zeros on the left, the last one
 * a check digit (weights 8 to 2, modulo 11). A wrong check digit is suspicious only.
 */
export function judgeIco(text: string): Judgement<IcoReason> {
  const digits = text.length > 40 ? '' : text.replace(/\s+/gu, '');
  if (!/^\d{1,8}$/.test(digits) || /^0+$/.test(digits)) return impossible('ico.shape');
  const normal = digits.padStart(8, '0');
  return suspiciousIf(icoCheckDigit(normal) === normal.slice(7) ? [] : ['ico.check-digit'], normal);
}

/** The check digit of the first seven digits. */
export function icoCheckDigit(digits: string): string {
  const sum = [...digits.slice(0, 7)].reduce((total, digit, index) => total + Number(digit) * (8 - index), 0);
  return String((11 - (sum % 11)) % 10);
}
