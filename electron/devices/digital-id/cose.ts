import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { type Curve, type CurveName, curveOf, numberOf, readPoint, xOf } from '../chip/curves.ts';
import { digestOf, type HashName, type PublicKey, verifiesEc } from '../chip/public-key.ts';
import {
  bytesIn,
  type CborMap,
  decodeCbor,
  Embedded,
  encodeCbor,
  listIn,
  mapIn,
  unreadable,
} from './cbor.ts';

/** A COSE_Sign1 (RFC 9052, 4.2) or COSE_Mac0 (6.2): both are four parts. `tag` is the signature or the code. */
export type CoseObject = {
  protected: Uint8Array;
  algorithm: number;
  certificates: readonly Uint8Array[];
  /** Null where it is sent apart. */
  payload: Uint8Array | null;
  tag: Uint8Array;
};

const ALGORITHM = 1;
const CRITICAL = 2;
const CERTIFICATES = 33;

export function readCoseObject(value: unknown): CoseObject {
  const [head, unprotected, payload, tag] = listIn(value, 4);
  const protectedHead = bytesIn(head);
  const signedHead = headIn(protectedHead);
  const algorithm = signedHead.get(ALGORITHM);
  if (typeof algorithm !== 'number') throw unreadable();
  // What the signer says has to be understood is understood nowhere here (RFC 9052, 3.1).
  if (signedHead.has(CRITICAL)) throw unreadable();
  return {
    protected: protectedHead,
    algorithm,
    certificates: certificatesIn(mapIn(unprotected)),
    payload: payload === null ? null : bytesIn(payload),
    tag: bytesIn(tag),
  };
}

const headIn = (bytes: Uint8Array): CborMap => (bytes.length === 0 ? new Map() : mapIn(decodeCbor(bytes)));

/** One certificate, or a chain that begins with the signer's (RFC 9360, x5chain). */
function certificatesIn(head: CborMap): readonly Uint8Array[] {
  const given = head.get(CERTIFICATES);
  if (given === undefined) return [];
  return given instanceof Uint8Array ? [given] : listIn(given).map(bytesIn);
}

/** Curves and digests of signatures (RFC 9053, 2.1; ISO 18013-5, 9.1.2.4). The digest does not bind the curve. */
const signatureHashes: Readonly<Record<number, HashName>> = {
  [-7]: 'sha256',
  [-35]: 'sha384',
  [-36]: 'sha512',
};
const HMAC_256 = 5;

/** Numbers of curves (RFC 9053, 7.1; Brainpool as ISO 18013-5 registered them). */
const curves: Readonly<Record<number, CurveName>> = {
  1: 'p256',
  2: 'p384',
  3: 'p521',
  256: 'bp256',
  258: 'bp384',
  259: 'bp512',
};

export type EcKey = PublicKey & { kind: 'ec' };

/** A COSE_Key on a curve (RFC 9053, 7.1.1); null when it is of another kind. A point beside the curve is refused. */
export function readCoseKey(value: unknown): EcKey | null {
  const key = mapIn(value);
  const name = curves[Number(key.get(-1))];
  const x = key.get(-2);
  const y = key.get(-3);
  if (key.get(1) !== 2 || name === undefined) return null;
  // A point told by the sign of its second number alone is allowed by COSE and not by ISO 18013-5.
  if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array)) return null;
  const curve = curveOf(name);
  const point = Uint8Array.from([4, ...x, ...y]);
  if (x.length !== curve.bytes || y.length !== curve.bytes) throw unreadable();
  try {
    readPoint(curve, point);
  } catch {
    throw unreadable();
  }
  return { kind: 'ec', curve, point };
}

/** Whether the object is signed by the key; null when it is made in a way that is not known here. */
export function verifiesSign1(object: CoseObject, key: PublicKey, detached?: Uint8Array): boolean | null {
  const hash = signatureHashes[object.algorithm];
  if (hash === undefined || key.kind !== 'ec') return null;
  const signed = encodeCbor(['Signature1', object.protected, new Uint8Array(), payloadOf(object, detached)]);
  return verifiesEc(key, hash, signed, object.tag, 'compact');
}

/** Whether the code is made by the key; null when it is made in a way that is not known here. */
export function verifiesMac0(object: CoseObject, key: Uint8Array, detached: Uint8Array): boolean | null {
  if (object.algorithm !== HMAC_256) return null;
  const signed = encodeCbor(['MAC0', object.protected, new Uint8Array(), payloadOf(object, detached)]);
  const own = createHmac('sha256', key).update(signed).digest();
  return own.length === object.tag.length && timingSafeEqual(own, object.tag);
}

function payloadOf({ payload }: CoseObject, detached: Uint8Array | undefined): Uint8Array {
  // What is said twice could be said in two ways.
  if ((payload === null) === (detached === undefined)) throw unreadable();
  return payload ?? detached ?? new Uint8Array();
}

/** The key of device authentication by a code (ISO 18013-5, 9.1.3.5): agreed upon by the reader's secret and the device's key. */
export function deviceMacKey(
  reader: { curve: Curve; secret: Uint8Array },
  device: EcKey,
  sessionTranscript: Uint8Array,
): Uint8Array | null {
  if (reader.curve.name !== device.curve.name) return null;
  const shared = xOf(readPoint(device.curve, device.point).multiply(numberOf(reader.secret)), device.curve);
  const salt = digestOf('sha256', new Embedded(sessionTranscript).whole);
  return new Uint8Array(hkdfSync('sha256', shared, salt, 'EMacKey', 32));
}
