import type { ChipCheck, ChipReason } from '../../values/chip-check.ts';
import { OK, SHORT, type Transceive } from './apdu.ts';
import type { Random } from './bac.ts';
import type { SignerCertificate } from './certificate.ts';
import { type Curve, numberOf, readPoint, secretNumber, writePoint, xOf } from './curves.ts';
import { ChipFault, unreadable } from './fault.ts';
import { FILES } from './lds.ts';
import { type ChipProof, suites } from './pace.ts';
import { digestOf, type HashName, type PublicKey, readPublicKey, verifiesEc } from './public-key.ts';
import { type Channel, SHORT_PROTECTED, secureChannel } from './secure-messaging.ts';
import {
  type Cipher,
  cipherOf,
  readOid,
  readSecurityInfos,
  type SecurityInfo,
  smallNumber,
} from './security-infos.ts';
import { judgeSignature, readSignedData, type SignedData } from './signed-data.ts';
import { judgeSigner } from './signer.ts';
import { bytesOf, readObject, tlv } from './tlv.ts';

// Whether the chip is the issuer's own or a copy of one: chip authentication where data group 14 offers it, else active
// authentication by the key of data group 15 (ICAO 9303-11, 6). Neither says anything before the groups are authentic.

const CHIP_KEY_ECDH = '0.4.0.127.0.7.2.2.1.2';
const CHIP_ECDH = '0.4.0.127.0.7.2.2.3.2';
const ACTIVE = '2.23.136.1.1.5';
/** Plain ECDSA by hash (TR-03111, 5.2.1.1). */
const plainEcdsa: Readonly<Record<string, HashName>> = {
  '0.4.0.127.0.7.1.1.4.1.1': 'sha1',
  '0.4.0.127.0.7.1.1.4.1.2': 'sha224',
  '0.4.0.127.0.7.1.1.4.1.3': 'sha256',
  '0.4.0.127.0.7.1.1.4.1.4': 'sha384',
  '0.4.0.127.0.7.1.1.4.1.5': 'sha512',
};

const check = (state: ChipCheck['state'], reason: ChipReason): ChipCheck => ({ name: 'chip', state, reason });

export type GenuineOptions = { random: Random; extended: boolean };

/** Asks the chip to prove itself. The channel is spent afterwards. */
export async function proveChip(
  channel: Channel,
  transceive: Transceive,
  groups: { 14: Uint8Array | null; 15: Uint8Array | null },
  options: GenuineOptions,
): Promise<ChipCheck> {
  try {
    const infos = groups[14] === null ? [] : readSecurityInfos(readObject(groups[14], 0x6e).content);
    const offered = infos.some(({ oid }) => oid.startsWith(`${CHIP_ECDH}.`) || oid === CHIP_KEY_ECDH);
    const choice = chooseChipKey(infos);
    if (choice !== null) {
      await authenticateChip(channel, transceive, choice, options);
      return check('passed', 'chip-authentication');
    }
    if (groups[15] === null) return check('not-checked', offered ? 'algorithm-unknown' : 'chip-offers-none');
    return await authenticateActively(channel, groups[15], infos, options);
  } catch (thrown) {
    if (thrown instanceof ChipFault && thrown.code === 'chip.unreadable')
      return check('failed', 'chip-copied');
    throw thrown;
  }
}

/** Security infos under the issuer's signature, outside of the application (EF.CardSecurity, 9303-11, 9.2.11). */
const CARD_SECURITY = '0.4.0.127.0.7.3.2.1';

/**
 * Whether the chip proved itself when it was opened (chip authentication mapping, 4.4.3.5.2): by the static key that the state's signer signed
 * for. Null: nothing follows, and the other proofs have to be asked.
 */
export function judgeMapping(
  proof: ChipProof | null,
  cardSecurity: Uint8Array | null,
  curve: Curve,
  by: { authorities: readonly SignerCertificate[]; now: Date },
): ChipCheck | null {
  if (proof === null || cardSecurity === null) return null;
  try {
    return judgeStaticKey(proof, readSignedData(cardSecurity), curve, by);
  } catch (thrown) {
    if (thrown instanceof ChipFault) return null;
    throw thrown;
  }
}

function judgeStaticKey(
  proof: ChipProof,
  signed: SignedData,
  curve: Curve,
  by: { authorities: readonly SignerCertificate[]; now: Date },
): ChipCheck | null {
  if (signed.type !== CARD_SECURITY || signed.signer === null || judgeSignature(signed) !== 'holds')
    return null;
  const { signer, validity } = judgeSigner(signed.signer, { ...by, purpose: null });
  if (signer.state !== 'passed' || validity.state !== 'passed') return null;
  const points = readSecurityInfos(signed.content).flatMap(({ oid, required }) => {
    const key = oid === CHIP_KEY_ECDH ? readPublicKey(required.whole) : null;
    return key?.kind === 'ec' && key.curve.name === curve.name ? [readPoint(curve, key.point)] : [];
  });
  if (points.length === 0) return null;
  const number = proof.number % curve.ecdsa.Point.CURVE().n;
  const isOwn = number > 0n && points.some((point) => point.multiply(number).equals(proof.mappingKey));
  return isOwn ? check('passed', 'chip-authentication-mapping') : check('failed', 'chip-copied');
}

type ChipKey = {
  cipher: Cipher;
  oidBytes: Uint8Array;
  key: PublicKey & { kind: 'ec' };
  keyId: number | null;
};

function chooseChipKey(infos: readonly SecurityInfo[]): ChipKey | null {
  for (const { oid, optional, required } of infos) {
    if (oid !== CHIP_KEY_ECDH) continue;
    const key = readPublicKey(required.whole);
    const keyId = optional === null ? null : smallNumber(optional);
    if (key?.kind !== 'ec') continue;
    const protocols = infos.flatMap((info) => {
      const cipher = cipherOf(info.oid, CHIP_ECDH);
      // What the other infos hold in this place is no number of a key.
      if (cipher === null) return [];
      const id = info.optional === null ? null : smallNumber(info.optional);
      return id === keyId ? [{ cipher, oidBytes: info.oidBytes }] : [];
    });
    const order = Object.keys(suites);
    const [best] = protocols.toSorted(
      (one, other) => order.indexOf(other.cipher) - order.indexOf(one.cipher),
    );
    // Without a ChipAuthenticationInfo it is the first version of the protocol, with triple DES (9303-11, 9.2.7).
    return { cipher: '3des', oidBytes: new Uint8Array(), ...best, key, keyId };
  }
  return null;
}

/** Chip authentication, version 1 (6.2): a new channel that only the owner of the chip's key can speak on. */
async function authenticateChip(
  channel: Channel,
  transceive: Transceive,
  { cipher, oidBytes, key, keyId }: ChipKey,
  { random }: GenuineOptions,
): Promise<void> {
  const { curve } = key;
  const secret = secretNumber(curve, random);
  const own = writePoint(curve.ecdsa.Point.BASE.multiply(secret));
  const chosen = keyId === null ? [] : [tlv(0x84, Uint8Array.from(bytesOf(keyId)))];
  const send = async (ins: number, p1: number, p2: number, data: Uint8Array, le?: number): Promise<void> => {
    const command = { cla: 0, ins, p1, p2, data };
    const { status } = await channel.send(le === undefined ? command : { ...command, le });
    if (status !== OK) throw unreadable();
  };
  if (cipher === '3des') await send(0x22, 0x41, 0xa6, Buffer.concat([tlv(0x91, own), ...chosen]));
  else {
    await send(0x22, 0x41, 0xa4, Buffer.concat([tlv(0x80, oidBytes), ...chosen]));
    await send(0x86, 0, 0, tlv(0x7c, tlv(0x80, own)), SHORT);
  }
  const shared = xOf(readPoint(curve, key.point).multiply(secret), curve);
  const suite = suites[cipher];
  const fresh = secureChannel(transceive, {
    suite,
    encryption: suite.deriveKey(shared, 'encryption'),
    mac: suite.deriveKey(shared, 'mac'),
    counter: new Uint8Array(suite.blockSize),
  });
  const { id } = FILES.securityObject;
  const file = Uint8Array.of(id >> 8, id & 0xff);
  const answer = await fresh.send({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: file });
  // A chip without the key no longer understands the channel, and answers without protection or not at all well.
  if (answer.status !== OK || !answer.isProtected) throw unreadable();
}

/** Active authentication (6.1): the chip signs a challenge. */
async function authenticateActively(
  channel: Channel,
  group15: Uint8Array,
  infos: readonly SecurityInfo[],
  { random, extended }: GenuineOptions,
): Promise<ChipCheck> {
  const key = readPublicKey(readObject(group15, 0x6f).content);
  if (key === null) return check('not-checked', 'algorithm-unknown');
  const challenge = random(8);
  const answer = await channel.send({
    cla: 0,
    ins: 0x88,
    p1: 0,
    p2: 0,
    data: challenge,
    le: extended || signatureBytes(key) > SHORT_PROTECTED ? 65536 : SHORT,
  });
  if (answer.status !== OK || !answer.isProtected) throw unreadable();
  if (key.kind === 'rsa') {
    const holds = recovers(key, challenge, answer.data);
    if (holds === null) return check('not-checked', 'algorithm-unknown');
    return holds ? check('passed', 'active-authentication') : check('failed', 'chip-copied');
  }
  const named = infos.find(({ oid }) => oid === ACTIVE)?.optional;
  const hash = named ? plainEcdsa[readOid(named.content)] : undefined;
  if (hash === undefined) return check('not-checked', 'algorithm-unknown');
  return verifiesEc(key, hash, challenge, answer.data, 'compact')
    ? check('passed', 'active-authentication')
    : check('failed', 'chip-copied');
}

/** A long signature does not fit into an answer of short length, whatever the card's answer to reset says of longer ones. */
const signatureBytes = (key: PublicKey): number =>
  key.kind === 'ec' ? 2 * key.curve.bytes : Math.ceil((key.key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);

const trailers: Readonly<Record<number, HashName>> = {
  51: 'sha1',
  52: 'sha256',
  53: 'sha512',
  54: 'sha384',
  56: 'sha224',
};

/** A signature that contains part of what it signs (ISO 9796-2, scheme 1); null when its trailer names no hash known here. */
export function recovers(
  { key }: PublicKey & { kind: 'rsa' },
  challenge: Uint8Array,
  signature: Uint8Array,
): boolean | null {
  const { n, e } = key.export({ format: 'jwk' });
  const modulus = numberOf(Buffer.from(n ?? '', 'base64url'));
  const exponent = numberOf(Buffer.from(e ?? '', 'base64url'));
  const number = numberOf(signature);
  if (modulus === 0n || number >= modulus) return false;
  const opened = power(number, exponent, modulus).toString(16);
  const message = Buffer.from(opened.length % 2 === 0 ? opened : `0${opened}`, 'hex');
  const last = message.at(-1);
  if (message[0] !== 0x6a || (last !== 0xbc && last !== 0xcc)) return false;
  const trailer = last === 0xbc ? 1 : 2;
  const hash = last === 0xbc ? 'sha1' : trailers[message.at(-2) ?? 0];
  if (hash === undefined) return null;
  const digest = digestOf(hash, new Uint8Array());
  const end = message.length - trailer;
  const recovered = message.subarray(1, end - digest.length);
  const given = message.subarray(end - digest.length, end);
  return Buffer.compare(digestOf(hash, Buffer.concat([recovered, challenge])), given) === 0;
}

/** Public exponents have a few bits; a document that says otherwise is not computed with for long. */
const MOST_EXPONENT = 1n << 64n;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent > MOST_EXPONENT) return 0n;
  let result = 1n;
  for (let [square, left] = [base % modulus, exponent]; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
