import type { SignerCertificate } from './certificate.ts';
import { readPublicKey, verifies } from './public-key.ts';

export type SignerJudgement = {
  state: 'passed' | 'failed' | 'not-checked';
  reason:
    | 'algorithm-unknown'
    | 'signer-unknown'
    | 'signer-not-genuine'
    | 'signer-for-something-else'
    | 'signer-condition-unknown'
    | 'signer-expired'
    | 'signer-not-yet-valid'
    | 'signer-revoked'
    | 'no-revocation-list'
    | 'revocation-list-old'
    | 'revocation-list-unknown'
    | null;
};

const passed: SignerJudgement = { state: 'passed', reason: null };
const failed = (reason: SignerJudgement['reason']): SignerJudgement => ({ state: 'failed', reason });
const notChecked = (reason: SignerJudgement['reason']): SignerJudgement => ({ state: 'not-checked', reason });

export const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/**
 * Whether an authority of the list appointed the signer for this, and whether both are valid now (profiles of ICAO 9303-12, 7.1). `purpose`: what the
 * signer's certificate says it is for (extended key usage); null where it may say nothing, as those of travel documents.
 */
export function judgeSigner(
  signer: SignerCertificate,
  {
    authorities,
    now,
    purpose,
  }: { authorities: readonly SignerCertificate[]; now: Date; purpose: string | null },
): { signer: SignerJudgement; validity: SignerJudgement; authority: SignerCertificate | null } {
  const candidates = authorities.filter(
    ({ subject, mayAppoint, isConditional }) =>
      mayAppoint && !isConditional && isSame(subject, signer.issuer),
  );
  // A renewed authority has the name of the one before.
  const outcomes = candidates.map((authority) => {
    const key = readPublicKey(authority.keyInfo);
    const holds = key && verifies(key, signer.algorithm, null, signer.signed, signer.signature);
    return { authority, holds };
  });
  const appointing = outcomes.flatMap(({ authority, holds }) => (holds === true ? [authority] : []));
  // One key may have several certificates, of which an older one has ended.
  const authority =
    appointing.find((one) => judgeValidity([one], now).state === 'passed') ?? appointing[0] ?? null;
  if (authority !== null)
    return {
      signer: judgeUse(signer, purpose),
      validity: judgeValidity([signer, authority], now),
      authority,
    };
  const validity = judgeValidity([signer], now);
  // A list from before the renewal has the name, and not the key that the signer says it was appointed by.
  const { issuerKeyId } = signer;
  const isListed = candidates.some(
    ({ keyId }) => issuerKeyId === null || (keyId !== null && isSame(keyId, issuerKeyId)),
  );
  if (!isListed) return { signer: notChecked('signer-unknown'), validity, authority: null };
  return outcomes.some(({ holds }) => holds === null)
    ? { signer: notChecked('algorithm-unknown'), validity, authority: null }
    : { signer: failed('signer-not-genuine'), validity, authority: null };
}

function judgeUse(
  { purposes, maySign, isConditional }: SignerCertificate,
  purpose: string | null,
): SignerJudgement {
  const isForThis = purpose === null ? purposes === null : purposes?.includes(purpose) === true;
  if (!maySign || !isForThis) return failed('signer-for-something-else');
  return isConditional ? notChecked('signer-condition-unknown') : passed;
}

function judgeValidity(certificates: readonly SignerCertificate[], now: Date): SignerJudgement {
  if (certificates.some(({ to }) => to < now)) return failed('signer-expired');
  if (certificates.some(({ from }) => from > now)) return failed('signer-not-yet-valid');
  return passed;
}
