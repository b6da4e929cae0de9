import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceView } from '../../electron/contract/services.ts';
import * as deskValues from '../../electron/store/desk-values.ts';
import { comparePages, signedDocument } from '../rigs/converted.ts';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { dataMessage } from '../rigs/data-message.ts';
import { newPdf } from '../rigs/signed-pdf.ts';
import { documentToSign } from '../rigs/signing.ts';
import { settlePrints } from '../rigs/visits.ts';

// Files converted to paper, over the whole counter and the real portal with its training certificates.

let portal: PortalRig;
let desk: CounterRig;
let clerk: TestWindow;
let signed: Uint8Array;

beforeAll(async () => {
  portal = await startPortal();
  signed = await signedDocument(portal.url());
});
afterAll(() => portal.close());
beforeEach(async () => {
  desk = await startCounter({ portal });
  clerk = await desk.signedIn('novakova');
});
afterEach(() => desk.close());

const start = async (): Promise<ServiceView> => {
  const { id: visitId } = await clerk.must('visits.open', {});
  return clerk.must('services.start', { visitId, definitionId: 'conversion-to-paper' });
};
const take = (serviceId: string, bytes: Uint8Array, name = 'rozhodnutí.pdf') =>
  clerk.must('conversions.take-file', { serviceId, name, bytes: new Uint8Array(bytes) });
const count = { sheets: 1, feePages: 1, description: 'rozhodnutí o povolení', writtenOn: '2026-03-30' };

async function answerNo(serviceId: string): Promise<void> {
  const { exclusions } = await clerk.must('services.definition', { serviceId });
  await clerk.must('services.answer-exclusions', {
    serviceId,
    answers: Object.fromEntries((exclusions?.questions ?? []).map(({ id, refuseIf }) => [id, !refuseIf])),
  });
}
async function printedAndCounted({ id: serviceId, visitId }: ServiceView): Promise<ServiceView> {
  await clerk.must('conversions.print', { serviceId });
  await settlePrints(clerk, visitId);
  await comparePages(clerk, serviceId);
  return clerk.must('conversions.set-count', { serviceId, count });
}
const contents = () =>
  desk.store.read((tx) => tx.all(`SELECT sha256 FROM blob_uses WHERE owner LIKE 'output:%'`, [])).length;
const evidence = () =>
  desk.store.read((tx) =>
    tx.all<{ fate: string; reason: string | null }>('SELECT fate, reason FROM evidence_numbers', []),
  );
const publicClause = async (number: string) =>
  (await fetch(`${portal.url()}/v1/clauses/${encodeURIComponent(number)}`)).json();

/** Puts a file into the depot as anybody does, and gives its token. */
async function deposited(bytes: Uint8Array, name: string): Promise<string> {
  const form = new FormData();
  form.set('soubor', new Blob([new Uint8Array(bytes)]), name);
  const page = await (await fetch(`${portal.url()}/uschovna`, { method: 'POST', body: form })).text();
  return /[A-Z2-9]{4}(-[A-Z2-9]{4}){4}/.exec(page)?.[0] ?? '';
}

describe('a signed file', () => {
  it('is judged, printed as it is, compared, counted and certified', async () => {
    const { id: serviceId, visitId } = await start();
    const taken = await take(serviceId, signed);
    expect(taken.conversion).toMatchObject({
      convertible: true,
      input: { name: 'rozhodnutí.pdf', pages: 1, from: 'medium' },
      report: { outcome: 'valid', recognised: true },
    });
    const [signature] = taken.conversion?.report?.signatures ?? [];
    expect(signature).toMatchObject({ kind: 'signature', recognised: true });
    expect(signature?.timestamps).toMatchObject([{ qualified: true, outcome: 'valid' }]);
    await clerk.must('conversions.confirm-validation', { serviceId });
    await answerNo(serviceId);
    const counted = await printedAndCounted(taken);
    expect(counted.fee).toMatchObject({ amount: 30 });
    const issued = await clerk.must('services.issue', { serviceId });
    const number = issued.certification?.number ?? '';
    const clause = await until('the clause is made', async () => {
      const row = desk.store.read((tx) =>
        tx.get<{ data: string }>(`SELECT data FROM outputs WHERE kind = 'conversion-clause'`, []),
      );
      return row && JSON.parse(row.data);
    });
    expect(clause).toMatchObject({
      evidenceNumber: number,
      sheets: 1,
      signatures: [{ kind: 'signature', certificateNumber: signature?.certificate?.number }],
      timestamps: [{ number: signature?.timestamps[0]?.number }],
    });
    await clerk.must('visits.pay', { visitId, method: 'cash', expectedTotal: 30 });
    await settlePrints(clerk, visitId);
    await clerk.must('visits.hand-over', { visitId });
    await until('the portal knows it', async () => {
      await clerk.must('desk.try-line', {});
      return (await publicClause(number)).state === 'issued';
    });
    expect(await publicClause(number)).toMatchObject({
      clause: { conversion: { direction: 'to-paper', sheets: 1 } },
    });
    expect(evidence()).toEqual([{ fate: 'used', reason: null }]);
    // The desk keeps neither what went in nor what came out (DOMAIN 3.7).
    await until('nothing of it is kept', async () => contents() === 0 || desk.counter.retention.delivered());
  });

  it('comes from the depot by the token of who brought it', async () => {
    const token = await deposited(signed, 'žádost.pdf');
    const { id: serviceId } = await start();
    expect(
      await clerk.call('conversions.take-deposit', { serviceId, token: 'ABCD-ABCD-ABCD-ABCD-ABCD' }),
    ).toMatchObject({ error: { code: 'depot.unknown' } });
    const taken = await clerk.must('conversions.take-deposit', {
      serviceId,
      token: token.toLowerCase().replaceAll('-', ' '),
    });
    expect(taken.conversion).toMatchObject({
      convertible: true,
      input: { name: 'žádost.pdf', from: 'depot', size: signed.length },
    });
  });

  it('is not taken out of the depot when it is larger than a conversion may be', async () => {
    const form = new FormData();
    const large = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(20 * 1024 * 1024)]);
    form.set('soubor', new Blob([large], { type: 'application/pdf' }), 'velký.pdf');
    const page = await (await fetch(`${portal.url()}/uschovna`, { method: 'POST', body: form })).text();
    const token = /[A-Z2-9]{4}(-[A-Z2-9]{4}){4}/.exec(page)?.[0] ?? '';
    const { id: serviceId } = await start();
    expect(await clerk.call('conversions.take-deposit', { serviceId, token })).toMatchObject({
      error: { code: 'conversion.file-too-large', params: { limitMib: 20 } },
    });
  });

  it('is judged and compared anew by a colleague who takes the visit over, for who certifies answers for it', async () => {
    const taken = await take((await start()).id, signed);
    const { id: serviceId, visitId } = taken;
    await clerk.must('conversions.confirm-validation', { serviceId });
    await answerNo(serviceId);
    await printedAndCounted(taken);
    await clerk.must('visits.park', { visitId, note: '' });
    const again = await clerk.must('visits.take-up', { visitId });
    expect(again.services[0]?.steps.find(({ state }) => state === 'current')).toMatchObject({
      step: 'issue',
    });
    await clerk.must('visits.park', { visitId, note: '' });
    const colleague = await desk.signedIn('cizek');
    const { services } = await colleague.must('visits.take-up', { visitId });
    expect(services[0]?.steps.find(({ state }) => state === 'current')).toMatchObject({ step: 'validation' });
    expect(services[0]?.conversion).toMatchObject({ agreed: [], count: null });
    expect(await colleague.call('services.issue', { serviceId })).toMatchObject({ ok: false });
  });

  it('keeps its one number through a crash between the number and the act', async () => {
    const { id: serviceId } = await start();
    const taken = await take(serviceId, signed);
    await clerk.must('conversions.confirm-validation', { serviceId });
    await answerNo(serviceId);
    await printedAndCounted(taken);
    const { sync } = desk.counter.desk;
    const officeId = desk.store.read((tx) => desk.counter.desk.enrolled(tx)?.officeId ?? '');
    const year = new Date().getFullYear();
    const before = await sync.evidenceNumber('conversions', { id: serviceId, officeId, year });
    const { folder } = desk;
    await desk.stop();
    desk = await startCounter({ portal, folder });
    clerk = await desk.signedIn('novakova');
    const issued = await clerk.must('services.issue', { serviceId });
    expect(before).toMatchObject({ value: { number: issued.certification?.number } });
    expect(evidence()).toHaveLength(1);
  });

  it('is refused with its paragraph when the print does not agree', async () => {
    const { id: serviceId, visitId } = await start();
    await take(serviceId, signed);
    await clerk.must('conversions.confirm-validation', { serviceId });
    await answerNo(serviceId);
    const agree = () => clerk.call('conversions.agree-page', { serviceId, page: 1 });
    const confirm = () => clerk.call('conversions.confirm-comparison', { serviceId });
    expect(await agree()).toMatchObject({ error: { code: 'service.not-printed' } });
    expect(await confirm()).toMatchObject({ error: { code: 'service.not-printed' } });
    await clerk.must('conversions.print', { serviceId });
    await settlePrints(clerk, visitId);
    expect(await confirm()).toMatchObject({ error: { code: 'conversion.pages-left' } });
    expect(await clerk.must('conversions.refuse', { serviceId, note: 'chybí mapa' })).toMatchObject({
      state: 'refused',
      refusal: { reason: 'Výstup se neshoduje s\u00a0obsahem vstupu. chybí mapa' },
    });
    expect(evidence()).toEqual([]);
    await until('nothing of it is kept', async () => contents() === 0 || desk.counter.retention.delivered());
  });

  it('gives way to another file, and nothing of the first is kept', async () => {
    const { id: serviceId } = await start();
    const first = await take(serviceId, new Uint8Array(newPdf()));
    await clerk.must('services.reopen-step', { serviceId, step: 'input' });
    expect(await clerk.call('conversions.confirm-validation', { serviceId })).toMatchObject({
      error: { code: 'service.not-at-this-step' },
    });
    const second = await take(serviceId, signed);
    expect(second.conversion?.input?.documentId).not.toBe(first.conversion?.input?.documentId);
    await until('the first is gone', async () => contents() === 1 || desk.counter.retention.delivered());
  });
});

describe('a data message', () => {
  const files = () => [
    { name: 'průvodní dopis.txt', mimeType: 'text/plain', content: Buffer.from('Dobrý den') },
    { name: 'rozhodnutí.pdf', content: signed },
  ];
  const medium = (bytes: Uint8Array) =>
    ({ from: 'medium', name: 'zpráva.zfo', bytes: new Uint8Array(bytes) }) as const;
  const attach = (serviceId: string, bytes: Uint8Array, attachment: number) =>
    clerk.call('conversions.take-attachment', { serviceId, message: medium(bytes), attachment });

  it('gives one of its files, which is judged by itself beside the seal of the message', async () => {
    const { id: serviceId } = await start();
    const bytes = await dataMessage(portal.url(), files());
    const opened = await clerk.must('conversions.open-message', { serviceId, message: medium(bytes) });
    expect(opened).toMatchObject({
      name: 'zpráva.zfo',
      report: {
        outcome: 'valid',
        attachments: [{ name: 'průvodní dopis.txt' }, { name: 'rozhodnutí.pdf', size: signed.length }],
      },
    });
    expect(
      await clerk.call('conversions.take-file', { serviceId, name: 'x.pdf', bytes: new Uint8Array(bytes) }),
    ).toMatchObject({ error: { code: 'conversion.message-to-open' } });
    expect(await attach(serviceId, bytes, 0)).toMatchObject({ error: { code: 'conversion.not-a-pdf' } });
    expect(await attach(serviceId, bytes, 2)).toMatchObject({
      error: { code: 'conversion.no-such-attachment' },
    });
    expect(contents()).toBe(0);
    const taken = await attach(serviceId, bytes, 1);
    expect(taken).toMatchObject({
      value: {
        conversion: {
          convertible: true,
          input: { name: 'rozhodnutí.pdf', size: signed.length },
          envelope: { name: 'zpráva.zfo', report: { outcome: 'valid' } },
          report: { outcome: 'valid', format: 'pdf', recognised: true },
        },
      },
    });
    // Of the message nothing is kept but what was found out about it.
    expect(contents()).toBe(1);
    await clerk.must('conversions.confirm-validation', { serviceId });
  });

  it('comes from the depot too', async () => {
    const { id: serviceId } = await start();
    const token = await deposited(await dataMessage(portal.url(), files()), 'zpráva.zfo');
    expect(await clerk.call('conversions.take-deposit', { serviceId, token })).toMatchObject({
      error: { code: 'conversion.message-to-open' },
    });
    const message = { from: 'depot', token } as const;
    expect(await clerk.must('conversions.open-message', { serviceId, message })).toMatchObject({
      name: 'zpráva.zfo',
      report: { outcome: 'valid' },
    });
    expect(
      await clerk.must('conversions.take-attachment', { serviceId, message, attachment: 1 }),
    ).toMatchObject({
      conversion: { convertible: true, input: { from: 'depot' }, envelope: { name: 'zpráva.zfo' } },
    });
  });

  it('that was changed after its sealing lets none of its files through', async () => {
    const { id: serviceId } = await start();
    const forged = Buffer.from(await dataMessage(portal.url(), files()));
    forged.write('124', forged.indexOf('dmID>123') + 5, 'latin1');
    const taken = await attach(serviceId, forged, 1);
    expect(taken).toMatchObject({
      value: {
        conversion: {
          convertible: false,
          report: { outcome: 'valid' },
          envelope: { report: { outcome: 'invalid' } },
        },
      },
    });
    expect(await clerk.call('conversions.confirm-validation', { serviceId })).toMatchObject({
      error: { code: 'conversion.altered-message' },
    });
    expect(await clerk.must('conversions.refuse', { serviceId, note: '' })).toMatchObject({
      refusal: { reason: 'Datová zpráva, ze které soubor je, byla po zapečetění změněna.' },
    });
  });

  it('does not stand in for the signature of the file itself', async () => {
    const { id: serviceId } = await start();
    const bytes = await dataMessage(portal.url(), [{ name: 'dopis.pdf', content: await documentToSign() }]);
    expect(await attach(serviceId, bytes, 0)).toMatchObject({
      value: { conversion: { convertible: false, envelope: { report: { outcome: 'valid' } } } },
    });
  });

  it.each([
    ['a signed PDF', () => signed],
    ['anything else', () => Buffer.from('0 nothing')],
  ])('%s is none', async (_what, bytes) => {
    const { id: serviceId } = await start();
    const opened = await clerk.call('conversions.open-message', { serviceId, message: medium(bytes()) });
    expect(opened).toMatchObject({ error: { code: 'conversion.not-a-message' } });
  });
});

const tampered = () => {
  const bytes = Buffer.from(signed);
  bytes.write('9', bytes.indexOf('/MediaBox') + 12);
  return new Uint8Array(bytes);
};

describe('what has no valid recognised signature', () => {
  it('any file, while the portal comes with an older trust list than was known', async () => {
    const { id: serviceId } = await start();
    expect((await take(serviceId, signed)).conversion).toMatchObject({ convertible: true });
    const { folder } = desk;
    // The desk has read the list the portal makes next; then the one of now is brought back.
    const newer = Math.floor(Date.now() / 1000) + 3600;
    desk.store.write((tx) => {
      const known = tx.all<{ key: string }>(`SELECT key FROM desk WHERE key LIKE 'trust-list:%'`);
      for (const { key } of known) deskValues.set(tx, key, newer);
      expect(known).toHaveLength(1);
    });
    await desk.stop();
    desk = await startCounter({ portal, folder });
    clerk = await desk.signedIn('novakova');
    expect((await clerk.must('conversions.validate', { serviceId })).conversion).toMatchObject({
      convertible: false,
      report: { outcome: 'undecided' },
    });
  });

  it.each([
    ['no signature', documentToSign, 'undecided'],
    ['a signature over other bytes', async () => tampered(), 'invalid'],
    [
      'a certificate that was revoked before',
      () => signedDocument(portal.url(), { signedBy: 'revoked' }),
      'invalid',
    ],
  ])('%s: shown, and refused with its paragraph', async (_what, file, outcome) => {
    const { id: serviceId } = await start();
    const taken = await take(serviceId, await file());
    expect(taken.conversion).toMatchObject({ convertible: false, report: { outcome } });
    expect(await clerk.call('conversions.confirm-validation', { serviceId })).toMatchObject({
      error: { code: 'conversion.not-recognised' },
    });
    expect((await clerk.must('conversions.validate', { serviceId })).conversion?.report?.outcome).toBe(
      outcome,
    );
    expect(await clerk.must('conversions.refuse', { serviceId, note: '' })).toMatchObject({
      state: 'refused',
      refusal: { paragraph: '§ 24 odst. 5 zákona č. 300/2008 Sb.' },
    });
  });

  it.each([
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'conversion.file-damaged'],
    ['no document at all', Buffer.from('MZ program'), 'conversion.not-a-pdf'],
    ['a cut file', null, 'conversion.file-damaged'],
    ['an empty one', Buffer.alloc(0), 'file.empty'],
  ])('%s is not even taken in', async (_what, bytes, code) => {
    const { id: serviceId } = await start();
    const given = new Uint8Array(bytes ?? Buffer.from(signed).subarray(0, 900));
    expect(await clerk.call('conversions.take-file', { serviceId, name: 'x', bytes: given })).toMatchObject({
      error: { code },
    });
    expect(contents()).toBe(0);
  });
});
