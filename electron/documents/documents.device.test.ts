import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  acceptanceSample,
  awkwardNames,
  longRequestSample,
  requestSample,
  samples,
} from '../../test/previews/document-samples.ts';
import { europeanAlphabets, europeanLetters } from '../../test/rigs/european-alphabets.ts';
import {
  fonts as fontList,
  info,
  pageImages,
  pageTexts,
  preflight2b,
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
      expect(await preflight2b(file)).toEqual([]);
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
  const sections = [{ title: 'Jména', fields: [{ label: 'Písmena', value }] }];
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
  const bound = await pagesToPdf(pages, { createdAt: new Date('2026-04-01T12:05:09Z') });
  if (!bound.ok) throw new Error(bound.error.code);
  await withPdf(bound.value.bytes, async (file) => {
    expect(await preflight2b(file)).toEqual([]);
    await qpdfCheck(file);
    expect((await info(file)).get('Page size')).toMatch(/^595\.\d+ x 84[12]\.\d+ pts \(A4\)$/);
    for (const image of await pageImages(file, 200)) {
      expect(await readCodes(image, 'Code128')).toEqual(['KT-01/2026/000123']);
    }
  });
  expect(bound.value.bytes.length).toBeLessThan(1_600_000);
});
