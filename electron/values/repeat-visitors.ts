import { compareClaims, isOfWeight, statedClaims } from './identity-comparison.ts';
import type { DocumentKind } from './identity-document.ts';
import { type PartialDate, wholeDate } from './partial-date.ts';
import type { PersonName } from './person-name.ts';

/** Somebody who was verified, by what tells them from others: never by the name alone. */
export type Visitor = {
  name: PersonName;
  birthDate: PartialDate;
  document: { kind: DocumentKind; number: string; issuer: string };
};

/**
 * What two verifications may mean that nobody but a person can decide. `document-of-two`: one document, two people. `two-documents`:
 * the same name and day of birth by two documents of one kind and state, of which a person has one at a time.
 */
export const VISITOR_SUSPICIONS = ['document-of-two', 'two-documents'] as const;
export type VisitorSuspicion = (typeof VISITOR_SUSPICIONS)[number];
export const isSuspicion = (kind: string): kind is VisitorSuspicion =>
  VISITOR_SUSPICIONS.some((one) => one === kind);

/** What the review of a suspicion came to: two people or a document replaced, told to the portal, or written down wrong. */
export const REVIEW_OUTCOMES = ['not-the-same', 'told-to-portal', 'mistake'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** Null for who came again with the same document, and for two who have nothing in common. Symmetric. */
export function suspicionOf(one: Visitor, other: Visitor): VisitorSuspicion | null {
  const isSameKind =
    one.document.kind === other.document.kind && one.document.issuer === other.document.issuer;
  if (!isSameKind) return null;
  const claims = ({ document, ...of }: Visitor) => statedClaims({ ...document, expiry: null }, of);
  const compared = compareClaims(claims(one), claims(other));
  const person = compared.filter(({ field }) => field !== 'documentNumber' && field !== 'issuer');
  const differs = person.filter(({ agreement }) => agreement === 'differs');
  const isSameDocument = compared.some(
    ({ field, agreement }) => field === 'documentNumber' && (agreement === 'equal' || agreement === 'alike'),
  );
  if (isSameDocument) return differs.some(isOfWeight) ? 'document-of-two' : null;
  const isWhole = [one, other].every(({ birthDate }) => wholeDate(birthDate) !== null);
  return isWhole && differs.length === 0 ? 'two-documents' : null;
}
