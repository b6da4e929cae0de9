import { createHash } from 'node:crypto';
import { Set as Asn1Set, BitString, Integer, ObjectIdentifier, OctetString, Sequence, UTCTime } from 'asn1js';
import {
  Accuracy,
  AlgorithmIdentifier,
  Attribute,
  type Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import type { Identity } from '../pki/authority.ts';
import { derOf, toBuffer } from '../pki/certificates.ts';
import type { Random } from '../secrets.ts';

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  sha256: '2.16.840.1.101.3.4.2.1',
  ecdsaSha256: '1.2.840.10045.4.3.2',
} as const;

/** Digests taken in, with their length in bytes. */
const DIGESTS: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.2.1': 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
};

/** Why a request is not answered with a token: bits of PKIFailureInfo (RFC 3161, 2.4.2). */
const FAILURE = { badAlg: 0, badRequest: 2, badDataFormat: 5, unacceptedPolicy: 15 } as const;
type Failure = keyof typeof FAILURE;

export type TimestampUnit = { identity: Identity; policy: string; random: Random };

/** Answers a request for a timestamp (RFC 3161); a wrong request gets an answer that says why. */
export async function answerTimestamp(unit: TimestampUnit, request: Uint8Array, now: Date): Promise<Buffer> {
  let asked: TimeStampReq;
  try {
    asked = TimeStampReq.fromBER(toBuffer(request));
  } catch {
    return rejection('badDataFormat');
  }
  const { messageImprint, reqPolicy, nonce, certReq, extensions } = asked;
  const length = DIGESTS[messageImprint.hashAlgorithm.algorithmId];
  if (length === undefined) return rejection('badAlg');
  if (messageImprint.hashedMessage.valueBlock.valueHexView.length !== length)
    return rejection('badDataFormat');
  if (reqPolicy !== undefined && reqPolicy !== '' && reqPolicy !== unit.policy)
    return rejection('unacceptedPolicy');
  if (extensions?.some(({ critical }) => critical)) return rejection('badRequest');

  const serial = unit.random(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const genTime = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const info = new TSTInfo({
    version: 1,
    policy: unit.policy,
    messageImprint,
    serialNumber: new Integer({ valueHex: toBuffer(serial) }),
    genTime,
    accuracy: new Accuracy({ seconds: 1 }),
    ...(nonce && { nonce }),
  });
  const token = await signedToken(
    unit.identity,
    Buffer.from(info.toSchema().toBER(false)),
    genTime,
    certReq === true,
  );
  const response = new TimeStampResp({ status: new PKIStatusInfo({ status: 0 }), timeStampToken: token });
  return Buffer.from(response.toSchema().toBER(false));
}

function rejection(failure: Failure): Buffer {
  const bit = FAILURE[failure];
  const bytes = new Uint8Array(Math.floor(bit / 8) + 1);
  bytes[bytes.length - 1] = 0x80 >> (bit % 8);
  // Only up to the bit that is set: a named bit list ends there.
  const unusedBits = 7 - (bit % 8);
  const status = new Sequence({
    value: [new Integer({ value: 2 }), new BitString({ valueHex: bytes.buffer, unusedBits })],
  });
  return Buffer.from(new Sequence({ value: [status] }).toBER(false));
}

async function signedToken(
  identity: Identity,
  content: Buffer,
  at: Date,
  withChain: boolean,
): Promise<ContentInfo> {
  const { certificate } = identity.holder;
  const attributes = [
    attribute(OID.contentType, new ObjectIdentifier({ value: OID.tstInfo })),
    attribute(OID.signingTime, new UTCTime({ valueDate: at })),
    attribute(OID.messageDigest, octets(createHash('sha256').update(content).digest())),
    attribute(OID.signingCertificateV2, essCertificate(certificate)),
  ].sort((a, b) =>
    Buffer.compare(Buffer.from(a.toSchema().toBER(false)), Buffer.from(b.toSchema().toBER(false))),
  );
  // What is signed is the set of attributes in DER, not as it is tagged within the token.
  const signedSet = new Asn1Set({ value: attributes.map((one) => one.toSchema()) });
  const signature = await identity.sign(Buffer.from(signedSet.toBER(false)));
  const signer = new SignerInfo({
    version: 1,
    sid: new IssuerAndSerialNumber({
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
    }),
    digestAlgorithm: new AlgorithmIdentifier({ algorithmId: OID.sha256 }),
    signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: OID.ecdsaSha256 }),
    signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }),
    signature: octets(signature),
  });
  const signedData = new SignedData({
    version: 3,
    digestAlgorithms: [new AlgorithmIdentifier({ algorithmId: OID.sha256 })],
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: OID.tstInfo, eContent: octets(content) }),
    signerInfos: [signer],
    ...(withChain && { certificates: [...identity.chain] }),
  });
  return new ContentInfo({ contentType: OID.signedData, content: signedData.toSchema(true) });
}

const octets = (bytes: Uint8Array): OctetString => new OctetString({ valueHex: toBuffer(bytes) });
const attribute = (type: string, value: unknown): Attribute => new Attribute({ type, values: [value] });

/** SigningCertificateV2 (RFC 5035): SHA-256 of the signer's certificate, the default hash left out. */
const essCertificate = (certificate: Certificate): Sequence =>
  new Sequence({
    value: [
      new Sequence({
        value: [new Sequence({ value: [octets(createHash('sha256').update(derOf(certificate)).digest())] })],
      }),
    ],
  });
