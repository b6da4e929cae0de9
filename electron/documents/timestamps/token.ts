import { createHash, X509Certificate } from 'node:crypto';
import { fromBER, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import {
  Certificate,
  ContentInfo,
  ExtKeyUsage,
  getCrypto,
  IssuerAndSerialNumber,
  SignedData,
  type SignerInfo,
  TSTInfo,
} from 'pkijs';

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
export async function readToken(der: Uint8Array): Promise<TimestampToken | TokenFault> {
  const parsed = parse(der);
  if (parsed === undefined) return 'shape';
  const { signedData, signer, content, info } = parsed;
  const certificates = (signedData.certificates ?? []).flatMap((item) =>
    item instanceof Certificate ? [item] : [],
  );
  const signing = certificates.find(
    ({ issuer, serialNumber }) =>
      signer.sid instanceof IssuerAndSerialNumber &&
      signer.sid.issuer.isEqual(issuer) &&
      signer.sid.serialNumber.isEqual(serialNumber),
  );
  const hash = hashNames[info.messageImprint.hashAlgorithm.algorithmId];
  if (signing === undefined || hash === undefined) return 'shape';
  if (!(await signatureFits(signer, signing, content))) return 'signature';
  if (!onlyForTimestamps(signing)) return 'purpose';
  if (info.genTime < signing.notBefore.value || info.genTime > signing.notAfter.value) return 'expired';
  return {
    policy: info.policy,
    hash,
    imprint: bytesOf(info.messageImprint.hashedMessage),
    serialNumber: Buffer.from(info.serialNumber.valueBlock.valueHexView).toString('hex'),
    at: info.genTime,
    nonce: info.nonce === undefined ? undefined : new Uint8Array(info.nonce.valueBlock.valueHexView),
    certificate: new X509Certificate(derOf(signing)),
    certificates: certificates.map(derOf),
  };
}

function parse(der: Uint8Array) {
  try {
    const contentInfo = new ContentInfo({ schema: fromBER(der).result });
    if (contentInfo.contentType !== SIGNED_DATA) return undefined;
    const signedData = new SignedData({ schema: contentInfo.content });
    const [signer, ...others] = signedData.signerInfos;
    const { eContent, eContentType } = signedData.encapContentInfo;
    if (eContentType !== TST_INFO || eContent === undefined) return undefined;
    if (signer === undefined || others.length > 0) return undefined;
    const content = bytesOf(eContent);
    return { signedData, signer, content, info: new TSTInfo({ schema: fromBER(content).result }) };
  } catch {
    return undefined;
  }
}

/** The signed attributes hold for the content and for this certificate, and the signature for the attributes. */
async function signatureFits(
  signer: SignerInfo,
  certificate: Certificate,
  content: Uint8Array,
): Promise<boolean> {
  const attributes = signer.signedAttrs?.attributes ?? [];
  const hash = hashNames[signer.digestAlgorithm.algorithmId];
  if (hash === undefined || signer.signedAttrs === undefined) return false;
  const only = (type: string): unknown => {
    const found = attributes.filter((attribute) => attribute.type === type);
    return found.length === 1 && found[0]?.values.length === 1 ? found[0].values[0] : undefined;
  };
  const digest = only(MESSAGE_DIGEST);
  const contentDigest = createHash(hash).update(content).digest();
  if (!(digest instanceof OctetString) || !contentDigest.equals(bytesOf(digest))) return false;
  const kind = only(CONTENT_TYPE);
  if (!(kind instanceof ObjectIdentifier) || kind.getValue() !== TST_INFO) return false;
  const named = only(SIGNING_CERTIFICATE_V2) ?? only(SIGNING_CERTIFICATE);
  if (!names(named, derOf(certificate))) return false;
  try {
    return await getCrypto(true).verifyWithPublicKey(
      signer.signedAttrs.encodedValue,
      signer.signature,
      certificate.subjectPublicKeyInfo,
      signer.signatureAlgorithm,
      hash.replace('sha', 'SHA-'),
    );
  } catch {
    return false;
  }
}

/** Whether an ESS signing-certificate attribute of either version names this certificate first. */
function names(attribute: unknown, certificate: Uint8Array): boolean {
  const first = (item: unknown): unknown => (item instanceof Sequence ? item.valueBlock.value[0] : undefined);
  const identifier = first(first(attribute));
  if (!(identifier instanceof Sequence)) return false;
  const hashed = identifier.valueBlock.value.find((item) => item instanceof OctetString);
  if (hashed === undefined) return false;
  const digest = bytesOf(hashed);
  // The digest's length tells its algorithm; 20 is the first version's, and SHA-1 is enough to tell two certificates apart.
  const hash = { 20: 'sha1', 32: 'sha256', 48: 'sha384', 64: 'sha512' }[digest.length];
  return hash !== undefined && createHash(hash).update(certificate).digest().equals(digest);
}

/** RFC 3161, 2.3: the purpose is timestamps and nothing else, and is marked critical. */
function onlyForTimestamps(certificate: Certificate): boolean {
  const extension = certificate.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE);
  const usage: unknown = extension?.parsedValue;
  return (
    extension?.critical === true &&
    usage instanceof ExtKeyUsage &&
    usage.keyPurposes.length === 1 &&
    usage.keyPurposes[0] === TIME_STAMPING
  );
}

function derOf(certificate: Certificate): Uint8Array {
  return new Uint8Array(certificate.toSchema().toBER(false));
}

/** An octet string's content, also where it comes in parts. */
function bytesOf(octets: OctetString): Uint8Array {
  return new Uint8Array(octets.getValue());
}
