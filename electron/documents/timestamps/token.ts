import { createHash, type X509Certificate } from 'node:crypto';
import { fromBER } from 'asn1js';
import { AlgorithmIdentifier } from 'pkijs';
import { type CertificateParts, certificateParts, readCertificate } from '../certificates.ts';
import { oid, retagged, sequence } from '../der.ts';
import {
  contextTag,
  type Element,
  inside,
  Malformed,
  octetsIn,
  oidIn,
  tags,
  timeIn,
  wholeElement,
} from '../elements.ts';
import { sameBytes, verifySignature } from '../validation/cms/primitives.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

const hashNames: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** What a timestamp says, and the certificate that proves it. */
export type TimestampToken = {
  policy: string;
  /** Name of the hash as node:crypto knows it. */
  hash: string;
  imprint: Uint8Array;
  serialNumber: string;
  /** The instant the authority saw the imprint. */
  at: Date;
  nonce: Uint8Array | undefined;
  certificate: X509Certificate;
  /** The certificates that came with it, DER, the authority's own among them. */
  certificates: readonly Uint8Array[];
};

/** What is wrong with a token, for the failure's sentence and the log. */
export type TokenFault = 'shape' | 'signature' | 'purpose' | 'expired';

/**
 * Reads an RFC 3161 token and proves it: signed by the certificate it names, which is made for nothing but timestamps and was valid
 * at the token's time. Whether that certificate is to be trusted is another question.
 */
export function readToken(der: Uint8Array): TimestampToken | TokenFault {
  const parsed = parse(der);
  if (parsed === undefined) return 'shape';
  const { certificates, signing, parts, signer, content, info } = parsed;
  const hash = hashNames[info.hash];
  if (hash === undefined) return 'shape';
  if (!signatureFits(signer, signing, content)) return 'signature';
  if (!onlyForTimestamps(parts)) return 'purpose';
  if (info.at < new Date(signing.validFrom) || info.at > new Date(signing.validTo)) return 'expired';
  return { ...info, hash, certificate: signing, certificates };
}

function parse(der: Uint8Array) {
  try {
    const [contentType, explicit] = inside(wholeElement(der), tags.sequence);
    if (oidIn(contentType) !== SIGNED_DATA) return undefined;
    const [, , encapsulated, ...rest] = inside(inside(explicit, contextTag(0))[0], tags.sequence);
    const [kind, carried] = inside(encapsulated, tags.sequence);
    if (oidIn(kind) !== TST_INFO) return undefined;
    const [signerInfo, ...others] = inside(rest.at(-1), tags.set);
    if (others.length > 0) return undefined;
    const signer = signerIn(signerInfo);
    const sent = rest.find(({ tag }) => tag === contextTag(0));
    const certificates = (sent === undefined ? [] : inside(sent, contextTag(0)))
      .filter(({ tag }) => tag === tags.sequence)
      .map(({ whole }) => whole);
    const named = certificates
      .map((each) => ({ each, parts: certificateParts(each) }))
      .find(
        ({ parts }) =>
          sameBytes(parts.issuer, signer.issuer) && sameBytes(parts.serialNumber, signer.serialNumber),
      );
    if (named === undefined) return undefined;
    const signing = readCertificate(named.each);
    if (signing === undefined) return undefined;
    const content = octetsIn(inside(carried, contextTag(0))[0]);
    return { certificates, signing, parts: named.parts, signer, content, info: infoIn(content) };
  } catch {
    return undefined;
  }
}

type SignerInfo = {
  issuer: Uint8Array;
  serialNumber: Uint8Array;
  digestAlgorithm: string;
  attributes: Element;
  algorithm: Uint8Array;
  signature: Uint8Array;
};

/** RFC 5652, 5.3; who signed is named by issuer and number, and attributes are signed. */
function signerIn(element: Element | undefined): SignerInfo {
  const [, name, digestAlgorithm, attributes, algorithm, signature] = inside(element, tags.sequence);
  const [issuer, serialNumber] = inside(name, tags.sequence);
  if (!issuer || !serialNumber || attributes?.tag !== contextTag(0) || !algorithm) throw new Malformed();
  return {
    issuer: issuer.whole,
    serialNumber: serialNumber.whole,
    digestAlgorithm: oidIn(inside(digestAlgorithm, tags.sequence)[0]),
    attributes,
    algorithm: algorithm.whole,
    signature: octetsIn(signature),
  };
}

/** RFC 3161, 2.4.2. */
function infoIn(content: Uint8Array) {
  const [, policy, imprint, serialNumber, at, ...more] = inside(wholeElement(content), tags.sequence);
  const [algorithm, hashed] = inside(imprint, tags.sequence);
  if (serialNumber?.tag !== tags.integer || at?.tag !== tags.generalizedTime) throw new Malformed();
  return {
    policy: oidIn(policy),
    hash: oidIn(inside(algorithm, tags.sequence)[0]),
    imprint: octetsIn(hashed),
    serialNumber: Buffer.from(serialNumber.content).toString('hex'),
    at: timeIn(at.whole),
    nonce: more.find(({ tag }) => tag === tags.integer)?.content,
  };
}

/** The signed attributes hold for the content and for this certificate, and the signature for the attributes. */
function signatureFits(signer: SignerInfo, certificate: X509Certificate, content: Uint8Array): boolean {
  const hash = hashNames[signer.digestAlgorithm];
  if (hash === undefined) return false;
  try {
    const attributes = inside(signer.attributes, contextTag(0)).map((each) => inside(each, tags.sequence));
    const only = (type: string): Element | undefined => {
      const found = attributes.filter(([name]) => oidIn(name) === type);
      const values = found.length === 1 ? inside(found[0]?.[1], tags.set) : [];
      return values.length === 1 ? values[0] : undefined;
    };
    const digest = createHash(hash).update(content).digest();
    if (!sameBytes(octetsIn(only(MESSAGE_DIGEST)), digest)) return false;
    if (oidIn(only(CONTENT_TYPE)) !== TST_INFO) return false;
    const named = only(SIGNING_CERTIFICATE_V2) ?? only(SIGNING_CERTIFICATE);
    if (!names(named, certificate.raw)) return false;
  } catch {
    return false;
  }
  const { outcome, weak } = verifySignature(
    new AlgorithmIdentifier({ schema: fromBER(Uint8Array.from(signer.algorithm)).result }),
    certificate.publicKey.export({ type: 'spki', format: 'der' }),
    retagged(signer.attributes.whole, tags.set),
    signer.signature,
    signer.digestAlgorithm,
  );
  return outcome === 'good' && !weak;
}

/** Whether an ESS signing-certificate attribute of either version names this certificate first. */
function names(attribute: Element | undefined, certificate: Uint8Array): boolean {
  const [identifiers] = inside(attribute, tags.sequence);
  const [first] = inside(identifiers, tags.sequence);
  const digest = octetsIn(inside(first, tags.sequence).find(({ tag }) => tag === tags.octets));
  // The digest's length tells its algorithm; 20 is the first version's, and SHA-1 is enough to tell two certificates apart.
  const hash = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' }[digest.length];
  return hash !== undefined && sameBytes(createHash(hash).update(certificate).digest(), digest);
}

/** RFC 3161, 2.3: the purpose is timestamps and nothing else, and is marked critical. */
function onlyForTimestamps(parts: CertificateParts): boolean {
  const usage = parts.extension(EXTENDED_KEY_USAGE);
  return usage?.critical === true && sameBytes(usage.value, sequence(oid(TIME_STAMPING)));
}
