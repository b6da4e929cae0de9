import { createHash } from 'node:crypto';
import { err, type Failure, ok, type Result } from '../../values/result.ts';
import {
  countryOf,
  readCertificate,
  readCertificates,
  readTime,
  type SignerCertificate,
} from './certificate.ts';
import { ChipFault } from './fault.ts';
import { isListOf, readRevocationList, readRevocationLists } from './revocation.ts';
import { judgeSignature, members, readSignedData, signingTime } from './signed-data.ts';
import { judgeSigner } from './signer.ts';
import { readObject, readObjects } from './tlv.ts';

/**
 * Lists of the states' authorities that sign documents (CSCA, ICAO 9303-12): a master list as ICAO or a state signs it; certificates by
 * themselves (PEM, DER); what the ICAO PKD is downloaded as (LDIF, RFC 2849), with master lists or revocation lists in it.
 */

export const MOST_BYTES = 32 * 1024 * 1024;
export const MOST_CERTIFICATES = 5_000;
const MOST_LISTS = 200;

export type AuthorityFileFailure = Failure<
  'authorities.too-large' | 'authorities.unreadable' | 'authorities.nothing-in-it' | 'authorities.too-many'
>;

/** How many authorities there are of a state, by its two letters; null: the certificates name none. */
export type OfState = { country: string | null; count: number };

/** A list that can be chosen: one that is signed, or the certificates of a file that nobody signed. */
export type AuthorityList = {
  kind: 'master-list' | 'unsigned';
  certificates: readonly Uint8Array[];
  states: readonly OfState[];
  /** Certificates written in ways that cannot be read: documents of their states are not judged by them. */
  unreadable: number;
  /**
   * SHA-256 in hexadecimal of what a person has to know from elsewhere: the authority that appointed the list's signer, or the whole file
   * where nobody signed it.
   */
  fingerprint: string;
  /** The state of that authority; null where nobody signed. */
  country: string | null;
  signedAt: Date | null;
  /** Why a signed list cannot be believed, whatever a person says. */
  trouble: 'authorities.signature-wrong' | 'authorities.signer-unknown' | null;
};

export type AuthorityFile = {
  lists: readonly AuthorityList[];
  /** `isProven`: one of the authorities known already made it. */
  revocations: readonly { der: Uint8Array; isProven: boolean }[];
  /** Certificates of document signers, which are no authorities and are not kept. */
  passedOver: number;
  /** Entries of which nobody can say what they are. */
  unreadable: number;
};

/** What a list that is kept is of, and the revocation lists beside it. */
export type AuthoritySummary = Pick<AuthorityList, 'states' | 'unreadable'> & {
  revocations: readonly { country: string | null; from: Date; to: Date | null; count: number }[];
};

export function summaryOf(
  certificates: readonly Uint8Array[],
  revocations: readonly Uint8Array[],
): AuthoritySummary {
  const read = readCertificates(certificates);
  return {
    states: byState(read),
    unreadable: certificates.length - read.length,
    revocations: readRevocationLists(revocations).map(({ list: { issuer, from, to, revoked } }) => ({
      country: countryOf(issuer),
      ...{ from, to, count: revoked.size },
    })),
  };
}

const MASTER_LIST = '2.23.136.1.1.2';
/** What signers of lists say they are for (ICAO 9303-12, 7.1.1). */
const LIST_SIGNER = '2.23.136.1.1.3';

export const fingerprintOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * What is in a file of up to `MOST_BYTES`. It takes seconds: hundreds of signatures are verified. `authorities` are those of the desk, by which
 * revocation lists are proven.
 */
export function readAuthorityFile(
  bytes: Uint8Array,
  { now, authorities }: { now: Date; authorities: readonly Uint8Array[] },
): Result<AuthorityFile, AuthorityFileFailure> {
  if (bytes.length > MOST_BYTES) return err({ code: 'authorities.too-large' });
  const parts = bytes[0] === 0x30 ? [bytes] : partsOfText(Buffer.from(bytes).toString('latin1'));
  if (parts === null) return err({ code: 'authorities.unreadable' });
  if (parts.length === 0) return err({ code: 'authorities.nothing-in-it' });

  const lists: AuthorityList[] = [];
  const certificates: Uint8Array[] = [];
  const revocations: Uint8Array[] = [];
  let passedOver = 0;
  let unreadable = 0;
  for (const part of parts) {
    const read = readPart(part, now);
    if (read === null) {
      // One bad entry of thousands is no reason to refuse the others; a file of one is.
      if (parts.length === 1) return err({ code: 'authorities.unreadable' });
      unreadable += 1;
    } else if (read.is === 'list') lists.push(read.list);
    else if (read.is === 'revocations') revocations.push(part);
    else if (read.is === 'authority') certificates.push(part);
    else passedOver += 1;
    if (
      lists.length > MOST_LISTS ||
      certificates.length > MOST_CERTIFICATES ||
      revocations.length > MOST_LISTS * 5
    )
      return err({ code: 'authorities.too-many' });
  }
  if (certificates.length > 0) {
    const once = distinct(certificates);
    lists.push({
      ...{ kind: 'unsigned', certificates: once, states: byState(readCertificates(once)), unreadable: 0 },
      ...{ fingerprint: fingerprintOf(bytes), country: null, signedAt: null, trouble: null },
    });
  }
  return lists.length + revocations.length === 0
    ? err({ code: 'authorities.nothing-in-it' })
    : ok({ lists, revocations: judged(revocations, readCertificates(authorities)), passedOver, unreadable });
}

const judged = (ders: readonly Uint8Array[], authorities: readonly SignerCertificate[]) =>
  readRevocationLists(ders).map(({ der, list }) => ({ der, isProven: isListOf(list, authorities) }));

type Part = { is: 'list'; list: AuthorityList } | { is: 'authority' | 'signer' | 'revocations' };

/** What one DER object is; null: none of what is looked for. */
function readPart(der: Uint8Array, now: Date): Part | null {
  const tried = <T>(read: () => T): T | null => {
    try {
      return read();
    } catch (thrown) {
      if (thrown instanceof ChipFault) return null;
      throw thrown;
    }
  };
  const first = tried(() => readObjects(readObject(der, 0x30).content)[0]);
  if (first?.tag === 0x06) {
    const list = tried(() => readMasterList(der, now));
    return list && { is: 'list', list };
  }
  const certificate = tried(() => readCertificate(der));
  if (certificate !== null) return { is: certificate.mayAppoint ? 'authority' : 'signer' };
  return tried(() => readRevocationList(der)) && { is: 'revocations' };
}

function readMasterList(cms: Uint8Array, now: Date): AuthorityList {
  const signed = readSignedData(cms);
  const [, set] = members(signed.content);
  if (signed.type !== MASTER_LIST || set?.tag !== 0x31) throw new ChipFault('chip.unreadable');
  const entries = readObjects(set.content, MOST_CERTIFICATES);
  const certificates = entries.map(({ whole }) => whole);
  // Some states' certificates are written in ways nobody else reads; the list is of the others.
  const once = distinct(certificates);
  const listed = readCertificates(once);
  const { signer } = signed;
  // The authority of the signer stands in the list, or with its signature (ICAO 9303-12, 9).
  const known = [...listed, ...signed.certificates.filter(({ mayAppoint }) => mayAppoint)];
  const judged = signer && judgeSigner(signer, { authorities: known, now, purpose: LIST_SIGNER });
  const authority = judged?.authority ?? null;
  const time = signingTime(signed);
  return {
    kind: 'master-list',
    certificates: once,
    states: byState(listed),
    unreadable: once.length - listed.length,
    fingerprint: authority === null ? '' : fingerprintOf(authority.whole),
    country: authority && countryOf(authority.subject),
    signedAt: time && readTime(time),
    trouble:
      judgeSignature(signed) !== 'holds'
        ? 'authorities.signature-wrong'
        : judged?.signer.state !== 'passed' || judged.validity.state !== 'passed'
          ? 'authorities.signer-unknown'
          : null,
  };
}

const distinct = (ders: readonly Uint8Array[]): Uint8Array[] => [
  ...new Map(ders.map((der) => [Buffer.from(der).toString('latin1'), der])).values(),
];

/** How many authorities there are of each state, by its letters. */
function byState(certificates: readonly SignerCertificate[]): OfState[] {
  const counts = new Map<string | null, number>();
  for (const { subject } of certificates) {
    const country = countryOf(subject);
    counts.set(country, (counts.get(country) ?? 0) + 1);
  }
  return [...counts]
    .map(([country, count]) => ({ country, count }))
    .sort((one, other) => ((one.country ?? '~') < (other.country ?? '~') ? -1 : 1));
}

const PEM =
  /-----BEGIN ((?:TRUSTED |X509 )?CERTIFICATE|X509 CRL|CMS|PKCS7)-----([A-Za-z0-9+/=\s]{1,400000})-----END \1-----/g;
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
/** Attributes of the ICAO PKD that are read; the directory has others beside them. */
const ATTRIBUTE =
  /^(?:userCertificate|cACertificate|certificateRevocationList|pkdMasterListContent|CscaMasterListData)(?:;binary)?:: ?(.*)$/i;

/** The DER objects in PEM or LDIF; null: the text is neither. */
function partsOfText(text: string): Uint8Array[] | null {
  if (text.includes('-----BEGIN '))
    return [...text.matchAll(PEM)].map(([, , base64 = '']) => new Uint8Array(Buffer.from(base64, 'base64')));
  if (!/^(?:version: ?1|dn:)/m.test(text.slice(0, 4096))) return null;
  const parts: Uint8Array[] = [];
  // A line that begins with a space goes on with the one before (RFC 2849, 2).
  for (const [line] of text.matchAll(/^[^\r\n ][^\r\n]*(?:\r?\n [^\r\n]*)*/gm)) {
    const [, value] = ATTRIBUTE.exec(line.replace(/\r?\n /g, '')) ?? [];
    if (value === undefined) continue;
    if (!BASE64.test(value)) return null;
    parts.push(new Uint8Array(Buffer.from(value, 'base64')));
  }
  return parts;
}
