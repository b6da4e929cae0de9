import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { TokenCertificate } from '../../devices/signing-token/port.ts';
import { tokenSigner } from '../../devices/signing-token/signer.ts';
import type { Signer } from '../../documents/signatures/signer.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { ownAmong, remember } from './certificate.ts';

export type ClerkSigner = { certificate: TokenCertificate; signer: Signer<ContractFailure> };

/** The clerk's own certificate with its key, for one signing. */
export async function clerkSigner(
  desk: Desk,
  { session, pin }: { session: Session; pin: string },
): Promise<Result<ClerkSigner, ContractFailure>> {
  const settings = desk.store.read((tx) => desk.settings(tx)).signing;
  if (settings === null) return refuse('token.not-set');
  const token = desk.signingToken(settings, session.username);
  const listed = await token.certificates({ pin });
  if (!listed.ok) return listed;
  const certificate = ownAmong(listed.value, session);
  if (!certificate.ok) return certificate;
  desk.store.write((tx) => remember(desk, tx, session, certificate.value));
  return ok({ certificate: certificate.value, signer: tokenSigner(token, certificate.value, pin) });
}
