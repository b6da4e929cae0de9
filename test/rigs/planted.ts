import { randomBytes } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { Store } from '../../electron/store/open.ts';
import type { TestWindow } from './counter.ts';
import { contentNeedle, type Needle, textNeedle } from './leak-scan.ts';
import { until } from './process.ts';
import { person, settlePrints, takeDocument } from './visits.ts';

/** Texts that stand nowhere else in the world, with letters an index folds and an encoder escapes. */
const words = {
  surname: 'Křepelčíková-Zvláštníčková',
  givenNames: 'Žofienka Uvědomělá',
  street: 'Větrníkodomská Přehršel',
  municipality: 'Hrůzodubičky pod Ďasem',
  birthNumber: '7557041236',
  subject: 'Neodkladná oprava prokouřeného světlíku',
  content: 'Žádám o uzavření výkupny kožešin u Šplouchalových, jejíž zápach proniká až do ložnice.',
  note: 'čeká Štěpánčinu babičku z Ohařic',
  correction: 'Správně má být uvedena Mlhošlapová ulice dvacet sedm',
  withdrawn: 'rozmyslela si kvůli Řehořákovým',
  cancelled: 'odešla k Ďuříčkovým na pohřeb',
  reprinted: 'papír zmačkal Vavřinečkův kocour',
  fileName: 'zápis-o-Škvrňákově-zahrádce.pdf',
  review: 'prověřeno u Hřibojedovy přepážky na Škvrňákově dvoře',
  spare: 'Nedokončený žalobní návrh proti Hřibojedovi',
} as const;

/** A page of noise: nothing deflates it, so its pieces can be told anywhere. */
export function noisePicture(): Uint8Array<ArrayBuffer> {
  const [width, height] = [400, 560];
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) randomBytes(width).copy(rows, y * (width + 1) + 1);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(rows, { level: 1 })),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

export const plantedTexts = (): Needle[] =>
  Object.entries(words).map(([name, text]) => textNeedle(name, text));

/** The contents the store holds now, as needles: what it decrypts today must lie nowhere tomorrow. */
export async function contentNeedles(store: Store): Promise<Needle[]> {
  const rows = store.read((tx) =>
    tx.all<{ sha256: string; owner: string }>(
      'SELECT sha256, min(owner) AS owner FROM blobs JOIN blob_uses USING (sha256) GROUP BY sha256',
    ),
  );
  const needles: Needle[] = [];
  for (const { sha256, owner } of rows) {
    const content = await store.blobs.read(sha256);
    // Papers go by themselves a second after their visit ended: what is gone since the list was read is held no more.
    if (!content.ok && content.error.code === 'store.blob-missing') return contentNeedles(store);
    if (!content.ok) throw new Error(content.error.code);
    needles.push(contentNeedle(`content of ${owner}`, content.value));
    needles.push({ name: `hash of ${owner}`, bytes: [Buffer.from(sha256), Buffer.from(sha256, 'hex')] });
  }
  return needles;
}

const submissionForm = { submissionType: 'request', subject: words.subject, content: words.content };

/** Verifies the person under the planted name and address. */
async function verifyPlanted(window: TestWindow, visitId: string): Promise<void> {
  await takeDocument(window, visitId);
  const { person: who } = person('person-01');
  await window.must('identity.confirm', {
    visitId,
    name: { givenNames: words.givenNames, surname: words.surname },
    birthDate: who.birthDate,
    birthNumber: words.birthNumber,
    citizenship: null,
    address: { street: words.street, number: '7', municipality: words.municipality, postalCode: '33901' },
    actingAs: 'in-person',
    concerns: null,
    overrideReason: null,
    // The planted name is not the one in the zone of the document.
    settled: [
      { field: 'surname', reason: 'nasazené jméno' },
      { field: 'givenNames', reason: 'nasazené jméno' },
    ],
  });
}

async function settleRequest(window: TestWindow, visitId: string, serviceId: string): Promise<void> {
  await until('the request is printed', async () => {
    const visit = await window.must('visits.get', { visitId });
    const print = visit.services.find(({ id }) => id === serviceId)?.request?.prints.at(-1);
    if (print?.state === 'failed')
      await window.call('outputs.resolve-print', { jobId: print.jobId, printed: true });
    return print?.state === 'confirmed-by-clerk' || print?.state === 'completed';
  });
}

/** A submission with a scanned page, accepted, corrected, handed over; its receipt was printed twice. */
export async function plantDelivered(window: TestWindow): Promise<{ visitId: string; serviceId: string }> {
  const { id: visitId } = await window.must('visits.open', {});
  await verifyPlanted(window, visitId);
  await window.must('visits.park', { visitId, note: words.note });
  await window.must('visits.take-up', { visitId });
  const { id: serviceId } = await window.must('services.start', {
    visitId,
    definitionId: 'general-submission',
  });
  await window.must('services.complete-form', { serviceId, data: submissionForm, addresseeId: 'nyrsko' });
  const slotId = 'enclosure';
  await window.must('attachments.add-file', { serviceId, slotId, name: 'strana.png', bytes: noisePicture() });
  await window.must('services.complete-attachments', { serviceId });
  await window.must('services.print-request', { serviceId });
  await settleRequest(window, visitId, serviceId);
  await window.must('services.confirm-signed', { serviceId });
  await window.must('services.accept', { serviceId });
  await window.must('services.correct', { serviceId, correction: words.correction });
  const settled = await settlePrints(window, visitId);
  const receipt = settled.services[0]?.acceptance?.prints[0];
  await window.must('outputs.reprint', { documentId: receipt?.documentId ?? '', reason: words.reprinted });
  await settlePrints(window, visitId);
  await window.must('visits.hand-over', { visitId });
  return { visitId, serviceId };
}

/** A visit that came to nothing: one service withdrawn with its request printed, one half filled in, with a page. */
export async function plantCancelled(window: TestWindow): Promise<string> {
  const { id: visitId } = await window.must('visits.open', {});
  await verifyPlanted(window, visitId);
  const definitionId = 'general-submission';
  const { id: first } = await window.must('services.start', { visitId, definitionId });
  await window.must('services.complete-form', {
    serviceId: first,
    data: submissionForm,
    addresseeId: 'nyrsko',
  });
  await window.must('services.complete-attachments', { serviceId: first });
  await window.must('services.print-request', { serviceId: first });
  await settleRequest(window, visitId, first);
  await window.must('services.withdraw', { serviceId: first, reason: words.withdrawn });
  const { id: second } = await window.must('services.start', { visitId, definitionId });
  await window.must('services.complete-form', {
    serviceId: second,
    data: { ...submissionForm, subject: words.spare },
    addresseeId: 'nyrsko',
  });
  await window.must('attachments.add-file', {
    serviceId: second,
    slotId: 'enclosure',
    name: words.fileName,
    bytes: noisePicture(),
  });
  await window.must('visits.cancel', { visitId, reason: words.cancelled });
  return visitId;
}
