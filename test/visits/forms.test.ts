import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, legalDate } from '../../electron/values/time.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { formSamples } from '../rigs/form-samples.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { noisePicture } from '../rigs/planted.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';

/** Forms at the desk: each kind of submission filled, printed and accepted; what the counter does not let through. */

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

let visitId = '';
/** A verified visit with a service of the kind; the one before it is put aside. */
const started = async (definitionId: string): Promise<string> => {
  await clerk.call('visits.park', { visitId, note: '' });
  visitId = (await clerk.must('visits.open', {})).id;
  await verify(clerk, visitId);
  return (await clerk.must('services.start', { visitId, definitionId })).id;
};
const complete = (serviceId: string, data: object, addresseeId: string | null) =>
  clerk.must('services.complete-form', { serviceId, data: JSON.parse(JSON.stringify(data)), addresseeId });

async function textOf(documentId: string): Promise<string> {
  await desk.counter.prints.idle();
  const sha256 = desk.store.read((tx) =>
    tx.get<{ sha256: string }>('SELECT sha256 FROM outputs WHERE document_id = ?', [documentId]),
  )?.sha256;
  const pdf = await desk.store.blobs.read(sha256 ?? '');
  if (!pdf.ok) throw new Error('the document has no pages');
  const { value: bytes } = pdf;
  const looked = 'out/look/forms';
  mkdirSync(looked, { recursive: true });
  writeFileSync(`${looked}/${documentId}.pdf`, bytes);
  const pages = await withPdf(bytes, pageTexts);
  return pages.join('\n').replaceAll('\u00a0', ' ');
}

/** From a complete form to the acceptance; every attachment that must be there is there. */
async function accepted(serviceId: string) {
  const { attachments } = await clerk.must('services.definition', { serviceId });
  const { services } = await clerk.must('visits.get', { visitId });
  const asked = services.find(({ id }) => id === serviceId)?.slots.map(({ slotId }) => slotId) ?? [];
  for (const { id, required } of attachments?.slots ?? [])
    if (required && asked.includes(id))
      await clerk.must('attachments.add-file', {
        serviceId,
        slotId: id,
        name: 'strana.png',
        bytes: noisePicture(),
      });
  await clerk.must('services.complete-attachments', { serviceId });
  const printed = await clerk.must('services.print-request', { serviceId });
  await settlePrints(clerk, visitId);
  await clerk.must('services.confirm-signed', { serviceId });
  return {
    request: printed.request?.documentId ?? '',
    service: await clerk.must('services.accept', { serviceId }),
  };
}

describe('each kind of submission', () => {
  it.each(Object.entries(formSamples))('%s is filled, printed and accepted', async (definitionId, sample) => {
    const serviceId = await started(definitionId);
    const { service, problems } = await complete(serviceId, sample.data, sample.addresseeId);
    expect(problems).toEqual([]);
    expect(service.addressee?.id).toBe(sample.goesTo);
    expect(service.slots.map(({ slotId }) => slotId)).toEqual(sample.slots);
    const done = await accepted(serviceId);
    const request = await textOf(done.request);
    for (const text of sample.printed) expect(request).toContain(text);
    expect(request).not.toContain('zůstalo z omylu');
    expect(done.service.state).toBe('done');
  });
});

describe('the counter', () => {
  it('does not take a code that is not in its list, nor a street of another town', async () => {
    const serviceId = await started('tree-felling');
    const { data } = formSamples['tree-felling'] ?? { data: {} };
    const wrong = async (change: object) =>
      (await complete(serviceId, { ...data, ...change }, null)).problems.map(
        ({ field, code }) => `${field} ${code}`,
      );
    expect(await wrong({ municipality: { code: '999999', name: 'Nikde' } })).toContain(
      'municipality form.choice',
    );
    expect(await wrong({ street: { code: '900001', name: 'Cvičná' } })).toEqual(['street form.choice']);
    expect(await wrong({ street: { code: '900017', name: 'Jiná' } })).toEqual(['street form.choice']);
    // No office is known for it: the clerk must choose.
    const lost = { municipality: { code: '582786', name: 'Brno' }, street: null };
    expect(await wrong(lost)).toEqual(['$addressee form.required']);
    expect((await complete(serviceId, { ...data, ...lost }, 'plzen')).problems).toEqual([]);
  });

  it('counts by itself and refuses another count', async () => {
    const serviceId = await started('stay-fee-return');
    const { data } = formSamples['stay-fee-return'] ?? { data: {} };
    const { problems } = await complete(serviceId, { ...data, due: 1 }, null);
    expect(problems).toEqual([{ field: 'due', code: 'form.computed-differs' }]);
    const { service } = await complete(serviceId, data, null);
    expect(service.form?.data).toMatchObject({ due: 17200, rest: 7200 });
  });

  it('keeps what was typed into fields that are hidden, until the form is complete', async () => {
    const serviceId = await started('appeal');
    const data = { delivered: 'no', deliveredOn: '2026-11-06', forgiveReason: 'nemoc' };
    const saved = await clerk.must('services.save-form', { serviceId, data, addresseeId: null });
    expect(saved.service.form?.data).toMatchObject({ deliveredOn: '2026-11-06' });
  });

  it('finds municipalities, streets and countries by what is typed', async () => {
    const find = async (list: string, within: string | null, search: string) =>
      (await clerk.must('services.codes', { list, within, search })).map(({ name }) => name.cs);
    expect(await find('municipalities', null, 'nyr')).toEqual(['Nýrsko']);
    expect(await find('municipalities', null, 'hrad kra')).toEqual(['Hradec Králové']);
    expect(await find('streets', '556831', 'ZIZ')).toEqual(['Žižkova']);
    expect(await find('streets', null, 'Žižkova')).toEqual([]);
    expect(await find('countries', null, 'rak')).toEqual(['Rakousko']);
    expect(await find('countries', null, 'AUT')).toEqual(['Rakousko']);
    expect((await find('municipalities', null, '')).length).toBe(12);
  });
});

describe('the receipt', () => {
  const appeal = async (deliveredOn: string, addresseeId: string) => {
    const serviceId = await started('appeal');
    const { data } = formSamples['appeal'] ?? { data: {} };
    await complete(serviceId, { ...data, deliveredOn }, addresseeId);
    const { service } = await accepted(serviceId);
    return textOf(service.acceptance?.prints[0]?.documentId ?? '');
  };
  it('says that the deadline is kept, is not kept here, or has passed', async () => {
    const today = legalDate(new Date());
    expect(await appeal(addDays(today, -3), 'klatovy')).toContain('přijetím byla lhůta zachována');
    const elsewhere = await appeal(addDays(today, -3), 'nyrsko');
    expect(elsewhere).toContain('kterému není adresováno');
    expect(elsewhere).toContain('lhůta nezachovává');
    expect(await appeal(addDays(today, -40), 'klatovy')).toContain('lhůta uplynula');
  });
});

describe('a paper that was handed in', () => {
  it('is counted and described, gets a label and a receipt, and goes the way of all submissions', async () => {
    await clerk.call('visits.park', { visitId, note: '' });
    visitId = (await clerk.must('visits.open', {})).id;
    const { id: serviceId } = await clerk.must('services.start', {
      visitId,
      definitionId: 'paper-submission',
    });
    const data = {
      subject: 'Oprava osvětlení',
      sheets: 2,
      attachments: 3,
      attachmentSheets: 7,
      from: 'organisation',
      organisation: 'Spolek Cvičná ulice, z. s.',
      surname: 'Předsedová',
      taken: 'described',
      description: 'Žádost o opravu osvětlení s plánkem.',
    };
    const { service, problems } = await complete(serviceId, data, 'nyrsko');
    expect(problems).toEqual([]);
    expect(service.slots).toEqual([]);
    expect(
      service.steps.map(({ step }) => step),
      'nothing to attach',
    ).not.toContain('attachments');
    const accepted = await clerk.must('services.accept', { serviceId });
    const prints = accepted.acceptance?.prints ?? [];
    expect(prints.map(({ kind }) => kind)).toEqual(['acceptance-receipt', 'paper-label']);
    const [receipt = '', label = ''] = await Promise.all(prints.map(({ documentId }) => textOf(documentId)));
    expect(receipt).toContain('Spolek Cvičná ulice, z. s.');
    expect(receipt).toContain('9 listů');
    expect(receipt).toContain('3 přílohy, 7 listů');
    expect(label).toContain('bude přiděleno');
    expect(label).toMatch(/3 ?\/ ?7/);
    await settlePrints(clerk, visitId);
    expect((await clerk.must('visits.hand-over', { visitId })).state).toBe('closed');
    expect(await delivered(accepted.acceptance?.submissionId ?? '')).toMatchObject({
      referenceNumber: expect.stringMatching(/^MUNY\//),
      fileNumber: expect.stringMatching(/^SZ MUNY\//),
    });
  });
});

/** What the queue knows of a submission once its office has given it a number. */
const delivered = (submissionId: string) =>
  until('the submission has its number', async () => {
    await clerk.must('desk.try-line', {});
    const { items } = await clerk.must('queue.list', { show: 'all', after: null, limit: 100 });
    const item = items.find(({ id }) => id === submissionId);
    return item?.referenceNumber != null && item;
  });

describe('an office that asks for more', () => {
  it('makes a task, a letter for the person says what and until when, and a correction settles it', async () => {
    await clerk.call('visits.park', { visitId, note: '' });
    visitId = (await clerk.must('visits.open', {})).id;
    await verify(clerk, visitId);
    const { id: serviceId, acceptance } = await acceptSubmission(clerk, visitId);
    const submissionId = acceptance?.submissionId ?? '';
    const { fileNumber } = await delivered(submissionId);
    expect(await clerk.call('services.print-completion-call', { serviceId })).toMatchObject({
      ok: false,
      error: { code: 'service.nothing-asked' },
    });
    const reason = { cs: 'Připojte plánek.', en: 'Enclose a sketch.' };
    expect(portal.answerAs('completion-asked', submissionId, reason, '2030-05-04')).toBe(true);
    const service = await until('the desk hears of it', async () => {
      await clerk.must('desk.try-line', {});
      const { services } = await clerk.must('visits.get', { visitId });
      return services.find(({ acceptance }) => acceptance?.delivery.asked != null);
    });
    expect(service.acceptance?.delivery.asked).toEqual({ reason, deadline: '2030-05-04' });
    const asked = await clerk.must('services.print-completion-call', { serviceId });
    const letter = asked.acceptance?.prints.find(({ kind }) => kind === 'completion-call');
    const text = await textOf(letter?.documentId ?? '');
    for (const part of ['Připojte plánek.', 'Doplňte do 4. 5. 2030.', fileNumber ?? '', 'Jan Karel Vzorový'])
      expect(text).toContain(part);
    const corrected = await clerk.must('services.correct', { serviceId, correction: 'Plánek připojen.' });
    expect(corrected.acceptance?.delivery.asked).toBeNull();
    expect((await clerk.call('services.print-completion-call', { serviceId })).ok).toBe(false);
  });
});

describe('a form that changes at the portal', () => {
  it('comes with the next sync; what is in progress keeps the version it began with', async () => {
    const serviceId = await started('general-submission');
    const definition = await clerk.must('services.definition', { serviceId });
    const title = { cs: 'Obecné podání nově', en: 'General submission anew' };
    const added = portal.addForm({ ...definition, version: 77, title });
    expect(added).toEqual({ ok: true, value: { id: 'general-submission', version: 77 } });
    await until('the new version is offered', async () => {
      await clerk.must('desk.try-line', {});
      const offered = await clerk.must('services.offered', { visitId });
      return offered.some((one) => one.title.cs === title.cs);
    });
    expect((await clerk.must('services.definition', { serviceId })).version).toBe(definition.version);
    await clerk.must('services.withdraw', { serviceId, reason: 'zkouška' });
    expect((await acceptSubmission(clerk, visitId)).version).toBe(77);
  });
});
