import { readCertificates, type SignerCertificate } from './certificate.ts';
import { unreadable } from './fault.ts';
import {
  type Algorithm,
  digestOf,
  type HashName,
  hashOf,
  readAlgorithm,
  readPublicKey,
  verifies,
} from './public-key.ts';
import { readOid } from './security-infos.ts';
import { isSame } from './signer.ts';
import { readObject, readObjects, type Tlv } from './tlv.ts';

/** What one signer signed (CMS SignedData, RFC 5652): documents' security objects, lists of states' authorities. */
export type SignedData = {
  /** Of what kind the content says it is. */
  type: string;
  content: Uint8Array;
  certificates: readonly SignerCertificate[];
  signer: SignerCertificate | null;
  digestAlgorithm: Algorithm;
  /** Attributes signed in the content's place, as they stand; null when the content itself was signed. */
  attributes: Tlv | null;
  algorithm: Algorithm;
  signature: Uint8Array;
};

export const SIGNED_DATA = '1.2.840.113549.1.7.2';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const SIGNING_TIME = '1.2.840.113549.1.9.5';

/** The members of a SEQUENCE that `bytes` begin with. */
export const members = (bytes: Uint8Array): Tlv[] => readObjects(readObject(bytes, 0x30).content);

const nothing = new Uint8Array();

export function readSignedData(cms: Uint8Array): SignedData {
  const [kind, wrapped] = members(cms);
  if (kind?.tag !== 0x06 || readOid(kind.content) !== SIGNED_DATA || wrapped?.tag !== 0xa0)
    throw unreadable();
  const [, , inner, ...more] = members(wrapped.content);
  const [type, innerContent] = readObjects(inner?.content ?? nothing);
  if (type?.tag !== 0x06) throw unreadable();
  const content = readObject(innerContent?.content ?? nothing, 0x04).content;
  // One that cannot be read matters where it is the signer's alone, who is then missing.
  const certificates = readCertificates(
    readObjects(more.find(({ tag }) => tag === 0xa0)?.content ?? nothing)
      .filter(({ tag }) => tag === 0x30)
      .map(({ whole }) => whole),
  );
  const infos = more.find(({ tag }) => tag === 0x31);
  const [info, another] = readObjects(infos?.content ?? nothing);
  if (info?.tag !== 0x30 || another !== undefined) throw unreadable();

  const [, identifier, digestAlgorithm, ...rest] = readObjects(info.content);
  const attributes = rest[0]?.tag === 0xa0 ? rest[0] : null;
  const [algorithm, signature] = attributes === null ? rest : rest.slice(1);
  if (!identifier || !digestAlgorithm || algorithm?.tag !== 0x30 || signature?.tag !== 0x04)
    throw unreadable();
  return {
    type: readOid(type.content),
    content,
    certificates,
    signer: signerAmong(certificates, identifier),
    digestAlgorithm: readAlgorithm(digestAlgorithm.content),
    attributes,
    algorithm: readAlgorithm(algorithm.content),
    signature: signature.content,
  };
}

function signerAmong(certificates: readonly SignerCertificate[], identifier: Tlv): SignerCertificate | null {
  if (identifier.tag === 0x80)
    return certificates.find(({ keyId }) => keyId !== null && isSame(keyId, identifier.content)) ?? null;
  const [issuer, serial] = readObjects(identifier.content);
  if (!issuer || !serial) throw unreadable();
  return (
    certificates.find((each) => isSame(each.issuer, issuer.whole) && isSame(each.serial, serial.content)) ??
    null
  );
}

/** Whether the signature is of this content; a reason where it is not, or where it is made in a way that is not known here. */
export function judgeSignature(object: SignedData): 'holds' | 'wrong' | 'no-signer' | 'algorithm-unknown' {
  const { type, signer, attributes, content, algorithm, signature } = object;
  if (signer === null) return 'no-signer';
  const key = readPublicKey(signer.keyInfo);
  const digest: HashName | null = hashOf(object.digestAlgorithm);
  if (key === null || digest === null) return 'algorithm-unknown';
  if (attributes !== null && !attributesFit(attributes, type, digestOf(digest, content))) return 'wrong';
  // Signed as the SET they are, and not under the tag they are sent with (RFC 5652, 5.4).
  const signed =
    attributes === null ? content : Buffer.concat([Uint8Array.of(0x31), attributes.whole.subarray(1)]);
  const holds = verifies(key, algorithm, digest, signed, signature);
  return holds === null ? 'algorithm-unknown' : holds ? 'holds' : 'wrong';
}

function attributeValues(attributes: Tlv): ReadonlyMap<string, Tlv> {
  const values = new Map<string, Tlv>();
  for (const { content } of readObjects(attributes.content)) {
    const [oid, set] = readObjects(content);
    const [value] = readObjects(set?.content ?? nothing);
    if (oid?.tag === 0x06 && value !== undefined) values.set(readOid(oid.content), value);
  }
  return values;
}

/** Whether the signed attributes are of this content. */
function attributesFit(attributes: Tlv, type: string, digest: Uint8Array): boolean {
  const values = attributeValues(attributes);
  const said = values.get(CONTENT_TYPE);
  const given = values.get(MESSAGE_DIGEST);
  return (
    said?.tag === 0x06 &&
    readOid(said.content) === type &&
    given?.tag === 0x04 &&
    isSame(given.content, digest)
  );
}

/** When the signer says it was signed (RFC 5652, 11.3); null: it does not say. */
export function signingTime({ attributes }: SignedData): Tlv | null {
  return attributes === null ? null : (attributeValues(attributes).get(SIGNING_TIME) ?? null);
}
