import { decodeAnswer, type Transceive } from '../../electron/devices/chip/apdu.ts';
import { describeCard } from '../../electron/devices/chip/atr.ts';
import {
  readCertificate,
  readCertificates,
  type SignerCertificate,
} from '../../electron/devices/chip/certificate.ts';
import { ChipFault } from '../../electron/devices/chip/fault.ts';
import { readFile } from '../../electron/devices/chip/files.ts';
import { readPhoto, readZone } from '../../electron/devices/chip/lds.ts';
import { authenticatePassively } from '../../electron/devices/chip/passive-authentication.ts';
import { readPublicKey } from '../../electron/devices/chip/public-key.ts';
import { readChip } from '../../electron/devices/chip/read-chip.ts';
import { choosePace, readSecurityInfos } from '../../electron/devices/chip/security-infos.ts';
import { readObjects, tlv } from '../../electron/devices/chip/tlv.ts';
import * as der from '../../electron/documents/der.ts';
import type { Chance } from '../chaos/random.ts';
import {
  documentSigner,
  ecKeyInfo,
  faceGroup,
  securityObject,
  trainingAuthority,
  zoneGroup,
} from '../rigs/training-documents.ts';
import { keyOfZone, virtualChip } from '../rigs/virtual-chip.ts';
import { spoiltBytes } from './spoil.ts';
import type { Target } from './targets.ts';

const zone = 'IDCZE9990000180<<<<<<<<<<<<<<<8004015M3306301CZE<<<<<<<<<<<0VZOROVY<<JAN<KAREL<<<<<<<<<<<<';
const now = new Date('2026-05-01T10:00:00Z');

const signer = documentSigner('right');
const groups = new Map<1 | 2, Uint8Array>([
  [1, zoneGroup(zone)],
  [2, faceGroup(Uint8Array.of(0xff, 0xd8, 0xff, ...new Array<number>(40).fill(1)))],
]);
const object = securityObject(groups, signer);
const point = Buffer.concat([Uint8Array.of(4), new Uint8Array(64).fill(3)]);
const keyInfo = ecKeyInfo('bp256', point, 'explicit');
const infos = der.set(
  der.sequence(der.oid('0.4.0.127.0.7.2.2.4.2.2'), der.smallInteger(2), der.smallInteger(13)),
  der.sequence(der.oid('0.4.0.127.0.7.2.2.1.2'), keyInfo, der.smallInteger(3)),
);
const authorities: SignerCertificate[] = readCertificates([trainingAuthority().certificate]);
const atr = Uint8Array.of(0x3b, 0x85, 0x80, 0x01, 0x80, 0x73, 0xc0, 0x01, 0xc0, 0x76);

/** Whatever a chip can send, spoilt by chance, to what reads it. */
async function send(chance: Chance): Promise<void> {
  const below = (limit: number): number => chance.whole(0, limit - 1);
  const spoilt = (good: Uint8Array): Uint8Array => spoiltBytes(chance, good);

  /** One whole reading in which any answer may be spoilt. */
  const reading = async (): Promise<void> => {
    const proofs = ['none', 'chip-aes', 'active-ec'] as const;
    const virtual = virtualChip({
      zone,
      can: '123456',
      access: below(4) === 0 ? 'pace' : 'bac',
      proof: proofs[below(proofs.length)] ?? 'none',
    });
    const spoils = 1 + below(24);
    let sent = 0;
    const transceive: Transceive = async (apdu) => {
      // One that never ends would ask for ever.
      if (++sent > 2_000) throw new Error('a reading that does not end');
      const answer = await virtual(apdu);
      return sent >= spoils && below(3) === 0 ? spoilt(answer) : answer;
    };
    await readChip(transceive, {
      key: keyOfZone(zone),
      authorities,
      revocations: [],
      now,
      random: (length) => Uint8Array.from({ length }, () => below(256)),
      extended: below(2) === 0,
      onStep: () => {},
    });
  };

  /** A file that is read from a chip which answers what it likes, in the clear. */
  const file = async (): Promise<void> => {
    let sent = 0;
    await readFile(
      async () => {
        if (++sent > 2_000) throw new Error('a file that does not end');
        return decodeAnswer(
          sent === 1 ? Uint8Array.of(0x90, 0) : Buffer.concat([spoilt(infos), Uint8Array.of(0x90, 0)]),
        );
      },
      { id: 1, limit: 4096 },
      200,
    );
  };

  const quick: readonly (() => unknown)[] = [
    () => readObjects(spoilt(object)),
    () => readZone(spoilt(groups.get(1) ?? object)),
    () => readPhoto(spoilt(groups.get(2) ?? object)),
    () => choosePace(readSecurityInfos(spoilt(infos))),
    () => readCertificate(spoilt(signer.certificate)),
    () => readPublicKey(spoilt(keyInfo)),
    () => describeCard(spoilt(atr)),
    () => readSecurityInfos(tlv(0x31, spoilt(infos))),
  ];
  const judged = (): unknown =>
    authenticatePassively(
      { securityObject: spoilt(object), groups, opening: [] },
      { authorities, revocations: [], now },
    );

  const kind = below(1_000);
  // Signatures and whole readings cost a thousand times what the rest does.
  if (kind === 0) await reading();
  else if (kind < 3) judged();
  else if (kind < 60) await file();
  else quick[kind % quick.length]?.();
}

/** A fault is an answer; anything else that is thrown is a bug. */
export const chip: Target = {
  async one(chance) {
    try {
      await send(chance);
    } catch (thrown) {
      if (!(thrown instanceof ChipFault)) throw thrown;
    }
  },
};
