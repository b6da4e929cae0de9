import type { BookedPerson } from '../../values/booking.ts';
import { type PartialDate, samePartialDate, wholeDate } from '../../values/partial-date.ts';
import type { PersonName } from '../../values/person-name.ts';
import { wordsOf } from '../../values/words.ts';

/** Whether something is the verified person's. Stricter than a search: what only may be theirs is not shown as theirs. Pure. */

export type Verified = { name: PersonName; birthDate: PartialDate };

const plain = (text: string | undefined): string => wordsOf(text ?? '').join(' ');

export const hasName = (name: PersonName, of: PersonName): boolean =>
  plain(name.surname) === plain(of.surname) && plain(name.givenNames) === plain(of.givenNames);

/** The same name and day of birth; of whom no day is known it is not said. */
export const isSame = (
  one: { name: PersonName; birthDate?: PartialDate | undefined } | undefined,
  verified: Verified,
): boolean =>
  one?.birthDate !== undefined &&
  samePartialDate(one.birthDate, verified.birthDate) &&
  hasName(one.name, verified.name);

/** A booking of the person: by their account, else by name and the whole day of birth. Two of one name are told apart so. */
export const isBookedBy = (
  booked: BookedPerson | undefined,
  verified: Verified,
  accountIds: readonly string[],
): boolean => {
  if (booked === undefined) return false;
  if (booked.accountId !== undefined && accountIds.includes(booked.accountId)) return true;
  const day = wholeDate(verified.birthDate);
  return day !== null && booked.birthDate === day && hasName(booked.name, verified.name);
};
