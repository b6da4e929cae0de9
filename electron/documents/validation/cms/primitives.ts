import { constants, createHash, createPublicKey, getHashes, type KeyObject, verify } from 'node:crypto';
import * as asn1js from 'asn1js';
import { type AlgorithmIdentifier, RSASSAPSSParams } from 'pkijs';

/** Names of hash functions by their object identifiers. */
const hashes: Record<string, string> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
};

type Scheme = 'rsa' | 'pss' | 'ecdsa' | 'eddsa';

/** Signature algorithms; where no hash stands, the digest algorithm beside it or the parameters say it. */
const schemes: Record<string, { scheme: Scheme; hash?: string }> = {
  '1.2.840.113549.1.1.1': { scheme: 'rsa' },
  '1.2.840.113549.1.1.4': { scheme: 'rsa', hash: 'md5' },
  '1.2.840.113549.1.1.5': { scheme: 'rsa', hash: 'sha1' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa', hash: 'sha512' },
  '1.2.840.113549.1.1.14': { scheme: 'rsa', hash: 'sha224' },
  '1.2.840.113549.1.1.10': { scheme: 'pss' },
  '1.2.840.10045.2.1': { scheme: 'ecdsa' },
  '1.2.840.10045.4.1': { scheme: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { scheme: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
  '1.3.101.112': { scheme: 'eddsa' },
};

const available = new Set(getHashes().map((name) => name.toLowerCase()));
const weakHashes = new Set(['md5', 'sha1']);

/** The hash of the bytes; undefined for an algorithm that is not known or not here. */
export function digest(algorithm: string, data: Uint8Array): Uint8Array | undefined {
  const name = hashes[algorithm];
  if (name === undefined || !available.has(name)) return undefined;
  return createHash(name).update(data).digest();
}

export const hashName = (algorithm: string): string => hashes[algorithm]?.toUpperCase() ?? algorithm;
export const isWeakHash = (algorithm: string): boolean => weakHashes.has(hashes[algorithm] ?? '');

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

export type Verdict = {
  outcome: 'good' | 'bad' | 'unsupported';
  /** The algorithm or key no longer protects against forgery. */
  weak: boolean;
};

const unsupported: Verdict = { outcome: 'unsupported', weak: false };

/** Checks one signature over bytes with the key of a certificate (its SubjectPublicKeyInfo). */
export function verifySignature(
  algorithm: AlgorithmIdentifier,
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  digestAlgorithm?: string,
): Verdict {
  const known = schemes[algorithm.algorithmId];
  if (known === undefined) return unsupported;
  let hash = known.hash ?? hashes[digestAlgorithm ?? ''];
  let saltLength: number | undefined;
  if (known.scheme === 'pss') {
    const parameters = pssParameters(algorithm);
    if (parameters === undefined) return unsupported;
    hash = parameters.hash;
    saltLength = parameters.saltLength;
  }
  if (known.scheme !== 'eddsa' && (hash === undefined || !available.has(hash))) return unsupported;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  } catch {
    // A curve or a kind of key that this cryptography does not have.
    return unsupported;
  }
  const kinds = { rsa: ['rsa'], pss: ['rsa', 'rsa-pss'], ecdsa: ['ec'], eddsa: ['ed25519'] }[known.scheme];
  if (!kinds.includes(key.asymmetricKeyType ?? '')) return { outcome: 'bad', weak: false };
  const weak =
    weakHashes.has(hash ?? '') ||
    (kinds.includes('rsa') && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048);
  try {
    const good = verify(
      known.scheme === 'eddsa' ? null : hash,
      data,
      withPadding(key, known.scheme, saltLength),
      signature,
    );
    return { outcome: good ? 'good' : 'bad', weak };
  } catch {
    return { outcome: 'bad', weak };
  }
}

const withPadding = (key: KeyObject, scheme: Scheme, saltLength: number | undefined) => {
  if (scheme === 'rsa') return { key, padding: constants.RSA_PKCS1_PADDING };
  if (scheme !== 'pss') return { key };
  return {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    ...(saltLength === undefined ? {} : { saltLength }),
  };
};

function pssParameters(algorithm: AlgorithmIdentifier): { hash: string; saltLength: number } | undefined {
  if (!(algorithm.algorithmParams instanceof asn1js.Sequence)) return undefined;
  const parameters = new RSASSAPSSParams({ schema: algorithm.algorithmParams });
  const hash = hashes[parameters.hashAlgorithm.algorithmId];
  const mask: unknown = parameters.maskGenAlgorithm.algorithmParams;
  // Node uses one hash for both; anything else is rare enough to be left undecided.
  const maskHash =
    mask instanceof asn1js.Sequence && mask.valueBlock.value[0] instanceof asn1js.ObjectIdentifier
      ? hashes[mask.valueBlock.value[0].getValue()]
      : 'sha1';
  return hash === undefined || maskHash !== hash ? undefined : { hash, saltLength: parameters.saltLength };
}
