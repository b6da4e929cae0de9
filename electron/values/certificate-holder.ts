import type { PersonName } from './person-name.ts';
import { transliterate } from './transliteration.ts';

/** Whom a certificate names. Qualified ones of persons have the name in parts; others in the common name alone. */
export type CertificateHolder = {
  givenNames: string | null;
  surname: string | null;
  commonName: string;
  /** As EN 319 412-1 writes it, for example `NTRCZ-00255661`. */
  organisationIdentifier: string | null;
};

// Issuers write names without diacritics, or as the machine-readable zone does: Ü as UE or U.
const readings: readonly ((text: string) => string)[] = [
  transliterate,
  (text) => transliterate(text.normalize('NFD').replace(/\p{M}/gu, '')),
];

const words = (text: string): string[] => text.split(/[<\s]+/).filter(Boolean);
const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join(' ') === [...b].sort().join(' ');
const isWithin = (few: readonly string[], many: readonly string[]): boolean =>
  few.every((word) => many.includes(word));

/** A common name without titles: what has a full stop in it or stands behind a comma is one. */
const untitled = (commonName: string): string =>
  (commonName.split(',')[0] ?? '')
    .split(/\s+/)
    .filter((word) => !word.includes('.'))
    .join(' ');

/**
 * Whether a certificate names this person. The surname has to be the same word for word, in any order and with or without
 * hyphens and diacritics; of given names one may have fewer than the other, because a certificate has all of them and a
 * directory often the one in use. Titles, capitals and the order of the parts say nothing.
 */
export function isHeldBy(holder: CertificateHolder, person: PersonName): boolean {
  return readings.some((read) => {
    const surname = words(read(person.surname));
    const given = words(read(person.givenNames ?? ''));
    if (holder.surname === null) {
      const all = words(read(untitled(holder.commonName)));
      const rest = all.filter((word) => !surname.includes(word));
      // Here a further word may be a further surname.
      return isWithin(surname, all) && isWithin(rest, given) && areGivenNamesSame(rest, given);
    }
    return (
      isSame(surname, words(read(holder.surname))) &&
      areGivenNamesSame(words(read(holder.givenNames ?? '')), given)
    );
  });
}

function areGivenNamesSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return isWithin(a, b) || isWithin(b, a);
}

/** Whether a certificate names an organisation by its Czech number (IČO, or the DIČ made of it), and not this one. */
export function isOfAnother({ organisationIdentifier }: CertificateHolder, ico: string): boolean {
  const named = /^(?:NTR|VAT)CZ-(\d{8})$/.exec(organisationIdentifier ?? '')?.[1];
  return named !== undefined && named !== ico;
}
