import type { ChipCheck } from '../../values/chip-check.ts';
import { err, ok, type Result } from '../../values/result.ts';
import type { AccessKey } from './access-key.ts';
import { exchange, OK, type Transceive } from './apdu.ts';
import { basicAccess, type Random } from './bac.ts';
import type { SignerCertificate } from './certificate.ts';
import { type ChipFailure, ChipFault } from './fault.ts';
import { readFile } from './files.ts';
import { judgeMapping, proveChip } from './genuine-chip.ts';
import { FILES, type Group, type Photo, readPhoto, readZone } from './lds.ts';
import { pace, paceSecrets } from './pace.ts';
import { authenticatePassively, groupsSigned } from './passive-authentication.ts';
import type { RevocationList } from './revocation.ts';
import { type Channel, SHORT_PROTECTED, secureChannel } from './secure-messaging.ts';
import { choosePace, paceInfos, readSecurityInfos, type SecurityInfo } from './security-infos.ts';

/** What the reading is at; `fraction` of the part that is being read, 0 to 1. */
export type ChipStep =
  | { part: 'access' }
  | { part: 'security-object' | 'zone' | 'photo' | 'proofs'; fraction: number }
  | { part: 'checks' };

export type ChipReading = {
  access: 'pace' | 'bac';
  /** The machine-readable zone in one unbroken line. */
  zone: string;
  photo: Photo | null;
  checks: ChipCheck[];
};

export type ReadChipOptions = {
  key: AccessKey;
  /** Certificates of the states' authorities documents are judged by. */
  authorities: readonly SignerCertificate[];
  revocations: readonly RevocationList[];
  now: Date;
  random: Random;
  /** Whether the chip takes commands of extended length. */
  extended: boolean;
  onStep(step: ChipStep): void;
};

/** The application of travel documents (ICAO 9303-10, 3.6.3). */
const APPLICATION = Uint8Array.of(0xa0, 0, 0, 0x02, 0x47, 0x10, 0x01);
const MASTER_FILE = Uint8Array.of(0x3f, 0x00);
/** Data at once where the chip takes extended length: more gains little, and readers have limits of their own. */
const EXTENDED_CHUNK = 1024;

const selectApplication = { cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: APPLICATION };

/**
 * Reads a travel document's chip and judges it. One that does not keep to Doc 9303 is a failure of the reading; data that are not what
 * the issuer signed are read, and say so in `checks`.
 */
export async function readChip(
  transceive: Transceive,
  options: ReadChipOptions,
): Promise<Result<ChipReading, ChipFailure>> {
  try {
    return ok(await read(transceive, options));
  } catch (thrown) {
    if (thrown instanceof ChipFault) return err({ code: thrown.code });
    throw thrown;
  }
}

async function read(transceive: Transceive, options: ReadChipOptions): Promise<ChipReading> {
  const { random, extended, onStep } = options;
  const chunk = extended ? EXTENDED_CHUNK : SHORT_PROTECTED;
  onStep({ part: 'access' });
  const { channel, access, opening, proven } = await open(transceive, options);

  const part = (name: 'security-object' | 'zone' | 'photo' | 'proofs') => (fraction: number) =>
    onStep({ part: name, fraction });
  const file = (which: keyof typeof FILES, name: Parameters<typeof part>[0]) =>
    readFile(channel.send, FILES[which], chunk, part(name));
  const securityObject = await file('securityObject', 'security-object');
  const signed = groupsSigned(securityObject);
  const groups = new Map<Group, Uint8Array>();
  for (const group of signed) {
    const content = await file(group, group === 1 ? 'zone' : group === 2 ? 'photo' : 'proofs');
    if (content !== null) groups.set(group, content);
  }
  const first = groups.get(1);
  if (first === undefined) throw new ChipFault('chip.unreadable');
  const zone = readZone(first);
  const face = groups.get(2);
  const photo = face === undefined ? null : readPhoto(face);
  onStep({ part: 'checks' });
  const chip =
    proven ??
    (await proveChip(
      channel,
      transceive,
      { 14: groups.get(14) ?? null, 15: groups.get(15) ?? null },
      { random, extended },
    ));
  return {
    access,
    zone,
    photo,
    checks: [...authenticatePassively({ securityObject, groups, opening }, options), chip],
  };
}

/** Opens the chip by PACE where it has it, else by basic access control, and enters the application. */
async function open(
  transceive: Transceive,
  { key, random, ...options }: ReadChipOptions,
): Promise<{
  channel: Channel;
  access: ChipReading['access'];
  opening: readonly SecurityInfo[];
  proven: ChipCheck | null;
}> {
  await exchange(transceive, { cla: 0, ins: 0xa4, p1: 0, p2: 0x0c, data: MASTER_FILE });
  const plain = (command: Parameters<Channel['send']>[0]) => exchange(transceive, command);
  const cardAccess = await readFile(plain, FILES.cardAccess, SHORT_PROTECTED);
  const opening = cardAccess === null ? [] : paceInfos(readSecurityInfos(cardAccess));
  const choice = choosePace(opening);
  if (choice !== null) {
    const { chipProof, ...keys } = await pace(transceive, choice, key, paceSecrets(choice, random));
    const channel = secureChannel(transceive, keys);
    const cardSecurity = chipProof && (await readFile(channel.send, FILES.cardSecurity, SHORT_PROTECTED));
    const proven = judgeMapping(chipProof, cardSecurity, choice.curve, options);
    if ((await channel.send(selectApplication)).status !== OK) throw new ChipFault('chip.not-a-document');
    return { channel, access: 'pace', opening, proven };
  }
  if ((await exchange(transceive, selectApplication)).status !== OK)
    throw new ChipFault('chip.not-a-document');
  if (key.kind === 'can') throw new ChipFault('chip.no-pace');
  const keys = await basicAccess(transceive, key, random);
  return { channel: secureChannel(transceive, keys), access: 'bac', opening: [], proven: null };
}
