import { type Curve, standardizedCurve } from './curves.ts';
import { unreadable } from './fault.ts';
import { readObject, readObjects, type Tlv } from './tlv.ts';

/** Dotted text of an object identifier (X.690, 8.19). */
export function readOid(content: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > 0xffffffff) throw unreadable();
    if (byte & 0x80) continue;
    parts.push(value);
    value = 0;
  }
  const [first] = parts;
  if (first === undefined || (content.at(-1) ?? 0) & 0x80) throw unreadable();
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...parts.slice(1)].join('.');
}

/** One SecurityInfo (ICAO 9303-11, 9.2): what it is about, and its two data. */
export type SecurityInfo = {
  oid: string;
  oidBytes: Uint8Array;
  required: Tlv;
  optional: Tlv | null;
  whole: Uint8Array;
};

const SET = 0x31;
const SEQUENCE = 0x30;
const OID = 0x06;
const INTEGER = 0x02;

export function readSecurityInfos(bytes: Uint8Array): SecurityInfo[] {
  return readObjects(readObject(bytes, SET).content).map(({ tag, content, whole }) => {
    if (tag !== SEQUENCE) throw unreadable();
    const [oid, required, optional] = readObjects(content);
    if (oid?.tag !== OID || required === undefined) throw unreadable();
    return { oid: readOid(oid.content), oidBytes: oid.content, required, optional: optional ?? null, whole };
  });
}

/** A small number that is not negative. */
export function smallNumber({ tag, content }: Tlv): number {
  if (tag !== INTEGER || content.length === 0 || content.length > 4 || (content[0] ?? 0) & 0x80)
    throw unreadable();
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

export type Cipher = '3des' | 'aes-128' | 'aes-192' | 'aes-256';
const ciphers: readonly Cipher[] = ['3des', 'aes-128', 'aes-192', 'aes-256'];

/** The cipher by the last number of an identifier that begins with `prefix`; null for another. */
export function cipherOf(oid: string, prefix: string): Cipher | null {
  if (!oid.startsWith(`${prefix}.`)) return null;
  return ciphers[Number(oid.slice(prefix.length + 1)) - 1] ?? null;
}

/**
 * How PACE maps the nonce over a curve: id-PACE-ECDH-GM, -IM and -CAM (ICAO 9303-11, 9.2.5); where a chip offers several, the one by which it
 * proves itself too comes first.
 */
const mappings = {
  'chip-authentication': '0.4.0.127.0.7.2.2.4.6',
  generic: '0.4.0.127.0.7.2.2.4.2',
  integrated: '0.4.0.127.0.7.2.2.4.4',
} as const;
export type Mapping = keyof typeof mappings;
const mappingNames: readonly Mapping[] = ['chip-authentication', 'generic', 'integrated'];

const PACE = '0.4.0.127.0.7.2.2.4.';

/** The infos about PACE, of those outside of the state's signature. */
export const paceInfos = (infos: readonly SecurityInfo[]): SecurityInfo[] =>
  infos.filter(({ oid }) => oid.startsWith(PACE));

export type PaceChoice = {
  mapping: Mapping;
  oidBytes: Uint8Array;
  cipher: Cipher;
  curve: Curve;
  /** Told to the chip when it has several sets of parameters for the same protocol. */
  parameterId: number | null;
};

/** The strongest PACE of EF.CardAccess that this desk speaks; null when there is none. */
export function choosePace(infos: readonly SecurityInfo[]): PaceChoice | null {
  const offered = infos.flatMap(({ oid, oidBytes, optional }) => {
    const mapping = mappingNames.find((name) => cipherOf(oid, mappings[name]) !== null);
    const cipher = mapping === undefined ? null : cipherOf(oid, mappings[mapping]);
    if (mapping === undefined || cipher === null || optional === null) return [];
    // Chips that prove themselves so speak AES alone (9303-11, 9.2.5).
    if (mapping === 'chip-authentication' && cipher === '3des') return [];
    const parameterId = smallNumber(optional);
    const curve = standardizedCurve(parameterId);
    return curve === null ? [] : [{ oid, oidBytes, mapping, cipher, curve, parameterId }];
  });
  const [best] = offered.toSorted(
    (one, other) =>
      ciphers.indexOf(other.cipher) - ciphers.indexOf(one.cipher) ||
      mappingNames.indexOf(one.mapping) - mappingNames.indexOf(other.mapping),
  );
  if (best === undefined) return null;
  const { oid, parameterId, ...choice } = best;
  const isAmbiguous = infos.filter((info) => info.oid === oid).length > 1;
  return { ...choice, parameterId: isAmbiguous ? parameterId : null };
}
