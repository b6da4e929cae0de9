import { timingSafeEqual } from 'node:crypto';
import { type AccessKey, paceSecret } from './access-key.ts';
import { exchange, OK, SHORT, type Transceive } from './apdu.ts';
import type { Random } from './bac.ts';
import { aes, pad, type Suite, tripleDes, unpad } from './ciphers.ts';
import { numberOf, type Point, readPoint, secretNumber, writePoint, xOf } from './curves.ts';
import { ChipFault, unreadable } from './fault.ts';
import { nonceLength, pointOf, pseudoRandom } from './integrated-mapping.ts';
import type { SessionKeys } from './secure-messaging.ts';
import type { Cipher, PaceChoice } from './security-infos.ts';
import { objectIn, readObject, tlv } from './tlv.ts';

export const suites: Readonly<Record<Cipher, Suite>> = {
  '3des': tripleDes,
  'aes-128': aes(128),
  'aes-192': aes(192),
  'aes-256': aes(256),
};

/** Which password is used, as MSE:Set AT names it (ICAO 9303-11, 4.4.4.1). */
const passwordNumber = { mrz: 1, can: 2 } as const;

/** A public key as authentication tokens are made over it (9.4.1, 9.4.4). */
const keyTemplate = (oid: Uint8Array, point: Uint8Array): Uint8Array =>
  tlv(0x7f49, tlv(0x06, oid), tlv(0x86, point));

/** The token that one party shows over the other's public key. */
export function paceToken(suite: Suite, macKey: Uint8Array, oid: Uint8Array, point: Uint8Array): Uint8Array {
  const template = keyTemplate(oid, point);
  // CMAC pads by itself; the retail MAC does not.
  return suite.mac(macKey, suite.name === '3des' ? pad(template, 8) : template);
}

/** The secret numbers of one run, made anew for each; `nonce` is sent where the mapping is integrated. */
export type PaceSecrets = { mapping: bigint; agreement: bigint; nonce: Uint8Array };
export const paceSecrets = ({ curve, cipher }: PaceChoice, random: Random): PaceSecrets => ({
  mapping: secretNumber(curve, random),
  agreement: secretNumber(curve, random),
  nonce: random(nonceLength(cipher)),
});

/**
 * By what a chip shows that the key it mapped with is its own (chip authentication mapping, 4.4.3.3.3): its static key times this number is
 * the key it sent.
 */
export type ChipProof = { number: bigint; mappingKey: Point };

/** Password authenticated connection establishment over a curve (ICAO 9303-11, 4.4): keys for secure messaging. */
export async function pace(
  transceive: Transceive,
  choice: PaceChoice,
  key: AccessKey,
  secrets: PaceSecrets,
): Promise<SessionKeys & { chipProof: ChipProof | null }> {
  const suite = suites[choice.cipher];
  const { curve, oidBytes } = choice;
  const generator = curve.ecdsa.Point.BASE;

  const begun = await exchange(transceive, {
    cla: 0,
    ins: 0x22,
    p1: 0xc1,
    p2: 0xa4,
    data: Buffer.concat([
      tlv(0x80, oidBytes),
      tlv(0x83, Uint8Array.of(passwordNumber[key.kind])),
      ...(choice.parameterId === null ? [] : [tlv(0x84, Uint8Array.of(choice.parameterId))]),
    ]),
  });
  // 63Cx: tries are counted, and after a wrong one the chip says so here; it may still be opened.
  if (begun.status !== OK && begun.status >> 4 !== 0x63c) throw unreadable();

  const step = async (content: readonly Uint8Array[], wanted: number, isLast = false) => {
    const answer = await exchange(transceive, {
      cla: isLast ? 0x00 : 0x10,
      ins: 0x86,
      p1: 0,
      p2: 0,
      data: tlv(0x7c, ...content),
      le: SHORT,
    });
    if (answer.status !== OK) throw isLast ? new ChipFault('chip.wrong-key') : unreadable();
    const { content: objects } = readObject(answer.data, 0x7c);
    return { content: objectIn(objects, wanted).content, objects };
  };

  const { content: hidden } = await step([], 0x80);
  // As many whole blocks as the key needs (4.4.4): 16 bytes, and 32 for the longer keys.
  if (hidden.length !== 16 && hidden.length !== 32) throw unreadable();
  const nonce = suite.decrypt(
    suite.deriveKey(paceSecret(key), 'password'),
    new Uint8Array(suite.blockSize),
    hidden,
  );

  const mapIntegrated = async (): Promise<{ mapped: Point; mappingKey: Point | null }> => {
    await step([tlv(0x81, secrets.nonce)], 0x82);
    const { p } = curve.ecdsa.Point.CURVE();
    const nonces = { chip: nonce, terminal: secrets.nonce };
    return { mapped: pointOf(pseudoRandom(suite, choice.cipher, nonces, p), curve), mappingKey: null };
  };
  const mapGenerically = async (): Promise<{ mapped: Point; mappingKey: Point | null }> => {
    const own = writePoint(generator.multiply(secrets.mapping));
    const mappingKey = readPoint(curve, (await step([tlv(0x81, own)], 0x82)).content);
    const mapped = generator
      .multiplyUnsafe(numberOf(nonce) % curve.ecdsa.Point.CURVE().n)
      .add(mappingKey.multiply(secrets.mapping));
    return { mapped, mappingKey };
  };
  const { mapped, mappingKey } = await (choice.mapping === 'integrated' ? mapIntegrated() : mapGenerically());
  if (mapped.is0()) throw unreadable();

  const ownKey = writePoint(mapped.multiply(secrets.agreement));
  const { content: theirKey } = await step([tlv(0x83, ownKey)], 0x84);
  if (Buffer.compare(theirKey, ownKey) === 0) throw unreadable();
  const shared = xOf(readPoint(curve, theirKey).multiply(secrets.agreement), curve);
  const encryption = suite.deriveKey(shared, 'encryption');
  const mac = suite.deriveKey(shared, 'mac');

  const { content: theirToken, objects } = await step(
    [tlv(0x85, paceToken(suite, mac, oidBytes, theirKey))],
    0x86,
    true,
  );
  const expected = paceToken(suite, mac, oidBytes, ownKey);
  if (theirToken.length !== expected.length || !timingSafeEqual(theirToken, expected))
    throw new ChipFault('chip.wrong-key');
  const proving = choice.mapping === 'chip-authentication' ? mappingKey : null;
  const chipProof = proving && proofIn(objectIn(objects, 0x8a).content, suite, encryption, proving);
  return { suite, encryption, mac, counter: new Uint8Array(suite.blockSize), chipProof };
}

/** The number under which a chip hid that it has its key (4.4.3.3.3): ciphered under the vector of a block of ones. */
function proofIn(hidden: Uint8Array, suite: Suite, encryption: Uint8Array, mappingKey: Point): ChipProof {
  if (hidden.length === 0 || hidden.length % suite.blockSize !== 0) throw unreadable();
  const zero = new Uint8Array(suite.blockSize);
  const iv = suite.encrypt(encryption, zero, new Uint8Array(suite.blockSize).fill(0xff));
  const number = unpad(suite.decrypt(encryption, iv, hidden));
  if (number === null) throw unreadable();
  return { number: numberOf(number), mappingKey };
}
