import { readTime, type SignerCertificate } from './certificate.ts';
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
  signed: Uint8Array;
  algorithm: Algorithm;
  signature: Uint8Array;
};

/** No state revoked so many signers. */
const MOST_REVOKED = 100_000;

const hexOf = (serial: Uint8Array): string => Buffer.from(serial).toString('hex');
const isTime = (tag: number | undefined): boolean => tag === 0x17 || tag === 0x18;

export function readRevocationList(der: Uint8Array): RevocationList {
  const [body, algorithm, signature] = readObjects(readObject(der, 0x30).content);
  if (body?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03) throw unreadable();
  const parts = readObjects(body.content);
  const [, issuer, from, ...more] = parts[0]?.tag === 0x02 ? parts.slice(1) : parts;
  if (issuer?.tag !== 0x30 || !isTime(from?.tag)) throw unreadable();
  const next = isTime(more[0]?.tag) ? more[0] : undefined;
  const list = more[next === undefined ? 0 : 1];
  const entries = list?.tag === 0x30 ? readObjects(list.content, MOST_REVOKED) : [];
  return {
    issuer: issuer.whole,
    from: readTime(from),
    to: next === undefined ? null : readTime(next),
    revoked: new Set(
      entries.map(({ tag, content }) => {
        const [serial] = tag === 0x30 ? readObjects(content) : [];
        if (serial?.tag !== 0x02) throw unreadable();
        return hexOf(serial.content);
      }),
    ),
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

/** Whether one of the authorities of its name made the list. */
export const isListOf = (list: RevocationList, authorities: readonly SignerCertificate[]): boolean =>
  authorities.some(({ subject, keyInfo }) => {
    if (!isSame(subject, list.issuer)) return false;
    const key = readPublicKey(keyInfo);
    return key !== null && verifies(key, list.algorithm, null, list.signed, list.signature) === true;
  });

/**
 * Whether the authority that appointed the signer revoked it, by its newest list. A list whose successor is due already proves that a signer was
 * revoked, and no more that it was not.
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
  const [newest] = own.toSorted((one, other) => other.from.getTime() - one.from.getTime());
  if (newest === undefined) return { state: 'not-checked', reason: 'no-revocation-list' };
  if (newest.revoked.has(hexOf(signer.serial))) return { state: 'failed', reason: 'signer-revoked' };
  return newest.to !== null && newest.to < now
    ? { state: 'not-checked', reason: 'revocation-list-old' }
    : { state: 'passed', reason: null };
}
