import { unreadable } from './fault.ts';
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
  /** What the certificate may be used for (extended key usage); null when it does not say. */
  purposes: readonly string[] | null;
  /** What is signed, how, and the signature. */
  signed: Uint8Array;
  algorithm: Algorithm;
  signature: Uint8Array;
  /** It says that it may appoint others (basic constraints). */
  mayAppoint: boolean;
  whole: Uint8Array;
};

const COUNTRY = '2.5.4.6';
const SUBJECT_KEY_ID = '2.5.29.14';
const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENDED_KEY_USAGE = '2.5.29.37';

export function readCertificate(der: Uint8Array): SignerCertificate {
  const certificate = readObject(der, 0x30);
  const [body, algorithm, signature] = readObjects(certificate.content);
  if (body?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03) throw unreadable();
  const parts = readObjects(body.content);
  const [serial, , issuer, validity, subject, keyInfo, ...more] =
    parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  if (!serial || !issuer || !validity || !subject || !keyInfo) throw unreadable();
  const [from, to] = readObjects(validity.content);
  const extensions = more.find(({ tag }) => tag === 0xa3);
  const keyId = extensionIn(extensions, SUBJECT_KEY_ID);
  const constraints = extensionIn(extensions, BASIC_CONSTRAINTS);
  const purposes = extensionIn(extensions, EXTENDED_KEY_USAGE);
  return {
    serial: serial.content,
    issuer: issuer.whole,
    subject: subject.whole,
    from: readTime(from),
    to: readTime(to),
    keyInfo: keyInfo.whole,
    keyId: keyId && readObject(keyId, 0x04).content,
    purposes:
      purposes && readObjects(readObject(purposes, 0x30).content).map(({ content }) => readOid(content)),
    signed: body.whole,
    algorithm: readAlgorithm(algorithm.content),
    signature: signature.content.subarray(1),
    mayAppoint: constraints !== null && readObjects(readObject(constraints, 0x30).content)[0]?.tag === 0x01,
    whole: certificate.whole,
  };
}

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

function extensionIn(extensions: Tlv | undefined, wanted: string): Uint8Array | null {
  if (extensions === undefined) return null;
  for (const { content } of readObjects(readObject(extensions.content, 0x30).content)) {
    const [oid, ...rest] = readObjects(content);
    const value = rest.at(-1);
    if (oid?.tag === 0x06 && readOid(oid.content) === wanted && value !== undefined)
      return readObject(value.whole, 0x04).content;
  }
  return null;
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
