import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAuthorityFile } from '../../electron/devices/chip/authority-list.ts';
import { ChipFault } from '../../electron/devices/chip/fault.ts';
import { readRevocationList } from '../../electron/devices/chip/revocation.ts';
import { earFor } from '../../electron/devices/id-reader/ear.ts';
import type { Ear, EarEvent } from '../../electron/devices/id-reader/ear-events.ts';
import { blanked, learnFraming, lineOf } from '../../electron/devices/id-reader/learn-framing.ts';
import { learntEar, longestCode } from '../../electron/devices/id-reader/learnt-framing.ts';
import { readerProtocol } from '../../electron/devices/id-reader/protocol.ts';
import { projectRoot } from '../../scripts/places.ts';
import type { Chance } from '../chaos/random.ts';
import {
  documentSigner,
  masterList,
  revocationList,
  stateOf,
  trainingAuthority,
} from '../rigs/training-documents.ts';
import { zoneByChance } from '../rigs/zone-pictures.ts';
import { spoiltBytes } from './spoil.ts';
import type { Target } from './targets.ts';

const folder = join(projectRoot, 'resources/devices/protocols');
const protocols = readdirSync(folder).map((name) =>
  readerProtocol.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))),
);

const bytesByChance = (chance: Chance, most: number): Uint8Array =>
  Uint8Array.from({ length: chance.whole(0, most) }, () => chance.whole(0, 255));

/** What a reader sends, mostly right. */
function burst(chance: Chance): Buffer {
  const zone = zoneByChance(chance, chance.pick(['TD1', 'TD2', 'TD3'] as const)).join(
    chance.pick(['\r', '\n', '\r\n', '']),
  );
  const content = chance.pick([
    zone,
    'TEST-0123456789',
    'příliš žluťoučký',
    `CameraData:{"data":"${zone.replace(/[\r\n]+/g, '\\n')}","type":"PassPort"}`,
    `PCSign:{"stage":"readStart"}`,
    '',
  ]);
  if (chance.yes(0.2))
    return Buffer.concat([
      Buffer.of(chance.pick([0x49, 0x4c, 0x43, 0x56]), content.length >> 8, content.length & 0xff),
      Buffer.from(content, 'latin1'),
    ]);
  return Buffer.concat([
    Buffer.from(chance.pick(['', '\x02', '\x02A1', ']Q0', '\x02]L2']), 'latin1'),
    Buffer.from(content, chance.pick(['utf8', 'latin1'])),
    Buffer.from(chance.pick(['', '\r', '\r\n', '\x03', '\x03\r\n', '\r\x03']), 'latin1'),
    chance.yes(0.3) ? Buffer.of(chance.whole(0, 255)) : Buffer.alloc(0),
  ]);
}

function spoiltBurst(chance: Chance): Uint8Array {
  if (chance.yes(0.1)) return bytesByChance(chance, 300);
  const bytes = burst(chance);
  for (let times = chance.whole(0, 3); times > 0 && bytes.length > 0; times -= 1)
    bytes[chance.whole(0, bytes.length - 1)] = chance.whole(0, 255);
  return chance.yes(0.2) ? bytes.subarray(0, chance.whole(0, bytes.length)) : bytes;
}

const judge = (events: readonly EarEvent[]): void => {
  for (const event of events) {
    if (event.type === 'read' && (event.text === '' || event.text.length > longestCode + 8))
      throw new Error('a read of nothing, or of too much');
  }
};

function hearAll(ear: Ear, bytes: Uint8Array, chance: Chance): void {
  const at = chance.whole(0, bytes.length);
  judge([...ear.bytes(bytes.subarray(0, at)), ...ear.bytes(bytes.subarray(at))]);
  if (!(ear.quietMs() > 0)) throw new Error('a silence of no length');
  judge(ear.silence());
}

/** Bursts of every kind at every way of listening, and what is learnt of them. */
export const serialFrames: Target = {
  one: (chance) => {
    const samples = Array.from({ length: 3 }, () => spoiltBurst(chance));
    const same = chance.yes(0.5) ? burst(chance) : null;
    const given = same === null ? samples : [same, same, samples[0] ?? same];
    for (const sample of given) {
      lineOf(sample);
      blanked(sample);
    }
    const learnt = learnFraming(given, ['TEST-0123456789', 'příliš žluťoučký']);
    const ears = [
      earFor({ kind: 'automatic' }),
      earFor({ kind: 'samples' }),
      earFor({ kind: 'protocol', protocol: chance.pick(protocols) }),
      ...(learnt.ok ? [learntEar(learnt.value)] : []),
    ];
    const ear = chance.pick(ears);
    for (const sample of given) hearAll(ear, sample, chance);
    if (!learnt.ok) return;
    // What it learnt from is what it reads.
    const read = learntEar(learnt.value);
    for (const sample of given) {
      const events = [...read.bytes(sample), ...read.silence()];
      if (!events.some(({ type }) => type === 'read')) throw new Error('a sample that is not read as learnt');
    }
  },
};

const now = new Date('2026-05-01T10:00:00Z');
let files: readonly Uint8Array[] | undefined;
const seeds = (): readonly Uint8Array[] => {
  if (files) return files;
  const czech = trainingAuthority();
  const { authority, listSigner } = stateOf('DE');
  const list = masterList([czech.certificate, authority.certificate], listSigner);
  const crl = revocationList(czech, [3, 7], { from: now, to: new Date('2026-07-01') });
  const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
  const folded = (text: string) => text.replace(/(.{76})/g, '$1\n ');
  const ldif = `version: 1\ndn: c=DE\npkdMasterListContent:: ${folded(base64(list))}\ncertificateRevocationList;binary:: ${folded(base64(crl))}\nuserCertificate;binary:: ${folded(base64(documentSigner('right').certificate))}\n`;
  const pem = `-----BEGIN CERTIFICATE-----\n${base64(authority.certificate)}\n-----END CERTIFICATE-----\n`;
  files = [list, crl, czech.certificate, Buffer.from(ldif), Buffer.from(pem)];
  return files;
};

/** Files of states' authorities and revocation lists. Signatures cost a thousand times what the rest does, so whole lists come seldom. */
export const authorityFiles: Target = {
  one: (chance) => {
    const [list, crl, certificate, ldif, pem] = seeds();
    const seldom = chance.yes(0.004);
    const seed = seldom ? chance.pick([list, ldif]) : chance.pick([crl, certificate, pem]);
    const bytes = spoiltBytes(chance, seed ?? new Uint8Array());
    try {
      if (seed === crl) readRevocationList(bytes);
    } catch (thrown) {
      if (!(thrown instanceof ChipFault)) throw thrown;
    }
    const read = readAuthorityFile(bytes, { now, authorities: certificate ? [certificate] : [] });
    if (read.ok && read.value.lists.some(({ certificates }) => certificates.length > 5_000))
      throw new Error('more than is kept');
  },
};
