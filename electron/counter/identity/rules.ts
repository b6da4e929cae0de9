import type { FailureCode } from '../../contract/failures.ts';
import type { IdentityView } from '../../contract/identity.ts';
import type { ChipStrength } from '../../values/chip-check.ts';
import { judgeDocumentNumber } from '../../values/document-number.ts';
import { judgeExpiry, provesIdentity } from '../../values/identity-document.ts';
import { ageOn, fromLegalDate } from '../../values/partial-date.ts';
import { formatDate, type LegalDate } from '../../values/time.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { strengthOf } from './comparing.ts';
import { notCheckedOf } from './not-checked.ts';
import { isOneNumber } from './refuted.ts';

type Finding = IdentityView['findings'][number];

const finding = (
  severity: Finding['severity'],
  code: FailureCode,
  params?: Record<string, string | number>,
): Finding => (params ? { severity, code, params } : { severity, code });

/**
 * What the clerk must know before saying who this is. An obstacle stops the verification; only a listed document may
 * be overridden with a reason, because the register can be wrong or a day late (zákon 328/1999, DOMAIN 4.6); an
 * expired one never, since it proves nothing (§ 18 zákona 21/2006).
 */
export function judgeIdentity(record: IdentityRecord, today: LegalDate): Finding[] {
  const { document, birthDate, register } = record;
  if (!document) return [];
  const findings: Finding[] = [];

  if (!provesIdentity(document.kind)) findings.push(finding('obstacle', 'identity.not-a-proof'));

  const expiry = judgeExpiry(document.expiry ? fromLegalDate(document.expiry) : null, today);
  if (expiry.verdict === 'expired')
    findings.push(finding('obstacle', 'identity.expired', { date: formatDate(document.expiry ?? today) }));
  else if (expiry.verdict === 'not-given') findings.push(finding('warning', 'identity.no-expiry'));

  switch (register?.state) {
    case 'listed':
      findings.push(
        register.listedSince
          ? finding('obstacle', 'identity.listed-since', { date: formatDate(register.listedSince) })
          : finding('obstacle', 'identity.listed'),
      );
      break;
    case 'wrong-shape':
      findings.push(finding('warning', 'identity.register-wrong-shape'));
      break;
    case 'cannot-be-checked':
      findings.push(finding('info', 'identity.register-cannot-check'));
      break;
    case 'cannot-be-asked-now':
      findings.push(finding('warning', 'identity.register-not-asked'));
      break;
    case 'not-listed':
      findings.push(finding('info', 'identity.not-listed'));
      break;
  }

  if (document.chip) findings.push(ofChip(document.chip.strength));
  // A chip in it may have said that it is another document than the one that stands printed.
  if (
    document.chip?.strength !== 'refuted' &&
    record.refuted.some(({ number }) => !isOneNumber(number, document.number))
  )
    findings.push(finding('obstacle', 'identity.chip-refuted-other'));

  const number = judgeDocumentNumber(document.number, { kind: document.kind, issuer: document.issuer });
  if (number.verdict !== 'ok') findings.push(finding('warning', 'identity.number-unusual'));
  if (document.overruledChecks.length > 0)
    findings.push(
      finding('warning', 'identity.checks-overruled', { fields: document.overruledChecks.join(', ') }),
    );

  if (document.corrections?.some(({ field }) => field === 'documentNumber'))
    findings.push(finding('warning', 'identity.number-corrected'));

  if (birthDate) {
    const age = ageOn(birthDate, today);
    if (age.kind === 'not-born') findings.push(finding('obstacle', 'identity.not-born'));
    else if ((age.kind === 'exact' ? age.years : age.min) < 18)
      findings.push(finding('warning', 'identity.under-age'));
  }
  return findings;
}

/** A chip that is not what the issuer made stands in the way; one that cannot be proved leaves the document as it is without one. */
function ofChip(strength: ChipStrength): Finding {
  switch (strength) {
    case 'proven':
      return finding('info', 'identity.chip-proven');
    case 'data-proven':
      return finding('info', 'identity.chip-data-proven');
    case 'unproven':
      return finding('warning', 'identity.chip-unproven');
    case 'refuted':
      return finding('obstacle', 'identity.chip-refuted');
  }
}

const OVERRIDABLE: ReadonlySet<string> = new Set<FailureCode>([
  'identity.listed',
  'identity.listed-since',
  'identity.chip-refuted',
  'identity.chip-refuted-other',
]);

/** Obstacles that a clerk may pass with a reason. All others end the verification. */
export const isOverridable = (code: string): boolean => OVERRIDABLE.has(code);

/** Age today as the window shows it; null when it is not known. */
export function ageToday(record: IdentityRecord, today: LegalDate): IdentityView['age'] {
  if (!record.birthDate) return null;
  const age = ageOn(record.birthDate, today);
  if (age.kind === 'not-born') return null;
  return age.kind === 'exact' ? { from: age.years, to: age.years } : { from: age.min, to: age.max };
}

/** The one shape of a verification; null until somebody is verified. */
export function resultOf(record: IdentityRecord): IdentityView['result'] {
  const { state, applicant, document, verification, actingAs, concerns } = record;
  if (state !== 'verified' || !applicant || !document || !verification || !actingAs) return null;
  const { strength, compared, at, by } = verification;
  return {
    who: applicant,
    actingAs,
    concerns,
    documentKind: document.kind,
    means: document.source,
    strength,
    compared,
    notChecked: notCheckedOf(record),
    at,
    by,
  };
}

export const identityViewOf = (record: IdentityRecord, today: LegalDate): IdentityView => {
  const { verification: _kept, refuted: _others, ...shown } = record;
  return {
    ...shown,
    age: ageToday(record, today),
    strength: strengthOf(record),
    notChecked: record.document ? notCheckedOf(record) : [],
    findings: judgeIdentity(record, today),
    result: resultOf(record),
  };
};
