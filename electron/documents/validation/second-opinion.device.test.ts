import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { P12Signer, PDF } from '@libpdf/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { append, newPdf, plainObjects, signPdf } from '../../../test/rigs/signed-pdf.ts';
import { signatureTemplate, trustListXml } from '../../../test/rigs/trust-list.ts';
import { opinionOf, type TrustService, trustService } from '../../../test/rigs/trust-service.ts';
import { examine } from './examine.ts';
import { judge } from './judge.ts';
import { readTrustList } from './trust/list.ts';

/** What other programs say of the same files: poppler, MuPDF, qpdf, xmlsec. */

let service: TrustService;
let signed: Buffer;
beforeAll(() => {
  service = trustService();
  signed = signPdf(newPdf(), { sign: (data) => service.pki.sign('jan', data) });
});
afterAll(() => service.pki.remove());

const opinion = (tool: 'pdfsig' | 'mutool', pdf: Uint8Array) =>
  opinionOf(tool, service.pki.path('opinion.pdf'), pdf);
const ours = (pdf: Uint8Array): string[] => {
  const { list } = service;
  const facts = examine({ bytes: new Uint8Array(pdf) }, [list]).facts([]);
  const { findings, signatures } = judge(facts, [list], Date.now() + 2_000).report;
  const against = signatures.flatMap((signature) =>
    signature.findings.filter(({ effect }) => effect === 'invalid'),
  );
  return [...findings, ...against].map(({ code }) => code);
};

describe('a PDF', () => {
  test('that others take as signed is signed to us', () => {
    expect(opinion('pdfsig', signed)).toMatch(/Total document signed[\s\S]*Signature is Valid/);
    expect(opinion('mutool', signed)).toMatch(/unchanged since signing/);
    expect(ours(signed)).toEqual([]);
  });

  test('that others see tampered with is so to us', () => {
    const forged = Buffer.from(signed);
    forged.write('900', forged.indexOf('100 Kc'), 'latin1');
    expect(opinion('pdfsig', forged)).toMatch(/Digest Mismatch/);
    expect(opinion('mutool', forged)).not.toMatch(/unchanged since signing/);
    expect(ours(forged)).toEqual(['signature.digest']);
  });

  test('that got another page afterwards is invalid to us, where others still call the signature valid', () => {
    const forged = append(signed, { 4: plainObjects('zaplatte 900 Kc')[4] ?? '' });
    expect(opinion('pdfsig', forged)).toMatch(/Not total document signed[\s\S]*Signature is Valid/);
    expect(ours(forged)).toEqual(['changes.other']);
  });

  test('with its objects packed by qpdf is read too, also linearised', async () => {
    const [from, to] = [service.pki.path('plain.pdf'), service.pki.path('packed.pdf')];
    writeFileSync(from, newPdf());
    for (const way of [
      ['--object-streams=generate'],
      ['--linearize'],
      ['--linearize', '--object-streams=generate'],
    ]) {
      execFileSync('qpdf', ['--warning-exit-0', ...way, from, to], { stdio: 'pipe' });
      const signer = await P12Signer.create(service.pki.p12('jan', 'ca', 'tajne'), 'tajne');
      const once = (await (await PDF.load(readFileSync(to))).sign({ signer })).bytes;
      const twice = (await (await PDF.load(once)).sign({ signer })).bytes;
      expect(opinion('pdfsig', twice).match(/Signature is Valid/g)).toHaveLength(2);
      expect(ours(twice)).toEqual([]);
    }
  });

  test('that was written anew by qpdf is no longer the one that was signed', () => {
    const [from, to] = [service.pki.path('signed.pdf'), service.pki.path('anew.pdf')];
    writeFileSync(from, signed);
    execFileSync('qpdf', ['--warning-exit-0', from, to], { stdio: 'pipe' });
    expect(ours(readFileSync(to))).not.toEqual([]);
  });
});

describe('a trust list signed by xmlsec', () => {
  const xmlsec = (kind: 'RSA' | 'EC', algorithm: string): string => {
    const { pki } = service;
    const name = `scheme-${kind}`;
    pki.issue('ca', name, {
      subject: '/CN=Správce seznamu',
      extensions: ['basicConstraints=CA:FALSE'],
      key: kind,
    });
    const unsigned = trustListXml([]).replace(
      '</TrustServiceStatusList>',
      `${signatureTemplate(algorithm)}$&`,
    );
    writeFileSync(pki.path('list.xml'), unsigned);
    execFileSync(
      'xmlsec1',
      [
        '--sign',
        '--privkey-pem',
        pki.path(`${name}.key`),
        '--output',
        pki.path('signed.xml'),
        pki.path('list.xml'),
      ],
      { stdio: 'pipe' },
    );
    return readFileSync(pki.path('signed.xml'), 'utf8');
  };
  const signer = (kind: string) => [new Uint8Array(readFileSync(service.pki.path(`scheme-${kind}.der`)))];

  test.each([
    ['RSA', 'rsa-sha512'],
    ['EC', 'ecdsa-sha256'],
  ] as const)('with %s is read', (kind, algorithm) => {
    const xml = xmlsec(kind, algorithm);
    expect(readTrustList(xml, signer(kind))).toMatchObject({ ok: true, value: { number: 7 } });
    expect(readTrustList(xml.replace('>7<', '>8<'), signer(kind))).toEqual({
      ok: false,
      error: 'trust-list.signature',
    });
  });
});
