import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';
import { readAnswer } from './client.ts';

const xml = (inside: string): string =>
  `<?xml version="1.0" ?><doklady_neplatne posl_zmena="1.4.2026" pristi_zmeny="">${inside}</doklady_neplatne>`;

describe('the register’s XML', () => {
  it.each([
    [
      '<odpoved aktualizovano="1.4.2026" evidovano="ne" evidovano_od=""/>',
      { outcome: 'not-listed', asOf: '2026-04-01' },
    ],
    [
      '<odpoved aktualizovano="1. 4. 2026" evidovano="ano" evidovano_od="28. 11. 2022"/>',
      { outcome: 'listed', asOf: '2026-04-01', listedSince: '2022-11-28' },
    ],
    [
      '<dotaz typ="0" cislo="1" serie="-"/><odpoved aktualizovano="01.04.2026" evidovano="ano" evidovano_od="5. 6.2003"/>',
      { outcome: 'listed', asOf: '2026-04-01', listedSince: '2003-06-05' },
    ],
    ['<odpoved aktualizovano="1.4.2026" evidovano="ano"/>', { outcome: 'listed', asOf: '2026-04-01' }],
    ['<chyba spatny_dotaz="ano">Chybně zadaný dotaz</chyba>', { outcome: 'wrong-shape' }],
  ])('%s', (inside, value) => {
    expect(readAnswer(xml(inside))).toEqual({ ok: true, value });
  });

  it.each([
    '',
    'Service temporarily unavailable',
    '<html><body>odstávka</body></html>',
    xml(''),
    xml('<odpoved aktualizovano="31.2.2026" evidovano="ne"/>'),
    xml('<odpoved evidovano="ne"/>'),
    xml('<odpoved aktualizovano="1.4.2026" evidovano="možná"/>'),
    xml('<chyba spatny_dotaz="ne">Databáze</chyba>'),
    xml('<odpoved aktualizovano="1.4.2026" evidovano="ne"/>').slice(0, -5),
    `<!DOCTYPE x [<!ENTITY a "b">]>${xml('<odpoved aktualizovano="1.4.2026" evidovano="ne"/>')}`,
  ])('is no answer: %s', (text) => {
    expect(readAnswer(text)).toEqual({ ok: false, error: 'unavailable' });
  });
});

describe('a document check', () => {
  let portal: TestPortal;
  let server: Server | undefined;
  afterEach(async () => {
    await portal.close();
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });
  const check = (desk: TestDesk, kind: string, number: string, issuer?: string) =>
    desk.call('POST', '/document-checks', { json: { kind, number, ...(issuer ? { issuer } : {}) } });

  it('asks the training register', async () => {
    portal = testPortal();
    const desk = await portal.enrol();
    const listed = {
      status: 200,
      body: { outcome: 'listed', listedSince: '2026-02-11', asOf: '2026-03-31' },
    };
    expect(await check(desk, 'id-card', '999000036')).toMatchObject(listed);
    expect(await check(desk, 'id-card', ' 999 000-036 ', 'CZE')).toMatchObject(listed);
    expect(await check(desk, 'passport', '99900022')).toMatchObject({ body: { outcome: 'listed' } });
    expect(await check(desk, 'id-card-without-mrz', 'aa 999001')).toMatchObject({
      body: { outcome: 'listed' },
    });
    expect(await check(desk, 'id-card-without-mrz', '999002 AB12')).toMatchObject({
      body: { outcome: 'listed' },
    });
    expect(await check(desk, 'weapons-licence', 'AL 999003')).toMatchObject({ body: { outcome: 'listed' } });
    expect((await check(desk, 'id-card', '999000018')).body).toEqual({
      outcome: 'not-listed',
      asOf: '2026-03-31',
    });
    expect(await check(desk, 'id-card', '999000503')).toMatchObject({
      status: 503,
      body: { code: 'document-register.unavailable', retryable: true },
    });
  });

  it('does not ask about what the register cannot know', async () => {
    let asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    portal = testPortal({ invalidDocumentsUrl: await listening(server) });
    const desk = await portal.enrol();
    const today = '2026-04-01';
    expect((await check(desk, 'id-card', '12345')).body).toEqual({ outcome: 'wrong-shape', asOf: today });
    expect((await check(desk, 'passport', 'AB123456')).body).toEqual({ outcome: 'wrong-shape', asOf: today });
    for (const [kind, number, issuer] of [
      ['passport', '999000011', 'DNK'],
      ['eu-id-card', 'ZZ999001', 'SVK'],
      ['residence-permit', '999000514', 'CZE'],
      ['other', '?', 'CZE'],
    ] as const) {
      expect((await check(desk, kind, number, issuer)).body).toEqual({
        outcome: 'cannot-be-checked',
        asOf: today,
      });
    }
    expect(asked).toBe(0);
  });

  it('sends the number’s digits before its series, and takes the register’s word for a wrong shape', async () => {
    const questions: string[] = [];
    server = createServer((request, response) => {
      questions.push(request.url ?? '');
      response.end(xml('<chyba spatny_dotaz="ano">x</chyba>'));
    });
    portal = testPortal({ invalidDocumentsUrl: `${await listening(server)}/doklady.aspx` });
    const desk = await portal.enrol();
    expect(await check(desk, 'id-card', 'AB12 999002')).toMatchObject({ body: { outcome: 'wrong-shape' } });
    expect(questions).toEqual(['/doklady.aspx?dotaz=999002AB12&doklad=0']);
  });

  it.each([
    ['is silent', () => {}],
    ['fails', (response: import('node:http').ServerResponse) => response.writeHead(500).end()],
    [
      'points elsewhere',
      (response: import('node:http').ServerResponse) => response.writeHead(302, { location: '/' }).end(),
    ],
    ['answers nonsense', (response: import('node:http').ServerResponse) => response.end('<html/>')],
    ['breaks off', (response: import('node:http').ServerResponse) => response.destroy()],
  ])('says that the register cannot be asked when it %s', async (_what, behave) => {
    server = createServer((_request, response) => void behave(response));
    portal = testPortal({ invalidDocumentsUrl: await listening(server), invalidDocumentsTimeLimitMs: 150 });
    const desk = await portal.enrol();
    expect(await check(desk, 'id-card', '999000018')).toMatchObject({
      status: 503,
      body: { code: 'document-register.unavailable' },
    });
  });

  it('cannot ask where no register is named', async () => {
    portal = testPortal({ environment: 'production' });
    expect(await portal.call('GET', '/health')).toMatchObject({ body: { environment: 'production' } });
    expect(() => portal.issueEnrolmentCode('klatovy'), 'nothing of the training is there').toThrow();
  });
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
