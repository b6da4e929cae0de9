import type { ReportView, SignatureView } from '../../contract/validation.ts';

/**
 * Whether the law lets a file be converted, as far as its signatures say: it bears a valid recognised signature or seal
 * (§ 24 zákona 300/2008 Sb.), and nothing in it is invalid or cannot be decided.
 */
export const isConvertible = (report: Pick<ReportView, 'outcome' | 'recognised'> | null): boolean =>
  report !== null && report.outcome === 'valid' && report.recognised;

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
