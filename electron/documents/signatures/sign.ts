import { verify, type X509Certificate } from 'node:crypto';
import { err, type Failure, ok, type Result } from '../../values/result.ts';
import { issuerPath, readCertificate } from '../certificates.ts';
import { type DocumentFailure, failure, type SignatureFailure } from '../failures.ts';
import type { DocumentPool } from '../pool.ts';
import type { Timestamp, TimestampClient } from '../timestamps/client.ts';
import { cmsSignature, signedAttributes } from './cms.ts';
import { placeSignature, type SignatureEntry } from './pdf.ts';
import { gatherMaterial, type RevocationSettings } from './revocation.ts';
import { type Signer, signatureAlgorithm } from './signer.ts';

/** PAdES baseline levels (EN 319 142-1): signed; with a timestamp; with all that is needed to judge it later. */
export type SignatureLevel = 'B-B' | 'B-T' | 'B-LT';

export type SigningSettings = {
  /** Where the PDF work is done; neither key nor PIN goes there. */
  pool: Pick<DocumentPool, 'prepareSignature' | 'addValidationMaterial'>;
  timestamps: TimestampClient;
  revocation: RevocationSettings;
  now(): Date;
};

export type SigningRequest<E extends Failure> = {
  document: Uint8Array;
  signer: Signer<E>;
  level: SignatureLevel;
  entry?: Omit<SignatureEntry, 'signedAt'>;
  signal?: AbortSignal;
};

export type SignedDocument = {
  bytes: Uint8Array;
  signedAt: Date;
  /** SHA-256 of the signing certificate, hexadecimal. */
  certificateSha256: string;
  timestamp?: Timestamp;
};

/** Room beside the certificates for attributes and the signature; and for a timestamp with its certificates. */
const ROOM_BYTES = 2048;
const TIMESTAMP_ROOM_BYTES = 16 * 1024;

/**
 * Signs a PDF (PAdES, `ETSI.CAdES.detached`) as an incremental update; what the document was stays in it, byte for byte. The PDF work is
 * done by the pool, the signature by whoever has the key, which sees the signed attributes only. What comes back is checked before
 * anything is built on it. Nothing is half signed: a failure leaves the given document as it was.
 */
export async function signDocument<E extends Failure>(
  request: SigningRequest<E>,
  { pool, timestamps, revocation, now }: SigningSettings,
): Promise<Result<SignedDocument, DocumentFailure | SignatureFailure | E>> {
  const { signer, level, signal } = request;
  const certificate = readCertificate(signer.certificate);
  const algorithm = certificate && signatureAlgorithm(certificate);
  if (certificate === undefined || algorithm === undefined)
    return err(failure('signature.certificate-unusable'));
  const signedAt = now();
  const untimely = outsideValidity(certificate, signedAt);
  if (untimely !== undefined) return err(untimely);

  // A card may have nothing but its own certificate; the trust list knows who issued it.
  const [, ...chain] = issuerPath(certificate, signer.chain, revocation.trusted) ?? [
    signer.certificate,
    ...signer.chain,
  ];
  const chainBytes = chain.reduce((sum, { length }) => sum + length, signer.certificate.length);
  const room = ROOM_BYTES + chainBytes + (level === 'B-B' ? 0 : TIMESTAMP_ROOM_BYTES);
  const cancellable = signal === undefined ? {} : { signal };
  const prepared = await pool.prepareSignature(
    { document: request.document, entry: { ...request.entry, signedAt }, room },
    cancellable,
  );
  if (!prepared.ok) return prepared;

  const attributes = signedAttributes(prepared.value.digest, signer.certificate);
  const signature = await signer.sign(attributes, cancellable);
  if (!signature.ok) return signature;
  if (!verify('sha256', attributes, certificate.publicKey, signature.value))
    return err(failure('signature.wrong-signature'));

  const stamped = level === 'B-B' ? undefined : await timestamps.timestamp(signature.value, cancellable);
  if (stamped !== undefined && !stamped.ok) return stamped;
  const timestamp = stamped?.value;
  const late = timestamp && outsideValidity(certificate, timestamp.at);
  if (late !== undefined) return err(late);

  const cms = cmsSignature({
    attributes,
    signature: signature.value,
    algorithm,
    certificate: signer.certificate,
    chain,
    ...(timestamp === undefined ? {} : { timestampToken: timestamp.token }),
  });
  const placed = placeSignature(prepared.value, cms);
  if (!placed.ok) return placed;
  const signed = (bytes: Uint8Array): Result<SignedDocument, never> =>
    ok({
      bytes,
      signedAt,
      certificateSha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      ...(timestamp === undefined ? {} : { timestamp }),
    });
  if (level !== 'B-LT' || timestamp === undefined) return signed(placed.value);

  const [authority] = timestamp.chain;
  const material = await gatherMaterial(
    [signer.certificate, ...(authority === undefined ? [] : [authority])],
    [...chain, ...timestamp.chain],
    revocation,
  );
  if (!material.ok) return material;
  const complete = await pool.addValidationMaterial(
    { document: placed.value, material: material.value },
    cancellable,
  );
  return complete.ok ? signed(complete.value) : complete;
}

function outsideValidity(certificate: X509Certificate, at: Date): SignatureFailure | undefined {
  if (at < new Date(certificate.validFrom)) return failure('signature.certificate-not-yet-valid');
  return at > new Date(certificate.validTo) ? failure('signature.certificate-expired') : undefined;
}
