import * as asn1js from 'asn1js';
import {
  type Attribute,
  Certificate,
  ContentInfo,
  IssuerAndSerialNumber,
  SignedData,
  type SignerInfo,
  TSTInfo,
} from 'pkijs';
import type { CmsFacts } from '../facts.ts';
import { embeddedCertificate, type ReadCertificate, readCertificate, sha256 } from './certificate.ts';
import { digest, hashName, isWeakHash, sameBytes, verifySignature } from './primitives.ts';

const oid = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  messageDigest: '1.2.840.113549.1.9.4',
  contentType: '1.2.840.113549.1.9.3',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  adobeRevocation: '1.2.840.113583.1.1.8',
  sha1: '1.3.14.3.2.26',
};

/** Data messages carry their content in many small pieces. */
const MAX_NODES = 200_000;

/** A CMS structure and how many of the bytes it takes. */
export type ReadSignedData = { signedData: SignedData; length: number };

/** Reads a CMS signature; undefined when the bytes are none. */
export function readSignedData(bytes: Uint8Array): ReadSignedData | undefined {
  try {
    const { offset, result } = asn1js.fromBER(new Uint8Array(bytes), {
      maxNodes: MAX_NODES,
      maxContentLength: bytes.length,
    });
    if (offset <= 0) return undefined;
    const content = new ContentInfo({ schema: result });
    if (content.contentType !== oid.signedData) return undefined;
    return { signedData: new SignedData({ schema: content.content }), length: offset };
  } catch {
    return undefined;
  }
}

/** The content a CMS structure carries within it. */
export function carriedContent({ encapContentInfo: { eContent } }: SignedData): Uint8Array | undefined {
  return eContent && new Uint8Array(eContent.getValue());
}

/** Everything in a CMS structure that helps to judge it: certificates, lists and answers. */
export type Material = { certificates: ReadCertificate[]; evidence: Uint8Array[] };

export function materialOf(signedData: SignedData): Material {
  const certificates: ReadCertificate[] = [];
  for (const item of signedData.certificates ?? []) {
    const read = item instanceof Certificate ? embeddedCertificate(item) : undefined;
    if (read) certificates.push(read);
  }
  const evidence: Uint8Array[] = [];
  const keep = (block: asn1js.BaseBlock): void => void evidence.push(new Uint8Array(block.toBER()));
  for (const list of signedData.crls ?? []) keep(list.toSchema());
  for (const answer of signedData.ocsps ?? []) keep(answer.toSchema());
  for (const signer of signedData.signerInfos) {
    for (const attribute of [
      ...(signer.signedAttrs?.attributes ?? []),
      ...(signer.unsignedAttrs?.attributes ?? []),
    ]) {
      if (attribute.type === oid.revocationValues || attribute.type === oid.adobeRevocation) {
        for (const value of attribute.values) collectRevocation(value, keep);
      }
      if (attribute.type !== oid.certificateValues) continue;
      for (const value of attribute.values) {
        if (!(value instanceof asn1js.Sequence)) continue;
        for (const certificate of value.valueBlock.value) {
          const read = readCertificate(new Uint8Array(certificate.toBER()));
          if (read) certificates.push(read);
        }
      }
    }
  }
  return { certificates, evidence };
}

/** RevocationValues and Adobe's own both hold, under tags, sequences of lists ([0]) and answers ([1]). */
function collectRevocation(value: unknown, keep: (block: asn1js.BaseBlock) => void): void {
  if (!(value instanceof asn1js.Sequence)) return;
  for (const tagged of value.valueBlock.value) {
    if (!(tagged instanceof asn1js.Constructed) || tagged.idBlock.tagNumber > 1) continue;
    const [sequence] = tagged.valueBlock.value;
    if (sequence instanceof asn1js.Sequence) for (const item of sequence.valueBlock.value) keep(item);
  }
}

export type CheckedSignature = {
  signer: ReadCertificate | undefined;
  facts: Omit<CmsFacts, 'path'>;
  /** The value of the signature, which its timestamps are made over. */
  value: Uint8Array;
  timestampTokens: Uint8Array[];
};

/** Checks the one signature of a CMS structure over its content; undefined when there is not exactly one. */
export function checkSignature(
  signedData: SignedData,
  content: Uint8Array,
  certificates: ReadCertificate[],
): CheckedSignature | undefined {
  const [signer, ...more] = signedData.signerInfos;
  if (signer === undefined || more.length > 0) return undefined;
  const signed = signer.signedAttrs?.attributes ?? [];
  const algorithm = signer.digestAlgorithm.algorithmId;
  const found = certificates.find((certificate) => isSigner(signer, certificate));
  const contentDigest = digest(algorithm, content);
  const value = signer.signature.valueBlock.valueHexView;
  const facts: CheckedSignature['facts'] = {
    digest: 'matches',
    signature: 'no-certificate',
    reference: 'absent',
    algorithm: hashName(algorithm),
    weak: isWeakHash(algorithm),
    claimedAt: timeOf(signed),
  };
  let signedBytes = content;
  if (signer.signedAttrs !== undefined) {
    const stated = single(signed, oid.messageDigest);
    const type = single(signed, oid.contentType);
    if (contentDigest === undefined) facts.digest = 'unsupported';
    else if (
      !(stated instanceof asn1js.OctetString) ||
      !sameBytes(new Uint8Array(stated.getValue()), contentDigest) ||
      !(type instanceof asn1js.ObjectIdentifier) ||
      type.getValue() !== signedData.encapContentInfo.eContentType
    ) {
      facts.digest = 'differs';
    }
    signedBytes = new Uint8Array(signer.signedAttrs.encodedValue);
  }
  if (found) {
    const verdict = verifySignature(
      signer.signatureAlgorithm,
      found.publicKey,
      signedBytes,
      value,
      algorithm,
    );
    facts.signature = verdict.outcome;
    facts.weak ||= verdict.weak;
    // Without attributes the signature itself speaks of the content.
    if (signer.signedAttrs === undefined && verdict.outcome === 'bad') facts.digest = 'differs';
    facts.reference = referenceTo(signed, found);
  }
  const timestampTokens = (signer.unsignedAttrs?.attributes ?? [])
    .filter(({ type }) => type === oid.signatureTimestamp)
    .flatMap(({ values }) => values.map((token: asn1js.BaseBlock) => new Uint8Array(token.toBER())));
  return { signer: found, facts, value, timestampTokens };
}

function isSigner(signer: SignerInfo, certificate: ReadCertificate): boolean {
  const id: unknown = signer.sid;
  if (id instanceof IssuerAndSerialNumber) {
    return (
      Buffer.from(new Uint8Array(id.issuer.valueBeforeDecode)).toString('hex') === certificate.issuer &&
      sameBytes(
        id.serialNumber.valueBlock.valueHexView,
        certificate.certificate.serialNumber.valueBlock.valueHexView,
      )
    );
  }
  if (!(id instanceof asn1js.BaseBlock)) return false;
  const own = certificate.certificate.extensions?.find(({ extnID }) => extnID === '2.5.29.14')
    ?.parsedValue as unknown;
  const wanted: unknown = Reflect.get(id.valueBlock, 'valueHexView');
  return own instanceof asn1js.OctetString && wanted instanceof Uint8Array
    ? sameBytes(own.valueBlock.valueHexView, wanted)
    : false;
}

/** The value of an attribute that must stand once and have one value. */
function single(attributes: Attribute[], type: string): unknown {
  const found = attributes.filter((attribute) => attribute.type === type);
  return found.length === 1 && found[0]?.values.length === 1 ? found[0].values[0] : undefined;
}

function timeOf(attributes: Attribute[]): number | undefined {
  const time = single(attributes, oid.signingTime);
  return time instanceof asn1js.UTCTime || time instanceof asn1js.GeneralizedTime
    ? time.toDate().getTime()
    : undefined;
}

/** Whether the signed reference names this very certificate: another with the same key must not take its place. */
function referenceTo(attributes: Attribute[], certificate: ReadCertificate): CmsFacts['reference'] {
  const v2 = attributes.some(({ type }) => type === oid.signingCertificateV2);
  if (!v2 && !attributes.some(({ type }) => type === oid.signingCertificate)) return 'absent';
  const stated = single(attributes, v2 ? oid.signingCertificateV2 : oid.signingCertificate);
  const hash = stated instanceof asn1js.Sequence ? referenceHash(stated, v2) : undefined;
  const own = hash && digest(hash.algorithm, certificate.der);
  return hash !== undefined && own !== undefined && sameBytes(own, hash.value) ? 'matches' : 'differs';
}

function referenceHash(
  stated: asn1js.Sequence,
  v2: boolean,
): { algorithm: string; value: Uint8Array } | undefined {
  const [list] = stated.valueBlock.value;
  const [first] = list instanceof asn1js.Sequence ? list.valueBlock.value : [];
  if (!(first instanceof asn1js.Sequence)) return undefined;
  const [head, second] = first.valueBlock.value;
  // ESSCertIDv2 may begin with the algorithm; SHA-256 when it does not (RFC 5035).
  if (v2 && head instanceof asn1js.Sequence) {
    const [algorithm] = head.valueBlock.value;
    return algorithm instanceof asn1js.ObjectIdentifier && second instanceof asn1js.OctetString
      ? { algorithm: algorithm.getValue(), value: new Uint8Array(second.getValue()) }
      : undefined;
  }
  return head instanceof asn1js.OctetString
    ? { algorithm: v2 ? sha256 : oid.sha1, value: new Uint8Array(head.getValue()) }
    : undefined;
}

export type ReadTimestamp = { signedData: SignedData; content: Uint8Array; info: TSTInfo };

/** Reads a timestamp token (RFC 3161); undefined when the bytes are none. */
export function readTimestamp(bytes: Uint8Array): ReadTimestamp | undefined {
  const read = readSignedData(bytes);
  const content = read && carriedContent(read.signedData);
  if (!read || !content || read.signedData.encapContentInfo.eContentType !== oid.tstInfo) return undefined;
  try {
    return { signedData: read.signedData, content, info: TSTInfo.fromBER(new Uint8Array(content)) };
  } catch {
    return undefined;
  }
}
