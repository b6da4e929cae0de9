import { isRealDay } from './calendar.ts';
import { impossible, type Judgement, suspiciousIf } from './judgement.ts';
import type { LegalDate } from './time.ts';

export type BirthNumberReason =
  | 'birth-number.shape'
  | 'birth-number.no-such-day'
  | 'birth-number.nine-digits-after-1953'
  | 'birth-number.ten-digits-before-1954'
  | 'birth-number.plus-20-before-2004'
  | 'birth-number.check-digit';

/**
 * `normal` is `YYMMDD/SSS` or `YYMMDD/SSSC`. `birthDate` and `sexHint` are hints to compare a document with; they
 * are no proof of either.
 */
export type BirthNumberJudgement = Judgement<BirthNumberReason> & {
  birthDate?: LegalDate;
  sexHint?: 'F' | 'M';
};

const LAST_BIRTH_OF_EXCEPTION = 1985;

/**
 * Judges a rodné číslo (act 133/2000 Sb., § 13 and following). Women have 50 added to the month; since 2004, when a
 * day's endings run out, men 20 and women 70. Nine digits for births to 1953, ten from 1954, those divisible by
 * eleven or, up to 1985, ending in 0 where the first nine leave ten.
 */
export function judgeBirthNumber(text: string, { today }: { today: LegalDate }): BirthNumberJudgement {
  const match = /^(\d\d)(\d\d)(\d\d)\/?(\d{3})(\d?)$/.exec(text.length > 40 ? '' : text.replace(/\s+/gu, ''));
  if (match === null) return impossible('birth-number.shape');
  const [, yy = '', mm = '', dd = '', ending = '', check = ''] = match;
  const normal = `${yy}${mm}${dd}/${ending}${check}`;
  const isOld = check === '';
  const month = Number(mm) % 50;
  const sexHint = Number(mm) > 50 ? 'F' : 'M';
  const hasPlus20 = month > 20;
  const calendarMonth = hasPlus20 ? month - 20 : month;
  const date = (year: number): LegalDate => `${year}-${String(calendarMonth).padStart(2, '0')}-${dd}`;

  const reasons: BirthNumberReason[] = [];
  let year = 1900 + Number(yy);
  if (isOld && year > 1953) return impossible('birth-number.nine-digits-after-1953', normal);
  if (!isOld && year < 1954) {
    // Born before 1954, but given the number later: seen, though no source for a rule was found.
    if (date(year + 100) > today) reasons.push('birth-number.ten-digits-before-1954');
    else year += 100;
  }
  if (!isRealDay(year, calendarMonth, Number(dd)) || (isOld && hasPlus20)) {
    return impossible('birth-number.no-such-day', normal);
  }
  if (hasPlus20 && year < 2004) reasons.push('birth-number.plus-20-before-2004');
  if (!isOld && !passesModulo11(normal, year)) reasons.push('birth-number.check-digit');
  return { ...suspiciousIf(reasons, normal), birthDate: date(year), sexHint };
}

function passesModulo11(normal: string, year: number): boolean {
  const digits = normal.replace('/', '');
  if (Number(digits) % 11 === 0) return true;
  const rest = Number(digits.slice(0, 9)) % 11;
  return year <= LAST_BIRTH_OF_EXCEPTION && rest === 10 && digits.endsWith('0');
}
