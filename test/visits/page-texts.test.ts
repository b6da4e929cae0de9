import { PDFiumLibrary } from '@hyzyla/pdfium';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { czechPage, czechParagraphs } from '../rigs/czech-page.ts';
import { formSamples } from '../rigs/form-samples.ts';
import { generalForm, verify } from '../rigs/visits.ts';

// What is read on the pages of attachments, over the whole counter: from the page to the bound document.

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let administrator: TestWindow;
let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  portal = await startPortal(50);
  desk = await startCounter({ portal });
  administrator = await desk.signedIn('hajickova');
  clerk = await desk.signedIn('novakova');
  bytes = (await czechPage(czechParagraphs.slice(0, 1), { dpi: 150 })).scan;
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

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
  const { id: visitId } = await clerk.must('visits.open', {});
  await verify(clerk, visitId);
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
