import type { ElectronicRules } from '../../contract/electronic-signatures.ts';
import type { FailureCode } from '../../contract/failures.ts';
import type { Signing } from '../../contract/services.ts';
import type { ReportView } from '../../contract/validation.ts';
import { type Claims, compareClaims } from '../../values/identity-comparison.ts';
import { judgeExpiry, provesIdentity } from '../../values/identity-document.ts';
import { fromLegalDate, type PartialDate } from '../../values/partial-date.ts';
import { normalizeNamePart, type PersonName } from '../../values/person-name.ts';
import { isPersonal } from '../../values/signed-file.ts';
import type { LegalDate } from '../../values/time.ts';
import { needsWitnesses, type WitnessRule } from '../../values/witnesses.ts';
import type { IdentityRecord } from '../visits/record.ts';

/** Who certifies, on which day. */
export type Certifying = { clerk: PersonName; today: LegalDate };

const plain = (text = ''): string => normalizeNamePart(text).toLocaleLowerCase('cs');

/** The same given names and surname, whatever titles stand around them. */
const isNamesake = (a: PersonName, b: PersonName): boolean =>
  plain(a.surname) === plain(b.surname) && plain(a.givenNames) === plain(b.givenNames);

type Known = { name: PersonName; birthDate?: PartialDate };
const claimsOf = ({ name: { surname, givenNames = '' }, birthDate }: Known): Claims => ({
  writing: 'visual',
  ...{ surname, givenNames },
  ...(birthDate && { birthDate }),
});

/** Whether two may be one person: nothing that both say of name and day of birth differs. What one leaves out speaks for nobody. */
const mayBeSame = (a: Known, b: Known): boolean =>
  compareClaims(claimsOf(a), claimsOf(b)).every(({ agreement }) => agreement !== 'differs');

const expired = (expiry: string | null, today: LegalDate): boolean =>
  expiry !== null && judgeExpiry(fromLegalDate(expiry), today).verdict === 'expired';

/**
 * Why the signature of whoever stands here must not be certified by this clerk today (§ 13, § 18 zákona 21/2006 Sb.). Asked
 * again when the number is taken: a parked visit may outlive the document. Of a clerk nothing but the name is known, so a
 * namesake goes to a colleague: better one more way than a clerk's own signature certified.
 */
export function judgeSigner(
  { applicant, document }: IdentityRecord,
  { clerk, today }: Certifying,
): FailureCode | null {
  if (!applicant) return 'service.needs-identity';
  if (!document || !provesIdentity(document.kind)) return 'signing.document';
  if (expired(document.expiry, today)) return 'signing.document-expired';
  if (!applicant.address) return 'signing.address-missing';
  return isNamesake(applicant.name, clerk) ? 'signing.own' : null;
}

/** What is wrong with how a signature is to be certified, by the service's rule of witnesses. */
export function judgeSigning(
  signing: Omit<Signing, 'chosen'>,
  rule: WitnessRule,
  applicant: Known,
  { clerk, today }: Certifying,
): FailureCode | null {
  if (signing.manner === 'signed' && !signing.canSign) return 'signing.cannot-sign';
  const { witnesses } = signing;
  if (!needsWitnesses(rule, signing)) return witnesses.length > 0 ? 'signing.witnesses-not-needed' : null;
  const [first, second] = witnesses;
  if (!first || !second) return 'signing.witnesses-missing';
  if (mayBeSame(first, second) || mayBeSame(first, applicant) || mayBeSame(second, applicant))
    return 'signing.witnesses-same';
  if (witnesses.some(({ name }) => isNamesake(name, clerk))) return 'signing.witness-clerk';
  if (witnesses.some(({ document }) => !provesIdentity(document.kind))) return 'signing.witness-document';
  if (witnesses.some(({ document }) => expired(document.expiry, today)))
    return 'signing.witness-document-expired';
  return null;
}

/** The document that bears the signatures, where it is electronic. */
export type SignedDocument = {
  rules: Pick<ElectronicRules, 'manners'>;
  report: Pick<ReportView, 'signatures'>;
  pages: number;
};

/** What is wrong with the signatures that were chosen on an electronic document; on paper there are none to choose. */
export function judgeChosen(
  { manner, chosen }: Pick<Signing, 'manner' | 'chosen'>,
  document: SignedDocument | null,
): FailureCode | null {
  if (document === null) return chosen.length > 0 ? 'signing.chosen-unknown' : null;
  const { rules, report, pages } = document;
  if (!rules.manners.includes(manner)) return 'signing.manner';
  if (chosen.length === 0) return 'signing.chosen-none';
  if (new Set(chosen.map((one) => JSON.stringify(one))).size < chosen.length) return 'signing.chosen-twice';
  for (const one of chosen) {
    if (one.by === 'description') {
      if (one.page > pages) return 'signing.chosen-page';
      continue;
    }
    const signature = report.signatures[one.index];
    if (signature === undefined || !isPersonal(signature)) return 'signing.chosen-unknown';
  }
  return null;
}
