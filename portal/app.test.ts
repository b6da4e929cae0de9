import { afterEach, describe, expect, it } from 'vitest';
import { submission, type TestPortal, testPortal } from './testing/portal.ts';

describe('the portal as a whole', () => {
  let portal: TestPortal;
  afterEach(() => portal.close());

  it('says who it is and what time it is, to anybody', async () => {
    portal = testPortal();
    expect(await portal.call('GET', '/health')).toMatchObject({
      status: 200,
      body: { serverTime: '2026-04-01T08:00:00.000Z', version: '0.1.0', environment: 'training' },
    });
  });

  it('lets in no call without a desk’s token', async () => {
    portal = testPortal();
    const calls = [
      ['POST', '/clerk-sessions'],
      ['GET', '/master/offices'],
      ['POST', '/document-checks'],
      ['PUT', `/blobs/${'0'.repeat(64)}`],
      ['POST', '/log'],
      ['POST', '/effects'],
      ['GET', '/inbox'],
      ['POST', '/evidence/extracts/numbers'],
      ['GET', '/evidence/extracts/numbers'],
      ['POST', '/extracts'],
      ['GET', '/extracts/0199c0de-0000-7000-8000-000000000001'],
      ['GET', '/extracts/0199c0de-0000-7000-8000-000000000001/document'],
      ['POST', '/depot'],
      ['GET', '/depot/AAAA-BBBB-CCCC-DDDD-EEEE'],
      ['POST', '/seals'],
      ['GET', '/seals/certificate'],
    ] as const;
    for (const [method, path] of calls) {
      const sent = method === 'GET' ? {} : { json: {} };
      expect(await portal.call(method, path, sent), path).toMatchObject({
        status: 401,
        body: { code: 'desk.token-missing', retryable: false },
      });
      const headers = { authorization: `Bearer ${'x'.repeat(43)}` };
      expect(await portal.call(method, path, { ...sent, headers }), path).toMatchObject({
        status: 401,
        body: { code: 'desk.unknown' },
      });
    }
    expect(await portal.call('HEAD', `/blobs/${'0'.repeat(64)}`)).toMatchObject({
      status: 401,
      body: undefined,
    });
  });

  it('answers wrong input in words and without repeating it', async () => {
    portal = testPortal();
    const desk = await portal.enrol();
    const cases = [
      ['POST', '/desks/enrolments', { json: { deskName: 'x' } }, 400, 'request.invalid'],
      ['POST', '/clerk-sessions', { json: { username: 'a', password: 7 } }, 400, 'request.invalid'],
      ['POST', '/clerk-sessions', { json: 'tajne-heslo' }, 400, 'request.invalid'],
      ['GET', '/master/unknown', {}, 400, 'request.invalid'],
      ['GET', '/master/offices?limit=0', {}, 400, 'request.invalid'],
      ['GET', '/inbox?limit=many', {}, 400, 'request.invalid'],
      ['POST', '/document-checks', { json: { kind: 'library-card', number: '1' } }, 400, 'request.invalid'],
      ['PUT', '/blobs/abc', { bytes: Buffer.from('x') }, 400, 'request.invalid'],
      ['PUT', `/blobs/${'0'.repeat(64)}`, { json: {} }, 415, 'request.media-type'],
      ['POST', '/log', { json: { from: 0, leaves: ['AAAA'] } }, 400, 'request.invalid'],
      ['POST', '/log', { json: { from: 1, leaves: ['žádné base64'] } }, 400, 'request.invalid'],
      ['POST', '/effects', { json: { effects: [{ id: 'x' }] } }, 400, 'request.invalid'],
      ['POST', '/nothing', { json: {} }, 404, 'request.unknown-path'],
    ] as const;
    for (const [method, path, sent, status, code] of cases) {
      const answer = await desk.call(method, path, sent);
      expect(answer, `${method} ${path}`).toMatchObject({ status, body: { code } });
      expect(JSON.stringify(answer.body)).not.toContain('tajne-heslo');
    }
    const broken = await portal.app.inject({
      method: 'POST',
      url: '/v1/log',
      headers: { authorization: `Bearer ${desk.token}`, 'content-type': 'application/json' },
      payload: '{"from":',
    });
    expect([broken.statusCode, broken.json()]).toMatchObject([400, { code: 'request.invalid' }]);
  });

  it('checks its own answers when told to', async () => {
    portal = testPortal();
    const { checkResponse } = (await import('./api.ts'))
      .loadApi((await import('./resources.ts')).findResources())
      .operation('readInbox');
    expect(checkResponse(200, { answers: [], cursor: 'x', more: false })).toEqual([]);
    expect(checkResponse(200, { answers: [{ sequence: 1 }], cursor: 'x', more: false })).not.toEqual([]);
    expect(checkResponse(418, { no: 'error' })).not.toEqual([]);
  });

  it('keeps persons and secrets out of its log', async () => {
    const lines: string[] = [];
    const { pino } = await import('pino');
    portal = testPortal({ logger: pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }) });
    const desk = await portal.enrol();
    await desk.call('POST', '/effects', {
      json: { effects: [submission('0199c0de-0000-7000-8000-000000000001', 1)] },
    });
    await desk.call('POST', '/document-checks', { json: { kind: 'id-card', number: '999000036' } });
    await desk.call('POST', '/extracts', {
      json: {
        id: '0199c0de-0000-7000-8000-000000000002',
        register: 'population',
        subject: { person: { name: { surname: 'Vzorový' }, birthDate: { year: 1980 } } },
      },
    });
    await portal.app.inject({ url: '/uschovna/TAJN-EKOD-TAJN-EKOD-TAJN' });
    await desk.call('POST', '/clerk-sessions', { json: { username: 'novakova', password: 'spatne-heslo' } });
    const log = lines.join('');
    expect(log).toContain('"route":"/v1/effects"');
    for (const secret of [
      'Vzorový',
      '999000036',
      'novakova',
      'spatne-heslo',
      'TAJN',
      desk.token,
      '127.0.0.1:',
    ]) {
      expect(log, secret).not.toContain(secret);
    }
  });
});
