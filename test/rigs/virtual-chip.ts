import { constants, createHash, generateKeyPairSync, privateEncrypt, randomBytes } from 'node:crypto';
import { type AccessKey, mrzSecret, paceSecret } from '../../electron/devices/chip/access-key.ts';
import type { Transceive } from '../../electron/devices/chip/apdu.ts';
import { pad, type Suite, tripleDes, unpad, xor } from '../../electron/devices/chip/ciphers.ts';
import {
  type Curve,
  curveOf,
  numberOf,
  readPoint,
  standardizedCurve,
  xOf,
} from '../../electron/devices/chip/curves.ts';
import { ChipFault } from '../../electron/devices/chip/fault.ts';
import { nonceLength, pointOf, pseudoRandom } from '../../electron/devices/chip/integrated-mapping.ts';
import { paceToken, suites } from '../../electron/devices/chip/pace.ts';
import { counted, type SessionKeys } from '../../electron/devices/chip/secure-messaging.ts';
import type { Cipher, Mapping } from '../../electron/devices/chip/security-infos.ts';
import { objectIn, readObject, readObjects, tlv } from '../../electron/devices/chip/tlv.ts';
import * as der from '../../electron/documents/der.ts';
import {
  cardSecurity,
  documentSigner,
  ecKeyInfo,
  faceGroup,
  type Signer,
  type SignerKind,
  securityObject,
  zoneGroup,
} from './training-documents.ts';

/**
 * A chip of a travel document in software, answering commands as ICAO 9303-10 and -11 say. The protocols' other side is ours too, so
 * what proves both are the published examples (electron/devices/chip/protocol.test.ts); this proves the reading as a whole.
 */

export type Proof = 'chip-3des' | 'chip-aes' | 'active-rsa' | 'active-ec' | 'none';

export type VirtualDocument = {
  zone: string;
  can: string;
  /** The zone whose data open the chip, where it is not its own. */
  openedBy?: string;
  photo?: Uint8Array;
  photoFormat?: 'jpeg' | 'jpeg2000';
  access?: 'pace' | 'bac';
  /** Standardized parameters (ICAO 9303-11, 9.5.1) and cipher of PACE; 13 and AES with 128 bits when left out. */
  pace?: { parameterId: number; cipher: Cipher; mapping?: Mapping };
  proof?: Proof;
  /** The number of the key of chip authentication; 3 when left out. */
  keyId?: number;
  signer?: Signer | SignerKind;
  /** What the chip gives instead of what was signed. */
  swapped?: ReadonlyMap<number, Uint8Array>;
  /** The same, where the digests under the signature were changed to it too. */
  swappedInObject?: ReadonlyMap<number, Uint8Array>;
  /** Groups that are signed for and not there. */
  hidden?: readonly number[];
  /** The chip has the proof's public key and not its secret, as a copy of another has. */
  isCopy?: boolean;
  /** What opens it is not what the state signed for in group 14. */
  isDowngraded?: boolean;
  /** Certificates beside the signer's in the security object. */
  beside?: readonly Uint8Array[];
  /** Taken away after so many commands. */
  pulledAfter?: number;
};

/** Number, birth and expiry of a zone in one line, as they open its chip. */
export function keyOfZone(zone: string): AccessKey & { kind: 'mrz' } {
  const cut = (from: number, to: number) => zone.slice(from, to);
  return zone.length === 90
    ? { kind: 'mrz', documentNumber: cut(5, 14), birthDate: cut(30, 36), expiryDate: cut(38, 44) }
    : { kind: 'mrz', documentNumber: cut(44, 53), birthDate: cut(57, 63), expiryDate: cut(65, 71) };
}

const CURVE = 'bp256';
const mappingNumbers = { generic: 2, integrated: 4, 'chip-authentication': 6 } as const;
const numbers = { '3des': 1, 'aes-128': 2, 'aes-192': 3, 'aes-256': 4 } as const;
const SMALL_JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, ...new Array<number>(600).fill(7), 0xff, 0xd9);

const OK = 0x9000;
type Reply = { data?: Uint8Array; status: number };

export function virtualChip(of: VirtualDocument): Transceive {
  const access = of.access ?? 'pace';
  const proof = of.proof ?? 'none';
  const paceOf = of.pace ?? ({ parameterId: 13, cipher: 'aes-128' } satisfies VirtualDocument['pace']);
  const { mapping: manner = 'generic' } = paceOf;
  const paceOid = der.oid(`0.4.0.127.0.7.2.2.4.${mappingNumbers[manner]}.${numbers[paceOf.cipher]}`);
  const curve = curveOf(CURVE);
  const chipSecret = 0x1234567n;
  const chipPoint = curve.ecdsa.Point.BASE.multiply(chipSecret).toBytes(false);
  const rsa = proof === 'active-rsa' ? generateKeyPairSync('rsa', { modulusLength: 1024 }) : null;
  const signer = typeof of.signer === 'object' ? of.signer : documentSigner(of.signer ?? 'right');

  const infos = (...content: Uint8Array[]) => der.set(...content);
  const paceInfo = (version: number) =>
    der.sequence(paceOid, der.smallInteger(version), der.smallInteger(paceOf.parameterId));
  const keyId = der.positiveInteger(Uint8Array.of((of.keyId ?? 3) >> 8, (of.keyId ?? 3) & 0xff));
  // Group 14 repeats under the state's signature what opens the chip (ICAO 9303-11, 9.2.1).
  const signedPace = access === 'pace' ? [paceInfo(of.isDowngraded ? 3 : 2)] : [];
  const cipher = proof === 'chip-3des' ? '3des' : 'aes-128';
  const groups = new Map<number, Uint8Array>([
    [1, zoneGroup(of.zone)],
    [2, faceGroup(of.photo ?? SMALL_JPEG, of.photoFormat)],
  ]);
  if (proof === 'chip-3des' || proof === 'chip-aes')
    groups.set(
      14,
      tlv(
        0x6e,
        infos(
          ...signedPace,
          der.sequence(der.oid('0.4.0.127.0.7.2.2.1.2'), ecKeyInfo(CURVE, chipPoint), keyId),
          der.sequence(der.oid(`0.4.0.127.0.7.2.2.3.2.${numbers[cipher]}`), der.smallInteger(1), keyId),
          // As passports of the European Union have them: what terminals prove, and how the chip would sign.
          der.sequence(
            der.oid('0.4.0.127.0.7.2.2.2'),
            der.smallInteger(1),
            der.sequence(der.octets(Uint8Array.of(0x01, 0x1c))),
          ),
          der.sequence(der.oid('2.23.136.1.1.5'), der.smallInteger(1), der.oid('0.4.0.127.0.7.1.1.4.1.3')),
        ),
      ),
    );
  if (proof === 'active-ec')
    groups.set(
      14,
      tlv(
        0x6e,
        infos(
          ...signedPace,
          der.sequence(der.oid('2.23.136.1.1.5'), der.smallInteger(1), der.oid('0.4.0.127.0.7.1.1.4.1.3')),
        ),
      ),
    );
  if (rsa) groups.set(15, tlv(0x6f, rsa.publicKey.export({ format: 'der', type: 'spki' })));
  if (proof === 'active-ec') groups.set(15, tlv(0x6f, ecKeyInfo(CURVE, chipPoint)));

  const application = new Map<number, Uint8Array>([
    [0x011d, securityObject(groups, signer, new Map([...groups, ...(of.swappedInObject ?? [])]), of.beside)],
    ...[...groups].map(([number, content]) => [0x0100 + number, content] as const),
    ...[...(of.swapped ?? [])].map(([number, content]) => [0x0100 + number, content] as const),
  ]);
  for (const group of of.hidden ?? []) application.delete(0x0100 + group);
  const master = new Map<number, Uint8Array>(access === 'pace' ? [[0x011c, infos(paceInfo(2))]] : []);

  const staticSecret = 0x7654321n;
  const onCurve = standardizedCurve(paceOf.parameterId);
  if (access === 'pace' && manner === 'chip-authentication' && onCurve !== null) {
    const point = onCurve.ecdsa.Point.BASE.multiply(staticSecret).toBytes(false);
    const name = onCurve.name === 'p256' || onCurve.name === 'bp384' ? onCurve.name : 'bp256';
    const key = der.sequence(der.oid('0.4.0.127.0.7.2.2.1.2'), ecKeyInfo(name, point), der.smallInteger(3));
    master.set(0x011d, cardSecurity(infos(key), signer));
  }

  let commands = 0;
  let inApplication = false;
  let selected: Uint8Array | null = null;
  let session: SessionKeys | null = null;
  let challenge = new Uint8Array();
  let pace: ReturnType<typeof paceSide> | null = null;
  let chosenChip = false;

  function answer({ ins, p1, p2, data, le }: Parsed): Reply {
    switch (ins) {
      case 0xa4:
        if (p1 === 4) {
          inApplication = true;
          selected = null;
          return { status: OK };
        }
        if (p1 === 0) return { status: OK };
        selected =
          inApplication && session === null
            ? null
            : ((inApplication ? application : master).get(numberAt(data)) ?? null);
        return { status: selected ? OK : 0x6a82 };
      case 0xb0:
      case 0xb1: {
        if (selected === null) return { status: 0x6986 };
        // The first bit would name a file, and not a place in this one.
        if (ins === 0xb0 && p1 & 0x80) return { status: 0x6a86 };
        const at = ins === 0xb0 ? p1 * 256 + p2 : Number(numberOf(objectIn(data, 0x54).content));
        const part = selected.subarray(at, at + (ins === 0xb0 ? le : le - 4));
        return { data: ins === 0xb0 ? part : tlv(0x53, part), status: OK };
      }
      case 0x84:
        challenge = new Uint8Array(randomBytes(8));
        return { data: challenge, status: OK };
      case 0x82:
        return externalAuthenticate(data);
      case 0x22:
        if (p1 === 0xc1) {
          const mode = objectIn(data, 0x83).content[0];
          const on = standardizedCurve(paceOf.parameterId);
          if (on === null) return { status: 0x6a80 };
          pace = paceSide(on, mode === 2 ? { kind: 'can', can: of.can } : keyOfZone(of.openedBy ?? of.zone));
          return { status: OK };
        }
        if (numberOf(objectIn(data, 0x84).content) !== BigInt(of.keyId ?? 3)) return { status: 0x6a88 };
        if (p2 === 0xa6) return startChip(objectIn(data, 0x91).content);
        chosenChip = true;
        return { status: OK };
      case 0x86:
        if (chosenChip) return startChip(objectIn(readObject(data, 0x7c).content, 0x80).content);
        return pace?.(data) ?? { status: 0x6985 };
      case 0x88:
        return { data: signChallenge(data), status: OK };
      default:
        return { status: 0x6d00 };
    }
  }

  function externalAuthenticate(data: Uint8Array): Reply {
    const seed = mrzSecret(keyOfZone(of.openedBy ?? of.zone)).subarray(0, 16);
    const encryption = tripleDes.deriveKey(seed, 'encryption');
    const mac = tripleDes.deriveKey(seed, 'mac');
    const zero = new Uint8Array(8);
    const hidden = data.subarray(0, 32);
    if (Buffer.compare(tripleDes.mac(mac, pad(hidden, 8)), data.subarray(32)) !== 0)
      return { status: 0x6300 };
    const opened = tripleDes.decrypt(encryption, zero, hidden);
    if (Buffer.compare(opened.subarray(8, 16), challenge) !== 0) return { status: 0x6300 };
    const secret = randomBytes(16);
    const back = tripleDes.encrypt(
      encryption,
      zero,
      Buffer.concat([challenge, opened.subarray(0, 8), secret]),
    );
    next = {
      ...sessionOf(tripleDes, xor(opened.subarray(16), secret)),
      counter: Buffer.concat([challenge.subarray(4), opened.subarray(4, 8)]),
    };
    return { data: Buffer.concat([back, tripleDes.mac(mac, pad(back, 8))]), status: OK };
  }

  /** Keys that hold from the next command on. */
  let next: SessionKeys | null = null;

  function paceSide(on: Curve, key: AccessKey) {
    const suite = suites[paceOf.cipher];
    const { Point } = on.ecdsa;
    const { n } = Point.CURVE();
    const random = (): bigint => (numberOf(randomBytes(80)) % (n - 1n)) + 1n;
    const nonce = randomBytes(paceOf.cipher === 'aes-192' || paceOf.cipher === 'aes-256' ? 32 : 16);
    const mapping = random();
    const agreement = random();
    let generator = Point.BASE;
    let own = new Uint8Array();
    let theirs = new Uint8Array();
    const reply = (tag: number, content: Uint8Array): Reply => ({
      data: tlv(0x7c, tlv(tag, content)),
      status: OK,
    });
    return (data: Uint8Array): Reply => {
      const [object] = readObjects(readObject(data, 0x7c).content);
      switch (object?.tag) {
        case undefined:
          return reply(
            0x80,
            suite.encrypt(
              suite.deriveKey(paceSecret(key), 'password'),
              new Uint8Array(suite.blockSize),
              nonce,
            ),
          );
        case 0x81: {
          if (manner === 'integrated') {
            if (object.content.length !== nonceLength(paceOf.cipher)) return { status: 0x6a80 };
            const nonces = { chip: nonce, terminal: object.content };
            generator = pointOf(pseudoRandom(suite, paceOf.cipher, nonces, Point.CURVE().p), on);
            return reply(0x82, new Uint8Array());
          }
          const shared = readPoint(on, object.content).multiply(mapping);
          generator = Point.BASE.multiplyUnsafe(numberOf(nonce) % n).add(shared);
          return reply(0x82, Point.BASE.multiply(mapping).toBytes(false));
        }
        case 0x83:
          theirs = Uint8Array.from(object.content);
          own = Uint8Array.from(generator.multiply(agreement).toBytes(false));
          return reply(0x84, own);
        default: {
          const shared = xOf(readPoint(on, theirs).multiply(agreement), on);
          const keys = sessionOf(suite, shared);
          const oid = readObject(paceOid, 0x06).content;
          if (Buffer.compare(paceToken(suite, keys.mac, oid, own), object?.content ?? new Uint8Array()) !== 0)
            return { status: 0x6300 };
          next = keys;
          const token = tlv(0x86, paceToken(suite, keys.mac, oid, theirs));
          if (manner !== 'chip-authentication') return { data: tlv(0x7c, token), status: OK };
          // The key it mapped with, over its own: what only the owner of that can say.
          const Fn = on.ecdsa.Point.Fn;
          const number = Fn.mul(mapping, Fn.inv(of.isCopy ? staticSecret + 1n : staticSecret));
          const plainNumber = Buffer.from(number.toString(16).padStart(on.bytes * 2, '0'), 'hex');
          const iv = suite.encrypt(
            keys.encryption,
            new Uint8Array(suite.blockSize),
            new Uint8Array(suite.blockSize).fill(0xff),
          );
          const hidden = suite.encrypt(keys.encryption, iv, pad(plainNumber, suite.blockSize));
          return { data: tlv(0x7c, token, tlv(0x8a, hidden)), status: OK };
        }
      }
    };
  }

  function startChip(point: Uint8Array): Reply {
    const secret = of.isCopy ? chipSecret + 1n : chipSecret;
    const shared = xOf(readPoint(curve, point).multiply(secret), curve);
    next = sessionOf(suites[cipher], shared);
    chosenChip = false;
    return cipher === '3des' ? { status: OK } : { data: tlv(0x7c), status: OK };
  }

  function signChallenge(given: Uint8Array): Uint8Array {
    const data = of.isCopy ? Buffer.alloc(8) : given;
    if (!rsa) {
      const { ecdsa, bytes } = curve;
      const digest = Uint8Array.from(createHash('sha256').update(data).digest());
      const secret = Buffer.from(chipSecret.toString(16).padStart(bytes * 2, '0'), 'hex');
      return ecdsa.sign(digest, Uint8Array.from(secret), { prehash: false, lowS: false, format: 'compact' });
    }
    // ISO 9796-2, scheme 1: header, random part, digest, trailer of SHA-256.
    const recovered = randomBytes(128 - 1 - 32 - 2);
    const digest = createHash('sha256').update(recovered).update(data).digest();
    const message = Buffer.concat([Uint8Array.of(0x6a), recovered, digest, Uint8Array.of(0x34, 0xcc)]);
    return privateEncrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, message);
  }

  return async (apdu) => {
    commands += 1;
    if (of.pulledAfter !== undefined && commands > of.pulledAfter) throw new ChipFault('chip.removed');
    const command = parse(apdu);
    const isProtected = (command.cla & 0x0c) === 0x0c;
    if (!isProtected) {
      session = null;
      const reply = answer(command);
      adopt();
      return plain(reply);
    }
    const opened = session && unprotect(session, command);
    if (!session || !opened) {
      session = null;
      return plain({ status: 0x6988 });
    }
    const reply = protect(session, answer(opened));
    adopt();
    return reply;
  };

  function adopt(): void {
    if (next !== null) session = next;
    next = null;
  }
}

const sessionOf = (suite: Suite, secret: Uint8Array): SessionKeys => ({
  suite,
  encryption: suite.deriveKey(secret, 'encryption'),
  mac: suite.deriveKey(secret, 'mac'),
  counter: new Uint8Array(suite.blockSize),
});

const numberAt = (data: Uint8Array): number => Number(numberOf(data));

const plain = ({ data = new Uint8Array(), status }: Reply): Uint8Array =>
  Buffer.concat([data, Uint8Array.of(status >> 8, status & 0xff)]);

type Parsed = { cla: number; ins: number; p1: number; p2: number; data: Uint8Array; le: number };

function parse(apdu: Uint8Array): Parsed {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, first = 0] = apdu;
  const of = (data: Uint8Array, le: number): Parsed => ({ cla, ins, p1, p2, data, le });
  const two = (at: number) => (apdu[at] ?? 0) * 256 + (apdu[at + 1] ?? 0);
  if (apdu.length <= 4) return of(new Uint8Array(), 0);
  if (apdu.length === 5) return of(new Uint8Array(), first || 256);
  if (first !== 0) return of(apdu.subarray(5, 5 + first), apdu[5 + first] || 256);
  if (apdu.length === 7) return of(new Uint8Array(), two(5) || 65536);
  return of(apdu.subarray(7, 7 + two(5)), two(7 + two(5)) || 65536);
}

/** The command in a protected one; null when it is not of this session. */
function unprotect(session: SessionKeys, command: Parsed): Parsed | null {
  const { suite, encryption, mac } = session;
  session.counter = counted(session.counter);
  const objects = readObjects(command.data);
  const header = pad(Uint8Array.of(command.cla, command.ins, command.p1, command.p2), suite.blockSize);
  const signed = objects.filter(({ tag }) => tag !== 0x8e).map(({ whole }) => whole);
  const own = suite.mac(mac, pad(Buffer.concat([session.counter, header, ...signed]), suite.blockSize));
  if (Buffer.compare(own, objectIn(command.data, 0x8e).content) !== 0) return null;
  const of = (tag: number) => objects.find((object) => object.tag === tag)?.content;
  const hidden = of(0x87)?.subarray(1) ?? of(0x85);
  const wanted = of(0x97);
  const iv = suite.messageIv(encryption, session.counter);
  return {
    ...command,
    data: hidden ? (unpad(suite.decrypt(encryption, iv, hidden)) ?? hidden) : new Uint8Array(),
    le: wanted ? numberAt(wanted) || (wanted.length === 1 ? 256 : 65536) : 0,
  };
}

function protect(session: SessionKeys, { data, status }: Reply): Uint8Array {
  const { suite, encryption, mac } = session;
  session.counter = counted(session.counter);
  const iv = suite.messageIv(encryption, session.counter);
  const objects = [
    ...(data && data.length > 0
      ? [tlv(0x87, Uint8Array.of(1), suite.encrypt(encryption, iv, pad(data, suite.blockSize)))]
      : []),
    tlv(0x99, Uint8Array.of(status >> 8, status & 0xff)),
  ];
  const own = suite.mac(mac, pad(Buffer.concat([session.counter, ...objects]), suite.blockSize));
  return plain({ data: Buffer.concat([...objects, tlv(0x8e, own)]), status });
}
