import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Schemas } from '../api.ts';
import { allot, bodyOf, extractFate, send, type TestPortal, testPortal } from '../testing/portal.ts';

describe('the public page that checks a clause', () => {
  let portal: TestPortal;
  beforeEach(() => {
    portal = testPortal({ publicPace: { burst: 8, perSecond: 1 } });
  });
  afterEach(() => portal.close());
  const get = async (url: string, headers: Record<string, string> = {}) =>
    portal.app.inject({ method: 'GET', url, headers });

  it('asks for a number, in Czech or by what the browser prefers, and carries no script', async () => {
    const page = await get('/overeni');
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-language': 'cs',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    });
    expect(page.body).toContain('<html lang="cs">');
    expect(page.body).toContain('<label for="number">Evidenční číslo</label>');
    expect(page.body).toContain('Cvičné prostředí. Nic zde není skutečné ani platné.');
    expect(page.body).not.toMatch(/<script|style="|\son[a-z]+="/);
    for (const [accepted, language] of [
      ['en-GB,en;q=0.9,cs;q=0.8', 'en'],
      ['de,cs;q=0.5,en;q=0.4', 'cs'],
      ['en;q=0,sk', 'cs'],
      ['*', 'cs'],
    ] as const) {
      const answered = await get('/overeni', { 'accept-language': accepted });
      expect(answered.headers['content-language'], accepted).toBe(language);
    }
    expect((await get('/overeni?lang=en', { 'accept-language': 'cs' })).body).toContain('Checking a clause');
  });

  it('leads from the form to the number’s own page and says what became of it', async () => {
    const desk = await portal.enrol();
    const { number } = bodyOf<Schemas['AllottedNumber']>(await allot(desk));
    const asked = await get(`/overeni?cislo=${encodeURIComponent(` ${number.toLowerCase()} `)}&lang=en`);
    expect([asked.statusCode, asked.headers.location]).toEqual([303, `/overeni/${number}?lang=en`]);

    const unknown = await get(`/overeni/${number}`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.body).toContain('Toto číslo evidence nezná');
    await send(desk, extractFate(number, 'issued'));
    const issued = await get(`/overeni/${number}`);
    expect(issued.statusCode).toBe(200);
    for (const text of ['platí', 'Městský úřad Klatovy', 'registr obyvatel', '1. 4. 2026', number])
      expect(issued.body).toContain(text);
    await send(desk, extractFate(number, 'cancelled'));
    const cancelled = await get(`/overeni/${number}?lang=en`);
    expect(cancelled.body).toContain('The number was cancelled.');
    for (const { body } of [issued, cancelled]) expect(body).not.toMatch(/Vzorov|nechtěl/);
  });

  it('shows what it was sent as text', async () => {
    const page = await get(`/overeni/${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(page.statusCode).toBe(404);
    expect(page.body).not.toContain('<SCRIPT');
    expect(page.body).toContain('&lt;SCRIPT&gt;');
  });

  it('slows down who asks too often, in words', async () => {
    for (let at = 0; at < 8; at += 1) await get('/overeni');
    const page = await get('/overeni');
    expect([page.statusCode, page.headers['retry-after']]).toEqual([429, '1']);
    expect(page.body).toContain('Příliš mnoho dotazů');
    expect(page.body).toContain('request.too-many');
  });

  it('gives its style sheet', async () => {
    expect((await get('/verejne/styl.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });
});
