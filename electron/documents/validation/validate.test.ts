import { createServer } from 'node:http';
import { P12Signer, PDF } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageElement, messageXml, sha256 } from '../../../test/rigs/data-message.ts';
import { addSecurityStore, newPdf, plainObjects, signPdf } from '../../../test/rigs/signed-pdf.ts';
import { qualifiedPerson } from '../../../test/rigs/signing-pki.ts';
import { crlUrl, ocspUrl, type TrustService, trustService } from '../../../test/rigs/trust-service.ts';
import type { Report } from '../../values/validation-report.ts';
import { httpEvidence } from './http-evidence.ts';
import { nodeExaminer } from './node-examiner.ts';
import { createValidator, type EvidenceRequest, type ValidationContext } from './validate.ts';

const examiner = new URL('./examiner.ts', import.meta.url);
const stuck = new URL('../../../test/rigs/fixtures/stuck-examiner.mjs', import.meta.url);
const validator = createValidator({ startExaminer: () => nodeExaminer(examiner), fetchLimitMs: 500 });
const day = 86_400_000;

let service: TrustService;
let start: number;
beforeAll(() => {
  service = trustService();
  start = Date.now();
});
afterAll(() => service.pki.remove());

const sign = (who: string) => (data: Uint8Array) => service.pki.sign(who, data);
const signed = (who = 'jan') => signPdf(newPdf(), { sign: sign(who) });
const check = (bytes: Uint8Array, context: Partial<ValidationContext> = {}): Promise<Report> =>
  validator.validateDocument(new Uint8Array(bytes), {
    trustLists: [service.list],
    now: new Date(start + 60_000),
    ...context,
  });
const codes = ({ findings, signatures }: Report) =>
  [...findings, ...signatures.flatMap((signature) => signature.findings)].map(({ code }) => code);

/** A list from a minute after the start: later than whatever the tests sign. */
const freshList = () => service.pki.list('ca', new Date(start + 60_000), new Date(start + day));

/** The network as these tests want it. */
function network(answers: Record<string, () => Uint8Array | null | Promise<Uint8Array | null>>) {
  const asked: EvidenceRequest[] = [];
  const fetch = async (request: EvidenceRequest) => {
    asked.push(request);
    return answers[request.url]?.() ?? null;
  };
  return { asked, fetch };
}

describe('a signature made with openssl', () => {
  test('is proven by a list in the document', async () => {
    const report = await check(addSecurityStore(signed(), { lists: [freshList()] }));
    expect(report).toMatchObject({ outcome: 'valid', recognised: true });
    expect(report.signatures[0]).toMatchObject({
      signer: 'Jan Novák',
      kind: 'signature',
      qualified: true,
      certificate: { provider: 'Zkušební poskytovatel' },
      revocation: { source: 'crl', origin: 'embedded' },
    });
  });

  test('in the older format too, and as a seal', async () => {
    const pdf = signPdf(newPdf(), {
      subFilter: 'adbe.pkcs7.detached',
      sign: (data) => service.pki.sign('office', data, []),
    });
    const report = await check(addSecurityStore(pdf, { lists: [freshList()] }));
    expect(report.outcome).toBe('valid');
    expect(report.signatures[0]).toMatchObject({ kind: 'seal', signer: 'Pečeť úřadu' });
  });

  test('with RSASSA-PSS', async () => {
    const { pki } = service;
    pki.issue('ca', 'rsa', {
      subject: '/C=CZ/GN=Eva/SN=Nová/CN=Eva Nová',
      extensions: qualifiedPerson,
      key: 'RSA',
    });
    const pdf = signPdf(newPdf(), {
      sign: (data) => pki.sign('rsa', data, ['-cades', '-keyopt', 'rsa_padding_mode:pss']),
    });
    const report = await check(pdf);
    expect(codes(report)).toEqual(['revocation.unknown', 'time.no-timestamp']);
  });

  test('is proven by the network, where the document proves nothing', async () => {
    const { fetch, asked } = network({ [ocspUrl]: () => service.pki.answer('ca', 'jan') });
    const report = await check(signed(), { fetch, now: new Date(start + 30_000) });
    expect(report.outcome).toBe('valid');
    expect(report.signatures[0]?.revocation).toMatchObject({ source: 'ocsp', origin: 'fetched' });
    expect(asked.map(({ url, body }) => [url, body !== undefined])).toEqual([[ocspUrl, true]]);
  });

  test('asks for the list where the responder is silent, lies or hangs', async () => {
    for (const bad of [() => null, () => Buffer.from('<html>'), () => new Promise<null>(() => {})]) {
      const { fetch, asked } = network({ [ocspUrl]: bad, [crlUrl]: freshList });
      expect((await check(signed(), { fetch })).outcome).toBe('valid');
      expect(asked.map(({ url }) => url)).toEqual([ocspUrl, crlUrl]);
    }
  });

  test('of a stranger is undecided, and nobody is asked at addresses a stranger wrote', async () => {
    const { fetch, asked } = network({});
    const report = await check(signed('stranger'), { fetch });
    expect(codes(report)).toContain('chain.untrusted');
    expect(report).toMatchObject({ outcome: 'undecided', recognised: false });
    expect(asked).toEqual([]);
  });

  test('with no network and no list in it is undecided', async () => {
    expect(codes(await check(signed()))).toContain('revocation.unknown');
  });

  test('whose list was made by another authority is undecided', async () => {
    const foreign = service.pki.list('stranger-ca', new Date(start + 60_000), new Date(start + day));
    expect((await check(addSecurityStore(signed(), { lists: [foreign] }))).outcome).toBe('undecided');
  });
});

describe('a signature made with another library', () => {
  const libpdf = async (who: string, level: 'B-B' | 'B-T', revision: Uint8Array = newPdf()) => {
    const signer = await P12Signer.create(service.pki.p12(who, 'ca', 'tajne'), 'tajne');
    const pdf = await PDF.load(revision);
    const { bytes } = await pdf.sign({
      signer,
      level,
      ...(level === 'B-T' && {
        timestampAuthority: { timestamp: async (digest) => service.pki.timestamp('tsa', digest) },
      }),
    });
    return bytes;
  };

  test('is read, its timestamp too', async () => {
    const report = await check(await libpdf('jan', 'B-T'), { fetch: network({ [crlUrl]: freshList }).fetch });
    expect(codes(report)).toEqual([]);
    expect(report).toMatchObject({
      outcome: 'valid',
      signatures: [
        { timestamps: [{ outcome: 'valid', qualified: true, provider: 'Zkušební poskytovatel' }] },
      ],
    });
  });

  test('holds after its certificate expired, as long as the timestamp is older', async () => {
    const { pki } = service;
    const soon = new Date(start + 10 * day).toISOString().replace(/\.\d+Z$|[-:T]/g, '');
    const profile = {
      subject: '/C=CZ/GN=Petr/SN=Krátký/CN=Petr Krátký',
      extensions: ['keyUsage=critical,nonRepudiation'],
    };
    pki.issue('ca', 'short', { ...profile, to: `${soon}Z` });
    const later = new Date(start + 400 * day);
    const context = { now: later, fetch: network({ [crlUrl]: freshList }).fetch };
    const stamped = await check(await libpdf('short', 'B-T'), context);
    expect(codes(stamped)).not.toContain('certificate.expired');
    expect(codes(await check(await libpdf('short', 'B-B'), context))).toContain('certificate.expired');
  });

  test('stands or falls with the time of a revocation', async () => {
    const { pki } = service;
    for (const [who, at, code, outcome] of [
      ['before', start - day, 'revocation.revoked', 'invalid'],
      ['after', start + 30_000, 'revocation.revoked-later', 'valid'],
    ] as const) {
      const subject = `/C=CZ/GN=Pavel/SN=${who}/CN=Pavel ${who}`;
      pki.issue('ca', who, {
        subject,
        extensions: [`crlDistributionPoints=URI:${crlUrl}`, 'keyUsage=critical,nonRepudiation'],
      });
      const pdf = await libpdf(who, 'B-T');
      pki.revoke('ca', who, new Date(at));
      const report = await check(pdf, { fetch: network({ [crlUrl]: freshList }).fetch });
      expect(codes(report)).toContain(code);
      expect(report.outcome).toBe(outcome);
    }
  });

  test('signs after another without harming it', async () => {
    const both = await libpdf('office', 'B-B', signed());
    const report = await check(both, { fetch: network({ [crlUrl]: freshList }).fetch });
    expect(report.signatures.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['signature', 'valid'],
      ['seal', 'valid'],
    ]);
  });
});

describe('a signature beside its file', () => {
  const file = Buffer.from('Vážený úřade…');
  const fetch = () => network({ [crlUrl]: freshList }).fetch;

  test('holds for that file, in binary and in letters', async () => {
    const detached = service.pki.sign('jan', file);
    const letters = Buffer.from(
      `-----BEGIN PKCS7-----\n${Buffer.from(detached).toString('base64')}\n-----END PKCS7-----\n`,
    );
    for (const form of [detached, new Uint8Array(letters)]) {
      expect(await check(file, { detached: form, fetch: fetch() })).toMatchObject({
        outcome: 'valid',
        format: 'cades',
      });
    }
  });

  test('and for no other', async () => {
    const report = await check(Buffer.from('Něco jiného'), {
      detached: service.pki.sign('jan', file),
      fetch: fetch(),
    });
    expect(codes(report)).toContain('signature.digest');
    expect((await check(file, { detached: new Uint8Array(file), fetch: fetch() })).outcome).toBe('invalid');
  });
});

describe('a data message', () => {
  const pdf = new TextEncoder().encode('%PDF-1.7');
  const message = (spoil: (xml: string) => string = (xml) => xml) => {
    const dm = messageElement([{ name: 'rozhodnuti.pdf', content: pdf }]);
    const xml = spoil(messageXml(dm, service.pki.timestamp('tsa', sha256(dm))));
    return service.pki.sign('office', Buffer.from(xml), ['-cades', '-nodetach']);
  };

  test('is checked with its seal and timestamp, and tells what it carries', async () => {
    const report = await check(message(), { fetch: network({ [crlUrl]: freshList }).fetch });
    expect(report).toMatchObject({
      outcome: 'valid',
      format: 'data-message',
      attachments: [{ name: 'rozhodnuti.pdf', mimeType: 'application/pdf', size: 8 }],
      signatures: [{ kind: 'seal', timestamps: [{ outcome: 'valid' }] }],
    });
  });
  test('whose timestamp is of another message is undecided', async () => {
    const other = message((xml) => xml.replace('<p:dmID>123', '<p:dmID>124'));
    expect(codes(await check(other, { fetch: network({ [crlUrl]: freshList }).fetch }))).toContain(
      'time.timestamp-broken',
    );
  });
  test('changed after sealing is invalid', async () => {
    const forged = Buffer.from(message());
    forged.write('124', forged.indexOf('dmID>123') + 5, 'latin1');
    expect((await check(forged)).outcome).toBe('invalid');
  });
  test('gives out its files byte for byte, and nothing it does not have', async () => {
    expect(await validator.readAttachment(message(), 0)).toEqual({ ok: true, value: pdf });
    const none = { ok: false, error: { code: 'document.unknown-format' } };
    expect(await validator.readAttachment(message(), 1)).toMatchObject(none);
    expect(await validator.readAttachment(new Uint8Array(signed()), 0)).toMatchObject(none);
    expect(await validator.readAttachment(message().subarray(0, 900), 0)).toMatchObject(none);
  });
  test('a signature over anything else is no message', async () => {
    const other = service.pki.sign('office', Buffer.from('<a/>'), ['-nodetach']);
    expect(codes(await check(other))).toEqual(['document.unknown-format']);
  });
});

describe('the process that reads the file', () => {
  const over = (startExaminer = () => nodeExaminer(stuck)) => {
    const incidents: string[] = [];
    const own = createValidator({
      startExaminer,
      timeLimitMs: 1_500,
      onIncident: (code) => void incidents.push(code),
    });
    return { own, incidents };
  };
  const context = { trustLists: [], now: new Date(0) };

  test('is ended when it hangs, and when it ends the file is undecided', async () => {
    const { own, incidents } = over();
    expect(codes(await own.validateDocument(Uint8Array.of(1), context))).toEqual(['document.timed-out']);
    expect(codes(await own.validateDocument(Uint8Array.of(0), context))).toEqual(['document.ended']);
    expect(incidents).toEqual(['document.timed-out', 'document.ended']);
  });

  test('ends itself when the file makes it take too much memory', async () => {
    const empty = '<<>>'.repeat(4_000_000);
    const hungry = newPdf({ ...plainObjects(), 1: `<< /Type /Catalog /Pages 2 0 R /A [${empty}] >>` });
    const report = await validator.validateDocument(new Uint8Array(hungry), context);
    expect(codes(report)).toEqual(['document.ended']);
  });

  test('is ended when nobody waits for it any more', async () => {
    const { own, incidents } = over();
    const leaving = new AbortController();
    const waiting = own.validateDocument(Uint8Array.of(1), context, { signal: leaving.signal });
    leaving.abort();
    expect(codes(await waiting)).toEqual(['document.cancelled']);
    expect(codes(await own.validateDocument(Uint8Array.of(1), context, { signal: leaving.signal }))).toEqual([
      'document.cancelled',
    ]);
    expect(incidents).toEqual([]);
  });

  test('reads trust lists too', async () => {
    expect(await validator.readTrustList('<a/>', [])).toEqual({
      ok: false,
      error: { code: 'trust-list.signature' },
    });
  });

  test('is not started for what is too large', async () => {
    const never = createValidator({
      startExaminer: () => {
        throw new Error('started');
      },
      maxBytes: 10,
    });
    expect(codes(await never.validateDocument(new Uint8Array(11), context))).toEqual(['document.too-large']);
  });
});

test('over HTTP nothing is followed elsewhere, and no more is read than wanted', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: '/list' }).end();
    else if (request.url === '/endless') {
      response.on('error', () => {});
      const more = () => {
        if (!response.destroyed && response.write(Buffer.alloc(65_536))) setImmediate(more);
      };
      response.on('drain', more);
      more();
    } else if (request.url === '/gone') response.writeHead(404).end('nothing');
    else response.end(`${request.method} ${request.headers['content-type'] ?? ''}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const ask = (path: string, body?: Uint8Array) =>
    httpEvidence(fetch)({
      url: base + path,
      maxBytes: 1_000_000,
      signal: AbortSignal.timeout(5_000),
      ...(body && { body }),
    });
  const text = async (answer: Promise<Uint8Array | null>) => Buffer.from((await answer) ?? []).toString();
  try {
    expect(await text(ask('/list'))).toBe('GET ');
    expect(await text(ask('/ocsp', Uint8Array.of(1)))).toBe('POST application/ocsp-request');
    expect(await ask('/gone')).toBeNull();
    expect(await ask('/endless')).toBeNull();
    await expect(ask('/away')).rejects.toThrow();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
