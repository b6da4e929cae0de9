import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import {
  documentSigner,
  ecKey,
  extension,
  pssKey,
  says,
  trainingAuthority,
  zoneGroup,
} from '../../../test/rigs/training-documents.ts';
import { keyOfZone, type VirtualDocument, virtualChip } from '../../../test/rigs/virtual-chip.ts';
import { type ChipCheck, chipStrength } from '../../values/chip-check.ts';
import type { AccessKey } from './access-key.ts';
import type { SignerCertificate } from './certificate.ts';
import { readCertificates } from './certificate.ts';
import { proveChip } from './genuine-chip.ts';
import { type ChipStep, readChip } from './read-chip.ts';
import { tlv } from './tlv.ts';

const zone = 'IDCZE9990000180<<<<<<<<<<<<<<<8004015M3306301CZE<<<<<<<<<<<0VZOROVY<<JAN<KAREL<<<<<<<<<<<<';
const can = '123456';
const now = new Date('2026-05-01T10:00:00Z');
let authorities: SignerCertificate[];
beforeAll(() => {
  authorities = readCertificates([trainingAuthority().certificate]);
});

let seed = 0;
const random = (length: number): Uint8Array =>
  Uint8Array.from({ length }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed >> 16;
  });

const options = {
  key: { kind: 'can', can },
  revocations: [],
  now,
  random,
  extended: false,
  onStep: () => {},
} satisfies Partial<Parameters<typeof readChip>[1]>;

const steps: ChipStep[] = [];
const read = (given: Partial<VirtualDocument>, key: AccessKey = { kind: 'can', can }, extended = false) =>
  readChip(virtualChip({ zone, can, ...given }), {
    key,
    authorities,
    revocations: [],
    now,
    random,
    extended,
    onStep: (step) => steps.push(step),
  });

async function checksOf(...given: Parameters<typeof read>): Promise<ChipCheck[]> {
  const outcome = await read(...given);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.value.checks;
}
const told = (checks: readonly ChipCheck[]) =>
  Object.fromEntries(checks.map(({ name, state, reason }) => [name, reason ?? state]));

const good = {
  groups: 'passed',
  signature: 'passed',
  signer: 'passed',
  state: 'passed',
  validity: 'passed',
  revocation: 'no-revocation-list',
};

it.each([
  ['pace', { kind: 'can', can }, false],
  ['pace', keyOfZone(zone), true],
  ['bac', keyOfZone(zone), false],
  ['bac', keyOfZone(zone), true],
] as const)('reads zone and photo over %s by %o', async (access, key, extended) => {
  // Longer than an ordinary READ BINARY can name places in.
  const photo = Uint8Array.of(0xff, 0xd8, 0xff, ...new Array<number>(40_000).fill(9));
  steps.length = 0;
  const outcome = await read({ access, photo }, key, extended);
  expect(outcome).toMatchObject({ ok: true, value: { access, zone, photo: { format: 'jpeg' } } });
  if (!outcome.ok || outcome.value.photo === null) throw new Error('no photo');
  expect(Buffer.compare(outcome.value.photo.bytes, photo)).toBe(0);
  expect(told(outcome.value.checks)).toEqual({ ...good, chip: 'chip-offers-none' });
  expect(chipStrength(outcome.value.checks)).toBe('data-proven');
  expect(steps.map(({ part }) => part)).toEqual(
    expect.arrayContaining(['access', 'security-object', 'zone', 'photo', 'checks']),
  );
});

it.each([
  [12, 'aes-128'],
  [13, '3des'],
  [15, 'aes-192'],
  [16, 'aes-192'],
  [17, 'aes-256'],
  [18, 'aes-256'],
] as const)('opens a chip over curve %i with %s', async (parameterId, cipher) => {
  expect(await read({ pace: { parameterId, cipher } })).toMatchObject({
    ok: true,
    value: { access: 'pace' },
  });
  expect(await read({ pace: { parameterId, cipher } }, { kind: 'can', can: '000000' })).toEqual({
    ok: false,
    error: { code: 'chip.wrong-key' },
  });
});

it.each([
  [12, 'aes-128', 'integrated'],
  [13, '3des', 'integrated'],
  [16, 'aes-192', 'integrated'],
  [18, 'aes-256', 'integrated'],
  [13, 'aes-128', 'chip-authentication'],
  [16, 'aes-256', 'chip-authentication'],
] as const)('opens a chip over curve %i with %s and %s mapping', async (parameterId, cipher, mapping) => {
  const pace = { parameterId, cipher, mapping };
  const proven = mapping === 'chip-authentication';
  expect(told(await checksOf({ pace }))).toEqual({
    ...good,
    chip: proven ? 'chip-authentication-mapping' : 'chip-offers-none',
  });
  expect(await read({ pace }, { kind: 'can', can: '000000' })).toMatchObject({
    error: { code: 'chip.wrong-key' },
  });
  if (!proven) return;
  expect(told(await checksOf({ pace, isCopy: true }))).toMatchObject({ chip: 'chip-copied' });
  // A static key that nobody vouches for proves nothing: the other proofs are asked.
  expect(told(await checksOf({ pace, signer: 'unknown', proof: 'chip-aes' }))).toMatchObject({
    chip: 'chip-authentication',
  });
});

it('opens a chip whose PACE is none of ours by basic access control', async () => {
  // Parameters 0 are a group of finite fields.
  expect(await read({ pace: { parameterId: 0, cipher: 'aes-128' } })).toMatchObject({
    error: { code: 'chip.no-pace' },
  });
  expect(await read({ pace: { parameterId: 0, cipher: 'aes-128' } }, keyOfZone(zone))).toMatchObject({
    ok: true,
    value: { access: 'bac' },
  });
});

it.each([
  ['chip-3des', 'chip-authentication'],
  ['chip-aes', 'chip-authentication'],
  ['active-rsa', 'active-authentication'],
  ['active-ec', 'active-authentication'],
] as const)('knows the own chip from a copy by %s', async (proof, reason) => {
  const genuine = await checksOf({ proof });
  expect(told(genuine)).toEqual({ ...good, chip: reason });
  expect(chipStrength(genuine)).toBe('proven');
  const copied = await checksOf({ proof, isCopy: true });
  expect(told(copied)).toEqual({ ...good, chip: 'chip-copied' });
  expect(chipStrength(copied)).toBe('refuted');
});

it('asks for a signature of 256 bytes in an answer that can hold it', async () => {
  const asked: (number | undefined)[] = [];
  const channel = {
    send: async ({ le }: { le?: number }) => {
      asked.push(le);
      return { data: new Uint8Array(), status: 0x6700, isProtected: true };
    },
  };
  for (const modulusLength of [1024, 2048]) {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
    const group15 = tlv(0x6f, publicKey.export({ format: 'der', type: 'spki' }));
    const noCard = async () => new Uint8Array();
    const check = await proveChip(channel, noCard, { 14: null, 15: group15 }, { random, extended: false });
    // One that does not sign is no original.
    expect(check.reason).toBe('chip-copied');
  }
  expect(asked).toEqual([256, 65_536]);
});

it('takes signers with parameters written out, on other curves, and with RSA-PSS', async () => {
  for (const key of [ecKey('p256', 99n), ecKey('bp256', 99n, 'explicit'), pssKey()])
    expect(told(await checksOf({ signer: documentSigner('right', key) }))).toMatchObject(good);
});

it.each([
  ['unknown', { signer: 'signer-unknown', state: 'signer-unknown' }, 'unproven'],
  ['forged', { signer: 'signer-not-genuine', state: 'signer-unknown' }, 'refuted'],
  ['expired', { validity: 'signer-expired' }, 'refuted'],
] as const)('says of a signer that is %s what is wrong', async (signer, wrong, strength) => {
  const checks = await checksOf({ signer });
  expect(told(checks)).toMatchObject({ ...good, ...wrong });
  expect(chipStrength(checks)).toBe(strength);
});

const named = (extensions: readonly Uint8Array[]) =>
  documentSigner('right', undefined, undefined, extensions);
const unheardOf = (isCritical: boolean) => extension('1.3.6.1.4.1.99999.1', Uint8Array.of(5, 0), isCritical);

it.each([
  ['of no stated use', [], 'signer-for-something-else', 'refuted'],
  ['for certificates', [says.signsCertificates], 'signer-for-something-else', 'refuted'],
  ['an authority itself', [says.isAuthority, says.signsDocuments], 'signer-for-something-else', 'refuted'],
  ['for lists', [says.signsDocuments, says.signsLists], 'signer-for-something-else', 'refuted'],
  [
    'under an unknown condition',
    [says.signsDocuments, unheardOf(true)],
    'signer-condition-unknown',
    'unproven',
  ],
  ['with something more to say', [says.signsDocuments, unheardOf(false)], 'passed', 'data-proven'],
  ['no authority in so many words', [says.isNoAuthority, says.signsDocuments], 'passed', 'data-proven'],
] as const)(
  'holds a signer that is %s to what its certificate is for',
  async (_what, extensions, signer, strength) => {
    const checks = await checksOf({ signer: named(extensions) });
    expect(told(checks)).toMatchObject({ ...good, signer });
    expect(chipStrength(checks)).toBe(strength);
  },
);

it.each([
  ['says nothing', []],
  ['may sign no certificates', [says.isAuthority, says.signsDocuments]],
  ['is none', [says.isNoAuthority, says.signsCertificates]],
  ['holds under an unknown condition', [says.isAuthority, says.signsCertificates, unheardOf(true)]],
])('lets no authority appoint that %s', async (_what, extensions) => {
  const list = readCertificates([trainingAuthority(extensions).certificate]);
  const outcome = await readChip(virtualChip({ zone, can }), { ...options, authorities: list });
  if (!outcome.ok) throw new Error(outcome.error.code);
  expect(told(outcome.value.checks)).toMatchObject({ signer: 'signer-unknown', state: 'signer-unknown' });
  expect(chipStrength(outcome.value.checks)).toBe('unproven');
});

it('knows a signer of a key that the list has not yet from one that only claims to be of a key in it', async () => {
  const ofAuthority = [says.isAuthority, says.signsCertificates];
  const list = readCertificates([trainingAuthority([...ofAuthority, says.isOfKey(1)]).certificate]);
  const outcomeOf = async (key: number) => {
    const signer = documentSigner('forged', undefined, undefined, [
      says.signsDocuments,
      says.issuedByKey(key),
    ]);
    const outcome = await readChip(virtualChip({ zone, can, signer }), { ...options, authorities: list });
    if (!outcome.ok) throw new Error(outcome.error.code);
    return [told(outcome.value.checks)['signer'], chipStrength(outcome.value.checks)];
  };
  expect(await outcomeOf(2)).toEqual(['signer-unknown', 'unproven']);
  expect(await outcomeOf(1)).toEqual(['signer-not-genuine', 'refuted']);
});

it('takes of one key’s certificates the one that is valid now', async () => {
  const ended = { from: new Date('2010-01-01T00:00:00Z'), to: new Date('2025-01-01T00:00:00Z') };
  const older = readCertificates([trainingAuthority(undefined, ended).certificate]);
  const checksBy = async (list: SignerCertificate[]) => {
    const outcome = await readChip(virtualChip({ zone, can }), { ...options, authorities: list });
    if (!outcome.ok) throw new Error(outcome.error.code);
    return told(outcome.value.checks);
  };
  expect(await checksBy([...older, ...authorities])).toMatchObject(good);
  expect(await checksBy(older)).toMatchObject({ ...good, validity: 'signer-expired' });
});

it('passes over what it cannot read beside the signer, in the list and in the document', async () => {
  const garbled = tlv(0x30, Uint8Array.of(0x30, 0x00));
  expect(readCertificates([garbled, trainingAuthority().certificate])).toHaveLength(1);
  expect(told(await checksOf({ beside: [garbled] }))).toMatchObject(good);
  const signer = documentSigner('right');
  const unreadable = await checksOf({ signer: { ...signer, certificate: garbled } });
  expect(told(unreadable)).toMatchObject({ signature: 'security-object-unreadable' });
});

it('finds out that a chip was opened by something else than the state signed for', async () => {
  for (const proof of ['chip-aes', 'active-ec'] as const) {
    const checks = await checksOf({ proof, isDowngraded: true });
    expect(told(checks)).toMatchObject({ ...good, groups: 'access-changed' });
    expect(chipStrength(checks)).toBe('refuted');
  }
});

it('names a chip’s key by its whole number', async () => {
  expect(told(await checksOf({ proof: 'chip-aes', keyId: 300 }))).toMatchObject({
    chip: 'chip-authentication',
  });
  expect(told(await checksOf({ proof: 'chip-3des', keyId: 300 }))).toMatchObject({
    chip: 'chip-authentication',
  });
});

it('finds out a group that was changed after it was signed, and one that is gone', async () => {
  const other = zone.replace('VZOROVY', 'NEPRAVY');
  expect(told(await checksOf({ swapped: new Map([[1, zoneGroup(other)]]) }))).toEqual({
    ...good,
    groups: 'group-changed',
    chip: 'chip-offers-none',
  });
  const swapped = new Map([[1, zoneGroup(other)]]);
  expect(told(await checksOf({ swapped, swappedInObject: swapped }))).toMatchObject({
    ...good,
    signature: 'signature-wrong',
  });
  // A copy that hides the key it would have to prove.
  expect(told(await checksOf({ proof: 'active-ec', hidden: [15] }))).toMatchObject({
    ...good,
    groups: 'group-missing',
  });
  expect(await read({ hidden: [1] })).toEqual({ ok: false, error: { code: 'chip.unreadable' } });
});

it('refuses a security object whose signature is of something else', async () => {
  const signer = documentSigner('right');
  const wrong = { ...signer, key: { ...signer.key, sign: () => ecKey('bp256', 1n).sign(new Uint8Array(3)) } };
  expect(told(await checksOf({ signer: wrong }))).toMatchObject({ ...good, signature: 'signature-wrong' });
});

it.each([
  ['pace', { kind: 'can', can: '654321' }],
  ['pace', { ...keyOfZone(zone), documentNumber: '999000019' }],
  ['bac', { ...keyOfZone(zone), documentNumber: '999000019' }],
] as const)('opens nothing over %s by a wrong key %o', async (access, key) => {
  expect(await read({ access }, key)).toEqual({ ok: false, error: { code: 'chip.wrong-key' } });
});

it('says that six digits do not open a chip without PACE', async () => {
  expect(await read({ access: 'bac' })).toEqual({ ok: false, error: { code: 'chip.no-pace' } });
});

it('says so when the card is taken away, whatever was going on', async () => {
  for (const pulledAfter of [0, 3, 8, 12, 15])
    expect(await read({ pulledAfter })).toEqual({ ok: false, error: { code: 'chip.removed' } });
});

it('says so when the card is no document', async () => {
  const bankCard = async () => Uint8Array.of(0x6a, 0x82);
  expect(await readChip(bankCard, { ...options, authorities })).toEqual({
    ok: false,
    error: { code: 'chip.not-a-document' },
  });
});
