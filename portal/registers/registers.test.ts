import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../../electron/values/ids.ts';
import type { Schemas } from '../api.ts';
import { openDatabase } from '../database.ts';
import { findResources } from '../resources.ts';
import {
  allot,
  bodyOf,
  extractFate,
  newId,
  send,
  type TestDesk,
  type TestPortal,
  testClock,
  testPortal,
} from '../testing/portal.ts';
import { loadRegisters } from './cases.ts';
import { loadFonts, renderExtract } from './document.ts';

type Answer = Schemas['ExtractAnswer'];
type Request = Schemas['ExtractRequest'];

const ASKED_BY: Request['askedBy'] = {
  clerkId: '0199c0de-c1e7-7000-8000-000000000001',
  role: 'clerk',
  rolesAsOf: '2026-04-01T07:00:00.000Z',
};
const person = (surname: string, givenNames: string, date: string): Request['subject'] => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return { person: { name: { givenNames, surname }, birthDate: { year, month, day } } };
};
const VZOROVY = person('Vzorový', 'Jan Karel', '1980-04-01');
const NOBODY = person('Neznámý', 'Tichomil', '1960-02-03');

describe('the training registers', () => {
  let folder: string;
  let portal: TestPortal;
  let desk: TestDesk;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'registers-'));
    portal = testPortal({ dataDir: join(folder, 'data') }, testClock(new Date().toISOString()));
    await portal.listen();
    desk = await portal.enrol();
    for (const issuer of ['root', 'ca']) {
      const { rawPayload } = await portal.app.inject({ url: `/pki/${issuer}.cer` });
      writeFileSync(join(folder, `${issuer}.cer`), rawPayload);
    }
    mkdirSync(join(folder, 'nss'));
    run('certutil', '-N', '-d', 'sql:nss', '--empty-password');
    run('certutil', '-A', '-d', 'sql:nss', '-n', 'root', '-t', 'CT,C,C', '-i', 'root.cer');
    run('certutil', '-A', '-d', 'sql:nss', '-n', 'ca', '-t', 'CT,C,C', '-i', 'ca.cer');
  });
  afterAll(async () => {
    await portal.close();
    rmSync(folder, { recursive: true });
  });
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: 'utf8' });
  const question = (
    register: Request['register'],
    subject: Request['subject'],
    more: Partial<Request> = {},
  ): Request => ({
    id: newId(),
    register,
    subject,
    askedBy: ASKED_BY,
    visitId: newId(),
    serviceId: newId(),
    ...more,
  });
  const post = (json: Request, who = desk) => who.call('POST', '/extracts', { json });
  const ask = async (json: Request, who = desk): Promise<Answer> => bodyOf<Answer>(await post(json, who));
  const documentOf = async (id: string, who = desk): Promise<Buffer> => {
    const { status, body } = await who.call('GET', `/extracts/${id}/document`);
    if (!Buffer.isBuffer(body)) throw new Error(`Answered ${status} instead of a document.`);
    return body;
  };
  /** Asks the portal's own responder meanwhile, so it must not stand still. */
  const pdfsig = async (pdf: Buffer): Promise<string> => {
    writeFileSync(join(folder, 'extract.pdf'), pdf);
    const { stdout } = await promisify(execFile)('pdfsig', ['-nssdir', 'sql:nss', 'extract.pdf'], {
      cwd: folder,
    });
    return stdout;
  };

  const subjects: [Request['register'], Request['subject'], string][] = [
    ['criminal-record', VZOROVY, 'Výpis z evidence Rejstříku trestů'],
    ['trade', { ico: '99900211' }, 'Výpis z veřejné části živnostenského rejstříku'],
    ['public-registers', { ico: '99900211' }, 'Výpis z veřejného rejstříku'],
    ['land', { cadastralArea: 'Cvičná Lhota', ownershipSheet: '1' }, 'Výpis z katastru nemovitostí'],
    ['driver-points', VZOROVY, 'Výpis bodového hodnocení'],
    ['insolvency', { ico: '99900211' }, 'Výpis z insolvenčního rejstříku'],
    ['population', VZOROVY, 'Výpis údajů z registru obyvatel'],
  ];
  it.each(subjects)(
    'answer: %s with a sealed document that outside tools believe',
    async (register, subject, title) => {
      const asked = question(register, subject);
      const answer = await ask(asked);
      if (answer.state !== 'answered') throw new Error(answer.state);
      const pdf = await documentOf(asked.id);
      expect(createHash('sha256').update(pdf).digest('hex')).toBe(answer.document.sha256);
      expect(pdf.length).toBe(answer.document.size);
      const verdict = await pdfsig(pdf);
      expect(verdict).toContain('Signature is Valid.');
      expect(verdict).toContain('Certificate is Trusted.');
      expect(verdict).toContain('Total document signed');
      expect(answer.seal.provider).toContain('CVIČNÝ Qualified CA');
      const text = run('pdftotext', '-layout', 'extract.pdf', '-');
      expect(text).toContain(title);
      expect(text).toMatch(new RegExp(`1\\s*/\\s*${answer.document.pages}\\s`));
      expect(text.match(/CVIČNÝ TISK – NEPLATNÉ ·/g)).toHaveLength(answer.document.pages);
      expect(run('qpdf', '--check', 'extract.pdf')).toContain('No syntax or stream encoding errors');
    },
  );

  it('answer at length, and that they know nothing', async () => {
    const long = await ask(question('criminal-record', person('Ukázková', 'Růžena', '1969-06-22')));
    expect(long).toMatchObject({ state: 'answered' });
    if (long.state === 'answered') expect(long.document.pages).toBeGreaterThanOrEqual(5);
    const none = question('insolvency', NOBODY, { variant: 'person' });
    expect(await ask(none)).toMatchObject({ state: 'answered', document: { pages: 1 } });
    await pdfsig(await documentOf(none.id));
    const text = run('pdftotext', '-layout', 'extract.pdf', '-');
    expect(text).toContain('nebylo v insolvenčním rejstříku vyhledáno');
    expect(text).toContain('Tichomil Neznámý');
  });

  it('are asked and owed for once, however often and by whomever the same question comes', async () => {
    const asked = question('trade', { ico: '99900211' });
    const [one, two] = await Promise.all([ask(asked), ask(asked)]);
    expect(two).toEqual(one);
    const later = {
      ...asked,
      visitId: newId(),
      askedBy: { ...ASKED_BY, rolesAsOf: '2026-04-02T07:00:00.000Z' },
    };
    expect(await ask(later)).toEqual(one);
    expect(bodyOf(await desk.call('GET', `/extracts/${asked.id}`))).toEqual(one);
    const neighbour = await portal.enrol();
    expect(await ask(asked, neighbour), 'the next desk of the office may go on').toEqual(one);
    for (const wrong of [
      post({ ...asked, subject: { ico: '99900220' } }),
      post({ ...asked, register: 'insolvency' }),
      post(asked, await portal.enrol('nyrsko')),
    ])
      expect(await wrong).toMatchObject({ status: 409, body: { code: 'register.content-differs' } });
    expect(charged(asked.id)).toEqual([{ charged: 1 }]);
  });
  const charged = (id: string): unknown => {
    const db = openDatabase(join(folder, 'data'), systemRandom);
    try {
      return db.prepare('SELECT charged FROM extracts WHERE id = ?').all(id);
    } finally {
      db.close();
    }
  };

  it('take their time: the third question is answered', async () => {
    const asked = question('land', { cadastralArea: 'cvičná lhota ', ownershipSheet: '3' });
    expect(await ask(asked)).toEqual({ state: 'waiting', askAgainAfterSeconds: 2 });
    expect(await desk.call('GET', `/extracts/${asked.id}/document`)).toMatchObject({
      status: 409,
      body: { code: 'extract.not-answered' },
    });
    expect(bodyOf(await desk.call('GET', `/extracts/${asked.id}`))).toMatchObject({ state: 'waiting' });
    expect(await ask(asked)).toMatchObject({ state: 'answered' });
  });

  it('fail once, then give the answer, owed for once', async () => {
    const asked = question('population', person('Odmlčený', 'Bořivoj', '1999-01-01'));
    expect(await post(asked)).toMatchObject({
      status: 503,
      body: { code: 'register.unavailable', retryable: true },
    });
    const answer = await ask(asked);
    expect(answer).toMatchObject({ state: 'answered' });
    expect(await ask(asked)).toEqual(answer);
    expect(charged(asked.id)).toEqual([{ charged: 1 }]);
  });

  it('look by hand and answer to the ticket later, at another office’s desk, owed for once', async () => {
    const subject = person('Předválečná', 'Květoslava', '1938-01-09');
    const asked = question('criminal-record', subject);
    const first = await ask(asked);
    if (first.state !== 'manual') throw new Error(first.state);
    expect(await ask(asked)).toEqual(first);
    const other = await portal.enrol('nyrsko');
    const early = question('criminal-record', subject, { ticket: ` ${first.ticket.toLowerCase()} ` });
    expect(await ask(early, other)).toMatchObject({ state: 'manual', ticket: first.ticket });
    portal.clock.advance(10 * 60_000);
    expect(await ask(early, other)).toMatchObject({ state: 'answered' });
    expect(await ask(question('criminal-record', VZOROVY, { ticket: first.ticket }), other)).toMatchObject({
      state: 'refused',
      reason: { cs: expect.stringContaining('Tiket') },
    });
    expect([charged(asked.id), charged(early.id)]).toEqual([[{ charged: 1 }], [{ charged: 0 }]]);
  });

  it('refuse what does not suffice, in words, and owe nothing for it', async () => {
    const cases: [Request['register'], Request['subject'], string?][] = [
      ['criminal-record', {}],
      ['criminal-record', VZOROVY, 'legal-person'],
      ['land', { cadastralArea: 'Cvičná Lhota' }],
      ['driver-points', person('Zkušební', 'Ctirad', '1991-12-31')],
      ['population', VZOROVY, 'usage'],
      ['trade', { ico: '99900211' }, 'full'],
    ];
    for (const [register, subject, variant] of cases) {
      const asked = question(register, subject, variant === undefined ? {} : { variant });
      expect(await ask(asked), `${register} ${variant}`).toMatchObject({ state: 'refused' });
      expect(charged(asked.id)).toEqual([{ charged: 0 }]);
    }
    const licence = { ...person('Zkušební', 'Ctirad', '1991-12-31'), licenceNumber: 'EL 999000' };
    expect(await ask(question('driver-points', licence))).toMatchObject({ state: 'answered' });
  });

  it('have one case whose seal is broken, so that a desk can find it', async () => {
    const asked = question('population', person('Podezřelý', 'Vlastimil', '1975-07-17'));
    expect(await ask(asked)).toMatchObject({ state: 'answered' });
    const verdict = await pdfsig(await documentOf(asked.id));
    expect(verdict).toContain('Digest Mismatch');
    expect(run('pdftotext', 'extract.pdf', '-')).toContain('Podezřelý');
  });

  it('show an office its own questions only, and the document until its fate is told', async () => {
    const [kept, cancelled] = [question('population', VZOROVY), question('population', VZOROVY)];
    await ask(kept);
    await ask(cancelled);
    const other = await portal.enrol('nyrsko');
    for (const path of [`/extracts/${kept.id}`, `/extracts/${kept.id}/document`])
      expect(await other.call('GET', path)).toMatchObject({ status: 404, body: { code: 'extract.unknown' } });
    const year = portal.clock.now().getFullYear();
    const number = async () => bodyOf<Schemas['AllottedNumber']>(await allot(desk, { year })).number;
    const issued = extractFate(await number(), 'issued');
    if (issued.payload.extract) issued.payload.extract.extractId = kept.id;
    const gone = extractFate(await number(), 'cancelled');
    gone.payload.extractId = cancelled.id;
    await send(desk, issued, gone);
    for (const { id } of [kept, cancelled]) {
      expect(await desk.call('GET', `/extracts/${id}/document`)).toMatchObject({
        status: 410,
        body: { code: 'extract.forgotten' },
      });
    }
    expect(await ask(kept), 'what it was is still said').toMatchObject({ state: 'answered' });
  });

  it('keep no document, and nobody who was asked about, past their time', async () => {
    const dataDir = join(folder, 'old');
    const young = testPortal({ dataDir, publicUrl: 'http://portal.example' });
    await young.app.ready();
    const early = await young.enrol();
    const [answered, waiting] = [
      question('population', VZOROVY),
      question('land', { cadastralArea: 'Cvičná Lhota', ownershipSheet: '3' }),
    ];
    await ask(answered, early);
    await ask(waiting, early);
    await young.close();
    const old = testPortal({ dataDir }, testClock('2026-04-05T08:00:00.000Z'));
    await old.app.ready();
    await old.close();
    const db = openDatabase(dataDir, systemRandom);
    const rows = db.prepare('SELECT state, document, subject FROM extracts ORDER BY asked_at, id').all();
    db.close();
    expect(rows).toEqual([
      { state: 'answered', document: null, subject: null },
      { state: 'refused', document: null, subject: null },
    ]);
  });
});

describe('the cases of the training registers', () => {
  const resources = findResources();
  const { registers } = loadRegisters(resources);
  it.each(Object.entries(registers))('%s has each kind to practise with', (_name, { cases, variants }) => {
    const kinds = new Set(cases.map(({ behaviour }) => behaviour));
    expect([...kinds].sort()).toEqual(['answers', 'breaks-seal', 'fails-once', 'manual', 'slow']);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(Object.keys(variants).length).toBeGreaterThan(0);
  });

  it('are rendered to the same bytes from the same text', async () => {
    const fonts = loadFonts(resources);
    const text = {
      title: 'Výpis',
      administrator: 'Cvičný správce',
      subject: [['Osoba', 'Jan Vzorový']] as const,
      sections: registers.land.cases[0]?.sections ?? [],
      noEntry: '',
      at: new Date('2026-04-01T08:00:00.000Z'),
      reference: newId(),
      isTraining: true,
    };
    const [one, two] = [await renderExtract(text, fonts), await renderExtract(text, fonts)];
    expect(one.pdf.equals(two.pdf)).toBe(true);
  });
});
