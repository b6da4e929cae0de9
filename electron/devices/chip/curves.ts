import type { ECDSA } from '@noble/curves/abstract/weierstrass.js';
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { unreadable } from './fault.ts';

/**
 * The curves of travel documents. Electron's own cryptography (BoringSSL) has no Brainpool curves and cannot map a
 * generator, so all of them are the library's.
 */
export type Curve = { name: CurveName; ecdsa: ECDSA; bytes: number };
export type CurveName = 'p256' | 'p384' | 'p521' | 'bp256' | 'bp384' | 'bp512';
export type Point = InstanceType<ECDSA['Point']>;

const ecdsaOf: Readonly<Record<CurveName, ECDSA>> = {
  p256,
  p384,
  p521,
  bp256: brainpoolP256r1,
  bp384: brainpoolP384r1,
  bp512: brainpoolP512r1,
};
const names: readonly CurveName[] = ['p256', 'p384', 'p521', 'bp256', 'bp384', 'bp512'];

export const curveOf = (name: CurveName): Curve => {
  const ecdsa = ecdsaOf[name];
  return { name, ecdsa, bytes: Math.ceil(ecdsa.Point.Fp.BITS / 8) };
};

/** Numbers of the standardized domain parameters (ICAO 9303-11, 9.5.1). */
const standardized: Readonly<Record<number, CurveName>> = {
  12: 'p256',
  13: 'bp256',
  15: 'p384',
  16: 'bp384',
  17: 'bp512',
  18: 'p521',
};

export const standardizedCurve = (id: number): Curve | null => {
  const name = standardized[id];
  return name === undefined ? null : curveOf(name);
};

const byOid: Readonly<Record<string, CurveName>> = {
  '1.2.840.10045.3.1.7': 'p256',
  '1.3.132.0.34': 'p384',
  '1.3.132.0.35': 'p521',
  '1.3.36.3.3.2.8.1.1.7': 'bp256',
  '1.3.36.3.3.2.8.1.1.11': 'bp384',
  '1.3.36.3.3.2.8.1.1.13': 'bp512',
};

export const namedCurve = (oid: string): Curve | null => {
  const name = byOid[oid];
  return name === undefined ? null : curveOf(name);
};

/** The curve whose parameters are written out, as many signers of documents do; null for one that is none of ours. */
export const curveWith = (given: { p: bigint; a: bigint; b: bigint; n: bigint }): Curve | null => {
  const name = names.find((each) => {
    const { p, a, b, n } = ecdsaOf[each].Point.CURVE();
    return p === given.p && a === given.a && b === given.b && n === given.n;
  });
  return name === undefined ? null : curveOf(name);
};

/** A point as a chip sends it (uncompressed); one that is not on the curve, or nowhere, is refused. */
export function readPoint({ ecdsa }: Curve, bytes: Uint8Array): Point {
  try {
    const point = ecdsa.Point.fromBytes(Uint8Array.from(bytes));
    point.assertValidity();
    return point;
  } catch {
    throw unreadable();
  }
}

export const writePoint = (point: Point): Uint8Array => point.toBytes(false);

/** A secret number below the order of the curve, of random bytes enough that no number is likelier than another. */
export function secretNumber({ ecdsa }: Curve, random: (length: number) => Uint8Array): bigint {
  const { n } = ecdsa.Point.CURVE();
  return (numberOf(random(Math.ceil(ecdsa.Point.Fn.BITS / 8) + 16)) % (n - 1n)) + 1n;
}

export const numberOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

/** The first coordinate: what two parties share after a key agreement. */
export const xOf = (point: Point, { bytes }: Curve): Uint8Array => writePoint(point).subarray(1, 1 + bytes);
