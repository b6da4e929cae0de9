import type { Suite } from './ciphers.ts';
import { type Curve, numberOf, type Point } from './curves.ts';
import type { Cipher } from './security-infos.ts';

// Integrated mapping of PACE over a curve (ICAO 9303-11, 4.4.3.3.2 and appendix B): a nonce of each side makes a number, and that a point of
// which nobody knows the logarithm.

/** Bits of the key (k) and of a block of the pseudo-random function (l), with its constants. */
const of128 = {
  c0: 'a668892a7c41e3ca739f40b057d85904',
  c1: 'a4e136ac725f738b01c1f60217c188ad',
};
const of256 = {
  c0: 'd463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676',
  c1: '54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517',
};
const keyBytes: Readonly<Record<Cipher, number>> = {
  '3des': 16,
  'aes-128': 16,
  'aes-192': 24,
  'aes-256': 32,
};

/** The length of the terminal's nonce: that of the cipher's key. */
export const nonceLength = (cipher: Cipher): number => keyBytes[cipher];

/** The pseudo-random number of the chip's nonce and the terminal's, below the curve's prime. */
export function pseudoRandom(
  suite: Suite,
  cipher: Cipher,
  nonces: { chip: Uint8Array; terminal: Uint8Array },
  prime: bigint,
): bigint {
  const { c0, c1 } = cipher === '3des' || cipher === 'aes-128' ? of128 : of256;
  const [first, second] = [c0, c1].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
  if (first === undefined || second === undefined) throw new Error('two constants');
  const zero = new Uint8Array(suite.blockSize);
  const key = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, keyBytes[cipher]);
  let current = suite.encrypt(key(nonces.terminal), zero, nonces.chip);
  const blocks: Uint8Array[] = [];
  // As many blocks as make a number 64 bits longer than the prime.
  const wanted = prime.toString(2).length + 64;
  while (blocks.length * first.length * 8 < wanted) {
    blocks.push(suite.encrypt(key(current), zero, second));
    current = suite.encrypt(key(current), zero, first);
  }
  return numberOf(Buffer.concat(blocks)) % prime;
}

const modulo = (value: bigint, prime: bigint): bigint => ((value % prime) + prime) % prime;

function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [modulo(base, prime), exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

/** The point of a number (appendix B.2, affine); for primes that leave 3 when divided by four, as all curves here have. */
export function pointOf(number: bigint, { ecdsa }: Curve): Point {
  const { p, a, b } = ecdsa.Point.CURVE();
  const field = (value: bigint): bigint => modulo(value, p);
  const inverse = (value: bigint): bigint => power(value, p - 2n, p);
  const alpha = field(-number * number);
  const x2 = field(-b * inverse(a) * (1n + inverse(field(alpha + alpha * alpha))));
  const x3 = field(alpha * x2);
  const h2 = field(x2 ** 3n + a * x2 + b);
  const u = field(number ** 3n * h2);
  const root = power(h2, p - 1n - (p + 1n) / 4n, p);
  return field(root * root * h2) === 1n
    ? ecdsa.Point.fromAffine({ x: x2, y: field(root * h2) })
    : ecdsa.Point.fromAffine({ x: x3, y: field(root * u) });
}
