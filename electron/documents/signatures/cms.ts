import { createHash } from 'node:crypto';
import { certificateParts } from '../certificates.ts';
import { type Der, element, nothing, octets, oid, retagged, sequence, set, smallInteger } from '../der.ts';
import type { SignatureAlgorithm } from './signer.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TIMESTAMP_TOKEN = '1.2.840.113549.1.9.16.2.14';
const SHA_256 = '2.16.840.1.101.3.4.2.1';

const algorithms: Record<SignatureAlgorithm, () => Der> = {
  // RFC 4055: the parameters are there and NULL. RFC 5758: there are none.
  'rsa-sha256': () => sequence(oid('1.2.840.113549.1.1.11'), nothing),
  'ecdsa-sha256': () => sequence(oid('1.2.840.10045.4.3.2')),
};

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
const attribute = (type: string, value: Uint8Array): Der => sequence(oid(type), set(value));

/**
 * What is signed (EN 319 142-1, table 1): the kind of content, the document's digest, the signing certificate. No signing
 * time: in a PAdES signature it stands in the PDF alone.
 */
export function signedAttributes(documentDigest: Uint8Array, certificate: Uint8Array): Der {
  return set(
    attribute(CONTENT_TYPE, oid(DATA)),
    attribute(MESSAGE_DIGEST, octets(documentDigest)),
    attribute(SIGNING_CERTIFICATE_V2, sequence(sequence(sequence(octets(sha256(certificate)))))),
  );
}

/** The CMS of a PDF's signature: one signer, detached, with the certificates and, where there is one, a timestamp of it. */
export function cmsSignature(parts: {
  attributes: Uint8Array;
  signature: Uint8Array;
  algorithm: SignatureAlgorithm;
  certificate: Uint8Array;
  chain: readonly Uint8Array[];
  timestampToken?: Uint8Array;
}): Der {
  const { issuer, serialNumber } = certificateParts(parts.certificate);
  const digestAlgorithm = sequence(oid(SHA_256));
  const signerInfo = sequence(
    smallInteger(1),
    sequence(issuer, serialNumber),
    digestAlgorithm,
    retagged(parts.attributes, 0xa0),
    algorithms[parts.algorithm](),
    octets(parts.signature),
    ...(parts.timestampToken === undefined
      ? []
      : [element(0xa1, attribute(TIMESTAMP_TOKEN, parts.timestampToken))]),
  );
  const certificates = retagged(set(parts.certificate, ...parts.chain), 0xa0);
  const signedData = sequence(
    smallInteger(1),
    set(digestAlgorithm),
    sequence(oid(DATA)),
    certificates,
    set(signerInfo),
  );
  return sequence(oid(SIGNED_DATA), element(0xa0, signedData));
}
