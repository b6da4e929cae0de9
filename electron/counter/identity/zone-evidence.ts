import type { IdentityView, MrzReadingView, ZoneOfImage } from '../../contract/identity.ts';
import type { CallInput } from '../../contract/index.ts';
import { normalizeDocumentNumber } from '../../values/document-number.ts';
import type { Claims } from '../../values/identity-comparison.ts';
import type { DocumentKind } from '../../values/identity-document.ts';
import { LAYOUTS, locateNumber } from '../../values/mrz-layout.ts';
import { fromLegalDate, type PartialDate, wholeDate } from '../../values/partial-date.ts';

type Given = CallInput<'identity.take-document'>;
type Taken = Pick<Given, 'birthDate'> & { document: Pick<Given['document'], 'number' | 'issuer' | 'expiry'> };
type Correction = NonNullable<NonNullable<IdentityView['document']>['corrections']>[number];

/** What a zone says, as a source to compare with. */
export const claimsOf = ({
  name,
  documentNumber,
  issuer,
  birthDate,
  expiryDate,
}: MrzReadingView): Claims => ({
  writing: 'zone',
  ...name,
  documentNumber,
  issuer,
  ...(birthDate && { birthDate }),
  ...(expiryDate && { expiry: expiryDate }),
});

/** The fields in which what is taken is not what the zone says: a person put it there. What the zone leaves out counts for none. */
export function mendedIn(
  zone: Pick<MrzReadingView, 'documentNumber' | 'issuer' | 'birthDate' | 'expiryDate'>,
  { document, birthDate }: Taken,
): string[] {
  const expiry = document.expiry === null ? null : fromLegalDate(document.expiry);
  const same = {
    documentNumber: normalizeDocumentNumber(zone.documentNumber) === normalizeDocumentNumber(document.number),
    issuer: zone.issuer === document.issuer,
    birthDate: isSaidBy(zone.birthDate, birthDate),
    // No document is valid for a century: the year that was read is the whole one.
    expiryDate:
      isSaidBy(zone.expiryDate, expiry) &&
      (zone.expiryDate === null || expiry === null || zone.expiryDate.year === expiry.year),
  };
  return Object.entries(same).flatMap(([field, isSame]) => (isSame ? [] : [field]));
}

/** A zone has two digits of the year, and may leave out day and month. */
function isSaidBy(zone: PartialDate | null, taken: PartialDate | null): boolean {
  if (zone === null) return true;
  if (taken === null) return wholeDate(zone) === null;
  return (
    zone.year % 100 === taken.year % 100 &&
    (zone.month === undefined || zone.month === taken.month) &&
    (zone.day === undefined || zone.day === taken.day)
  );
}

/** What is not the zone's own word: fields that its check digits refute, and those somebody mended. */
export const overruledIn = (
  zone: MrzReadingView,
  taken: Taken & { document: Pick<Given['document'], 'kind'> },
): string[] => [
  ...new Set([
    ...zone.checks.filter(({ ok }) => !ok).map(({ field }) => field),
    ...mendedIn(zone, taken),
    ...kindMended(zone.suggestedKind, taken.document.kind),
  ]),
];

/** Cards that states write one code on; whoever holds one sees which of them it is. */
const OF_ONE_CODE: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  'eu-id-card',
  'residence-permit',
  'protection-card',
]);

/** What kind a document is its zone tells by its code, where the code is one of those known here and of one kind. */
export const kindMended = (known: DocumentKind, taken: DocumentKind): string[] =>
  known === 'other' || known === taken || (OF_ONE_CODE.has(known) && OF_ONE_CODE.has(taken))
    ? []
    : ['documentKind'];

/** Whether a place is of the document's number or its check digit; a long number goes on in the optional data. */
function isOfNumber(
  format: ZoneOfImage['format'],
  used: readonly string[],
): (line: number, column: number) => boolean {
  const { number, optional } = LAYOUTS[format];
  const { digit } = locateNumber(format, used);
  const [rest] = optional;
  const isLong = rest !== undefined && digit.line === rest.line && digit.start >= rest.start;
  return (line, column) =>
    (line === number.line && column >= number.start && column <= number.end) ||
    (isLong && line === rest.line && column >= rest.start && column < digit.end);
}

/**
 * What stands in the lines used in the place of what the picture showed: put there by check digits, or by the clerk. A number is told, because
 * its own digit alone speaks for it: the composite one of a card weighs the same characters alike.
 */
export function correctionsOf(
  { format, lines }: Pick<ZoneOfImage, 'format' | 'lines'>,
  used: readonly string[],
): Correction[] {
  const ofNumber = isOfNumber(format, used);
  return lines.flatMap((line, at) =>
    line.flatMap(({ character: read, seen }, column): Correction[] => {
      const character = used[at]?.[column];
      if (character === undefined) return [];
      const place = { line: at + 1, column: column + 1, character };
      if (character !== read) return [{ ...place, seen: read ?? seen ?? '', by: 'clerk' }];
      if (seen === null) return [];
      const isNumber = seen !== character && ofNumber(at, column);
      return [{ ...place, seen, by: 'check', ...(isNumber && { field: 'documentNumber' }) }];
    }),
  );
}
