import type { ChipCheck, ChipCheckName, ChipReason } from '../../values/chip-check.ts';
import { certificateCountry } from '../../values/state-codes.ts';
import { countryOf, type SignerCertificate } from './certificate.ts';
import { ChipFault, unreadable } from './fault.ts';
import { GROUPS, type Group, readZone } from './lds.ts';
import { digestOf, type HashName, hashOf, readAlgorithm } from './public-key.ts';
import { judgeRevocation, type RevocationList } from './revocation.ts';
import { readSecurityInfos, type SecurityInfo, smallNumber } from './security-infos.ts';
import { judgeSignature, members, readSignedData, type SignedData } from './signed-data.ts';
import { isSame, judgeSigner } from './signer.ts';
import { readObject, readObjects } from './tlv.ts';

/** The security object of a document (ICAO 9303-10, 4.6.2): signed data over the digests of its groups. */
export type SecurityObject = SignedData & {
  hash: HashName | null;
  digests: ReadonlyMap<number, Uint8Array>;
};

const SECURITY_OBJECT = '2.23.136.1.1.1';

export function readSecurityObject(file: Uint8Array): SecurityObject {
  const signed = readSignedData(readObject(file, 0x77).content);
  if (signed.type !== SECURITY_OBJECT) throw unreadable();
  return { ...signed, ...readDigests(signed.content) };
}

function readDigests(content: Uint8Array): Pick<SecurityObject, 'hash' | 'digests'> {
  const [, algorithm, list] = members(content);
  if (algorithm?.tag !== 0x30 || list?.tag !== 0x30) throw unreadable();
  const digests = readObjects(list.content).map(({ content: pair }) => {
    const [number, digest] = readObjects(pair);
    if (!number || digest?.tag !== 0x04) throw unreadable();
    return [smallNumber(number), digest.content] as const;
  });
  return { hash: hashOf(readAlgorithm(algorithm.content)), digests: new Map(digests) };
}

const passed = (name: ChipCheckName): ChipCheck => ({ name, state: 'passed', reason: null });
const failed = (name: ChipCheckName, reason: ChipReason): ChipCheck => ({ name, state: 'failed', reason });
const notChecked = (name: ChipCheckName, reason: ChipReason): ChipCheck => ({
  name,
  state: 'not-checked',
  reason,
});

/** Passive authentication (ICAO 9303-11, 5.1) of the groups that were read, against authorities and revocation lists of states. */
export function authenticatePassively(
  read: {
    securityObject: Uint8Array | null;
    groups: ReadonlyMap<Group, Uint8Array>;
    /** What the chip said of PACE before it was opened by it. */
    opening: readonly SecurityInfo[];
  },
  by: { authorities: readonly SignerCertificate[]; revocations: readonly RevocationList[]; now: Date },
): ChipCheck[] {
  let object: SecurityObject;
  try {
    if (read.securityObject === null) throw unreadable();
    object = readSecurityObject(read.securityObject);
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    return [
      notChecked('groups', UNREADABLE),
      failed('signature', UNREADABLE),
      ...(['signer', 'state', 'validity', 'revocation'] as const).map((name) => notChecked(name, UNREADABLE)),
    ];
  }
  return [
    checkGroups(object, read),
    checkSignature(object),
    ...checkSigner(object.signer, read.groups.get(1) ?? null, by),
  ];
}

const UNREADABLE = 'security-object-unreadable';

function checkGroups(
  object: SecurityObject,
  { groups, opening }: Parameters<typeof authenticatePassively>[0],
): ChipCheck {
  const { hash, digests } = object;
  if (hash === null) return notChecked('groups', 'algorithm-unknown');
  for (const group of GROUPS) {
    const content = groups.get(group);
    const digest = digests.get(group);
    // What is read and not signed for is as false as what is signed for and not there. Zone and face every document has.
    if (content === undefined && digest === undefined && group > 2) continue;
    if (content === undefined) return failed('groups', 'group-missing');
    if (digest === undefined || !isSame(digestOf(hash, content), digest))
      return failed('groups', 'group-changed');
  }
  const infos = groups.get(14);
  return infos === undefined || isConfirmed(opening, infos)
    ? passed('groups')
    : failed('groups', 'access-changed');
}

/** EF.CardAccess is under no signature, so group 14 repeats it: else a copy could be opened by something weaker (ICAO 9303-11, 4.2). */
function isConfirmed(opening: readonly SecurityInfo[], group14: Uint8Array): boolean {
  try {
    const signed = readSecurityInfos(readObject(group14, 0x6e).content);
    return opening.every((info) => signed.some(({ whole }) => isSame(whole, info.whole)));
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    return false;
  }
}

function checkSignature(object: SecurityObject): ChipCheck {
  switch (judgeSignature(object)) {
    case 'holds':
      return passed('signature');
    case 'wrong':
      return failed('signature', 'signature-wrong');
    case 'no-signer':
      return failed('signature', UNREADABLE);
    case 'algorithm-unknown':
      return notChecked('signature', 'algorithm-unknown');
  }
}

function checkSigner(
  signer: SignerCertificate | null,
  zone: Uint8Array | null,
  { authorities, revocations, now }: Parameters<typeof authenticatePassively>[1],
): ChipCheck[] {
  if (signer === null)
    return (['signer', 'state', 'validity', 'revocation'] as const).map((name) =>
      notChecked(name, UNREADABLE),
    );
  const { authority, ...judged } = judgeSigner(signer, { authorities, now, purpose: null });
  return [
    { name: 'signer', ...judged.signer },
    checkState(signer, authority, zone),
    { name: 'validity', ...judged.validity },
    { name: 'revocation', ...judgeRevocation(signer, authority, revocations, now, authorities) },
  ];
}

/** Any state's authority could sign for another's documents: signer and authority must be of the one the zone names (ICAO 9303-12, 7.1). */
function checkState(
  signer: SignerCertificate,
  authority: SignerCertificate | null,
  zone: Uint8Array | null,
): ChipCheck {
  if (authority === null || zone === null) return notChecked('state', 'signer-unknown');
  const wanted = certificateCountry(readZone(zone).slice(2, 5));
  if (wanted === null) return notChecked('state', 'state-unknown');
  const isOf = (name: Uint8Array): boolean => countryOf(name) === wanted;
  return isOf(authority.subject) && isOf(signer.subject) ? passed('state') : failed('state', 'state-other');
}

/** The groups the security object speaks of; without one, those every document has. */
export function groupsSigned(securityObject: Uint8Array | null): readonly Group[] {
  try {
    if (securityObject === null) throw unreadable();
    const { digests } = readSecurityObject(securityObject);
    return GROUPS.filter((group) => group <= 2 || digests.has(group));
  } catch (thrown) {
    if (!(thrown instanceof ChipFault)) throw thrown;
    return [1, 2];
  }
}
