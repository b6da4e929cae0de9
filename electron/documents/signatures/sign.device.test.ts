import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import PDFDocument from 'pdfkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageTexts, preflight2b, preflight3b, qpdfCheck, withPdf } from '../../../test/rigs/pdf-checks.ts';
import { extractSignatures, signatureTools } from '../../../test/rigs/signature-checks.ts';
import {
  documentToSign,
  fontsFolder,
  signerOf,
  signingPool,
  signingSettings,
} from '../../../test/rigs/signing.ts';
import {
  type Issued,
  type SigningAuthority,
  startSigningAuthority,
} from '../../../test/rigs/signing-authority.ts';
import type { DocumentPool } from '../pool.ts';
import { loadFonts } from '../rendering/fonts.ts';
import type { Appearance } from './appearance.ts';
import { type SignatureLevel, signDocument } from './sign.ts';

let authority: SigningAuthority;
let tools: Awaited<ReturnType<typeof signatureTools>>;
let pool: DocumentPool;
let clerk: Issued;
let office: Issued;
let document: Uint8Array;

beforeAll(async () => {
  authority = await startSigningAuthority();
  tools = await signatureTools(authority);
  clerk = await authority.issue('Jana Přikrylová', 'clerk', { key: 'rsa' });
  office = await authority.issue('Město Kocourkov', 'clerk', { key: 'ec', revocation: ['crl', 'ocsp'] });
  pool = signingPool();
  document = await documentToSign();
});
afterAll(async () => {
  await pool?.close();
  await tools?.remove();
  await authority?.stop();
});

/** The smallest file that has what an output of a document's metadata has. */
async function withXml(): Promise<Uint8Array> {
  const [font] = (await loadFonts(fontsFolder)).regular;
  if (!font) throw new Error('no font');
  const pdf = new PDFDocument({ pdfVersion: '1.7', subset: 'PDF/A-3b', font: '' });
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve) => pdf.on('end', resolve));
  pdf.font(font.font).text('Dokument s metadaty');
  pdf.file(Buffer.from('<metadata/>'), {
    name: 'metadata.xml',
    type: 'application/xml',
    creationDate: new Date(0),
    modifiedDate: new Date(0),
  });
  pdf.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

async function signed(
  issued: Issued,
  level: SignatureLevel,
  given: { document?: Uint8Array; appearance?: Appearance } = {},
): Promise<Uint8Array> {
  const result = await signDocument(
    {
      document: given.document ?? document,
      signer: await signerOf(authority, issued),
      level,
      entry: {
        reason: 'Ověřený výstup',
        location: 'Kocourkov',
        ...(given.appearance === undefined ? {} : { appearance: given.appearance }),
      },
    },
    signingSettings(authority, pool),
  );
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.bytes;
}

const appearance: Appearance = {
  page: 0,
  x: 330,
  y: 700,
  width: 200,
  height: 46,
  lines: ['Elektronicky podepsala', 'Jana Přikrylová, úřednice', '1. 4. 2026 14:05'],
};

const trusted = ['Signature is Valid.', 'Certificate is Trusted.', 'ETSI.CAdES.detached'];

async function staysPdfA(bytes: Uint8Array): Promise<void> {
  // What is signed here is a receipt, with its metadata in it.
  await withPdf(bytes, async (file) => {
    expect(await preflight3b(file)).toEqual([]);
    await qpdfCheck(file);
  });
}

describe.each(['B-B', 'B-T', 'B-LT'] as const)('%s', (level) => {
  it.each([
    ['rsa', undefined],
    ['rsa', appearance],
    ['ec', undefined],
    ['ec', appearance],
  ] as const)('is good to all tools and stays PDF/A: %s', async (key, look) => {
    const bytes = await signed(
      key === 'rsa' ? clerk : office,
      level,
      look === undefined ? {} : { appearance: look },
    );
    expect(Buffer.from(bytes.subarray(0, document.length))).toEqual(Buffer.from(document));
    const { pdfsig, mutool, cms, timestamps } = await tools.verdicts(bytes);
    for (const words of trusted) expect(pdfsig.text).toContain(words);
    expect(mutool.text).toContain(
      // The security store comes after the signature; mutool calls that an edit.
      level === 'B-LT' ? 'The signature is valid' : 'The document is unchanged since signing.',
    );
    expect(cms).toMatchObject([{ ended: 0 }]);
    expect(timestamps).toHaveLength(level === 'B-B' ? 0 : 1);
    for (const verdict of timestamps) expect(verdict).toMatchObject({ ended: 0 });
    await staysPdfA(bytes);
  });

  it('is refused by all tools when a byte is changed', async () => {
    const bytes = Buffer.from(await signed(clerk, level));
    // In the middle of the first page's content.
    const at = bytes.indexOf('stream', 0, 'latin1') + 200;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { pdfsig, mutool, cms } = await tools.verdicts(bytes);
    expect(pdfsig.text).toContain('Digest Mismatch.');
    expect(mutool.text).toContain('Digest error: Signature invalidated by change to document.');
    expect(cms).not.toMatchObject([{ ended: 0 }]);
  });
});

it('carries a timestamp that is of its signature and of no other', async () => {
  const [first] = extractSignatures(await signed(clerk, 'B-T'));
  const [second] = extractSignatures(await signed(office, 'B-T'));
  if (first === undefined || second === undefined) throw new Error('no signature');
  const mine = await tools.timestampOf(first);
  const other = await tools.timestampOf(second);
  if (mine === undefined || other === undefined) throw new Error('no timestamp');
  expect(await tools.verifyTimestamp(mine)).toMatchObject({ ended: 0 });
  expect(await tools.verifyTimestamp({ ...mine, signature: other.signature })).not.toMatchObject({
    ended: 0,
  });
});

it('keeps every earlier signature good when others sign after it', async () => {
  let bytes = await signed(clerk, 'B-LT', { appearance });
  bytes = await signed(office, 'B-T', { document: bytes });
  // A third certificate: pdfsig cannot judge one a second time in the same run.
  const deputy = await authority.issue('Zdeněk Třešňák', 'clerk', { key: 'rsa' });
  bytes = await signed(deputy, 'B-LT', { document: bytes, appearance: { ...appearance, y: 760 } });
  const { pdfsig, cms, timestamps } = await tools.verdicts(bytes);
  for (const words of trusted) expect(pdfsig.text.split(words)).toHaveLength(4);
  for (const name of ['Podpis1', 'Podpis2', 'Podpis3']) expect(pdfsig.text).toContain(name);
  expect(cms).toMatchObject([{ ended: 0 }, { ended: 0 }, { ended: 0 }]);
  expect(timestamps).toMatchObject([{ ended: 0 }, { ended: 0 }, { ended: 0 }]);
  await staysPdfA(bytes);
});

it('signs a file with an embedded XML (PDF/A-3b) without breaking it', async () => {
  const before = await withXml();
  const known = await withPdf(before, preflight2b);
  const bytes = await signed(clerk, 'B-LT', { document: before, appearance });
  expect((await tools.verdicts(bytes)).pdfsig.text).toContain('Signature is Valid.');
  await withPdf(bytes, async (file) => {
    // Preflight knows no part 3: what it says of the embedded file it says before and after, and nothing else.
    expect(await preflight2b(file)).toEqual(known);
    await qpdfCheck(file);
  });
});

it('carries all that openssl needs to judge both certificates later, revocation included', async () => {
  const bytes = await signed(clerk, 'B-LT');
  const material = await tools.material(bytes);
  const certificates = await Promise.all(
    material.Certs.map(async (file) => new X509Certificate(await readFile(file))),
  );
  const pem = (name: string, certificate: X509Certificate) => {
    const file = `${tools.folder}/${name}.pem`;
    return writeFile(file, certificate.toString()).then(() => file);
  };
  const named = (name: string) => {
    const found = certificates.find(({ subject }) => subject === `CN=${name}`);
    if (found === undefined) throw new Error(`no certificate of ${name}`);
    return found;
  };
  const root = await pem('root', named('root'));
  const issuing = await pem('issuing', named('issuing'));
  const lists = await Promise.all(
    material.CRLs.map(async (file) => {
      await promisify(execFile)('openssl', ['crl', '-inform', 'DER', '-in', file, '-out', `${file}.pem`]);
      return `${file}.pem`;
    }),
  );
  expect(lists).toHaveLength(2);
  const attime = String(Math.floor(Date.now() / 1000));
  const judge = async (name: string, given: readonly string[]) =>
    tools.say('openssl', [
      ...['verify', '-attime', attime, '-crl_check_all', '-CAfile', root, '-untrusted', issuing],
      ...given.flatMap((file) => ['-CRLfile', file]),
      await pem('judged', named(name)),
    ]);
  expect(await judge('Jana Přikrylová', lists)).toMatchObject({ ended: 0 });
  expect(await judge('good-tsa', lists)).toMatchObject({ ended: 0 });
  expect(await judge('good-tsa', lists.slice(1))).not.toMatchObject({ ended: 0 });
});

it('takes the answer of the certificate’s responder where there is one', async () => {
  const material = await tools.material(await signed(office, 'B-LT'));
  expect(material.OCSPs).toHaveLength(1);
  const [answer = ''] = material.OCSPs;
  const verdict = await tools.say('openssl', [
    ...['ocsp', '-respin', answer, '-issuer', `${authority.folder}/issuing.pem`],
    ...['-cert', office.certificateFile, '-CAfile', authority.rootFile, '-VAfile', authority.chainFile],
  ]);
  expect(verdict.text).toMatch(/: good\b/);
});

it('is what it looks like on paper', async () => {
  const bytes = await signed(clerk, 'B-T', { appearance });
  const [plain] = await withPdf(document, pageTexts);
  const [text] = await withPdf(bytes, pageTexts);
  for (const line of appearance.lines) expect(text).toContain(line);
  expect(plain).not.toContain(appearance.lines[0]);
});
