import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceView } from '../../electron/contract/services.ts';
import { backupKey } from '../../electron/counter/recovery/backup-reading.ts';
import { makeBackup } from '../../electron/store/backup.ts';
import { backupsIn } from '../../electron/store/backup-manifest.ts';
import { connect } from '../../electron/store/open.ts';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import { type Chaos, type ChaosProxy, startChaosProxy } from '../rigs/chaos-proxy.ts';
import { certificateFile, certificatePassword, comparePages } from '../rigs/converted.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { pageTexts, preflight2b, qpdfCheck, withPdf } from '../rigs/pdf-checks.ts';
import { startSane } from '../rigs/sane.ts';
import { settlePrints } from '../rigs/visits.ts';

// Papers converted to files, over the whole counter, the real portal with its training certificates and SANE's test scanner.

let portal: PortalRig;
let line: ChaosProxy;
let sane: Awaited<ReturnType<typeof startSane>>;
let folder: string;
let desk: CounterRig;
let clerk: TestWindow;
const saved = () => join(folder, 'nosič.pdf');
/** What happens at the desk while the place for a file is chosen. */
let meanwhile: () => Promise<unknown>;

const startDesk = (over: { folder?: string } = {}) =>
  startCounter({
    portal,
    scanner: { command: sane.command, env: sane.env },
    places: {
      save: async () => {
        await meanwhile();
        return saved();
      },
      open: async () => null,
    },
    ...over,
  });

beforeAll(async () => {
  // The authorities of timestamps are asked through it, as their addresses in the master data say.
  line = await startChaosProxy(() => portal.url());
  portal = await startPortal(50, { publicUrl: line.url });
  sane = await startSane();
  folder = mkdtempSync(join(tmpdir(), 'virtuos-keys-'));
});
afterAll(async () => {
  await sane?.stop();
  await portal.close();
  await line.close();
  rmSync(folder, { recursive: true, force: true });
});
/** Whose key file lies where the clerk's is looked for. */
const putKey = async (name: string) =>
  writeFileSync(join(folder, 'novakova.p12'), await certificateFile(portal.url(), name));

beforeEach(async () => {
  await putKey('novakova');
  meanwhile = async () => {};
  desk = await startDesk();
  const administrator = await desk.signedIn('hajickova');
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: { device: sane.device },
    signing: { kind: 'file', path: join(folder, '{clerk}.p12') },
  });
  clerk = await desk.signedIn('novakova');
});
afterEach(async () => {
  line.rule(null);
  await desk.close();
});

const count = {
  sheets: 1,
  feePages: 1,
  description: 'výuční list',
  writtenOn: null,
  features: ['watermark' as const],
};

async function scannedPages(pages: number): Promise<{ serviceId: string; visitId: string }> {
  const { id: visitId } = await clerk.must('visits.open', {});
  const { id: serviceId } = await clerk.must('services.start', {
    visitId,
    definitionId: 'conversion-to-electronic',
  });
  const { exclusions } = await clerk.must('services.definition', { serviceId });
  await clerk.must('services.answer-exclusions', {
    serviceId,
    answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
  });
  const file = new Uint8Array([37, 80, 68, 70]);
  expect(
    await clerk.call('attachments.add-file', { serviceId, slotId: 'paper', name: 'x.pdf', bytes: file }),
  ).toMatchObject({ error: { code: 'attachments.scan-only' } });
  for (let page = 1; page <= pages; page += 1) {
    await until('the scanner is free', async () => {
      const scan = await clerk.call('attachments.scan', {
        serviceId,
        slotId: 'paper',
        settings: { ...SCAN_PROFILES.conversion, dpi: 200 },
        place: { at: 'end' },
      });
      return scan.ok;
    });
    await until('the page is scanned', async () => {
      const { services } = await clerk.must('visits.get', { visitId });
      return (services[0]?.slots[0]?.pages.length ?? 0) === page;
    });
  }
  await until('the scan has ended', async () => {
    const done = await clerk.call('services.complete-attachments', { serviceId });
    return done.ok;
  });
  return { serviceId, visitId };
}
async function scanned(): Promise<ServiceView> {
  const { serviceId } = await scannedPages(1);
  await comparePages(clerk, serviceId);
  return clerk.must('conversions.set-count', { serviceId, count });
}
const sign = (serviceId: string, pin = certificatePassword) =>
  clerk.call('conversions.sign', { serviceId, pin });
const evidence = () =>
  desk.store.read((tx) => tx.all<{ fate: string }>('SELECT fate FROM evidence_numbers', []));
const contents = () => desk.store.read((tx) => tx.all('SELECT owner FROM blob_uses', [])).length;
const tokenOf = () => {
  const row = desk.store.read((tx) =>
    tx.get<{ data: string }>(`SELECT data FROM outputs WHERE kind = 'depot-receipt'`, []),
  );
  return String(JSON.parse(row?.data ?? '{}').token);
};

describe('the comparison', () => {
  it('is whole or refused, and what was confirmed outlives a crash, but not another scan', async () => {
    const { serviceId } = await scannedPages(2);
    const agree = (page: number) => clerk.call('conversions.agree-page', { serviceId, page });
    const confirm = () => clerk.call('conversions.confirm-comparison', { serviceId });
    expect(await confirm()).toMatchObject({
      error: { code: 'conversion.pages-left', params: { count: 2 } },
    });
    expect(await agree(3)).toMatchObject({ error: { code: 'conversion.no-such-page' } });
    expect(await agree(2)).toMatchObject({ value: { conversion: { agreed: [2] } } });
    expect(await agree(2)).toMatchObject({ value: { conversion: { agreed: [2] } } });
    const { folder: kept } = desk;
    await desk.stop();
    desk = await startDesk({ folder: kept });
    clerk = await desk.signedIn('novakova');
    expect(await confirm()).toMatchObject({ error: { params: { count: 1 } } });
    await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
    await clerk.must('services.complete-attachments', { serviceId });
    expect(await confirm()).toMatchObject({ error: { params: { count: 2 } } });
    expect(await agree(2)).toMatchObject({ ok: true });
    expect(await agree(1)).toMatchObject({ value: { conversion: { agreed: [1, 2] } } });
    expect(await confirm()).toMatchObject({ ok: true });
    expect(await agree(1)).toMatchObject({ error: { code: 'service.not-at-this-step' } });
    const opened = await clerk.must('services.reopen-step', { serviceId, step: 'comparison' });
    expect(opened.conversion).toMatchObject({ agreed: [] });
  });
});

const authoritiesAsked = () =>
  line.seen.filter(({ path }) => path.startsWith('/tsa/')).map(({ path }) => path);

describe('the authorities of timestamps', () => {
  it.each<[string, Chaos]>([
    ['is down', { do: 'answer', status: 503, body: '' }],
    ['loses its answer', { do: 'lose-answer' }],
    ['answers under the policy of another', { do: 'ask', path: () => '/tsa/2' }],
    ['answers what is no timestamp', { do: 'alter', body: () => 'razítko' }],
  ])('the second stamps when the first %s', async (_how, chaos) => {
    const { id: serviceId, visitId } = await scanned();
    line.seen.length = 0;
    line.rule(({ path }) => (path === '/tsa/1' ? chaos : undefined));
    expect((await sign(serviceId)).ok).toBe(true);
    expect(authoritiesAsked()).toEqual(['/tsa/1', '/tsa/2']);
    await clerk.must('conversions.save', { serviceId });
    const { id } = await clerk.must('services.start', { visitId, definitionId: 'conversion-to-paper' });
    const bytes = new Uint8Array(readFileSync(saved()));
    const { conversion } = await clerk.must('conversions.take-file', { serviceId: id, name: 'v.pdf', bytes });
    expect(conversion).toMatchObject({
      convertible: true,
      report: { signatures: [{ timestamps: [{ outcome: 'valid', qualified: true }] }] },
    });
    expect(conversion?.report?.signatures[0]?.timestamps[0]?.certificate?.subject.commonName).toContain(
      'TSU 2',
    );
  });

  it('say nothing, neither of them: the clerk is told, nothing is kept or issued, and the number waits', async () => {
    const { id: serviceId, visitId } = await scanned();
    line.rule(({ path }) => (path.startsWith('/tsa/') ? { do: 'answer', status: 503, body: '' } : undefined));
    const before = contents();
    for (let tries = 0; tries < 2; tries += 1)
      expect(await sign(serviceId)).toMatchObject({
        error: { code: 'timestamp.unreachable', params: { url: `${line.url}/tsa/2` } },
      });
    expect(contents()).toBe(before);
    expect(evidence()).toEqual([{ fate: 'asked' }]);
    // Asking under the id of the service is how the portal tells which number it gave.
    const { sync } = desk.counter.desk;
    const officeId = desk.store.read((tx) => desk.counter.desk.enrolled(tx)?.officeId ?? '');
    const year = new Date().getFullYear();
    const given = await sync.evidenceNumber('conversions', { id: serviceId, officeId, year });
    const { services } = await clerk.must('visits.get', { visitId });
    expect(services[0]).toMatchObject({ state: 'in-progress', certification: null });
    line.rule(null);
    const signed = await sign(serviceId);
    expect(signed).toMatchObject({ value: { certification: { fate: 'used' } } });
    expect(given).toMatchObject({
      value: { number: signed.ok && signed.value.certification?.number },
    });
    expect(evidence()).toEqual([{ fate: 'used' }]);
  });
});

/** Makes a backup now, as the desk does, and says how much of what was captured is in it. */
async function inBackup(): Promise<{ contents: number; pages: number }> {
  const place = mkdtempSync(join(tmpdir(), 'virtuos-backup-'));
  const key = new Uint8Array(32).fill(7);
  try {
    const made = await makeBackup({
      folder: desk.folder,
      key,
      places: [place],
      id: newId(),
      at: new Date().toISOString(),
      reason: 'timer',
      environment: 'training',
      program: 'test',
      desk: { id: 'desk-1', name: 'Přepážka 1', officeId: 'klatovy' },
      recoveryKey: null,
      keep: { last: 1, days: 1 },
    });
    expect(made.ok).toBe(true);
    const [backup] = backupsIn(place);
    const opened = backup && backupKey(backup.manifest, { kind: 'desk', key });
    if (!opened?.ok) throw new Error('the backup does not open');
    const db = connect(join(place, backup?.name ?? '', 'desk.db'), opened.value, undefined);
    try {
      const pages = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM pages').get()?.n ?? Number.NaN;
      return { contents: backup?.manifest.blobs.length ?? Number.NaN, pages };
    } finally {
      db.close();
    }
  } finally {
    rmSync(place, { recursive: true });
  }
}

describe('a paper', () => {
  it('is in no backup made during the visit: neither its pages, nor the scan, nor the signed file', async () => {
    const { id } = await scanned();
    expect(contents()).toBe(2);
    expect(await inBackup()).toEqual({ contents: 0, pages: 0 });
    expect((await sign(id)).ok).toBe(true);
    expect(contents()).toBe(3);
    expect(await inBackup()).toEqual({ contents: 0, pages: 0 });
  });

  it('is scanned again where the scan is gone, as after a restore', async () => {
    const { serviceId } = await scannedPages(1);
    desk.store.write((tx) => {
      for (const { owner } of tx.all<{ owner: string }>('SELECT owner FROM blob_uses', []))
        desk.store.blobs.release(tx, owner);
      tx.run('DELETE FROM pages', []);
    });
    expect(await clerk.call('conversions.agree-page', { serviceId, page: 1 })).toMatchObject({
      error: { code: 'conversion.no-input' },
    });
    const opened = await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
    expect(opened.slots[0]?.pages).toEqual([]);
  });

  it('lets go of what was bound when its pages are opened again, and of a page that is taken out', async () => {
    const { serviceId } = await scannedPages(1);
    const opened = await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
    expect(contents()).toBe(1);
    await clerk.must('attachments.delete-page', { pageId: opened.slots[0]?.pages[0]?.id ?? '' });
    expect(contents()).toBe(0);
  });

  it('becomes a signed and stamped PDF/A with its clause, and others say that it holds', async () => {
    const counted = await scanned();
    expect(counted.fee).toMatchObject({ amount: 30 });
    const { id: serviceId, visitId } = counted;
    expect(await sign(serviceId, 'spatne')).toMatchObject({ error: { code: 'token.wrong-pin' } });
    const signed = await sign(serviceId);
    if (!signed.ok) throw new Error(JSON.stringify(signed.error));
    const number = signed.value.certification?.number ?? '';
    expect(signed.value).toMatchObject({
      state: 'in-progress',
      conversion: { output: { pages: 2, signer: 'Bc. Žaneta Nováková', expiresSoon: false } },
    });
    expect(evidence()).toEqual([{ fate: 'used' }]);
    await clerk.must('conversions.save', { serviceId });
    const bytes = new Uint8Array(readFileSync(saved()));
    await withPdf(bytes, async (file) => {
      expect(await preflight2b(file)).toEqual([]);
      await qpdfCheck(file);
      const text = (await pageTexts(file))[1]?.replace(/\s+/g, ' ');
      expect(text).toContain(`pod pořadovým číslem ${number}`);
      expect(text).toContain('skládajícího se z 1 listu');
      expect(text).toContain('Zajišťovací prvek: vodoznak');
      const said = execFileSync('pdfsig', ['-nocert', file], { encoding: 'utf8' });
      expect(said).toContain('Signature is Valid.');
      expect(said).toContain('Total document signed');
    });
    // Ours says of it what it says of a stranger's: valid, recognised, at the timestamp's time.
    const other = await clerk.must('services.start', { visitId, definitionId: 'conversion-to-paper' });
    const judged = await clerk.must('conversions.take-file', { serviceId: other.id, name: 'v.pdf', bytes });
    expect(judged.conversion).toMatchObject({ convertible: true });
    expect(judged.conversion?.report?.signatures[0]?.timestamps).toMatchObject([{ qualified: true }]);
    await clerk.must('services.withdraw', { serviceId: other.id, reason: 'zkouška' });
    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: 30 });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });
    await until('the portal knows it', async () => {
      await clerk.must('desk.try-line', {});
      const clause = await fetch(`${portal.url()}/v1/clauses/${number}`);
      return (await clause.json()).state === 'issued';
    });
    await until(
      'neither scan nor file is kept',
      async () => contents() === 0 || desk.counter.retention.delivered(),
    );
  });

  it('lies in the depot once, and not any more when its number is cancelled', async () => {
    const { id: serviceId, visitId } = await scanned();
    await sign(serviceId);
    const delivered = await clerk.must('conversions.deposit', { serviceId });
    expect(delivered).toMatchObject({ state: 'done', conversion: { delivery: { to: 'depot' } } });
    const page = () => fetch(`${portal.url()}/uschovna/${tokenOf()}/soubor`);
    expect((await page()).status).toBe(200);
    await settlePrints(clerk, visitId);
    await clerk.must('services.cancel-number', { serviceId, reason: 'chybí strana' });
    await until('the depot gives it no more', async () => {
      await clerk.must('desk.try-line', {});
      return (await page()).status !== 200;
    });
    expect(evidence()).toEqual([{ fate: 'cancelled' }]);
    await until(
      'nothing of it is kept, though the visit goes on',
      async () => contents() === 0 || desk.counter.retention.delivered(),
    );
    const { services } = await clerk.must('visits.get', { visitId });
    const receipt = services[0]?.conversion?.prints.find(({ kind }) => kind === 'depot-receipt');
    expect(
      await clerk.call('outputs.reprint', { documentId: receipt?.documentId ?? '', reason: 'znovu' }),
    ).toMatchObject({ error: { code: 'copy.cancelled-already' } });
  });

  it('is not issued with what another window changed while it was signed', async () => {
    const { id: serviceId } = await scanned();
    const signing = sign(serviceId);
    await clerk.must('services.reopen-step', { serviceId, step: 'features' });
    await clerk.must('conversions.set-count', {
      serviceId,
      count: { ...count, description: 'jiná listina' },
    });
    expect(await signing).toMatchObject({ error: { code: 'service.not-at-this-step' } });
    expect(evidence()).toEqual([{ fate: 'asked' }]);
    expect(await sign(serviceId)).toMatchObject({
      value: { conversion: { count: { description: 'jiná listina' } } },
    });
    expect(evidence()).toEqual([{ fate: 'used' }]);
  });

  it('signed twice at once has one number and one file', async () => {
    const { id: serviceId } = await scanned();
    const answers = await Promise.all([sign(serviceId), sign(serviceId)]);
    expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true]);
    expect(evidence()).toEqual([{ fate: 'used' }]);
    expect(
      desk.store.read((tx) => tx.all(`SELECT 1 FROM outputs WHERE kind = 'conversion-file'`)),
    ).toHaveLength(1);
  });

  it('comes on no medium when its number was cancelled while the place was chosen', async () => {
    const { id: serviceId } = await scanned();
    await sign(serviceId);
    rmSync(saved(), { force: true });
    meanwhile = () => clerk.must('services.cancel-number', { serviceId, reason: 'chybí strana' });
    expect(await clerk.call('conversions.save', { serviceId })).toMatchObject({
      error: { code: 'service.ended' },
    });
    expect(existsSync(saved())).toBe(false);
  });

  it('is not written through a link that lies on the medium', async () => {
    const { id: serviceId } = await scanned();
    await sign(serviceId);
    const own = join(folder, 'vlastní.txt');
    writeFileSync(own, 'soubor tohoto počítače');
    symlinkSync(own, `${saved()}.part`);
    await clerk.must('conversions.save', { serviceId });
    expect(readFileSync(own, 'utf8')).toBe('soubor tohoto počítače');
    expect(readFileSync(saved()).subarray(0, 5).toString()).toBe('%PDF-');
    expect(lstatSync(saved()).isSymbolicLink()).toBe(false);
  });

  it('leaves its PIN nowhere: not in the store, not in what the desk says of errors', async () => {
    const { id: serviceId } = await scanned();
    await sign(serviceId, 'TajnyPin-7391');
    const columns = desk.store.read((tx) =>
      tx.all<{ name: string }>(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`,
      ),
    );
    const holding = columns.filter(({ name }) =>
      desk.store.read((tx) => JSON.stringify(tx.all(`SELECT * FROM "${name}"`)).includes('TajnyPin-7391')),
    );
    expect(holding).toEqual([]);
    expect(JSON.stringify(desk.problems)).not.toContain('TajnyPin-7391');
  });

  it('keeps one number and one signed file through a crash after the signing', async () => {
    const { id: serviceId } = await scanned();
    const signed = await sign(serviceId);
    expect(signed.ok).toBe(true);
    const kept = desk.folder;
    await desk.stop();
    desk = await startDesk({ folder: kept });
    clerk = await desk.signedIn('novakova');
    expect(await sign(serviceId)).toMatchObject({ error: { code: 'service.not-at-this-step' } });
    expect(await clerk.call('services.withdraw', { serviceId, reason: 'x' })).toMatchObject({
      error: { code: 'visit.has-results' },
    });
    expect((await clerk.must('conversions.deposit', { serviceId })).state).toBe('done');
    expect(evidence()).toEqual([{ fate: 'used' }]);
  });

  it('is not signed in the name of somebody else', async () => {
    const { id: serviceId } = await scanned();
    await putKey('dvorak');
    expect(await sign(serviceId)).toMatchObject({
      error: {
        code: 'token.other-holder',
        params: { holder: expect.stringContaining('Dvořák'), clerk: 'Bc. Žaneta Nováková' },
      },
    });
    expect(await clerk.must('certificates.own', {})).toEqual({ certificate: null });
    await putKey('novakova');
    expect((await sign(serviceId)).ok).toBe(true);
    expect(evidence()).toEqual([{ fate: 'used' }]);
  });

  it('is signed with a certificate that ends soon, which its clerk is then told wherever they work', async () => {
    const { id: serviceId } = await scanned();
    await putKey('ending');
    const warnings = async (window: TestWindow) =>
      (await window.must('desk.frame', {})).warnings.filter(({ code }) => code.startsWith('certificate.'));
    expect(await warnings(clerk)).toEqual([]);
    expect(await sign(serviceId)).toMatchObject({ value: { conversion: { output: { expiresSoon: true } } } });
    const told = { code: 'certificate.expires-soon', params: { days: 19 } };
    expect(await warnings(clerk)).toMatchObject([told]);
    expect(await clerk.must('certificates.own', {})).toMatchObject({
      certificate: { state: 'expires-soon', daysLeft: 19, seen: 'last-use', ofAnotherOffice: false },
    });
    expect(await warnings(await desk.signedIn('dvorak'))).toEqual([]);
    expect(await warnings(await desk.signedIn('novakova'))).toMatchObject([told]);
  });

  it('is not signed by who has no key here; a service that is taken back then cancels the number it asked for', async () => {
    const { id: serviceId } = await scanned();
    rmSync(join(folder, 'novakova.p12'));
    expect(await sign(serviceId)).toMatchObject({ error: { code: 'token.file-missing' } });
    expect(await clerk.call('services.issue', { serviceId })).toMatchObject({
      error: { code: 'conversion.not-signed' },
    });
    expect(await clerk.call('conversions.save', { serviceId })).toMatchObject({
      error: { code: 'service.not-at-this-step' },
    });
    expect(evidence()).toEqual([{ fate: 'asked' }]);
    await clerk.must('services.withdraw', { serviceId, reason: 'bez certifikátu' });
    await until('its number is cancelled', async () => evidence()[0]?.fate === 'cancelled');
    await until(
      'nothing of the scan is kept',
      async () => contents() === 0 || desk.counter.retention.delivered(),
    );
  });
});
