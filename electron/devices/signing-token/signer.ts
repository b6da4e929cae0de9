import type { Result } from '../../values/result.ts';
import type { SigningToken, TokenCertificate, TokenFailure, TokenOptions } from './port.ts';

/** Who signs, as the signing of documents wants it. */
export type TokenSigner = {
  certificate: Uint8Array;
  chain: readonly Uint8Array[];
  sign(data: Uint8Array, options?: TokenOptions): Promise<Result<Uint8Array, TokenFailure>>;
};

/** A certificate of a token as a signer, for one signing: the PIN lives as long as the signer does. */
export function tokenSigner(token: SigningToken, certificate: TokenCertificate, pin: string): TokenSigner {
  return {
    certificate: certificate.certificate,
    chain: certificate.chain,
    sign: (data, options) => token.sign({ certificate, pin, data }, options),
  };
}
