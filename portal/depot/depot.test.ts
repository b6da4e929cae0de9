import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import {
  allot,
  bodyOf,
  extractFate,
  newId,
  send,
  sha256,
  type TestDesk,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';
import { plainFileName, readToken } from './deposits.ts';

const PDF = Buffer.from('%PDF-1.7\nvýstup konverze');
const START = '2026-04-01T08:00:00.000Z';
type Deposited = { token: string; expiresOn: string };

describe('the depot', () => {
  let dataDir: string;
  let portal: TestPortal;
  let desk: TestDesk;
  const start = (at = START): TestPortal =>
    testPortal({ dataDir, publicPace: { burst: 1000, perSecond: 1 } }, testClock(at));
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'depot-'));
    portal = start();
    desk = await portal.enrol();
  });
  afterEach(async () => {
    await portal.close();
    rmSync(dataDir, { recursive: true });
  });
  const get = (url: string) => portal.app.inject({ method: 'GET', url });
  const upload = (content: Buffer, name = 'smlouva.pdf', field = 'soubor') => {
    const boundary = '----hranice';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/pdf\r\n\r\n`;
    return portal.app.inject({
      method: 'POST',
      url: '/uschovna',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    });
  };
  const conversion = async (who = desk, officeId = 'klatovy'): Promise<string> =>
    bodyOf<Schemas['AllottedNumber']>(await allot(who, { series: 'conversions', officeId })).number;
  const deposit = async (more: object = {}, who = desk) => {
    await who.call('PUT', `/blobs/${sha256(PDF)}`, { bytes: PDF });
    const json = { id: newId(), sha256: sha256(PDF), fileName: 'Výstup č. 1.pdf', ...more };
    return { json, answer: await who.call('POST', '/depot', { json }) };
  };

  it('gives the output of a conversion to whoever has the token, as often as needed, for thirty days', async () => {
    const conversionNumber = await conversion();
    const { json, answer } = await deposit({ conversionNumber });
    const { token, expiresOn } = bodyOf<Deposited>(answer);
    expect(expiresOn).toBe('2026-05-01');
    expect(bodyOf(await desk.call('POST', '/depot', { json })), 'asked again').toEqual({ token, expiresOn });
    const found = await get(`/uschovna?kod=${token.toLowerCase().replaceAll('-', ' ')}`);
    expect(found.headers.location).toBe(`/uschovna/${token}?lang=cs`);
    const page = await get(`/uschovna/${token}`);
    expect(page.body).toContain('Výstup č. 1.pdf');
    expect(page.body).toContain('1. 5. 2026');
    expect(page.body).toContain(conversionNumber);
    for (let time = 0; time < 2; time += 1) {
      const file = await get(`/uschovna/${token}/soubor`);
      expect(file.rawPayload.equals(PDF)).toBe(true);
      expect(file.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': "attachment; filename*=UTF-8''V%C3%BDstup%20%C4%8D.%201.pdf",
        'x-content-type-options': 'nosniff',
      });
    }
    expect(await desk.call('GET', `/depot/${token}`), 'an output is no input').toMatchObject({ status: 404 });

    await portal.close();
    portal = start('2026-05-01T20:00:00.000Z');
    expect((await get(`/uschovna/${token}/soubor`)).statusCode).toBe(200);
    await portal.close();
    portal = start('2026-05-01T22:30:00.000Z');
    expect((await get(`/uschovna/${token}/soubor`)).statusCode, 'the next day in Prague').toBe(404);
    expect(existsSync(join(dataDir, 'blobs', sha256(PDF).slice(0, 2), sha256(PDF)))).toBe(false);
  });

  it('gives no output whose conversion was cancelled', async () => {
    const conversionNumber = await conversion();
    const { token } = bodyOf<Deposited>((await deposit({ conversionNumber })).answer);
    const fate = extractFate(conversionNumber, 'cancelled');
    const payload = { ...fate.payload, evidence: { series: 'conversions', number: conversionNumber } };
    expect(await send(desk, { ...fate, payload })).toMatchObject([{ status: 'accepted' }]);
    const page = await get(`/uschovna/${token}`);
    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('bylo jeho číslo zrušeno');
    expect((await get(`/uschovna/${token}/soubor`)).statusCode).toBe(404);
  });

  it('gives the clause of a certified signature under its number of the register book, until that is cancelled', async () => {
    const book = { series: 'vidimace', year: 2026, number: 12 };
    const { json, answer } = await deposit({ book });
    const { token } = bodyOf<Deposited>(answer);
    const { token: next } = bodyOf<Deposited>((await deposit({ book: { ...book, number: 13 } })).answer);
    expect(bodyOf(await desk.call('POST', '/depot', { json }))).toMatchObject({ token });
    const other = { ...json, book: { ...book, number: 14 } };
    expect(await desk.call('POST', '/depot', { json: other })).toMatchObject({
      body: { code: 'depot.content-differs' },
    });
    const both = { ...json, id: newId(), conversionNumber: await conversion() };
    expect(await desk.call('POST', '/depot', { json: both })).toMatchObject({ status: 400 });
    expect((await get(`/uschovna/${token}`)).body).toContain('12/2026');
    // The same number of another desk's book is another number.
    const cancelled = (who: TestDesk) => {
      const { evidence: _, ...payload } = extractFate('X-V-2026-0000001-81', 'cancelled').payload;
      return send(who, { ...extractFate('X-V-2026-0000001-81', 'cancelled'), payload: { ...payload, book } });
    };
    expect(await cancelled(await portal.enrol())).toMatchObject([{ status: 'accepted' }]);
    expect((await get(`/uschovna/${token}/soubor`)).statusCode).toBe(200);
    expect(await cancelled(desk)).toMatchObject([{ status: 'accepted' }]);
    expect((await get(`/uschovna/${token}/soubor`)).statusCode).toBe(404);
    expect((await get(`/uschovna/${next}/soubor`)).statusCode).toBe(200);
    expect((await deposit({ book })).answer).toMatchObject({ body: { code: 'depot.number-unknown' } });
  });

  it('takes from a desk only what it sent, under its own office’s number, and one thing under one id', async () => {
    const conversionNumber = await conversion();
    const { json, answer } = await deposit({ conversionNumber });
    expect(answer.status).toBe(200);
    const other = await portal.enrol('nyrsko');
    const foreign = await conversion(other, 'nyrsko');
    const again = (change: object, who = desk) =>
      who.call('POST', '/depot', { json: { ...json, ...change } });
    expect(await again({ fileName: 'jiný.pdf' })).toMatchObject({ body: { code: 'depot.content-differs' } });
    expect(await again({}, other)).toMatchObject({ body: { code: 'depot.content-differs' } });
    expect(await again({ id: newId(), conversionNumber: foreign })).toMatchObject({
      status: 409,
      body: { code: 'depot.number-unknown' },
    });
    const id = newId();
    expect(await again({ id, conversionNumber: foreign }, other)).toMatchObject({
      status: 404,
      body: { code: 'blob.unknown' },
    });
  });

  it('takes a file from a citizen and gives it to a desk by its token, and to nobody else', async () => {
    const content = Buffer.from('%PDF-1.4\npodepsaný vstup');
    const sent = await upload(content, 'smlouva.pdf');
    expect(sent.statusCode).toBe(303);
    const token = /\/uschovna\/([A-Z2-9-]{24})\?/.exec(String(sent.headers.location))?.[1] ?? '';
    const page = await get(`/uschovna/${token}`);
    expect(page.body).toContain('sdělte jej na přepážce');
    expect(page.body).not.toContain('/soubor');
    expect((await get(`/uschovna/${token}/soubor`)).statusCode).toBe(404);
    for (const who of [desk, await portal.enrol('nyrsko')]) {
      const { status, body, headers } = await who.call('GET', `/depot/${token.toLowerCase()}`);
      expect(status).toBe(200);
      expect(Buffer.isBuffer(body) && body.equals(content)).toBe(true);
      expect(headers['content-disposition']).toContain('smlouva.pdf');
    }
    expect(await portal.call('GET', `/depot/${token}`)).toMatchObject({ status: 401 });
    expect(await desk.call('GET', '/depot/AAAA-BBBB-CCCC-DDDD-EEEE')).toMatchObject({
      status: 404,
      body: { code: 'depot.unknown' },
    });
  });

  it('says in words what it does not take', async () => {
    const refused: [Awaited<ReturnType<typeof upload>>, number, string][] = [
      [await upload(Buffer.from('MZ program')), 415, 'depot.kind'],
      [await upload(Buffer.alloc(0)), 400, 'depot.no-file'],
      [await upload(PDF, 'a.pdf', 'jine-pole'), 400, 'depot.no-file'],
      [await upload(Buffer.concat([PDF, Buffer.alloc(50 * 1024 * 1024)])), 413, 'depot.too-large'],
      [await upload(Buffer.concat([PDF, Buffer.alloc(51 * 1024 * 1024)])), 413, 'depot.too-large'],
    ];
    for (const [answer, status, code] of refused) {
      expect(answer.statusCode, code).toBe(status);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.body).toContain(code);
    }
  });

  it('shows a form that needs no script', async () => {
    const page = await get('/uschovna?lang=en');
    expect(page.body).toContain('<label for="file">File</label>');
    expect(page.body).toContain('enctype="multipart/form-data"');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('makes of any name one that is safe to save under', () => {
    expect(plainFileName('../../etc/Žádost\u202e.pdf')).toBe('Žádost.pdf');
    expect(plainFileName('C:\\x\\"a".pdf')).toBe('a.pdf');
    expect(plainFileName('...')).toBe('dokument');
    expect(readToken(' abcd efgh–2345 ')).toBe('ABCD-EFGH-2345');
  });
});
