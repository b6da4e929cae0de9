import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import bwip from 'bwip-js/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScanPlace, scanView } from '../../electron/contract/attachments.ts';
import { findPage } from '../../electron/counter/attachments/table.ts';
import { pdfPage } from '../../electron/documents/pdf-pages.ts';
import { SEPARATOR_CODE } from '../../electron/documents/preparation.ts';
import { SCAN_PROFILES, type ScanSettings } from '../../electron/values/scan-profiles.ts';
import { chanceOf } from '../chaos/random.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { formSamples } from '../rigs/form-samples.ts';
import { drawnPage } from '../rigs/page-pictures.ts';
import { type PaperOnGlass, startPaperOnGlass } from '../rigs/paper-on-glass.ts';
import { withPdf } from '../rigs/pdf-checks.ts';
import { generalForm, verify } from '../rigs/visits.ts';

/** Scanned papers at the desk: what is made of their pages beside the pictures, and the parts of a batch. */

let portal: PortalRig;
let glass: PaperOnGlass;
let desk: CounterRig;
let clerk: TestWindow;
let serviceId = '';
beforeAll(async () => {
  portal = await startPortal();
  glass = await startPaperOnGlass();
  desk = await startCounter({
    portal,
    scanner: { command: glass.command, temporaryFolder: glass.temporaryFolder },
  });
  const administrator = await desk.signedIn('hajickova');
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: { device: glass.device },
  });
  clerk = await desk.signedIn('novakova');
  const { id: visitId } = await clerk.must('visits.open', {});
  await verify(clerk, visitId);
  ({ id: serviceId } = await clerk.must('services.start', { visitId, definitionId: 'petition' }));
  const { data, addresseeId } = formSamples['petition'] ?? { data: {}, addresseeId: null };
  await clerk.must('services.complete-form', {
    serviceId,
    data: JSON.parse(JSON.stringify({ ...data, signed: 'sheets', sheets: 3, counted: 40 })),
    addresseeId,
  });
});
afterAll(async () => {
  await desk?.close();
  await glass?.stop();
  await portal?.close();
});

const slots = async () => {
  const { services } = await clerk.must('visits.get', { visitId: await visitOf() });
  return services[0]?.slots ?? [];
};
const visitOf = async (): Promise<string> =>
  desk.store.read((tx) => tx.get<{ id: string }>('SELECT visit_id AS id FROM services'))?.id ?? '';
const pagesOf = async (slotId: string) => (await slots()).find((slot) => slot.slotId === slotId)?.pages ?? [];
const scan = async (
  settings: Partial<ScanSettings>,
  where: { slotId?: string; of?: string; place?: ScanPlace } = {},
) => {
  const { scanId } = await clerk.must('attachments.scan', {
    serviceId: where.of ?? serviceId,
    slotId: where.slotId ?? 'sheets',
    settings: { ...SCAN_PROFILES.document, dpi: 200, ...settings },
    place: where.place ?? { at: 'end' },
  });
  return until('the scan has ended', async () =>
    clerk.events
      .flatMap(({ name, data }) => (name === 'scan-changed' ? [scanView.parse(data)] : []))
      .find((view) => view.scanId === scanId && !['starting', 'scanning'].includes(view.state)),
  );
};
const bound = async (of: string): Promise<Buffer> => {
  const row = desk.store.read((tx) =>
    tx.get<{ sha256: string }>(
      "SELECT json_extract(record, '$.attachments[0].sha256') AS sha256 FROM services WHERE id = ?",
      [of],
    ),
  );
  const pdf = await desk.store.blobs.read(row?.sha256 ?? '');
  if (!pdf.ok) throw new Error('nothing was bound');
  return Buffer.from(pdf.value);
};
const picture = async (pageId: string) => {
  const { bytes } = await clerk.must('attachments.thumbnail', { pageId, maxPixels: 800 });
  const { width, height } = await sharp(bytes).metadata();
  return { bytes: Buffer.from(bytes), longer: Math.max(width, height), shape: height / width };
};

describe('a page', () => {
  it('stays as the scanner gave it; what is made of it lies beside, can be undone, and is what is bound', async () => {
    const drawn = await drawnPage(chanceOf('desk', 'page'), {
      ...{ dpi: 200, paper: { width: 105, height: 210 }, skew: 5, lid: 30, stamp: '#3050c0' },
    });
    await glass.lay(drawn.bytes);
    expect(await scan({})).toMatchObject({ state: 'done', pagesDone: 1, separators: 0 });
    const [page] = await pagesOf('sheets');
    expect(page).toMatchObject({ changes: ['cropped', 'straightened'], undone: false, blank: false });
    const pageId = page?.id ?? '';

    const row = desk.store.read((tx) =>
      tx.get<{ sha256: string; treatment: string }>('SELECT sha256, treatment FROM pages WHERE id = ?', [
        pageId,
      ]),
    );
    const kept = await desk.store.blobs.read(row?.sha256 ?? '');
    expect(kept.ok && Buffer.from(kept.value).equals(drawn.bytes)).toBe(true);
    expect(JSON.parse(row?.treatment ?? '{}')).toMatchObject({ undone: false, brightness: 0 });

    const prepared = await picture(pageId);
    expect(prepared.shape).toBeCloseTo(2, 1);
    await clerk.must('attachments.treat-page', { pageId, undone: true });
    const original = await picture(pageId);
    expect(original.shape).toBeCloseTo(297 / 210, 1);
    await clerk.must('attachments.treat-page', { pageId, undone: false });
    expect((await picture(pageId)).bytes.equals(prepared.bytes)).toBe(true);
    await clerk.must('attachments.treat-page', { pageId, brightness: 2 });
    const mean = async ({ bytes }: { bytes: Buffer }) => (await sharp(bytes).stats()).channels[0]?.mean ?? 0;
    expect(await mean(await picture(pageId))).toBeGreaterThan(await mean(prepared));

    await clerk.must('services.complete-attachments', { serviceId });
    // Points: the paper's own size, not the glass'.
    const look = await bound(serviceId);
    mkdirSync('out/look', { recursive: true });
    writeFileSync('out/look/scanned-page.pdf', look);
    const told = await withPdf(look, (file) => promisify(execFile)('pdfinfo', [file]));
    const [, width = 0, height = 0] = (/Page size:\s+([\d.]+) x ([\d.]+)/.exec(told.stdout) ?? []).map(
      Number,
    );
    expect(Math.abs(width - (105 / 25.4) * 72)).toBeLessThan(4);
    expect(Math.abs(height - (210 / 25.4) * 72)).toBeLessThan(4);
    await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
    await clerk.must('attachments.delete-page', { pageId });
  });

  it('of a conversion is looked at in no way unless the clerk asks', async () => {
    await glass.lay(
      (await drawnPage(chanceOf('desk', 'whole'), { dpi: 150, paper: { width: 148, height: 210 } })).bytes,
    );
    await scan({ ...SCAN_PROFILES.conversion, dpi: 200 });
    const [page] = await pagesOf('sheets');
    expect(page).toMatchObject({ mode: 'bw', changes: [], blank: false });
    expect(desk.store.read((tx) => tx.get('SELECT treatment FROM pages'))).toEqual({ treatment: null });
    // Black and white is how it is shown: the picture itself has its colours.
    const { channels } = await sharp((await picture(page?.id ?? '')).bytes).stats();
    expect(channels[0]?.mean).toBeGreaterThan(0);
    await clerk.must('attachments.delete-page', { pageId: page?.id ?? '' });
  });

  it('of a conversion is compared as it will be certified, also where grey became black and white', async () => {
    await glass.lay((await drawnPage(chanceOf('desk', 'compared'), { dpi: 200 })).bytes);
    const of = await clerk.must('services.start', {
      visitId: await visitOf(),
      definitionId: 'conversion-to-electronic',
    });
    const { exclusions } = await clerk.must('services.definition', { serviceId: of.id });
    await clerk.must('services.answer-exclusions', {
      serviceId: of.id,
      answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
    });
    await scan({ ...SCAN_PROFILES.conversion, dpi: 200, mode: 'grey' }, { slotId: 'paper', of: of.id });
    const asked = { serviceId: of.id, page: 0, maxPixels: 900 };
    const refused = { error: { code: 'service.not-at-this-step' } };
    expect(await clerk.call('conversions.scan-page', asked)).toMatchObject(refused);
    await clerk.must('services.complete-attachments', { serviceId: of.id });
    const pdf = await bound(of.id);
    expect(pdf.includes('CCITTFaxDecode')).toBe(true);
    const certified = await pdfPage(pdf, 0, 900);
    const { bytes, pages } = await clerk.must('conversions.scan-page', asked);
    expect(pages).toBe(1);
    expect(certified.ok && Buffer.from(certified.value.bytes).equals(bytes)).toBe(true);
    const other = await desk.signedIn('dvorak');
    expect(await other.call('conversions.scan-page', asked)).toMatchObject({
      error: { code: 'visit.of-another-clerk' },
    });
    await clerk.must('services.withdraw', { serviceId: of.id, reason: 'zkouška' });
  });
});

const separatorSheet = async (): Promise<Buffer> => {
  const code = await bwip.toBuffer({
    bcid: 'qrcode',
    text: SEPARATOR_CODE,
    scale: 8,
    padding: 8,
    backgroundcolor: 'ffffff',
  });
  return sharp({ create: { width: 827, height: 1169, channels: 3, background: '#fff' } })
    .composite([{ input: code }])
    .png()
    .toBuffer();
};
const laid = async (name: string, options: Parameters<typeof drawnPage>[1] = {}) => {
  const { bytes } = await drawnPage(chanceOf('again', name), { dpi: 200, ...options });
  await glass.lay(bytes);
};

describe('a page that is scanned again', () => {
  it('stays until another page is there in its place: a separator or a blank sheet is none', async () => {
    await laid('first');
    await scan({});
    const [first] = await pagesOf('sheets');
    const pageId = first?.id ?? '';
    const again = (settings: Partial<ScanSettings>) => scan(settings, { place: { at: 'instead', pageId } });

    await glass.lay(await separatorSheet());
    expect(await again({ split: 'separators' })).toMatchObject({ pagesDone: 0, separators: 1 });
    expect((await pagesOf('sheets')).map(({ id }) => id)).toEqual([pageId]);

    await laid('blank', { rows: 0 });
    await again({ blank: true });
    const both = await pagesOf('sheets');
    expect(both).toMatchObject([{ blank: true }, { id: pageId, blank: false }]);
    await clerk.must('attachments.delete-page', { pageId: both[0]?.id ?? '' });

    await laid('second');
    await again({});
    const [second, ...more] = await pagesOf('sheets');
    expect(second?.id).not.toBe(pageId);
    expect(more).toEqual([]);
    // An empty glass takes no page's place either where nothing is said of blank pages, or nothing is looked for at all.
    const inPlace = { place: { at: 'instead' as const, pageId: second?.id ?? '' } };
    for (const profile of [SCAN_PROFILES.card, SCAN_PROFILES.conversion]) {
      await laid('empty', { rows: 0 });
      await scan({ ...profile, dpi: 200 }, inPlace);
      const kept = await pagesOf('sheets');
      expect(kept).toMatchObject([{ blank: false }, { id: second?.id }]);
      await clerk.must('attachments.delete-page', { pageId: kept[0]?.id ?? '' });
    }
    await laid('third');
    await scan({ ...SCAN_PROFILES.conversion, dpi: 200 }, inPlace);
    const third = await pagesOf('sheets');
    expect(third).toMatchObject([{ changes: [] }]);
    expect(third[0]?.id).not.toBe(second?.id);
    await clerk.must('attachments.delete-page', { pageId: third[0]?.id ?? '' });
  });
});

describe('a page that could not be looked at', () => {
  const refused = { error: { code: 'attachments.not-ready' } };
  const complete = async () =>
    clerk.call('services.complete-attachments', {
      serviceId,
      seen: JSON.parse(JSON.stringify(await slots())),
    });
  const isLookedAt = () =>
    until('the page was looked at', async () =>
      desk.store.read((tx) => tx.all('SELECT 1 FROM pages WHERE treatment LIKE ?', ['%"looking"%']))
        .length === 0
        ? true
        : undefined,
    );
  const failing = (fails: boolean) =>
    desk.store.write((tx) =>
      tx.run(
        fails
          ? `CREATE TRIGGER nothing_found BEFORE UPDATE OF treatment ON pages WHEN OLD.treatment LIKE '%"looking"%'
             BEGIN SELECT RAISE(ABORT, 'no room'); END`
          : 'DROP TRIGGER nothing_found',
        [],
      ),
    );

  it('is taken up again when a scan ends and when it is to be bound, also where its picture is gone', async () => {
    await laid('no room');
    failing(true);
    expect(await scan({})).toMatchObject({ state: 'done', pagesDone: 1 });
    expect(await complete()).toMatchObject(refused);
    failing(false);
    expect(await complete()).toMatchObject(refused);
    await isLookedAt();
    const [page] = await pagesOf('sheets');

    failing(true);
    await scan({});
    failing(false);
    await laid('another');
    await scan({});
    await isLookedAt();

    const looking = JSON.stringify({
      ...{ found: null, undone: false, brightness: 0, startsPart: false },
      looking: { source: 'flatbed', crop: true, straighten: true, blank: true, split: 'none' },
    });
    desk.store.write((tx) =>
      tx.run('UPDATE pages SET treatment = ?, sha256 = ? WHERE id = ?', [
        looking,
        '0'.repeat(64),
        page?.id ?? '',
      ]),
    );
    expect(await complete()).toMatchObject(refused);
    await isLookedAt();
    for (const { id } of await pagesOf('sheets')) await clerk.must('attachments.delete-page', { pageId: id });
  });
});

describe('an attachment for scans only', () => {
  it('takes no pages of another one, where a file may have been added', async () => {
    const setScanOnly = (slotId: string, scanOnly: boolean) =>
      desk.store.write((tx) =>
        tx.run(
          `UPDATE services SET definition = json_${scanOnly ? 'set' : 'remove'}(definition,
             '$.attachments.slots[' || (SELECT key FROM json_each(definition, '$.attachments.slots')
               WHERE json_extract(value, '$.id') = ?) || '].scanOnly'${scanOnly ? ", json('true')" : ''}) WHERE id = ?`,
          [slotId, serviceId],
        ),
      );
    const { bytes } = await drawnPage(chanceOf('again', 'added'), { dpi: 100 });
    const { pages } = await clerk.must('attachments.add-file', {
      ...{ serviceId, slotId: 'sheets', name: 'foto.png', bytes: new Uint8Array(bytes) },
    });
    const pageIds = pages.map(({ id }) => id);
    setScanOnly('text', true);
    expect(await clerk.call('attachments.move-pages', { pageIds, slotId: 'text' })).toMatchObject({
      error: { code: 'attachments.scan-only' },
    });
    expect((await pagesOf('sheets')).map(({ id }) => id)).toEqual(pageIds);
    setScanOnly('text', false);
    await clerk.must('attachments.delete-page', { pageId: pageIds[0] ?? '' });
  });
});

describe('pages ready to be bound', () => {
  it('leave the memory with the service, the visit and who is signed in', async () => {
    const visitId = await visitOf();
    const { encoded } = desk.counter.preparer;
    const scannedOf = async (of: string) => {
      await laid('ready');
      await scan({}, { slotId: 'enclosure', of });
      const row = desk.store.read((tx) =>
        tx.get<{ id: string }>('SELECT id FROM pages WHERE service_id = ?', [of]),
      );
      const page = desk.store.read((tx) => findPage(tx, row?.id ?? ''));
      if (!page) throw new Error('no page');
      return page;
    };
    const started = async (of: string) => {
      const { id } = await clerk.must('services.start', { visitId: of, definitionId: 'general-submission' });
      await clerk.must('services.complete-form', { serviceId: id, data: generalForm, addresseeId: 'nyrsko' });
      return id;
    };
    const staying = await scannedOf(await started(visitId));
    const withdrawn = await scannedOf(await started(visitId));
    await clerk.must('services.withdraw', { serviceId: withdrawn.serviceId, reason: 'zkouška' });
    expect(encoded.take(withdrawn)).toBeUndefined();

    await clerk.must('visits.park', { visitId, note: '' });
    const { id: other } = await clerk.must('visits.open', {});
    await verify(clerk, other);
    const cancelled = await scannedOf(await started(other));
    await clerk.must('visits.cancel', { visitId: other, reason: 'zkouška' });
    expect(encoded.take(cancelled)).toBeUndefined();
    // All the others are there still.
    expect(encoded.take(staying)).toBeDefined();

    await clerk.must('visits.take-up', { visitId });
    const left = await scannedOf(await started(visitId));
    await clerk.must('clerks.sign-out', {});
    expect(encoded.take(left)).toBeUndefined();
    clerk = await desk.signedIn('novakova');
    await clerk.must('visits.take-up', { visitId });
  });
});

describe('a batch from the feeder', () => {
  it('is parted by separator sheets, which are counted and not kept; the clerk says where each part goes', async () => {
    const page = (name: string) =>
      drawnPage(chanceOf('batch', name), { dpi: 100, rows: 12 }).then(({ bytes }) => bytes);
    const blank = (await drawnPage(chanceOf('batch', 'blank'), { dpi: 100, rows: 0 })).bytes;
    const separator = await separatorSheet();
    // Front, back: two sheets, a separator, two sheets of which the last is blank on its back.
    const [a, b, c, d, e] = [
      await page('a'),
      await page('b'),
      await page('c'),
      await page('d'),
      await page('e'),
    ];
    await glass.feed([a, b, separator, blank, c, d, e, blank]);
    expect(await scan({ source: 'feeder-duplex' })).toMatchObject({
      state: 'done',
      pagesDone: 6,
      separators: 2,
    });
    const pages = await pagesOf('sheets');
    expect(pages.map(({ startsPart }) => startsPart)).toEqual([false, false, true, false, false, false]);
    expect(pages.map(({ blank }) => blank)).toEqual([false, false, false, false, false, true]);
    const order = await Promise.all(
      pages.map(async ({ id }) => {
        const row = desk.store.read((tx) =>
          tx.get<{ sha256: string }>('SELECT sha256 FROM pages WHERE id = ?', [id]),
        );
        const bytes = await desk.store.blobs.read(row?.sha256 ?? '');
        return [a, b, c, d, e, blank].findIndex((one) => bytes.ok && Buffer.from(one).equals(bytes.value));
      }),
    );
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);

    const second = pages.slice(2).map(({ id }) => id);
    expect(await clerk.call('attachments.move-pages', { pageIds: second, slotId: 'nowhere' })).toMatchObject({
      error: { code: 'attachments.no-such-slot' },
    });
    const [left, reached] = await clerk.must('attachments.move-pages', { pageIds: second, slotId: 'text' });
    expect(left.pages.map(({ id }) => id)).toEqual(pages.slice(0, 2).map(({ id }) => id));
    expect(reached).toMatchObject({
      slotId: 'text',
      pages: second.map((id, index) => ({ id, index, startsPart: false })),
    });
    // More than an attachment may have are not moved.
    await clerk.must('attachments.move-pages', { pageIds: second, slotId: 'sheets' });
    expect((await pagesOf('sheets')).map(({ id }) => id)).toEqual(pages.map(({ id }) => id));
  });
});
