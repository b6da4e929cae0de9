import { scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../electron/values/ids.ts';
import { MOST_TRIES } from '../accounts/online.ts';
import type { Schemas } from '../api.ts';
import { openDatabase } from '../database.ts';
import { actOf, look, openPerson, perform, seeded } from '../testing/accounts.ts';
import { bodyOf, type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';

let dataDir: string;
let portal: TestPortal;
let desk: TestDesk;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
  portal = testPortal({ dataDir, accountPace: { burst: 100, perSecond: 1 } });
  desk = await portal.enrol();
});
afterAll(async () => {
  await portal.close();
  rmSync(dataDir, { recursive: true });
});

const CODE = 'ABCD-2345-WXYZ';
const PASSWORD = 'dlouhe-heslo-2026';
// As a desk makes it, but that it costs nothing to check.
const SALT = Buffer.alloc(16, 7);
const KEY = scryptSync(CODE, SALT, 32, { N: 2 ** 10, r: 8, p: 1 });
const credentials = (expiresOn = '2026-04-15'): Schemas['OneTimeCode'] => ({
  hash: ['scrypt', 10, 8, 1, SALT.toString('base64url'), KEY.toString('base64url')].join('$'),
  expiresOn,
});
const post = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  portal.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(form).toString(),
  });
const get = (url: string) => portal.app.inject({ method: 'GET', url });
const { name } = seeded('person-03').person;
const registration = {
  jmena: name.givenNames ?? '',
  prijmeni: name.surname,
  narozen: '',
  email: 'obcan@jinde.example',
  telefon: '',
  uzivatel: 'novy.obcan',
  heslo: PASSWORD,
  znovu: PASSWORD,
};
const register = (change: Partial<typeof registration> = {}) =>
  post('/ucet/registrace', { ...registration, ...change });
const withCode = (uzivatel: string, kod = CODE) =>
  post('/ucet/kod', { uzivatel, kod, heslo: PASSWORD, znovu: PASSWORD });
/** An account of the same person each time, with a letter. */
async function opened(userName: string, expiresOn?: string): Promise<void> {
  const act = openPerson('person-03', userName, {
    credentials: credentials(expiresOn),
    despite: 'zkouška',
  });
  expect((await perform(desk, act)).result).toBe('done');
}
const passwordOf = (userName: string) =>
  stored<{ hash: string }>(
    `SELECT hash FROM account_passwords WHERE account_id = (SELECT id FROM accounts WHERE user_name = '${userName}')`,
  );
const stored = <T>(sql: string): T | undefined => {
  const db = openDatabase(dataDir, systemRandom);
  try {
    return db.prepare<[], T>(sql).get();
  } finally {
    db.close();
  }
};

describe('registering on-line', () => {
  it('ends at the desk: found as registered, activated in person', async () => {
    const page = await register({ uzivatel: 'Novy.Obcan' });
    expect(page.statusCode).toBe(200);
    const number = /U-2026-\d{6}/.exec(page.body)?.[0];
    const found = await desk.call('POST', '/accounts/searches', {
      json: { look: look(), by: { userName: 'novy.obcan' } },
    });
    const { accounts } = bodyOf<{ accounts: Schemas['Account'][] }>(found);
    expect(accounts).toMatchObject([{ registrationNumber: number, state: 'registered', person: { name } }]);
    const account = { userName: 'novy.obcan' };
    const settled = await perform(desk, {
      ...actOf('person-03'),
      ...{ action: 'activate', account, credentials: credentials() },
    });
    expect(stored('SELECT hash FROM account_passwords'), 'whose it was nobody knows').toBeUndefined();
    expect(settled).toMatchObject({ result: 'done', account: { state: 'active', userName: 'novy.obcan' } });
  });

  it('says beside each field what is wrong, keeps what was typed but no password, and stores nothing', async () => {
    const page = await register({ prijmeni: '', email: '"><script>', narozen: '31. 2. 1980', znovu: 'x' });
    expect(page.statusCode).toBe(422);
    for (const wrong of ['narozen', 'znovu']) expect(page.body).toContain(`id="${wrong}-wrong"`);
    expect(page.body).not.toContain('<script');
    expect(page.body).not.toContain(PASSWORD);
    expect(page.body).toContain('aria-invalid="true"');
    const shapes = [{ prijmeni: ' ' }, { email: 'x' }, { telefon: 'abc' }, { heslo: 'x', znovu: 'x' }];
    for (const shape of [...shapes, { uzivatel: '1obcan' }]) {
      const refused = await register({ uzivatel: 'spatny.obcan', ...shape });
      expect(refused.statusCode).toBe(422);
      expect(refused.body).toContain(`id="${Object.keys(shape)[0]}-wrong"`);
    }
    expect(stored("SELECT 1 FROM accounts WHERE user_name IN ('spatny.obcan', '1obcan')")).toBeUndefined();
  });

  it('takes no name and no e-mail twice, nor a form another site sent', async () => {
    const other = { ...registration, uzivatel: 'druhy.obcan', email: 'druhy@jinde.example' };
    const foreign = await post('/ucet/registrace', other, { 'sec-fetch-site': 'cross-site' });
    expect([foreign.statusCode, foreign.body.includes('page.foreign-form')]).toEqual([403, true]);
    const elsewhere = await post('/ucet/registrace', other, { origin: 'https://jinde.example' });
    expect(elsewhere.statusCode).toBe(403);
    const own = await post('/ucet/registrace', other, { 'sec-fetch-site': 'same-origin' });
    expect(own.statusCode).toBe(200);
    const named = await register({ ...other, email: 'treti@jinde.example' });
    expect([named.statusCode, named.body.includes('id="uzivatel-wrong"')]).toEqual([409, true]);
    expect((await register({ ...other, uzivatel: 'treti.obcan' })).body).toContain('id="email-wrong"');
  });
});

describe('the one-time code of a letter', () => {
  it('sets a password once, however it is typed, and is refused the second time', async () => {
    await opened('jednou');
    const page = await withCode('Jednou', ' abcd 2345wxyz ');
    expect([page.statusCode, page.body.includes('Heslo je nastaveno')]).toEqual([200, true]);
    expect(passwordOf('jednou')?.hash).toMatch(/^scrypt\$/);
    const again = await withCode('jednou');
    expect([again.statusCode, again.body.includes('id="kod-wrong"')]).toEqual([403, true]);
    const renewed = { ...actOf('person-03'), account: { userName: 'jednou' } };
    await perform(desk, { ...renewed, action: 'renew', credentials: credentials() });
    expect(passwordOf('jednou'), 'what is renewed holds no more').toBeUndefined();
    const json = { userName: 'jednou', code: CODE, password: PASSWORD };
    expect(await portal.call('POST', '/code-redemptions', { json })).toMatchObject({ status: 204 });
    expect(await portal.call('POST', '/code-redemptions', { json })).toMatchObject({
      status: 403,
      body: { code: 'code.refused' },
    });
  });

  it('is used by one of those who use it at once', async () => {
    await opened('najednou');
    const answers = await Promise.all([withCode('najednou'), withCode('najednou')]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 403]);
  });

  it('is expired after its day, which is told to whoever has it only', async () => {
    await opened('pozde', '2026-03-31');
    expect((await withCode('pozde', 'AAAA-BBBB-CCCC')).body).not.toContain('Platnost kódu skončila');
    expect((await withCode('pozde')).body).toContain('Platnost kódu skončila');
    expect(passwordOf('pozde')).toBeUndefined();
  });

  it('is dead after five wrong tries, also made at once, and nobody learns whether there is an account', async () => {
    await opened('hadany');
    const wrong = await Promise.all(
      Array.from({ length: MOST_TRIES }, () => withCode('hadany', 'AAAA-BBBB-CCCC')),
    );
    const right = await withCode('hadany');
    const unknown = await withCode('nikdo.takovy');
    for (const { statusCode } of [...wrong, right, unknown]) expect(statusCode).toBe(403);
    const bare = (body: string) => body.replaceAll(/value="[^"]*"/g, '');
    expect(bare(right.body)).toBe(bare(unknown.body));
    expect(passwordOf('hadany')).toBeUndefined();
  });
});

describe('the pages of accounts', () => {
  it('carry no script under a policy that allows none, the mark of training, and a label for each field', async () => {
    for (const path of ['/ucet', '/ucet/registrace', '/ucet/kod']) {
      const page = await get(path);
      expect(page.statusCode).toBe(200);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.body).toContain('Cvičné prostředí. Nic zde není skutečné ani platné.');
      expect(page.body).not.toMatch(/<script|style="|\son[a-z]+="/);
      const fields = [...page.body.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
      for (const id of fields) expect(page.body).toContain(`<label for="${id}">`);
    }
    expect((await get('/ucet/kod?lang=en')).body).toContain('Code of the letter');
  });

  it('slow down who sends them too often, and take no long form', async () => {
    const paced = testPortal({ accountPace: { burst: 2, perSecond: 1 } });
    const send = () => paced.app.inject({ method: 'POST', url: '/ucet/kod', payload: '' });
    for (let at = 0; at < 2; at += 1) expect((await send()).statusCode).not.toBe(429);
    expect((await send()).statusCode).toBe(429);
    const api = await paced.call('POST', '/registrations', { json: {} });
    expect(api, 'one pace for pages and calls').toMatchObject({ status: 429 });
    await paced.close();
    expect((await register({ prijmeni: 'x'.repeat(20_000) })).statusCode).toBe(413);
  });
});
