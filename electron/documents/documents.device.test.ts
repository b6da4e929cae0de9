import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acceptanceSample,
  awkwardNames,
  longRequestSample,
  requestSample,
  rowSample,
  samples,
} from '../../test/previews/document-samples.ts';
import { europeanAlphabets, europeanLetters } from '../../test/rigs/european-alphabets.ts';
import { differencesFromExpected, keepAsExpected } from '../../test/rigs/expected-pages.ts';
import {
  attachedFiles,
  fonts as fontList,
  info,
  pageImages,
  pageTexts,
  pdfaClaim,
  preflight2b,
  preflight3b,
  qpdfCheck,
  readCodes,
  withPdf,
} from '../../test/rigs/pdf-checks.ts';
import { TRAINING_MARK } from './rendering/draw.ts';
import { type Fonts, loadFonts } from './rendering/fonts.ts';
import { type Environment, renderDocument } from './rendering/render.ts';
import { pagesToPdf } from './scans.ts';
import { loadTemplate } from './template/load.ts';
import type { TemplateData } from './template/value.ts';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
let fonts: Fonts;
beforeAll(async () => {
  fonts = await loadFonts(`${resources}fonts`);
});

async function rendered(name: string, data: TemplateData, environment: Environment) {
  const template = await loadTemplate(`${resources}templates`, name);
  if (!template.ok) throw new Error(template.error.code);
  const createdAt = new Date('2026-04-01T12:05:09Z');
  const result = await renderDocument(
    { template: template.value, data, environment, createdAt, language: 'cs' },
    fonts,
  );
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe.each(samples)('$file', ({ template, data }) => {
  it.each(['production', 'training'] as const)('passes the gate: %s', async (environment) => {
    const { bytes, pages } = await rendered(template, data, environment);
    await withPdf(bytes, async (file) => {
      const isPart3 = 'officeDocument' in data || template === 'electronic-signature-clause';
      expect(await pdfaClaim(file)).toBe(isPart3 ? '3B' : '2B');
      expect(await (isPart3 ? preflight3b : preflight2b)(file)).toEqual([]);
      await qpdfCheck(file);
      expect(await fontList(file)).toMatchObject({ notEmbedded: [] });
      expect(Object.fromEntries(await info(file))).toMatchObject({
        Producer: 'VIRTUOS Counter',
        Tagged: 'yes',
        JavaScript: 'no',
        Pages: String(pages),
      });
      const texts = await pageTexts(file);
      expect(texts).toHaveLength(pages);
      texts.forEach((text, index) => {
        // Single figures set apart evenly are taken for one word by pdftotext.
        expect(text).toMatch(new RegExp(`${index + 1} ?/ ?${pages}`));
        expect(text.split(TRAINING_MARK).length - 1).toBe(environment === 'training' ? 2 : 0);
      });
    });
  });
});

describe.each(samples)('$file', ({ file: name, template, data }) => {
  it('says and looks what was looked at when it was last changed', async () => {
    const { bytes } = await rendered(template, data, 'production');
    await withPdf(bytes, async (file) => {
      await keepAsExpected(name, file);
      expect(await differencesFromExpected(name, file)).toEqual([]);
    });
  });
});

it('notices another word and another place of it', async () => {
  const other = { ...rowSample, paper: 'kupní smlouva' } as const;
  const { bytes } = await rendered('register-book-row', other, 'production');
  await withPdf(bytes, async (file) => {
    expect(await differencesFromExpected('register-book-row', file)).toEqual([
      'the text of page 1',
      'the picture of page 1',
    ]);
  });
});

it('embeds the metadata of a document of an office, with its number once it is known', async () => {
  const files = async (data: TemplateData) => {
    const { bytes } = await rendered('acceptance-receipt', data, 'production');
    return withPdf(bytes, async (file) => ({
      claim: await pdfaClaim(file),
      files: [...(await attachedFiles(file))],
    }));
  };
  const expected = (number: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>
<dokument xmlns="http://dia.gov.cz/ns/metadata-dokumentu-verejnopravnich-puvodcu" xmlns:osoby="http://dia.gov.cz/ns/spolecne-casti-elektronickych-dokumentu/osoby" xmlns:místa="http://dia.gov.cz/ns/spolecne-casti-elektronickych-dokumentu/mista"><jid>0199c0de-c1e7-7000-8000-0000000000a1</jid>${number}<odesílatel><osoby:právnická_osoba><osoby:obchodní_firma>Úřad &#60;A&#38;B&#62;</osoby:obchodní_firma><osoby:ičo>99900114</osoby:ičo><osoby:datová_schránka>vzr2pxa</osoby:datová_schránka><osoby:sídlo><místa:adresa_neevidovaná_v_rúian><místa:text_adresy>náměstí Míru 62, 339 01 Klatovy</místa:text_adresy></místa:adresa_neevidovaná_v_rúian></osoby:sídlo></osoby:právnická_osoba></odesílatel><věc xml:lang="cs">Potvrzení o přijetí podání: Přihlášení psa do evidence</věc></dokument>
`;
  const name = 'metadata-dokumentu-veřejnoprávního-původce.xml';
  const sample = { ...acceptanceSample, desk: { ...acceptanceSample.desk, officeName: 'Úřad <A&B>' } };
  expect(await files(sample)).toEqual({ claim: '3B', files: [[name, expected('')]] });
  expect(await files({ ...sample, referenceNumber: 'MUNY/2026/01234/OŽP' })).toEqual({
    claim: '3B',
    files: [[name, expected('<číslo_jednací>MUNY/2026/01234/OŽP</číslo_jednací>')]],
  });
  const { officeDocument: _unknown, ...withoutDataBox } = sample;
  expect(await files(withoutDataBox)).toEqual({ claim: '2B', files: [] });
});

it('can be searched for every name it prints', async () => {
  const { bytes } = await rendered('request', longRequestSample, 'training');
  const text = (await withPdf(bytes, pageTexts)).join(' ');
  for (const name of awkwardNames) expect(text).toContain(name);
  expect(text).toContain('dochází od 1. 4. 2026');
  expect(text).not.toContain('\u00a0');
});

it('prints every letter of the alphabets of Europe so that it is found as itself', async () => {
  const value = Object.values(europeanAlphabets)
    .map((letters) => `${letters} ${letters.toUpperCase()}`)
    .join('\n');
  const sections = [{ title: 'Jména', parts: [{ fields: [{ label: 'Písmena', value }] }] }];
  const { bytes } = await rendered('request', { ...requestSample, sections }, 'production');
  await withPdf(bytes, async (file) => {
    expect(await preflight2b(file)).toEqual([]);
    expect(await fontList(file)).toMatchObject({ notEmbedded: [] });
    const found = new Set((await pageTexts(file)).join(' '));
    expect([...europeanLetters].filter((letter) => !found.has(letter))).toEqual([]);
  });
});

it('prints the whole wording of the clause, what is crossed out too', async () => {
  const clause = samples.find(({ file }) => file === 'copy-clause');
  if (clause === undefined) throw new Error('no sample');
  const { bytes } = await rendered(clause.template, clause.data, 'production');
  const [text] = await withPdf(bytes, pageTexts);
  expect(text).toContain(
    'poř. č. vidimace 214/2026 tato úplná – částečná* kopie – opis* obsahující 3 strany souhlasí',
  );
  expect(text).toContain('obsahuje – neobsahuje* viditelný prvek');
  expect(Buffer.from(bytes).toString('latin1')).toContain('/Alt');
});

it.each(['production', 'training'] as const)(
  'carries codes a reader reads from paper: %s',
  async (environment) => {
    const receipt = await rendered('acceptance-receipt', acceptanceSample, environment);
    const [receiptPage] = await withPdf(receipt.bytes, (file) => pageImages(file, 150));
    if (receiptPage === undefined) throw new Error('no page');
    expect(await readCodes(receiptPage, 'QRCode')).toEqual([
      `VIRTUOS:1\nKT-01/2026/000123\n2026-04-01T12:05:09.000Z\n${acceptanceSample.contentHash}`,
    ]);
    const request = await rendered('request', longRequestSample, environment);
    const [requestPage] = await withPdf(request.bytes, (file) => pageImages(file, 200));
    if (requestPage === undefined) throw new Error('no page');
    expect(await readCodes(requestPage, 'Code128')).toEqual(['KT-01/2026/000123']);
  },
);

it('shows the training mark to the eye as well, on every page', async () => {
  const { bytes } = await rendered('request', longRequestSample, 'training');
  const pages = await withPdf(bytes, (file) => pageImages(file, 72));
  expect(pages.length).toBeGreaterThan(2);
  for (const page of pages) {
    const pixels = await sharp(page).greyscale().raw().toBuffer();
    // The grey of the mark (#ececec); nothing else on a request has it.
    const marked = pixels.filter((value) => value === 0xec).length / pixels.length;
    expect(marked).toBeGreaterThan(0.01);
  }
});

it('binds scans into a sound PDF/A of the right size', async () => {
  const { bytes } = await rendered('request', longRequestSample, 'production');
  const [scan] = await withPdf(bytes, (file) => pageImages(file, 200));
  if (scan === undefined) throw new Error('no page');
  const modes = ['colour', 'grey', 'bw'] as const;
  const pages = modes.map((mode) => ({ image: scan, rotation: 0, dpi: 200, mode }) as const);
  const bound = await pagesToPdf(pages, { createdAt: new Date('2026-04-01T12:05:09Z') }, () =>
    Promise.resolve(fonts),
  );
  if (!bound.ok) throw new Error(bound.error.code);
  await withPdf(bound.value.bytes, async (file) => {
    expect(await preflight2b(file)).toEqual([]);
    await qpdfCheck(file);
    expect((await info(file)).get('Page size')).toMatch(/^595\.\d+ x 84[12]\.\d+ pts \(A4\)$/);
    for (const image of await pageImages(file, 200)) {
      expect(await readCodes(image, 'Code128')).toEqual(['KT-01/2026/000123']);
    }
  });
  // Grey that is ink on paper takes a tenth of what it took as JPEG.
  expect(bound.value.bytes.length).toBeLessThan(800_000);
});
