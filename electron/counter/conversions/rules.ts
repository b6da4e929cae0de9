import type { ServiceDefinition } from '../../contract/services.ts';
import type { ReportView, SignatureView } from '../../contract/validation.ts';
import type { FileInspection } from '../../documents/inspect.ts';
import { isWhole } from '../../values/signed-file.ts';

/**
 * Whether the law lets a file be converted, as far as its signatures say: it bears a valid recognised signature or seal
 * (§ 24 zákona 300/2008 Sb.), and nothing in it is invalid or cannot be decided.
 */
export const isConvertible = (report: Pick<ReportView, 'outcome' | 'recognised'> | null): boolean =>
  report !== null && report.outcome === 'valid' && report.recognised;

/** Whether a service goes on with a file: to be converted, or with a signature of the applicant's that is certified. */
export const isAcceptable = (
  { electronic }: Pick<ServiceDefinition, 'electronic'>,
  report: ReportView | null,
): boolean => (electronic ? report !== null && isWhole(report) : isConvertible(report));

/** What a file of PDF/A cannot have in it, and what part 1 of it cannot. */
const NEVER = ['programs', 'dynamic-form', 'protected'] as const;

/** Whether a file says that it is PDF/A and has nothing in it that denies that. Full conformance is not looked into. */
export const isArchival = ({
  claimsPdfA,
  warnings,
}: Pick<FileInspection & { kind: 'pdf' }, 'claimsPdfA' | 'warnings'>): boolean =>
  claimsPdfA !== undefined &&
  !NEVER.some((denial) => warnings.includes(denial)) &&
  !(claimsPdfA.startsWith('1') && warnings.includes('embedded-files'));

/** Whether the data message a file came in is what was sealed, as far as that can be told; a file by itself came in none. */
export const isUnaltered = (envelope: { report: Pick<ReportView, 'outcome'> } | null): boolean =>
  envelope?.report.outcome !== 'invalid';

/** The confirmed pages with one more, in the order of the document; null when there is no such page. */
export const withAgreed = (agreed: readonly number[], page: number, pages: number): number[] | null =>
  page < 1 || page > pages ? null : [...new Set([...agreed, page])].sort((a, b) => a - b);

/** How many pages nobody has confirmed yet. */
export const pagesLeft = (agreed: readonly number[], pages: number): number => pages - agreed.length;

/** A signature or seal as the clause names it (§ 25 odst. 2 písm. f). */
export type SignedBy = {
  kind: 'signature' | 'seal';
  signer: string;
  certificateNumber: string;
  provider: string;
};
/** A qualified timestamp as the clause names it. */
export type StampedBy = { at: string; number: string; certificateNumber: string; provider: string };

/** The recognised signatures and seals of an input, and its qualified timestamps, each once. */
export function marksOf({ signatures }: Pick<ReportView, 'signatures'>): {
  signatures: SignedBy[];
  timestamps: StampedBy[];
} {
  const recognised = signatures.flatMap((signature) => signedBy(signature) ?? []);
  const timestamps = signatures
    .flatMap((signature) => signature.timestamps)
    .filter(({ outcome, qualified }) => outcome === 'valid' && qualified)
    .map(({ time, number, provider, certificate }) => ({
      at: time,
      number,
      certificateNumber: certificate?.number ?? number,
      provider,
    }));
  return { signatures: recognised, timestamps };
}

function signedBy({ kind, recognised, signer, certificate }: SignatureView): SignedBy | null {
  if (kind === 'timestamp' || !recognised || certificate === null) return null;
  return {
    kind,
    signer: signer ?? certificate.subject.commonName ?? certificate.subject.organisation ?? '',
    certificateNumber: certificate.number,
    provider: certificate.provider,
  };
}
