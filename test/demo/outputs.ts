/**
 * Leaves in out/outputs/ one of each output as PDF and as pictures: everything the desk prints, extracts as the training registers sealed
 * them, and a signed one; and verify.txt, what tools that are not ours say of each. Ends with 1 when one of them finds something.
 */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFonts } from '../../electron/documents/rendering/fonts.ts';
import { renderDocument } from '../../electron/documents/rendering/render.ts';
import { signDocument } from '../../electron/documents/signatures/sign.ts';
import { loadTemplate } from '../../electron/documents/template/load.ts';
import { projectRoot } from '../../scripts/places.ts';
import { samples } from '../previews/document-samples.ts';
import { resources, startCounter, startPortal } from '../rigs/counter.ts';
import {
  attachedFiles,
  fonts as fontList,
  pageImages,
  pdfaClaim,
  preflight2b,
  preflight3b,
  qpdfCheck,
  withPdf,
} from '../rigs/pdf-checks.ts';
import { signatureTools } from '../rigs/signature-checks.ts';
import { documentToSign, fontsFolder, signerOf, signingPool, signingSettings } from '../rigs/signing.ts';
import { startSigningAuthority } from '../rigs/signing-authority.ts';
import { askRegister, verify } from '../rigs/visits.ts';

type Output = {
  file: string;
  bytes: Uint8Array;
  signedUnder?: { rootFile: string; chainFile: string };
  /** Made by somebody else: what is wrong with it is told, and is not ours. */
  foreign?: true;
};

const out = join(projectRoot, 'out', 'outputs');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

/** Everything that is printed: a template without a sample is an output nobody would see here. */
async function printed(): Promise<Output[]> {
  const fonts = await loadFonts(fontsFolder);
  const shown = new Set<string>(samples.map(({ template }) => template));
  const missing = readdirSync(join(resources, 'templates')).filter(
    (file) => file.endsWith('.json') && !shown.has(file.slice(0, -'.json'.length)),
  );
  if (missing.length > 0) throw new Error(`no sample of ${missing.join(', ')}`);
  return Promise.all(
    samples.map(async ({ file, template: name, data }) => {
      const template = await loadTemplate(join(resources, 'templates'), name);
      if (!template.ok) throw new Error(template.error.code);
      const rendered = await renderDocument(
        {
          template: template.value,
          data,
          environment: 'training',
          createdAt: new Date('2026-04-01T12:05:09Z'),
          language: 'cs',
        },
        fonts,
      );
      if (!rendered.ok) throw new Error(`${file}: ${rendered.error.code}`);
      return { file, bytes: rendered.value.bytes };
    }),
  );
}

/** Extracts as a desk gets them from the portal's registers. */
async function sealed(): Promise<Output[]> {
  const portal = await startPortal();
  const desk = await startCounter({ portal });
  try {
    const file = async (issuer: string) => {
      const der = await (await fetch(`${portal.url()}/pki/${issuer}.cer`)).arrayBuffer();
      const path = join(portal.dataDir, `${issuer}.pem`);
      writeFileSync(path, new X509Certificate(Buffer.from(der)).toString());
      return path;
    };
    const signedUnder = { rootFile: await file('root'), chainFile: await file('ca') };
    const clerk = await desk.signedIn('novakova');
    const { id: visitId } = await clerk.must('visits.open', {});
    await verify(clerk, visitId);
    const asked = [
      await askRegister(clerk, visitId, 'extract-trade', { ico: '99900220' }),
      await askRegister(clerk, visitId, 'extract-criminal-record', { birthPlace: 'Klatovy' }),
    ];
    const outputs: Output[] = [];
    for (const { definitionId, extract } of asked) {
      const row = desk.store.read((tx) =>
        tx.get<{ sha256: string }>('SELECT sha256 FROM outputs WHERE document_id = ?', [
          extract?.answer?.documentId ?? '',
        ]),
      );
      const content = await desk.store.blobs.read(row?.sha256 ?? '');
      if (!content.ok) throw new Error(content.error.code);
      outputs.push({ file: `${definitionId}-sealed`, bytes: content.value, signedUnder, foreign: true });
    }
    // The tools need the certificates while the portal's folder is there.
    return await looked(outputs);
  } finally {
    await desk.close();
    await portal.close();
  }
}

/** A receipt under a clerk's signature with a timestamp and all that is needed to judge it later. */
async function signed(): Promise<Output[]> {
  const authority = await startSigningAuthority();
  const pool = signingPool();
  try {
    const issued = await authority.issue('Bc. Žofie Řeháčková', 'clerk');
    const result = await signDocument(
      { document: await documentToSign(), signer: await signerOf(authority, issued), level: 'B-LT' },
      signingSettings(authority, pool),
    );
    if (!result.ok) throw new Error(result.error.code);
    return await looked([
      { file: 'acceptance-receipt-signed', bytes: result.value.bytes, signedUnder: authority },
    ]);
  } finally {
    await pool.close();
    await authority.stop();
  }
}

const report: string[] = [];
let wrong = 0;
const say = (what: string, ok: boolean, said: string, mark = ok ? '✓' : '✗'): void => {
  if (mark === '✗') wrong += 1;
  report.push(`  ${mark} ${what}: ${said.trim().replace(/\n\s*/g, '\n      ')}`);
};
/** The tools' bytes are read one by one; names in certificates are UTF-8. */
const readable = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

/** Writes each output, its pages and what the tools say of it. */
async function looked(outputs: Output[]): Promise<Output[]> {
  for (const { file, bytes, signedUnder, foreign } of outputs) {
    report.push(`${file}.pdf`);
    writeFileSync(join(out, `${file}.pdf`), bytes);
    await withPdf(bytes, async (path) => {
      const pages = await pageImages(path, 100);
      pages.forEach((page, index) => void writeFileSync(join(out, `${file}-${index + 1}.png`), page));
      const claim = await pdfaClaim(path);
      const found = await (claim === '3B' ? preflight3b : preflight2b)(path);
      say(
        `preflight, PDF/A-${claim.toLowerCase()}`,
        found.length === 0,
        found.join('\n') || 'nothing beyond the allow-list',
        foreign && found.length > 0 ? '–' : undefined,
      );
      const damage = await qpdfCheck(path).then(
        () => '',
        (error: unknown) => String(error),
      );
      say('qpdf --check', damage === '', damage || 'no errors');
      const { all, notEmbedded } = await fontList(path);
      say('pdffonts', notEmbedded.length === 0, `${all} fonts, not embedded: ${notEmbedded.length}`);
      const files = [...(await attachedFiles(path)).keys()];
      if (files.length > 0) say('pdfdetach', true, files.join(', '));
    });
    if (signedUnder === undefined) continue;
    const tools = await signatureTools(signedUnder);
    const { pdfsig, mutool, cms, timestamps } = await tools.verdicts(bytes);
    say(
      'pdfsig',
      /Signature is Valid/.test(pdfsig.text) && /Certificate is Trusted/.test(pdfsig.text),
      readable(pdfsig.text),
    );
    say(
      'mutool sign -v',
      /unchanged since signing|signature is valid/.test(mutool.text),
      readable(mutool.text),
    );
    for (const each of cms) say('openssl cms -verify', each.ended === 0, each.text);
    for (const each of timestamps) say('openssl ts -verify', each.ended === 0, each.text);
    await tools.remove();
  }
  return outputs;
}

const made = [...(await looked(await printed())), ...(await sealed()), ...(await signed())];
writeFileSync(join(out, 'verify.txt'), `${report.join('\n')}\n`);
console.log(`${made.length} outputs in ${out}, ${wrong} findings of the tools (verify.txt)`);
process.exit(wrong === 0 ? 0 : 1);
