import type { PersonName } from './person-name.ts';
import { transliterate } from './transliteration.ts';

/** A name as the machine-readable zone gives it: words in capitals, spaces between them. */
export type ZoneName = { surname: string; givenNames: string; truncated: boolean };

/** `incomparable`: nothing typed yet, or a script that the zone transliterates by tables of its own. */
export type NameAgreement = 'agrees' | 'differs' | 'incomparable';

// Where Doc 9303-3 leaves the issuer a choice, the letter may also lose its mark alone: Ü as UE or U.
const withoutMarks = (text: string): string =>
  transliterate(text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[øØ]/g, 'O').replace(/[åÅ]/g, 'A'));

const words = (zone: string): string[] => zone.split(/[<\s]+/).filter(Boolean);

/** The words a name may have in a zone, one reading for each way Doc 9303-3 leaves open; null for a script it has tables of its own for. */
export function readingsOf(name: string): string[][] | null {
  const readings = [transliterate, withoutMarks].map((read) => words(read(name.trim())));
  return readings.some((reading) => reading.some((word) => !/^[A-Z]+$/.test(word))) ? null : readings;
}

/**
 * Compares the name the clerk typed from the visual zone with the machine-readable one. A zone that ran out of room may
 * cut words or leave the last ones out; nothing else may differ. It is a hint: the visual zone decides.
 */
export function nameAgreement(
  typed: Pick<PersonName, 'surname' | 'givenNames'>,
  zone: ZoneName,
): NameAgreement {
  const parts = [typed.surname, typed.givenNames ?? ''] as const;
  if (parts[0].trim() === '') return 'incomparable';
  const readings = parts.map(readingsOf);
  if (readings.includes(null)) return 'incomparable';
  const targets = [words(zone.surname), words(zone.givenNames)];
  const agrees = targets.every((target, index) =>
    readings[index]?.some((reading) => sameWords(reading, target, zone.truncated)),
  );
  return agrees ? 'agrees' : 'differs';
}

export function sameWords(typed: readonly string[], zone: readonly string[], truncated: boolean): boolean {
  if (!truncated) return typed.join(' ') === zone.join(' ');
  return zone.length <= typed.length && zone.every((word, index) => typed[index]?.startsWith(word));
}
