import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChipView } from '../../electron/contract/identity.ts';
import { readCertificates } from '../../electron/devices/chip/certificate.ts';
import type { ChipReader } from '../../electron/devices/chip/port.ts';
import { readChip } from '../../electron/devices/chip/read-chip.ts';
import { readRevocationList } from '../../electron/devices/chip/revocation.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { wholeDate } from '../../electron/values/partial-date.ts';
import { fail } from '../../electron/values/result.ts';
import {
  type CounterRig,
  type PortalRig,
  resources,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { decryptedPages } from '../rigs/leak-scan.ts';
import { trainingAuthority, zoneGroup } from '../rigs/training-documents.ts';
import { type VirtualDocument, virtualChip } from '../rigs/virtual-chip.ts';
import { person } from '../rigs/visits.ts';

// What the counter makes of a chip. The reader's process is left out: electron/devices/chip/chip-reader.device.test.ts has it.

const zone = person('person-01').document.mrz.join('');
const can = '246810';
/** Bytes that are found wherever they went. */
const photo = Buffer.concat([
  Uint8Array.of(0xff, 0xd8, 0xff, 0xe0),
  Buffer.from('FOTOGRAFIE DRŽITELE, KTERÁ NESMÍ NIKDE ZŮSTAT '.repeat(40)),
]);

let onReader: VirtualDocument | null = null;
const chips: ChipReader = {
  list: async () => ({
    ok: true,
    value: [{ name: 'Virtual PCD 00 00', card: { atr: '3b8080010101', kind: 'contactless' } }],
  }),
  read: async ({ key, authorities, revocations, now, onStep = () => {} }) => {
    onStep({ part: 'waiting' });
    if (onReader === null) return fail('chip.no-card');
    return readChip(virtualChip(onReader), {
      key,
      authorities: readCertificates(authorities),
      revocations: revocations.map(readRevocationList),
      now,
      random: systemRandom,
      extended: false,
      onStep,
    });
  },
};

let portal: PortalRig;
let desk: CounterRig;
let window: TestWindow;
beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal, chips });
  window = await desk.signedIn('novakova');
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

async function readOne(
  visitId: string,
  document: Partial<VirtualDocument>,
  withCan = can,
): Promise<ChipView> {
  onReader = { zone, can, photo, ...document };
  await window.must('identity.read-chip', { visitId, key: { kind: 'can', can: withCan } });
  return until('the chip is read', async () => {
    const view = await window.must('identity.chip', { visitId });
    return view.state !== 'reading' && view;
  });
}

/** What the window sends when the clerk takes over what was read. */
const taking = (visitId: string, { result }: ChipView, number?: string) => {
  if (result === null) throw new Error('nothing was read');
  const { zone: read } = result;
  return {
    visitId,
    document: {
      kind: read.suggestedKind,
      number: number ?? read.documentNumber,
      issuer: read.issuer,
      expiry: read.expiryDate ? wholeDate(read.expiryDate) : null,
      source: 'chip' as const,
    },
    birthDate: read.birthDate,
    zone: null,
  };
};
/** What the portal has of checks of identity. */
function sentPayloads(): unknown[] {
  const db = new Sqlite(join(portal.dataDir, 'portal.sqlite'), { readonly: true });
  try {
    const contents = db.prepare("SELECT content FROM effects WHERE kind = 'identity-check'").pluck().all();
    return contents.map((content) => JSON.parse(String(content)).payload);
  } finally {
    db.close();
  }
}
let opened: string | null = null;
async function newVisit(): Promise<string> {
  opened = (await window.must('visits.open', {})).id;
  return opened;
}
afterEach(async () => {
  if (opened !== null) await window.must('visits.cancel', { visitId: opened, reason: 'jen zkouška' });
  opened = null;
});

it('ships the authority that training documents are made by', () => {
  const pem = readFileSync(join(resources, 'training', 'chip-authorities.pem'), 'utf8');
  const base64 = pem.replace(/-----[^-]+-----|\s/g, '');
  expect(Buffer.from(base64, 'base64').equals(trainingAuthority().certificate)).toBe(true);
});

it('shows what the chip says and what was verified, takes it over with its strength, and forgets the photo', async () => {
  const visitId = await newVisit();
  const read = await readOne(visitId, { proof: 'chip-aes' });
  expect(read).toMatchObject({
    state: 'done',
    result: {
      zone: { documentNumber: '999000018', name: { surname: 'VZOROVY', givenNames: 'JAN KAREL' } },
      photo: { mediaType: 'image/jpeg' },
      proof: { strength: 'proven' },
    },
  });
  expect(Buffer.from(read.result?.photo?.bytes ?? []).equals(photo)).toBe(true);

  expect(await window.call('identity.take-document', taking(visitId, read, '999000019'))).toMatchObject({
    error: { code: 'identity.chip-differs' },
  });
  // What the chip proves is what the chip says, whole.
  const asRead = taking(visitId, read);
  for (const forged of [
    { ...asRead, document: { ...asRead.document, expiry: '2039-06-30' } },
    { ...asRead, document: { ...asRead.document, issuer: 'SVK' } },
    { ...asRead, birthDate: { year: 2010, month: 4, day: 1 } },
  ])
    expect(await window.call('identity.take-document', forged)).toMatchObject({
      error: { code: 'identity.chip-differs' },
    });
  const taken = await window.must('identity.take-document', asRead);
  expect(taken).toMatchObject({
    mrzName: { surname: 'VZOROVY' },
    document: { source: 'chip', chip: { strength: 'proven' } },
    findings: expect.arrayContaining([{ severity: 'info', code: 'identity.chip-proven' }]),
  });
  expect(await window.must('identity.chip', { visitId })).toMatchObject({ state: 'none', result: null });
  // A chip counts once: the next document is read anew.
  expect(await window.call('identity.take-document', taking(visitId, read))).toMatchObject({
    error: { code: 'identity.chip-differs' },
  });

  await until('the register answers', async () => {
    const visit = await window.must('visits.get', { visitId });
    return visit.identity.register?.state !== 'asking';
  });
  const { person: who } = person('person-01');
  const confirming = {
    ...{ visitId, name: who.name, birthDate: who.birthDate, birthNumber: null, citizenship: null },
    ...{ address: null, actingAs: 'in-person' as const, concerns: null, overrideReason: null },
  };
  // The proof is of whom the chip names, born when it says, and of nobody else.
  for (const other of [
    { name: { ...who.name, surname: 'Zcela Jiný' } },
    { name: { ...who.name, givenNames: 'Bohdan' } },
    { birthDate: { year: 1980, month: 4, day: 2 } },
  ])
    expect(await window.call('identity.confirm', { ...confirming, ...other })).toMatchObject({
      error: { code: 'identity.sources-differ' },
    });
  expect(await window.must('identity.confirm', confirming)).toMatchObject({ strength: 'proven' });
  // The portal takes the record of the check, with what the chip was found worth.
  await until('the portal has the check', async () => sentPayloads().length > 0);
  expect(sentPayloads()[0]).toMatchObject({ source: 'chip', chip: 'proven', decision: 'verified' });
});

it('takes no chip that opens by one document’s data and says it is another', async () => {
  const visitId = await newVisit();
  // Somebody else's genuine data, in a chip that opens by what is printed on the card around it.
  onReader = { zone, can, access: 'bac', openedBy: zone.replace('9990000180', '9990000261') };
  await window.must('identity.read-chip', {
    visitId,
    key: {
      kind: 'document',
      number: '999000026',
      birthDate: { year: 1980, month: 4, day: 1 },
      expiry: '2033-06-30',
    },
  });
  const read = await until('the chip is read', async () => {
    const view = await window.must('identity.chip', { visitId });
    return view.state !== 'reading' && view;
  });
  expect(read).toMatchObject({ state: 'failed', failure: { code: 'identity.chip-differs' }, result: null });
});

it('writes the photo nowhere: not into the store, its log or any other file', async () => {
  const visitId = await newVisit();
  await window.must('identity.take-document', taking(visitId, await readOne(visitId, {})));
  const trace = photo.subarray(4, 44);
  const traces = [trace, Buffer.from(photo.toString('base64').slice(8, 60))];
  const files = readdirSync(desk.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(0);
  const found = files.filter(({ parentPath, name }) => {
    const bytes = readFileSync(join(parentPath, name));
    return traces.some((each) => bytes.includes(each));
  });
  expect(found).toEqual([]);
  const database = files.find(({ name }) => name.endsWith('.db'));
  if (database === undefined) throw new Error('no database');
  const pages = decryptedPages(join(database.parentPath, database.name), new Uint8Array(32).fill(7));
  // The scan sees what is there: the zone's name came with the same reading.
  expect(pages.some(({ bytes }) => bytes.includes('VZOROVY'))).toBe(true);
  expect(pages.filter(({ bytes }) => traces.some((each) => bytes.includes(each)))).toEqual([]);
});

it('lets a chip that failed a check stand in the way, to be passed with a reason only', async () => {
  const visitId = await newVisit();
  const changed = zone.replace('VZOROVY', 'NEPRAVY');
  const read = await readOne(visitId, { swapped: new Map([[1, zoneGroup(changed)]]) });
  expect(read.result?.proof).toMatchObject({
    strength: 'refuted',
    checks: expect.arrayContaining([{ name: 'groups', state: 'failed', reason: 'group-changed' }]),
  });
  await window.must('identity.take-document', taking(visitId, read));
  await until('the register answers', async () => {
    const visit = await window.must('visits.get', { visitId });
    return visit.identity.register?.state !== 'asking';
  });
  const { person: who } = person('person-01');
  const confirming = {
    visitId,
    name: who.name,
    birthDate: who.birthDate,
    birthNumber: null,
    citizenship: null,
    address: null,
    actingAs: 'in-person' as const,
    concerns: null,
    overrideReason: null,
  };
  expect(await window.call('identity.confirm', confirming)).toMatchObject({
    error: { code: 'identity.reason-needed' },
  });
  await window.must('identity.refuse', { visitId, reason: 'čip je pozměněn' });
});

describe('a document whose chip was refuted in this visit', () => {
  const refutedZone = zone.replace('VZOROVY', 'NEPRAVY');
  const swapped = { swapped: new Map([[1, zoneGroup(refutedZone)]]) };
  const typed = (visitId: string, number = '999000018') => ({
    visitId,
    document: { kind: 'id-card', number, issuer: 'CZE', expiry: '2033-06-30', source: 'typed' } as const,
    birthDate: null,
    zone: null,
  });
  const obstacle = { severity: 'obstacle', code: 'identity.chip-refuted' };
  const findings = async (visitId: string) =>
    (await window.must('visits.get', { visitId })).identity.findings;

  it('stays refuted, whatever document is taken between, and when its own chip is read once more', async () => {
    const visitId = await newVisit();
    const refuted = await readOne(visitId, swapped);
    await window.must('identity.take-document', taking(visitId, refuted));
    const other = person('person-02').document.mrz.join('\n');
    const between = await window.must('identity.read-mrz', { text: other });
    const { documentNumber: number, issuer, birthDate, expiryDate, suggestedKind: kind } = between;
    const expiry = expiryDate && wholeDate(expiryDate);
    const taken = await window.must('identity.take-document', {
      visitId,
      document: { kind, number, issuer, expiry, source: 'typed-mrz' },
      birthDate,
      zone: other,
    });
    expect(taken.findings).not.toContainEqual(obstacle);
    const genuine = await readOne(visitId, { proof: 'chip-aes' });
    expect(genuine.result?.proof.strength).toBe('proven');
    expect(await window.must('identity.take-document', taking(visitId, genuine))).toMatchObject({
      strength: 'seen',
      document: { chip: { strength: 'refuted' } },
      findings: expect.arrayContaining([obstacle]),
    });
    await window.must('identity.refuse', { visitId, reason: 'čip je pozměněn' });
    expect((await window.must('identity.take-document', typed(visitId))).findings).toContainEqual(obstacle);
    // Whoever comes next with it has a visit of their own.
    await window.must('visits.cancel', { visitId, reason: 'jen zkouška' });
    const next = await newVisit();
    expect((await window.must('identity.take-document', typed(next))).findings).not.toContainEqual(obstacle);
  });

  it('stays refuted when the reading is ended, and when it was taken before its chip was read', async () => {
    const visitId = await newVisit();
    await readOne(visitId, swapped);
    await window.must('identity.end-chip', { visitId });
    expect((await window.must('identity.take-document', typed(visitId))).findings).toContainEqual(obstacle);
    await window.must('visits.cancel', { visitId, reason: 'jen zkouška' });

    const later = await newVisit();
    await window.must('identity.take-document', typed(later));
    await readOne(later, swapped);
    await window.must('identity.end-chip', { visitId: later });
    expect(await findings(later)).toContainEqual(obstacle);
    const acts = desk.store.read((tx) =>
      tx.all<{ role: string }>(
        "SELECT role FROM journal_leaves WHERE kind = 'chip-refuted' AND visit_id = ?",
        [later],
      ),
    );
    expect(acts).toEqual([{ role: 'machine' }]);
  });

  it.each([
    ['expired', 'proven'],
    ['forged', 'refuted'],
  ] as const)(
    'a signer that is %s judges the one reading only where the desk’s clock may be wrong',
    async (signer, after) => {
      const visitId = await newVisit();
      const read = await readOne(visitId, { signer });
      expect(read.result?.proof.strength).toBe('refuted');
      const taken = await window.must('identity.take-document', taking(visitId, read));
      expect(taken.findings).toContainEqual(obstacle);
      expect((await window.must('identity.take-document', typed(visitId))).findings).toContainEqual(obstacle);
      const again = await readOne(visitId, { proof: 'chip-aes' });
      expect(await window.must('identity.take-document', taking(visitId, again))).toMatchObject({
        document: { chip: { strength: after } },
      });
    },
  );

  it('makes no other genuine one refuted that was typed after it', async () => {
    const visitId = await newVisit();
    await window.must('identity.take-document', taking(visitId, await readOne(visitId, swapped)));
    const other = person('person-02').document.mrz.join('');
    expect(
      (await window.must('identity.take-document', typed(visitId, '999000027'))).findings,
    ).toContainEqual(obstacle);
    const genuine = await readOne(visitId, { zone: other, proof: 'chip-aes' });
    const taken = await window.must('identity.take-document', taking(visitId, genuine));
    expect(taken).toMatchObject({ document: { chip: { strength: 'proven' } } });
    expect(taken.findings).not.toContainEqual(obstacle);
  });

  it('stands in the way of another document that is shown then, to be passed with a reason only', async () => {
    const visitId = await newVisit();
    await readOne(visitId, swapped);
    const shown = await window.must('identity.take-document', typed(visitId, '999000027'));
    expect(shown.document?.chip).toBeUndefined();
    expect(shown.findings).toContainEqual({ severity: 'obstacle', code: 'identity.chip-refuted-other' });
    await until('the register answers', async () => {
      const visit = await window.must('visits.get', { visitId });
      return visit.identity.register?.state !== 'asking';
    });
    const { person: who } = person('person-02');
    const confirming = {
      ...{ visitId, name: who.name, birthDate: who.birthDate, birthNumber: null, citizenship: null },
      ...{ address: null, actingAs: 'in-person' as const, concerns: null },
    };
    expect(await window.call('identity.confirm', { ...confirming, overrideReason: null })).toMatchObject({
      error: { code: 'identity.reason-needed' },
    });
    await window.must('identity.confirm', { ...confirming, overrideReason: 'průkaz patří manželce' });
  });

  it('is the one, too, that its chip opens by and says it is another', async () => {
    const visitId = await newVisit();
    onReader = { zone, can, access: 'bac', openedBy: zone.replace('9990000180', '9990000261') };
    const birthDate = { year: 1980, month: 4, day: 1 };
    await window.must('identity.read-chip', {
      visitId,
      key: { kind: 'document', number: '999000026', birthDate, expiry: '2033-06-30' },
    });
    await until('the chip is read', async () => {
      const { state } = await window.must('identity.chip', { visitId });
      return state === 'failed';
    });
    const taken = await window.must('identity.take-document', typed(visitId, '999000026'));
    expect(taken.findings).toContainEqual(obstacle);
  });
});

it('ends a reading for the clerk of its open visit only', async () => {
  const visitId = await newVisit();
  await readOne(visitId, {});
  const other = await desk.signedIn('dvorak', 'k'.repeat(64));
  expect(await other.call('identity.end-chip', { visitId })).toMatchObject({
    error: { code: 'visit.of-another-clerk' },
  });
  expect(
    await window.call('identity.end-chip', { visitId: '0198d0e3-7a00-7000-8000-000000000000' }),
  ).toMatchObject({
    error: { code: 'visit.not-found' },
  });
  expect(await window.raw('identity.end-chip', null, { visitId })).toMatchObject({
    error: { code: 'call.wrong-input' },
  });
});

it('forgets what was read when its visit is parked', async () => {
  const visitId = await newVisit();
  await readOne(visitId, {});
  await window.must('visits.park', { visitId, note: '' });
  await window.must('visits.take-up', { visitId });
  expect(await window.must('identity.chip', { visitId })).toMatchObject({ state: 'none', result: null });
});

it('forgets what was read when its clerk signs out', async () => {
  const visitId = await newVisit();
  const read = await readOne(visitId, {});
  await window.must('clerks.sign-out', {});
  window = await desk.signedIn('novakova');
  await window.must('visits.take-up', { visitId });
  expect(await window.must('identity.chip', { visitId })).toMatchObject({ state: 'none', result: null });
  expect(await window.call('identity.take-document', taking(visitId, read))).toMatchObject({
    error: { code: 'identity.chip-differs' },
  });
});

it.each([
  ['unknown', 'unproven', 'warning'],
  ['expired', 'refuted', 'obstacle'],
] as const)('tells of a signer that is %s', async (signer, strength, severity) => {
  const visitId = await newVisit();
  const read = await readOne(visitId, { signer });
  expect(read.result?.proof.strength).toBe(strength);
  const taken = await window.must('identity.take-document', taking(visitId, read));
  expect(taken.findings).toContainEqual({ severity, code: `identity.chip-${strength}` });
});

it('lists the card readers for the settings', async () => {
  expect(await window.must('devices.card-readers', {})).toEqual([
    { name: 'Virtual PCD 00 00', card: { atr: '3b8080010101', kind: 'contactless' } },
  ]);
});

it('stays at the step with a sentence when the key is wrong, the card is pulled or there is none', async () => {
  const visitId = await newVisit();
  expect(await readOne(visitId, {}, '111111')).toMatchObject({
    state: 'failed',
    failure: { code: 'chip.wrong-key' },
  });
  expect(await readOne(visitId, { pulledAfter: 12 })).toMatchObject({ failure: { code: 'chip.removed' } });
  onReader = null;
  await window.must('identity.read-chip', {
    visitId,
    key: {
      kind: 'document',
      number: '999000018',
      birthDate: { year: 1980, month: 4, day: 1 },
      expiry: '2033-06-30',
    },
  });
  await until('there is no card', async () => {
    const { failure } = await window.must('identity.chip', { visitId });
    return failure?.code === 'chip.no-card';
  });
  expect((await window.must('visits.get', { visitId })).identity.state).toBe('none');
  await window.must('identity.end-chip', { visitId });
  expect(await window.must('identity.chip', { visitId })).toMatchObject({ state: 'none' });
});

it('opens the chip by what the zone says, and shows a photo in JPEG 2000 as a picture the window knows', async () => {
  const visitId = await newVisit();
  onReader = {
    zone,
    can,
    access: 'bac',
    photo: new Uint8Array(readFileSync(new URL('../rigs/fixtures/face.jp2', import.meta.url))),
    photoFormat: 'jpeg2000',
  };
  await window.must('identity.read-chip', {
    visitId,
    key: {
      kind: 'document',
      number: '999000018',
      birthDate: { year: 1980, month: 4, day: 1 },
      expiry: '2033-06-30',
    },
  });
  const read = await until('the chip is read', async () => {
    const view = await window.must('identity.chip', { visitId });
    return view.state === 'done' && view;
  });
  expect(read.result).toMatchObject({
    photo: { mediaType: 'image/png' },
    proof: { strength: 'data-proven' },
  });
  // One that cannot be drawn is not shown, and the rest is.
  const spoilt = await readOne(visitId, {
    photo: Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 1, 2, 3),
    photoFormat: 'jpeg2000',
  });
  expect(spoilt.result).toMatchObject({ photo: null, proof: { strength: 'data-proven' } });
  expect(desk.problems).toEqual([]);
});
