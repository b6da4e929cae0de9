import type { ChipCheck, ChipCheckName, ChipReason } from '../../values/chip-check.ts';
import { readCertificate, type SignerCertificate } from './certificate.ts';
import { ChipFault, unreadable } from './fault.ts';
import { GROUPS, type Group } from './lds.ts';
import {
  type Algorithm,
  digestOf,
  type HashName,
  hashOf,
  readAlgorithm,
  readPublicKey,
  verifies,
} from './public-key.ts';
import { readOid, smallNumber } from './security-infos.ts';
import { isSame, judgeSigner } from './signer.ts';
import { readObject, readObjects, type Tlv } from './tlv.ts';

/** The security object of a document (ICAO 9303-10, 4.6.2): a CMS (RFC 5652) over the digests of its groups. */
export type SecurityObject = {
  hash: HashName | null;
  digests: ReadonlyMap<number, Uint8Array>;
  /** What was signed and how. */
  content: Uint8Array;
  signer: SignerCertificate | null;
  digestAlgorithm: Algorithm;
  /** Attributes signed in the content's place, as they stand; null when the content itself was signed. */
  attributes: Tlv | null;
  algorithm: Algorithm;
  signature: Uint8Array;
};

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const SECURITY_OBJECT = '2.23.136.1.1.1';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';

/** The members of a SEQUENCE that `bytes` begin with. */
const members = (bytes: Uint8Array): Tlv[] => readObjects(readObject(bytes, 0x30).content);

export function readSecurityObject(file: Uint8Array): SecurityObject {
  const [type, wrapped] = members(readObject(file, 0x77).content);
  if (type?.tag !== 0x06 || readOid(type.content) !== SIGNED_DATA || wrapped?.tag !== 0xa0)
    throw unreadable();
  const [, , inner, ...more] = members(wrapped.content);
  const [innerType, innerContent] = readObjects(inner?.content ?? new Uint8Array());
  if (innerType?.tag !== 0x06 || readOid(innerType.content) !== SECURITY_OBJECT) throw unreadable();
  const content = readObject(innerContent?.content ?? new Uint8Array(), 0x04).content;
  const certificates = readObjects(more.find(({ tag }) => tag === 0xa0)?.content ?? new Uint8Array());
  const infos = more.find(({ tag }) => tag === 0x31);
  const [info, another] = readObjects(infos?.content ?? new Uint8Array());
  if (info?.tag !== 0x30 || another !== undefined) throw unreadable();

  const [, identifier, digestAlgorithm, ...rest] = readObjects(info.content);
  const attributes = rest[0]?.tag === 0xa0 ? rest[0] : null;
  const [algorithm, signature] = attributes === null ? rest : rest.slice(1);
  if (!identifier || !digestAlgorithm || algorithm?.tag !== 0x30 || signature?.tag !== 0x04)
    throw unreadable();
  return {
    ...readDigests(content),
    content,
    signer: signerAmong(certificates, identifier),
    digestAlgorithm: readAlgorithm(digestAlgorithm.content),
    attributes,
    algorithm: readAlgorithm(algorithm.content),
    signature: signature.content,
  };
}

function readDigests(content: Uint8Array): Pick<SecurityObject, 'hash' | 'digests'> {
  const [, algorithm, list] = members(content);
  if (algorithm?.tag !== 0x30 || list?.tag !== 0x30) throw unreadable();
  const digests = readObjects(list.content).map(({ content: pair }) => {
    const [number, digest] = readObjects(pair);
    if (!number || digest?.tag !== 0x04) throw unreadable();
    return [smallNumber(number), digest.content] as const;
  });
  return { hash: hashOf(readAlgorithm(algorithm.content)), digests: new Map(digests) };
}

function signerAmong(certificates: readonly Tlv[], identifier: Tlv): SignerCertificate | null {
  const read = certificates.filter(({ tag }) => tag === 0x30).map(({ whole }) => readCertificate(whole));
  if (identifier.tag === 0x80)
    return read.find(({ keyId }) => keyId !== null && isSame(keyId, identifier.content)) ?? null;
  const [issuer, serial] = readObjects(identifier.content);
  if (!issuer || !serial) throw unreadable();
  return (
    read.find((each) => isSame(each.issuer, issuer.whole) && isSame(each.serial, serial.content)) ?? null
  );
}

const passed = (name: ChipCheckName): ChipCheck => ({ name, state: 'passed', reason: null });
const failed = (name: ChipCheckName, reason: ChipReason): ChipCheck => ({ name, state: 'failed', reason });
const notChecked = (name: ChipCheckName, reason: ChipReason): ChipCheck => ({
  name,
  state: 'not-checked',
  reason,
});

/**
 * Passive authentication (ICAO 9303-11, 5.1) of the groups that were read, against the authorities of a list of states.
 * There is no list of revoked signers at the desk, and that is told.
 */
export function authenticatePassively(
  read: { securityObject: Uint8Array | null; groups: ReadonlyMap<Group, Uint8Array> },
  authorities: readonly SignerCertificate[],
  now: Date,
): ChipCheck[] {
  const revocation = notChecked('revocation', 'no-revocation-list');
  let object: SecurityObject;
  try {
    if (read.securityObject === null) throw unreadable();
    object = readSecurityObject(read.securityObject);
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    const reason = 'security-object-unreadable';
    return [
      notChecked('groups', reason),
      failed('signature', reason),
      notChecked('signer', reason),
      notChecked('validity', reason),
      revocation,
    ];
  }
  return [
    checkGroups(object, read.groups),
    checkSignature(object),
    ...checkSigner(object.signer, authorities, now),
    revocation,
  ];
}

function checkGroups(object: SecurityObject, groups: ReadonlyMap<Group, Uint8Array>): ChipCheck {
  const { hash, digests } = object;
  if (hash === null) return notChecked('groups', 'algorithm-unknown');
  for (const group of GROUPS) {
    const content = groups.get(group);
    const digest = digests.get(group);
    // What is read and not signed for is as false as what is signed for and not there. Zone and face every document has.
    if (content === undefined && digest === undefined && group > 2) continue;
    if (content === undefined) return failed('groups', 'group-missing');
    if (digest === undefined || !isSame(digestOf(hash, content), digest))
      return failed('groups', 'group-changed');
  }
  return passed('groups');
}

function checkSignature(object: SecurityObject): ChipCheck {
  const { signer, attributes, content, algorithm, signature } = object;
  if (signer === null) return failed('signature', 'security-object-unreadable');
  const key = readPublicKey(signer.keyInfo);
  const digest = hashOf(object.digestAlgorithm);
  if (key === null || digest === null) return notChecked('signature', 'algorithm-unknown');
  if (attributes !== null && !attributesFit(attributes, digestOf(digest, content)))
    return failed('signature', 'signature-wrong');
  // Signed as the SET they are, and not under the tag they are sent with (RFC 5652, 5.4).
  const signed =
    attributes === null ? content : Buffer.concat([Uint8Array.of(0x31), attributes.whole.subarray(1)]);
  const holds = verifies(key, algorithm, digest, signed, signature);
  if (holds === null) return notChecked('signature', 'algorithm-unknown');
  return holds ? passed('signature') : failed('signature', 'signature-wrong');
}

/** Whether the signed attributes are of this content. */
function attributesFit(attributes: Tlv, digest: Uint8Array): boolean {
  const values = new Map<string, Tlv>();
  for (const { content } of readObjects(attributes.content)) {
    const [oid, set] = readObjects(content);
    const [value] = readObjects(set?.content ?? new Uint8Array());
    if (oid?.tag === 0x06 && value !== undefined) values.set(readOid(oid.content), value);
  }
  const type = values.get(CONTENT_TYPE);
  const given = values.get(MESSAGE_DIGEST);
  return (
    type?.tag === 0x06 &&
    readOid(type.content) === SECURITY_OBJECT &&
    given?.tag === 0x04 &&
    isSame(given.content, digest)
  );
}

function checkSigner(
  signer: SignerCertificate | null,
  authorities: readonly SignerCertificate[],
  now: Date,
): [ChipCheck, ChipCheck] {
  const reason = 'security-object-unreadable';
  if (signer === null) return [notChecked('signer', reason), notChecked('validity', reason)];
  const judged = judgeSigner(signer, authorities, now);
  return [
    { name: 'signer', ...judged.signer },
    { name: 'validity', ...judged.validity },
  ];
}

/** The authorities of a list: certificates one after another in DER. What cannot be read trusts nobody. */
export function readAuthorities(ders: readonly Uint8Array[]): SignerCertificate[] {
  return ders.map(readCertificate);
}

/** The groups the security object speaks of; without one, those every document has. */
export function groupsSigned(securityObject: Uint8Array | null): readonly Group[] {
  try {
    if (securityObject === null) throw unreadable();
    const { digests } = readSecurityObject(securityObject);
    return GROUPS.filter((group) => group <= 2 || digests.has(group));
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    return [1, 2];
  }
}
