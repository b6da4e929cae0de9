import { readExtensions, readTime, type SignerCertificate } from './certificate.ts';
import { ChipFault, unreadable } from './fault.ts';
import { type Algorithm, readAlgorithm, readPublicKey, verifies } from './public-key.ts';
import { isSame, type SignerJudgement } from './signer.ts';
import { readObject, readObjects } from './tlv.ts';

/** A state's list of certificates that hold no more (RFC 5280, 5; ICAO 9303-12, 7.1.4), with the parts signatures are made over. */
export type RevocationList = {
  /** Name in DER, to compare. */
  issuer: Uint8Array;
  from: Date;
  /** When the next one is due. */
  to: Date | null;
  /** Serial numbers in hexadecimal. */
  revoked: ReadonlySet<string>;
  /** Whether nothing in it is critical that is not known here: else it says nothing of any certificate (RFC 5280, 5.2 and 5.3). */
  isUnderstood: boolean;
  signed: Uint8Array;
  algorithm: Algorithm;
  signature: Uint8Array;
};

/** No state revoked so many signers. */
const MOST_REVOKED = 100_000;

/** Key and other name of the authority, the list's number, since when expired ones stay on it. */
const KNOWN: ReadonlySet<string> = new Set(['2.5.29.18', '2.5.29.20', '2.5.29.35', '2.5.29.60']);
/** Why, and since when. Who issued a certificate, where it is not the list's authority, is not known here. */
const KNOWN_OF_ENTRY: ReadonlySet<string> = new Set(['2.5.29.21', '2.5.29.24']);

const areKnown = (extensions: Uint8Array | undefined, known: ReadonlySet<string>): boolean =>
  extensions === undefined ||
  readExtensions(extensions).every(({ oid, isCritical }) => !isCritical || known.has(oid));

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const isTime = (tag: number | undefined): boolean => tag === 0x17 || tag === 0x18;

export function readRevocationList(der: Uint8Array): RevocationList {
  const [body, algorithm, signature] = readObjects(readObject(der, 0x30).content);
  if (body?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03) throw unreadable();
  const parts = readObjects(body.content);
  const [, issuer, from, ...more] = parts[0]?.tag === 0x02 ? parts.slice(1) : parts;
  if (issuer?.tag !== 0x30 || !isTime(from?.tag)) throw unreadable();
  const next = isTime(more[0]?.tag) ? more[0] : undefined;
  const list = more[next === undefined ? 0 : 1];
  const entries = (list?.tag === 0x30 ? readObjects(list.content, MOST_REVOKED) : []).map(
    ({ tag, content }) => {
      const [serial, , extensions] = tag === 0x30 ? readObjects(content) : [];
      if (serial?.tag !== 0x02) throw unreadable();
      return { serial: serial.content, isKnown: areKnown(extensions?.whole, KNOWN_OF_ENTRY) };
    },
  );
  return {
    issuer: issuer.whole,
    from: readTime(from),
    to: next === undefined ? null : readTime(next),
    revoked: new Set(entries.map(({ serial }) => hexOf(serial))),
    isUnderstood:
      areKnown(more.find(({ tag }) => tag === 0xa0)?.content, KNOWN) &&
      entries.every(({ isKnown }) => isKnown),
    signed: body.whole,
    algorithm: readAlgorithm(algorithm.content),
    signature: signature.content.subarray(1),
  };
}

/** Those that can be read, with what they were read from. */
export const readRevocationLists = (
  ders: readonly Uint8Array[],
): { der: Uint8Array; list: RevocationList }[] =>
  ders.flatMap((der) => {
    try {
      return [{ der, list: readRevocationList(der) }];
    } catch (thrown) {
      if (thrown instanceof ChipFault) return [];
      throw thrown;
    }
  });

/** Of each authority the newest list, of two as new the later one; what cannot be read is left out. */
export function newestLists(ders: readonly Uint8Array[]): Uint8Array[] {
  const newest = new Map<string, ReturnType<typeof readRevocationLists>[number]>();
  for (const one of readRevocationLists(ders)) {
    const issuer = hexOf(one.list.issuer);
    const before = newest.get(issuer);
    if (before === undefined || before.list.from <= one.list.from) newest.set(issuer, one);
  }
  return [...newest.values()].map(({ der }) => der);
}

/** Whether one of the authorities of its name made the list. */
export const isListOf = (list: RevocationList, authorities: readonly SignerCertificate[]): boolean =>
  authorities.some(({ subject, keyInfo }) => {
    if (!isSame(subject, list.issuer)) return false;
    const key = readPublicKey(keyInfo);
    return key !== null && verifies(key, list.algorithm, null, list.signed, list.signature) === true;
  });

/**
 * Whether the authority that appointed the signer revoked it, by its newest list of those that are understood. A list whose successor is due
 * already proves that a signer was revoked, and no more that it was not.
 */
export function judgeRevocation(
  signer: SignerCertificate,
  authority: SignerCertificate | null,
  lists: readonly RevocationList[],
  now: Date,
  authorities: readonly SignerCertificate[],
): SignerJudgement {
  // An authority that has a new key signs its lists with that, also of those whom the old key appointed.
  const own =
    authority === null
      ? []
      : lists.filter((list) => isSame(list.issuer, authority.subject) && isListOf(list, authorities));
  const [newest] = own
    .filter((list) => list.isUnderstood)
    .toSorted((one, other) => other.from.getTime() - one.from.getTime());
  if (newest === undefined)
    return {
      state: 'not-checked',
      reason: own.length === 0 ? 'no-revocation-list' : 'revocation-list-unknown',
    };
  if (newest.revoked.has(hexOf(signer.serial))) return { state: 'failed', reason: 'signer-revoked' };
  return newest.to !== null && newest.to < now
    ? { state: 'not-checked', reason: 'revocation-list-old' }
    : { state: 'passed', reason: null };
}
