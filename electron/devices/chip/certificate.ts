import { ChipFault, unreadable } from './fault.ts';
import { type Algorithm, readAlgorithm } from './public-key.ts';
import { readOid } from './security-infos.ts';
import { readObject, readObjects, type Tlv } from './tlv.ts';

/**
 * A certificate of a document signer or of a state's authority (RFC 5280, ICAO 9303-12), with the parts signatures are made over
 * as they stand. Electron's own reader refuses the curves some states use, and those written out.
 */
export type SignerCertificate = {
  serial: Uint8Array;
  /** Names in DER, to compare. */
  issuer: Uint8Array;
  subject: Uint8Array;
  from: Date;
  to: Date;
  keyInfo: Uint8Array;
  keyId: Uint8Array | null;
  /** Which key of its issuer signed it; null when it does not say. */
  issuerKeyId: Uint8Array | null;
  /** What the certificate may be used for (extended key usage); null when it does not say. */
  purposes: readonly string[] | null;
  /** What is signed, how, and the signature. */
  signed: Uint8Array;
  algorithm: Algorithm;
  signature: Uint8Array;
  /** It is an authority's (basic constraints), whose key signs certificates (key usage). */
  mayAppoint: boolean;
  /** Its key signs documents (key usage), and it is no authority's. */
  maySign: boolean;
  /** It has a critical extension that is not known here: nobody can say under which condition it holds (RFC 5280, 4.2). */
  isConditional: boolean;
  whole: Uint8Array;
};

const COUNTRY = '2.5.4.6';
const SUBJECT_KEY_ID = '2.5.29.14';
const KEY_USAGE = '2.5.29.15';
const BASIC_CONSTRAINTS = '2.5.29.19';
const AUTHORITY_KEY_ID = '2.5.29.35';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** Looked at here, or without a condition: private key usage period, alternative names, distribution points, policies. */
const KNOWN: ReadonlySet<string> = new Set([
  ...[SUBJECT_KEY_ID, KEY_USAGE, BASIC_CONSTRAINTS, AUTHORITY_KEY_ID, EXTENDED_KEY_USAGE],
  ...['2.5.29.16', '2.5.29.17', '2.5.29.18', '2.5.29.31', '2.5.29.32'],
]);
/** Bits of the first byte of key usage (RFC 5280, 4.2.1.3). */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;

export function readCertificate(der: Uint8Array): SignerCertificate {
  const certificate = readObject(der, 0x30);
  const [body, algorithm, signature] = readObjects(certificate.content);
  if (body?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03) throw unreadable();
  const parts = readObjects(body.content);
  const [serial, , issuer, validity, subject, keyInfo, ...more] =
    parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  if (!serial || !issuer || !validity || !subject || !keyInfo) throw unreadable();
  const [from, to] = readObjects(validity.content);
  const explicit = more.find(({ tag }) => tag === 0xa3);
  const extensions = explicit === undefined ? [] : readExtensions(explicit.content);
  const findValue = (oid: string) => extensions.find((extension) => extension.oid === oid)?.value ?? null;
  const keyId = findValue(SUBJECT_KEY_ID);
  const issuerKey = findValue(AUTHORITY_KEY_ID);
  const constraints = findValue(BASIC_CONSTRAINTS);
  const purposes = findValue(EXTENDED_KEY_USAGE);
  const usage = findValue(KEY_USAGE);
  const uses = (usage && readObject(usage, 0x03).content[1]) ?? 0;
  const isAuthority = constraints !== null && isTrue(readObjects(readObject(constraints, 0x30).content)[0]);
  return {
    serial: serial.content,
    issuer: issuer.whole,
    subject: subject.whole,
    from: readTime(from),
    to: readTime(to),
    keyInfo: keyInfo.whole,
    keyId: keyId && readObject(keyId, 0x04).content,
    issuerKeyId: issuerKey && keyIn(issuerKey),
    purposes:
      purposes && readObjects(readObject(purposes, 0x30).content).map(({ content }) => readOid(content)),
    signed: body.whole,
    algorithm: readAlgorithm(algorithm.content),
    signature: signature.content.subarray(1),
    mayAppoint: isAuthority && (uses & KEY_CERT_SIGN) !== 0,
    maySign: !isAuthority && (uses & DIGITAL_SIGNATURE) !== 0,
    isConditional: extensions.some(({ oid, isCritical }) => isCritical && !KNOWN.has(oid)),
    whole: certificate.whole,
  };
}

/** Those that can be read: a certificate that nobody can read appoints nobody and signs nothing. */
export const readCertificates = (ders: readonly Uint8Array[]): SignerCertificate[] =>
  ders.flatMap((der) => {
    try {
      return [readCertificate(der)];
    } catch (thrown) {
      if (thrown instanceof ChipFault) return [];
      throw thrown;
    }
  });

/** The country of a name (C), in capitals, because some states write small letters; null: it says none. */
export function countryOf(name: Uint8Array): string | null {
  for (const { content } of readObjects(readObject(name, 0x30).content))
    for (const { content: pair } of readObjects(content)) {
      const [oid, value] = readObjects(pair);
      if (oid?.tag === 0x06 && readOid(oid.content) === COUNTRY && value !== undefined)
        return Buffer.from(value.content).toString('latin1').toUpperCase();
    }
  return null;
}

/** The key in an identifier of an authority's key, which may name it by its certificate instead (RFC 5280, 4.2.1.1). */
const keyIn = (identifier: Uint8Array): Uint8Array | null =>
  readObjects(readObject(identifier, 0x30).content).find(({ tag }) => tag === 0x80)?.content ?? null;

const isTrue = (value: Tlv | undefined): boolean => value?.tag === 0x01 && value.content[0] !== 0;

/** The extensions in a sequence of them, of a certificate, a revocation list or one of its entries. */
export function readExtensions(der: Uint8Array): { oid: string; isCritical: boolean; value: Uint8Array }[] {
  return readObjects(readObject(der, 0x30).content).map(({ content }) => {
    const [oid, ...rest] = readObjects(content);
    const value = rest.at(-1);
    if (oid?.tag !== 0x06 || value === undefined) throw unreadable();
    return {
      oid: readOid(oid.content),
      isCritical: rest.length > 1 && isTrue(rest[0]),
      value: readObject(value.whole, 0x04).content,
    };
  });
}

/** UTCTime or GeneralizedTime, always in Zulu (RFC 5280, 4.1.2.5). */
export function readTime(time: Tlv | undefined): Date {
  const text = Buffer.from(time?.content ?? []).toString('latin1');
  const [, year, rest] = (time?.tag === 0x17 ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  if (year === undefined || rest === undefined) throw unreadable();
  const full = year.length === 4 ? year : `${Number(year) < 50 ? '20' : '19'}${year}`;
  const [month, day, hour, minute, second] = rest.match(/../g) ?? [];
  const read = new Date(`${full}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(read.getTime())) throw unreadable();
  return read;
}
