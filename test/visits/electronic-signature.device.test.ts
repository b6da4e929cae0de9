import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallInput } from '../../electron/contract/index.ts';
import type { ServiceView, Signing } from '../../electron/contract/services.ts';
import { purge } from '../../electron/counter/retention/retention.ts';
import { makeBackup } from '../../electron/store/backup.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import * as numbers from '../../electron/store/numbers.ts';
import { legalDate } from '../../electron/values/time.ts';
import { certificateFile, certificatePassword, signedDocument } from '../rigs/converted.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { pageTexts, pdfaClaim, preflight3b, qpdfCheck, withPdf } from '../rigs/pdf-checks.ts';
import { newPdf } from '../rigs/signed-pdf.ts';
import { documentToSign } from '../rigs/signing.ts';
import { prepareSignature, settlePrints, signing, verify, witnesses } from '../rigs/visits.ts';

// Signatures on electronic documents, over the whole counter and the real portal with its training certificates.

const year = Number(legalDate(new Date()).slice(0, 4));

let portal: PortalRig;
let folder: string;
let signed: Uint8Array;
let desk: CounterRig;
let clerk: TestWindow;
const saved = () => join(folder, 'nosič.pdf');

const startDesk = (over: { folder?: string } = {}) =>
  startCounter({ portal, places: { save: async () => saved(), open: async () => null }, ...over });

beforeAll(async () => {
  portal = await startPortal();
  folder = mkdtempSync(join(tmpdir(), 'virtuos-keys-'));
  writeFileSync(join(folder, 'novakova.p12'), await certificateFile(portal.url(), 'novakova'));
  signed = await signedDocument(portal.url(), { signedBy: 'cizek', level: 'B-B' });
});
afterAll(async () => {
  await portal.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  desk = await startDesk();
  const administrator = await desk.signedIn('hajickova');
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    signing: { kind: 'file', path: join(folder, '{clerk}.p12') },
  });
  clerk = await desk.signedIn('novakova');
});
afterEach(() => desk.close());

async function start(): Promise<ServiceView> {
  const { id: visitId } = await clerk.must('visits.open', {});
  await verify(clerk, visitId);
  return clerk.must('services.start', { visitId, definitionId: 'elegalizace' });
}
const take = (serviceId: string, bytes: Uint8Array) =>
  clerk.call('conversions.take-file', { serviceId, name: 'smlouva.pdf', bytes: new Uint8Array(bytes) });
type Said = CallInput<'services.set-signing'>['signing'];
const acknowledged = (chosen: Signing['chosen'], change: Partial<Said> = {}): Said => ({
  ...signing,
  witnesses: [],
  manner: 'acknowledged',
  chosen,
  ...change,
});

/** A document taken in and judged, its questions answered, up to the choice of signatures. */
async function judged(bytes: Uint8Array): Promise<ServiceView> {
  const { id: serviceId } = await start();
  const taken = await take(serviceId, bytes);
  if (!taken.ok) throw new Error(JSON.stringify(taken.error));
  await clerk.must('conversions.confirm-validation', { serviceId });
  const { exclusions } = await clerk.must('services.definition', { serviceId });
  return clerk.must('services.answer-exclusions', {
    serviceId,
    answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
  });
}
async function prepared(chosen: Signing['chosen'], bytes = signed): Promise<ServiceView> {
  const { id: serviceId } = await judged(bytes);
  return clerk.must('services.set-signing', { serviceId, signing: acknowledged(chosen) });
}
const issue = (serviceId: string, pin = certificatePassword) =>
  clerk.call('services.issue-signed', { serviceId, pin });
const fates = () =>
  desk.store.read((tx) => numbers.fates(tx, 'vidimace', year).map(({ number, fate }) => [number, fate]));
const outputsLeft = () =>
  desk.store.read((tx) => tx.all(`SELECT owner FROM blob_uses WHERE owner LIKE 'output:%'`, [])).length;
const printed = (kind: string) =>
  desk.store.read((tx) =>
    tx
      .all<{ data: string }>('SELECT data FROM outputs WHERE kind = ? ORDER BY document_id', [kind])
      .map(({ data }) => JSON.parse(data)),
  );
const certifications = () =>
  desk.store.read((tx) =>
    tx
      .all<{ payload: string }>(`SELECT payload FROM outbox WHERE kind = 'certification' ORDER BY id`, [])
      .map(({ payload }) => JSON.parse(payload)),
  );
const oneByCertificate = [{ by: 'certificate' as const, index: 0 }];

describe('signatures on a document', () => {
  it('get a clause, a number and a row each: signed files that others read, given over in both ways', async () => {
    // The second one rests on a certificate that was revoked: who acknowledges it in person needs none that holds.
    const both = await signedDocument(portal.url(), { document: signed, signedBy: 'revoked', level: 'B-B' });
    const { id: serviceId, visitId, conversion } = await judged(both);
    expect(conversion).toMatchObject({ convertible: true, report: { outcome: 'invalid' } });
    const chosen: Signing['chosen'] = [
      { by: 'certificate', index: 1 },
      { by: 'description', page: 1, text: 'usměvavý obličej dole' },
    ];
    const recorded = await clerk.must('services.set-signing', {
      serviceId,
      signing: acknowledged(chosen, { signatures: 7 }),
    });
    expect(recorded).toMatchObject({ signing: { signatures: 2 }, fee: { amount: 50 } });
    expect(await clerk.call('services.issue', { serviceId })).toMatchObject({
      error: { code: 'conversion.not-signed' },
    });
    expect(await issue(serviceId, 'spatne')).toMatchObject({ error: { code: 'token.wrong-pin' } });
    expect(fates()).toEqual([]);
    const issued = await issue(serviceId);
    if (!issued.ok) throw new Error(JSON.stringify(issued.error));
    expect(issued.value).toMatchObject({
      state: 'in-progress',
      certification: { number: `1/${year}` },
      conversion: { output: { signer: 'Bc. Žaneta Nováková', pages: 1 } },
      signing: { signatures: 1, chosen: [chosen[0]] },
    });
    const [, second] = (await clerk.must('visits.get', { visitId })).services;
    expect(second).toMatchObject({
      certification: { number: `2/${year}` },
      signing: { chosen: [chosen[1]] },
    });
    expect(fates()).toEqual([
      [1, 'used'],
      [2, 'used'],
    ]);
    expect(printed('register-book-row')).toMatchObject([
      { bookNumber: `1/${year}`, kind: 'L', deed: 'uznal(a) elektronický podpis za vlastní' },
      { bookNumber: `2/${year}`, kind: 'L' },
    ]);

    await clerk.must('conversions.save', { serviceId });
    await withPdf(new Uint8Array(readFileSync(saved())), async (file) => {
      expect(await pdfaClaim(file)).toBe('3B');
      expect(await preflight3b(file)).toEqual([]);
      await qpdfCheck(file);
      const [page = ''] = await pageTexts(file);
      const unspaced = page.replace(/\s/g, '');
      for (const hash of ['sha256', 'sha384', 'sha512', 'sha512-256'])
        expect(unspaced, hash).toContain(createHash(hash).update(both).digest('hex'));
      expect(page).toContain(`poř. č. legalizace 1/${year}`);
      expect(page).toContain('uznal(a) elektronický podpis na dokumentu za vlastní');
      expect(page).toContain(conversion?.report?.signatures[1]?.certificate?.number);
      const said = execFileSync('pdfsig', ['-nocert', file], { encoding: 'utf8' });
      expect(said).toContain('Signature is Valid.');
      expect(said).toContain('Total document signed');
    });

    const given = await clerk.must('conversions.deposit', { serviceId: second?.id ?? '' });
    expect(given).toMatchObject({ state: 'done', conversion: { delivery: { to: 'depot' } } });
    const [receipt] = printed('depot-receipt');
    expect(receipt).toMatchObject({ bookNumber: `2/${year}` });
    const fetched = await fetch(`${portal.url()}/uschovna/${receipt.token}/soubor`);
    await withPdf(new Uint8Array(await fetched.arrayBuffer()), async (file) => {
      expect((await pageTexts(file))[0]).toContain('usměvavý obličej dole');
    });

    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: 100 });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });
    expect(certifications().map(({ book, signature }) => ({ book, signature }))).toMatchObject(
      [1, 2].map((number) => ({
        book: { series: 'vidimace', year, number },
        signature: { manner: 'acknowledged', medium: 'electronic', witnesses: 0, outsideOffice: false },
      })),
    );
    await until(
      'neither document nor clauses are kept',
      async () => outputsLeft() === 0 || desk.counter.retention.delivered(),
    );
  });

  it('may be one that is only seen, on a document nobody signed with a certificate; of a blind person before witnesses', async () => {
    const { id: serviceId } = await judged(await documentToSign());
    const chosen: Signing['chosen'] = [{ by: 'description', page: 1, text: 'naskenovaný podpis' }];
    const said = (change: Partial<Said>) =>
      clerk.call('services.set-signing', { serviceId, signing: acknowledged(chosen, change) });
    expect(await said({ manner: 'signed' })).toMatchObject({ error: { code: 'signing.manner' } });
    expect(await said({ chosen: [] })).toMatchObject({ error: { code: 'signing.chosen-none' } });
    expect(await said({ chosen: oneByCertificate })).toMatchObject({
      error: { code: 'signing.chosen-unknown' },
    });
    expect(await said({ canRead: false })).toMatchObject({ error: { code: 'signing.witnesses-missing' } });
    const witnessed = await said({ canRead: false, witnesses: witnesses('person-02', 'person-04') });
    expect(witnessed.ok).toBe(true);
    const issued = await issue(serviceId);
    expect(issued).toMatchObject({ value: { certification: { number: `1/${year}` } } });
    expect(printed('register-book-row')[0].witnesses).toHaveLength(2);
  });

  it('may be on a document out of the depot', async () => {
    const form = new FormData();
    form.set('soubor', new Blob([new Uint8Array(signed)], { type: 'application/pdf' }), 'smlouva.pdf');
    const page = await (await fetch(`${portal.url()}/uschovna`, { method: 'POST', body: form })).text();
    const token = /[A-Z2-9]{4}(-[A-Z2-9]{4}){4}/.exec(page)?.[0] ?? '';
    const { id: serviceId } = await start();
    expect(await clerk.must('conversions.take-deposit', { serviceId, token })).toMatchObject({
      conversion: { convertible: true, input: { from: 'depot', size: signed.length } },
    });
  });

  it('are chosen anew when another file is taken', async () => {
    const { id: serviceId } = await prepared(oneByCertificate);
    const reopened = await clerk.must('services.reopen-step', { serviceId, step: 'input' });
    expect(reopened).toMatchObject({ signing: null, conversion: null });
    await until('the first is gone', async () => outputsLeft() === 0 || desk.counter.retention.delivered());
  });
});

describe('a number', () => {
  it('is cancelled with its reason, takes its clause out of the depot and leaves the others', async () => {
    const { id: serviceId, visitId } = await prepared([
      ...oneByCertificate,
      { by: 'description', page: 1, text: 'iniciály' },
    ]);
    await issue(serviceId);
    const [, second] = (await clerk.must('visits.get', { visitId })).services;
    for (const id of [serviceId, second?.id ?? ''])
      await clerk.must('conversions.deposit', { serviceId: id });
    const [one, two] = printed('depot-receipt').map(
      ({ token }) => `${portal.url()}/uschovna/${token}/soubor`,
    );
    await settlePrints(clerk, visitId);
    await clerk.must('services.cancel-number', { serviceId, reason: 'jiný podpis' });
    await until('the depot gives it no more', async () => {
      await clerk.must('desk.try-line', {});
      return (await fetch(one ?? '')).status !== 200;
    });
    expect((await fetch(two ?? '')).status).toBe(200);
    expect(fates()).toEqual([
      [1, 'cancelled'],
      [2, 'used'],
    ]);
    expect((await clerk.must('visits.get', { visitId })).payment.due).toBe(50);
  });

  it('that a paper takes while the clause is signed is not given twice: nothing is issued, and the next try gets the next', async () => {
    const { id: serviceId, visitId } = await prepared(oneByCertificate);
    const paper = await prepareSignature(clerk, visitId);
    const [clause, onPaper] = await Promise.all([
      issue(serviceId),
      clerk.call('services.issue', { serviceId: paper.id }),
    ]);
    expect(onPaper).toMatchObject({ value: { certification: { number: `1/${year}` } } });
    expect(clause).toMatchObject({ error: { code: 'book.number-taken' } });
    expect(await issue(serviceId)).toMatchObject({ value: { certification: { number: `2/${year}` } } });
    expect(fates()).toEqual([
      [1, 'used'],
      [2, 'used'],
    ]);
  });

  it.each([
    ['while the clause is signed', false],
    ['after it', true],
  ])('has one fate when the desk dies %s', async (_when, waits) => {
    const { id: serviceId } = await prepared(oneByCertificate);
    const pending = issue(serviceId).catch(() => null);
    if (waits) await pending;
    const kept = desk.folder;
    await desk.stop();
    await pending;
    desk = await startDesk({ folder: kept });
    clerk = await desk.signedIn('novakova');
    const isIssued = fates().length > 0;
    expect(isIssued || !waits).toBe(true);
    expect(await issue(serviceId)).toMatchObject(
      isIssued
        ? { error: { code: 'service.not-at-this-step' } }
        : { value: { certification: { number: `1/${year}` } } },
    );
    expect(fates()).toEqual([[1, 'used']]);
    expect((await clerk.must('conversions.save', { serviceId })).state).toBe('done');
  });
});

it('is in no backup, neither document nor clause, and its words are erased with the visit', async () => {
  const text = 'podpis doktorky Křepelčíkové';
  const { id: serviceId, visitId } = await prepared([{ by: 'description', page: 1, text }]);
  await issue(serviceId);
  const kept = desk.store.read((tx) =>
    tx.all<{ file_name: string }>(
      `SELECT file_name FROM blobs JOIN blob_uses USING (sha256) WHERE owner LIKE 'output:%'`,
    ),
  );
  expect(kept.length).toBeGreaterThanOrEqual(2);
  const place = join(desk.folder, 'backups');
  const made = await makeBackup({
    folder: desk.folder,
    key: new Uint8Array(32).fill(7),
    places: [place],
    id: newId(),
    at: new Date().toISOString(),
    reason: 'timer',
    environment: 'training',
    program: 'test',
    desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
    recoveryKey: null,
    keep: { last: 1, days: 1, notBefore: '2000-01-01T00:00:00.000Z' },
  });
  if (!made.ok) throw new Error(made.error.code);
  const files = backupsIn(place)[0]?.manifest.blobs.map(({ name }) => name);
  for (const { file_name } of kept) expect(files).not.toContain(file_name);

  await clerk.must('conversions.save', { serviceId });
  await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: 50 });
  await settlePrints(clerk, visitId);
  await clerk.must('visits.hand-over', { visitId });
  const records = () => JSON.stringify(desk.store.read((tx) => tx.all('SELECT record FROM services', [])));
  expect(records()).toContain(text);
  await until('all is at the portal', async () => {
    desk.counter.lineHint();
    return (
      desk.store.read((tx) => tx.get(`SELECT 1 AS n FROM outbox WHERE state <> 'accepted'`)) === undefined
    );
  });
  await purge(desk.counter.desk, new Date(Date.now() + 2 * 24 * 3_600_000));
  for (const gone of [text, 'smlouva.pdf', 'Klatovy', 'Nováková']) expect(records()).not.toContain(gone);
  expect(fates()).toEqual([[1, 'used']]);
});

describe('what is not certified', () => {
  const tampered = () => {
    const bytes = Buffer.from(signed);
    bytes.write('9', bytes.indexOf('/MediaBox') + 12);
    return new Uint8Array(bytes);
  };

  it.each([
    ['a file that is no PDF/A', () => newPdf(), 'signing.file-not-pdf-a'],
    ['a program', () => Buffer.from('MZ program'), 'signing.file-not-pdf-a'],
    ['one too large', () => Buffer.alloc(50 * 1024 * 1024 + 1, '%PDF-1.7 '), 'signing.file-too-large'],
    ['a cut file', () => Buffer.from(signed).subarray(0, 900), 'conversion.file-damaged'],
    ['an empty one', () => Buffer.alloc(0), 'file.empty'],
  ])('%s is not even taken in', async (_what, file, code) => {
    const { id: serviceId } = await start();
    expect(await take(serviceId, new Uint8Array(file()))).toMatchObject({ error: { code } });
    expect(outputsLeft()).toBe(0);
  });

  it('a document whose integrity is broken is shown, and refused with its paragraph', async () => {
    const { id: serviceId } = await start();
    expect(await take(serviceId, tampered())).toMatchObject({
      value: { conversion: { convertible: false } },
    });
    expect(await clerk.call('conversions.confirm-validation', { serviceId })).toMatchObject({
      error: { code: 'signing.file-broken' },
    });
    expect(await clerk.must('conversions.refuse', { serviceId, note: '' })).toMatchObject({
      state: 'refused',
      refusal: { paragraph: '§ 5a vyhlášky 36/2006 Sb.' },
    });
    await until(
      'nothing of it is kept',
      async () => outputsLeft() === 0 || desk.counter.retention.delivered(),
    );
  });

  it('the signature of nobody who was identified, and none without the line', async () => {
    const { id: visitId } = await clerk.must('visits.open', {});
    const offered = await clerk.must('services.offered', { visitId });
    expect(offered.find(({ definitionId }) => definitionId === 'elegalizace')).toMatchObject({
      obstacle: { code: 'service.needs-identity' },
      offline: 'none',
    });
  });
});
