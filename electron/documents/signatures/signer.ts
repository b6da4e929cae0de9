import type { X509Certificate } from 'node:crypto';
import type { Failure, Result } from '../../values/result.ts';

/** How the signature is made; both over SHA-256. ECDSA signatures are DER as CMS wants them. */
export type SignatureAlgorithm = 'rsa-sha256' | 'ecdsa-sha256';

/**
 * Who signs. The key is elsewhere (a card, a file, the office's seal at the portal): only the data to be signed go out, the
 * signature comes back.
 */
export type Signer<E extends Failure = Failure> = {
  /** The certificate of the key, DER. */
  certificate: Uint8Array;
  /** The certificates above it as far as they are known, DER. */
  chain: readonly Uint8Array[];
  sign(data: Uint8Array, options?: { signal?: AbortSignal }): Promise<Result<Uint8Array, E>>;
};

/** What a certificate's key signs with; undefined for a key we have no use for. */
export function signatureAlgorithm(certificate: X509Certificate): SignatureAlgorithm | undefined {
  switch (certificate.publicKey.asymmetricKeyType) {
    case 'rsa':
      return 'rsa-sha256';
    case 'ec':
      return 'ecdsa-sha256';
    default:
      return undefined;
  }
}
