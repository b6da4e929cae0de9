import { normalizeDocumentNumber } from './document-number.ts';
import { wholeIssuer } from './identity-document.ts';
import { readingsOf, sameWords } from './name-agreement.ts';
import { fromLegalDate, type PartialDate, samePartialDate } from './partial-date.ts';
import { normalizeNamePart, type PersonName } from './person-name.ts';
import type { LegalDate } from './time.ts';

/** What two sources of an identity are compared by, in the order a person reads it. */
export const COMPARED_FIELDS = [
  'surname',
  'givenNames',
  'birthDate',
  'documentNumber',
  'expiry',
  'issuer',
] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

/**
 * `equal`: letter for letter. `alike`: as equal as the way of writing lets it be (marks of letters, a name cut short, an unknown part of a
 * date, a year of two digits). `incomparable`: one says nothing of it, or in a script the zone writes by tables of its own.
 */
export const AGREEMENTS = ['equal', 'alike', 'differs', 'incomparable'] as const;
export type Agreement = (typeof AGREEMENTS)[number];

/**
 * How two sources are not the same where what both say is: names in another order, or with some of them missing from one (a name of birth, a
 * second given name); of a date that is alike, that one says less of it.
 */
export const WAYS = ['order', 'fewer'] as const;
export type Way = (typeof WAYS)[number];

/** What a source says. `zone`: names as a machine-readable zone writes them (ICAO Doc 9303-3), `visual`: as people do. */
export type Claims = {
  writing: 'zone' | 'visual';
  /** Of a zone: whether its names fill the room it has for them, so that they may go on. */
  truncated?: boolean;
  surname?: string;
  givenNames?: string;
  birthDate?: PartialDate;
  documentNumber?: string;
  expiry?: PartialDate;
  /** Code of the issuing state, three letters; a zone of Germany has one. */
  issuer?: string;
};

/** What goes into a visit, as a source of its own: the name and the date as people write them. */
export const statedClaims = (
  document: { number: string; issuer: string; expiry: LegalDate | null },
  { name, birthDate }: { name?: Pick<PersonName, 'surname' | 'givenNames'>; birthDate: PartialDate | null },
): Claims => ({
  writing: 'visual',
  ...(name && { surname: name.surname, givenNames: name.givenNames ?? '' }),
  ...(birthDate && { birthDate }),
  documentNumber: document.number,
  issuer: document.issuer,
  ...(document.expiry !== null && { expiry: fromLegalDate(document.expiry) }),
});

export type Comparison = { field: ComparedField; agreement: Agreement; how: Way | null };

/** Differences that may mean another person: they are passed with a reason only. */
export const isOfWeight = ({ field, how }: Pick<Comparison, 'field' | 'how'>): boolean =>
  field === 'surname' || field === 'birthDate' || field === 'documentNumber'
    ? true
    : field === 'givenNames' && how === null;

/** Compares two sources field by field; which of them holds a person decides. Symmetric. */
export function compareClaims(one: Claims, other: Claims): Comparison[] {
  return COMPARED_FIELDS.map((field) => ({ field, ...agreementOf(field, one, other) }));
}

const certain = (agreement: Agreement): Omit<Comparison, 'field'> => ({ agreement, how: null });

function agreementOf(field: ComparedField, one: Claims, other: Claims): Omit<Comparison, 'field'> {
  switch (field) {
    case 'surname':
    case 'givenNames':
      return ofNames(field, one, other);
    case 'birthDate':
      return ofDates(one.birthDate, other.birthDate, one.writing === 'zone' || other.writing === 'zone');
    case 'expiry':
      return ofDates(one.expiry, other.expiry, false);
    case 'documentNumber':
      return certain(ofTexts(one.documentNumber, other.documentNumber, plainNumber));
    case 'issuer':
      return certain(ofTexts(one.issuer, other.issuer, wholeIssuer));
  }
}

const plainNumber = (number: string): string => normalizeDocumentNumber(number).replaceAll('<', '');

function ofTexts(
  one: string | undefined,
  other: string | undefined,
  plain: (text: string) => string,
): Agreement {
  if (!one || !other) return 'incomparable';
  if (one === other) return 'equal';
  return plain(one) === plain(other) ? 'alike' : 'differs';
}

function ofDates(
  one: PartialDate | undefined,
  other: PartialDate | undefined,
  isZone: boolean,
): Omit<Comparison, 'field'> {
  if (!one || !other) return certain('incomparable');
  if (samePartialDate(one, other)) return certain('equal');
  const agree = (part: 'month' | 'day'): boolean =>
    one[part] === undefined || other[part] === undefined || one[part] === other[part];
  // A zone has two digits of the year: whoever is a hundred years old is written as a newborn.
  const sameYear = isZone ? one.year % 100 === other.year % 100 : one.year === other.year;
  if (!sameYear || !agree('month') || !agree('day')) return certain('differs');
  const isWhole = one.month === other.month && one.day === other.day;
  return { agreement: 'alike', how: isWhole ? null : 'fewer' };
}

const isCut = ({ writing, truncated = false }: Claims): boolean => writing === 'zone' && truncated;

/** What is typed or signed by one name only has an empty other one; a source that tells no surname tells no name. */
const saysNames = ({ surname }: Claims): boolean => surname !== undefined && surname.trim() !== '';

function ofNames(field: 'surname' | 'givenNames', one: Claims, other: Claims): Omit<Comparison, 'field'> {
  if (!saysNames(one) || !saysNames(other)) return certain('incomparable');
  const [a, b] = [one, other].map((claims) => normalizeNamePart(claims[field] ?? ''));
  if (a === undefined || b === undefined) return certain('incomparable');
  if (a === b && !isCut(one) && !isCut(other)) return certain('equal');
  const [ofA, ofB] = [readingsOf(a), readingsOf(b)];
  // Two people write the same script, and then their letters are compared as they stand.
  if (ofA === null || ofB === null)
    return certain(one.writing === 'visual' && other.writing === 'visual' ? ofScripts(a, b) : 'incomparable');
  const pairs = ofA.flatMap((x) => ofB.map((y) => [x, y] as const));
  const agree = pairs.some(([x, y]) => sameWords(x, y, isCut(other)) || sameWords(y, x, isCut(one)));
  if (agree) return certain('alike');
  return { agreement: 'differs', how: pairs.map(([x, y]) => differenceOf(x, y)).find(Boolean) ?? null };
}

const ofScripts = (a: string, b: string): Agreement =>
  a.toLocaleLowerCase() === b.toLocaleLowerCase() ? 'alike' : 'differs';

function differenceOf(one: readonly string[], other: readonly string[]): Way | null {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length === 0 || !short.every((word) => long.includes(word))) return null;
  return short.length === long.length ? 'order' : 'fewer';
}

/** The worst of what several sources say of one field: a difference before an agreement, an agreement before none. */
export function worstOf(agreements: readonly Agreement[]): Agreement {
  const order: readonly Agreement[] = ['differs', 'alike', 'equal'];
  return order.find((one) => agreements.includes(one)) ?? 'incomparable';
}

/** Whether a source speaks of somebody else altogether: another document with another name and another day of birth. */
export function isOfAnother(one: Claims, other: Claims): boolean {
  const found = new Map(compareClaims(one, other).map(({ field, agreement }) => [field, agreement]));
  return (['surname', 'birthDate', 'documentNumber'] as const).every(
    (field) => found.get(field) === 'differs',
  );
}
