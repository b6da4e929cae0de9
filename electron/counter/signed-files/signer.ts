import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { TokenCertificate } from '../../devices/signing-token/port.ts';
import { tokenSigner } from '../../devices/signing-token/signer.ts';
import type { Signer } from '../../documents/signatures/signer.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';

export type ClerkSigner = { certificate: TokenCertificate; signer: Signer<ContractFailure> };

/** The certificate that signs: made for signatures, and the one that holds the longest. Whether it holds at all is found in signing. */
export async function clerkSigner(
  desk: Desk,
  { session, pin }: { session: Session; pin: string },
): Promise<Result<ClerkSigner, ContractFailure>> {
  const settings = desk.store.read((tx) => desk.settings(tx)).signing;
  if (settings === null) return refuse('token.not-set');
  const token = desk.signingToken(settings, session.username);
  const listed = await token.certificates({ pin });
  if (!listed.ok) return listed;
  const [certificate] = listed.value
    .filter(({ forSignatures }) => forSignatures)
    .sort((a, b) => b.validTo.getTime() - a.validTo.getTime());
  if (!certificate) return refuse('token.no-certificate');
  return ok({ certificate, signer: tokenSigner(token, certificate, pin) });
}
