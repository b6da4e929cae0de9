import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanView } from '../../electron/contract/attachments.ts';
import { SCAN_PROFILES } from '../../electron/values/scan-profiles.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { czechPage, czechParagraphs } from '../rigs/czech-page.ts';
import { formSamples } from '../rigs/form-samples.ts';
import { type PaperOnGlass, startPaperOnGlass } from '../rigs/paper-on-glass.ts';
import { generalForm, verify } from '../rigs/visits.ts';

// What is read on the pages of attachments, over the whole counter: from the page to the bound document.

let portal: PortalRig;
let glass: PaperOnGlass;
let desk: CounterRig;
let clerk: TestWindow;
let administrator: TestWindow;
const windowKey = newId().repeat(2);
let visitId: string;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  portal = await startPortal(50);
  glass = await startPaperOnGlass();
  desk = await startCounter({ portal, scanner: scannerAt(glass) });
  administrator = await desk.signedIn('hajickova');
  clerk = await desk.signedIn('novakova', windowKey);
  ({ id: visitId } = await clerk.must('visits.open', {}));
  await verify(clerk, visitId);
  bytes = (await czechPage(czechParagraphs.slice(0, 1), { dpi: 150 })).scan;
});
afterAll(async () => {
  await desk?.close();
  await glass?.stop();
  await portal?.close();
});

const scannerAt = ({ command, temporaryFolder }: PaperOnGlass) => ({ command, temporaryFolder });

const setSearchable = async (searchableScans: boolean) =>
  administrator.must('settings.save', { ...(await administrator.must('settings.get', {})), searchableScans });
const left = async (serviceId: string) => (await clerk.must('attachments.texts', { serviceId })).left;
const allRead = (serviceId: string) => until('all is read', async () => (await left(serviceId)) === 0);
const kept = () =>
  desk.store.read((tx) =>
    tx.all<{ slot: string; picture: string; text: string | null }>(
      `SELECT p.slot_id AS slot, t.picture, t.text FROM page_texts AS t JOIN pages AS p ON p.id = t.page_id ORDER BY p.id`,
      [],
    ),
  );
const add = async (serviceId: string, slotId = 'enclosure') => {
  const slot = await clerk.must('attachments.add-file', { serviceId, slotId, name: 'strana.png', bytes });
  return slot.pages.at(-1)?.id ?? '';
};

/** Closes the attachments and gives the text of what was bound of the one slot. */
async function boundText(serviceId: string): Promise<string> {
  await clerk.must('services.complete-attachments', { serviceId });
  const sha256 = desk.store.read((tx) =>
    tx.get<{ sha256: string }>(
      `SELECT json_extract(record, '$.attachments[0].sha256') AS sha256 FROM services WHERE id = ?`,
      [serviceId],
    ),
  )?.sha256;
  const pdf = await desk.store.blobs.read(sha256 ?? '');
  if (!pdf.ok) throw new Error(pdf.error.code);
  const document = await (await PDFiumLibrary.init()).loadDocument(pdf.value);
  return document.getPage(0).getText();
}

it('reads pages in the background, again when they are turned, forgets them with the page, and only where it may', async () => {
  const { id: serviceId } = await clerk.must('services.start', {
    visitId,
    definitionId: 'general-submission',
  });
  await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });

  const first = await add(serviceId);
  await allRead(serviceId);
  expect(kept()[0]?.text).toContain('žluťoučký');
  await clerk.must('attachments.rotate-page', { pageId: first, by: 180 });
  await allRead(serviceId);
  expect(kept()[0]?.picture).toMatch(/:180:$/);
  expect(kept()[0]?.text).not.toContain('žluťoučký');
  await add(serviceId);
  await clerk.must('attachments.delete-page', { pageId: first });
  await allRead(serviceId);
  expect(kept()).toHaveLength(1);
  expect(await boundText(serviceId)).toContain('žluťoučký kůň');

  await setSearchable(false);
  await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
  expect(await boundText(serviceId)).toBe('');
  await setSearchable(true);

  // A birth certificate says who somebody is.
  const { id: other } = await clerk.must('services.start', { visitId, definitionId: 'surname-change' });
  const sample = formSamples['surname-change'];
  await clerk.must('services.complete-form', {
    serviceId: other,
    data: JSON.parse(JSON.stringify(sample?.data)),
    addresseeId: sample?.addresseeId ?? null,
  });
  await add(other, 'birth-certificate');
  await add(other, 'marriage-certificate');
  await allRead(other);
  expect(kept().map(({ slot }) => slot)).toEqual(['enclosure', 'marriage-certificate']);
});

it('takes up at the next start what was not looked at nor read, and proposes the turn that the text tells', async () => {
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: { device: glass.device },
  });
  const { id: serviceId } = await clerk.must('services.start', {
    visitId,
    definitionId: 'general-submission',
  });
  await clerk.must('services.complete-form', { serviceId, data: generalForm, addresseeId: 'nyrsko' });
  const { scan } = await czechPage(czechParagraphs, { dpi: 200 });
  // By its rows it could as well be turned by 90°.
  await glass.lay(new Uint8Array(await sharp(scan).rotate(90).png().toBuffer()));
  // The desk ends as soon as the page is kept.
  let isKept = (): void => {};
  const ended = new Promise<void>((resolve) => {
    isKept = () => resolve(desk.stop());
  });
  desk.counter.connect(windowKey, (name, data) => {
    if (name === 'scan-changed' && scanView.parse(data).pagesDone === 1) isKept();
  });
  const settings = { ...SCAN_PROFILES.document, dpi: 200 as const };
  await clerk.must('attachments.scan', { serviceId, slotId: 'enclosure', settings, place: { at: 'end' } });
  await ended;

  desk = await startCounter({ portal, folder: desk.folder, scanner: scannerAt(glass) });
  clerk = await desk.signedIn('novakova');
  const page = async () =>
    (await clerk.must('visits.get', { visitId })).services
      .filter(({ id }) => id === serviceId)
      .flatMap(({ slots }) => slots ?? [])
      .find(({ slotId }) => slotId === 'enclosure')?.pages[0];
  await allRead(serviceId);
  expect(await page()).toMatchObject({ changes: ['turned'], undone: false, rotation: 0 });
  const pageId = (await page())?.id ?? '';
  const shown = await clerk.must('attachments.thumbnail', { pageId, maxPixels: 600 });
  const isUpright = async (bytes: Uint8Array) => {
    const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    const top = data.subarray(0, data.length / 2).filter((light) => light < 128).length;
    return info.height > info.width && top > data.filter((light) => light < 128).length / 2;
  };
  expect(await isUpright(shown.bytes)).toBe(true);
  expect(kept().find(({ picture }) => picture.includes('"turn":270'))?.text).toContain('žluťoučký');
  // It is not bound by the word of who saw it otherwise.
  const seen = [
    { slotId: 'enclosure', pages: [{ ...(await page()), lies: 0, changes: [] }], file: null, warnings: [] },
  ];
  const slots = async () =>
    (await clerk.must('visits.get', { visitId })).services.find(({ id }) => id === serviceId)?.slots;
  expect(
    await clerk.call('services.complete-attachments', { serviceId, seen: JSON.parse(JSON.stringify(seen)) }),
  ).toMatchObject({ error: { code: 'attachments.changed-meanwhile' } });
  await clerk.must('services.complete-attachments', { serviceId, seen: (await slots()) ?? [] });
  await clerk.must('services.reopen-step', { serviceId, step: 'attachments' });
  // Undone, it lies as it was scanned.
  await clerk.must('attachments.treat-page', { pageId, undone: true });
  const original = await sharp((await clerk.must('attachments.thumbnail', { pageId, maxPixels: 600 })).bytes);
  const { width, height } = await original.metadata();
  expect(width).toBeGreaterThan(height);
});
