import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Curve, curveWith, namedCurve, numberOf } from './curves.ts';
import { readOid } from './security-infos.ts';
import { readObject, readObjects, type Tlv } from './tlv.ts';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

const hashes: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const signatureHashes: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};
const RSA = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
const EC = '1.2.840.10045.2.1';
const ECDSA_FAMILY = '1.2.840.10045.4.';

/** An AlgorithmIdentifier: what it names and its parameters. */
export type Algorithm = { oid: string; parameters: Tlv | null };

export function readAlgorithm(sequence: Uint8Array): Algorithm {
  const [oid, parameters] = readObjects(sequence);
  return { oid: oid?.tag === 0x06 ? readOid(oid.content) : '', parameters: parameters ?? null };
}

export const hashOf = ({ oid }: Algorithm): HashName | null => hashes[oid] ?? null;

export type PublicKey = { kind: 'rsa'; key: KeyObject } | { kind: 'ec'; curve: Curve; point: Uint8Array };

/** A SubjectPublicKeyInfo; null for keys of a kind that is not used in travel documents, or on another curve. */
export function readPublicKey(info: Uint8Array): PublicKey | null {
  const whole = readObject(info, 0x30);
  const [algorithm, bits] = readObjects(whole.content);
  if (algorithm?.tag !== 0x30 || bits?.tag !== 0x03) return null;
  const { oid, parameters } = readAlgorithm(algorithm.content);
  if (oid === EC && parameters !== null) {
    const curve =
      parameters.tag === 0x06 ? namedCurve(readOid(parameters.content)) : explicitCurve(parameters);
    return curve && { kind: 'ec', curve, point: bits.content.subarray(1) };
  }
  if (oid !== RSA) return null;
  try {
    const key = createPublicKey({ key: Buffer.from(whole.whole), format: 'der', type: 'spki' });
    return { kind: 'rsa', key };
  } catch {
    return null;
  }
}

/** ECParameters written out (RFC 3279, 2.3.5). */
function explicitCurve({ tag, content }: Tlv): Curve | null {
  if (tag !== 0x30) return null;
  const [, field, curve, , order] = readObjects(content);
  const [, prime] = readObjects(field?.content ?? new Uint8Array());
  const [a, b] = readObjects(curve?.content ?? new Uint8Array());
  if (!prime || !a || !b || !order) return null;
  return curveWith({
    p: numberOf(prime.content),
    a: numberOf(a.content),
    b: numberOf(b.content),
    n: numberOf(order.content),
  });
}

/** Whether the signature is of this key; null when it is made in a way that is not known here. */
export function verifies(
  key: PublicKey,
  algorithm: Algorithm,
  /** Of the data, where the algorithm does not say it itself. */
  digest: HashName | null,
  data: Uint8Array,
  signature: Uint8Array,
): boolean | null {
  try {
    if (key.kind === 'ec') {
      if (!algorithm.oid.startsWith(ECDSA_FAMILY)) return null;
      const hash = signatureHashes[algorithm.oid];
      return hash === undefined ? null : verifiesEc(key, hash, data, signature, 'der');
    }
    if (algorithm.oid === PSS) return verifiesPss(key.key, algorithm, data, signature);
    const hash = algorithm.oid === RSA ? digest : (signatureHashes[algorithm.oid] ?? null);
    if (hash === null || algorithm.oid.startsWith(ECDSA_FAMILY)) return null;
    return verify(hash, data, { key: key.key, padding: constants.RSA_PKCS1_PADDING }, signature);
  } catch {
    return false;
  }
}

/** `compact`: both numbers side by side, as chips sign (TR-03111, 5.2.1). */
export function verifiesEc(
  { curve, point }: PublicKey & { kind: 'ec' },
  hash: HashName,
  data: Uint8Array,
  signature: Uint8Array,
  format: 'der' | 'compact',
): boolean {
  try {
    const digest = new Uint8Array(digestOf(hash, data));
    // Neither smaller number is preferred here, as it is where signatures must have one form only.
    const options = { prehash: false, lowS: false, format } as const;
    return curve.ecdsa.verify(Uint8Array.from(signature), digest, Uint8Array.from(point), options);
  } catch {
    return false;
  }
}

function verifiesPss(
  key: KeyObject,
  { parameters }: Algorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean | null {
  const given = readObjects(parameters?.content ?? new Uint8Array());
  const of = (tag: number): Tlv | null => {
    const [inner] = readObjects(given.find((each) => each.tag === tag)?.content ?? new Uint8Array());
    return inner ?? null;
  };
  const hash = of(0xa0);
  const mask = of(0xa1);
  const salt = of(0xa2);
  const name = hash === null ? 'sha1' : hashOf(readAlgorithm(hash.content));
  const inMask = mask === null ? null : readAlgorithm(mask.content).parameters;
  const maskName = inMask === null ? 'sha1' : hashOf(readAlgorithm(inMask.content));
  if (name === null || name !== maskName) return null;
  const saltLength = salt === null ? 20 : Number(numberOf(salt.content));
  return verify(name, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
}

export const digestOf = (hash: HashName, data: Uint8Array): Buffer => createHash(hash).update(data).digest();
