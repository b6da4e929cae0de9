import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { awkwardNames, requestSample, samples } from '../../../test/previews/document-samples.ts';
import { europeanAlphabets } from '../../../test/rigs/european-alphabets.ts';
import { loadTemplate } from '../template/load.ts';
import type { TemplateData } from '../template/value.ts';
import { type Fonts, firstMissing, loadFonts, stretches } from './fonts.ts';
import { type Environment, renderDocument } from './render.ts';

const resources = fileURLToPath(new URL('../../../resources/', import.meta.url));
const createdAt = new Date('2026-04-01T12:05:09Z');
let fonts: Fonts;
beforeAll(async () => {
  fonts = await loadFonts(`${resources}fonts`);
});

async function render(
  name: string,
  data: TemplateData,
  environment: Environment = 'production',
  at = createdAt,
  faces = fonts,
) {
  const template = await loadTemplate(`${resources}templates`, name);
  if (!template.ok) throw new Error(template.error.code);
  return renderDocument(
    { template: template.value, data, environment, createdAt: at, language: 'cs' },
    faces,
  );
}

it('has only templates that keep the grammar, under their own names', async () => {
  const files = (await readdir(`${resources}templates`)).filter((file) => file.endsWith('.json'));
  expect(files.length).toBeGreaterThanOrEqual(7);
  for (const file of files) {
    const name = file.slice(0, -'.json'.length);
    expect(await loadTemplate(`${resources}templates`, name)).toMatchObject({ ok: true, value: { name } });
  }
});

it('knows no template by a name that is a path', async () => {
  expect(await loadTemplate(`${resources}templates`, '../templates/request')).toMatchObject({
    ok: false,
    error: { code: 'documents.template-unknown' },
  });
});

describe.each(samples)('$file', ({ template, data }) => {
  it('gives the same bytes for the same input, other bytes for another instant', async () => {
    const first = await render(template, data);
    expect(first).toMatchObject({ ok: true });
    expect(await render(template, data)).toEqual(first);
    expect(await render(template, data, 'production', new Date('2026-04-01T12:05:10Z'))).not.toEqual(first);
  });

  it('gives these bytes whatever was rendered before with the same fonts', async () => {
    const used = await render(template, data);
    expect(
      await render(template, data, 'production', createdAt, await loadFonts(`${resources}fonts`)),
    ).toEqual(used);
  });

  it('has as many pages in training', async () => {
    const [production, training] = [await render(template, data), await render(template, data, 'training')];
    expect(training.ok && production.ok && training.value.pages === production.value.pages).toBe(true);
  });
});

it('has every letter of the alphabets of Europe in both weights', () => {
  for (const [language, letters] of Object.entries(europeanAlphabets)) {
    for (const weight of [fonts.regular, fonts.bold])
      expect([language, firstMissing(letters + letters.toUpperCase(), weight)]).toEqual([
        language,
        undefined,
      ]);
  }
  for (const weight of [fonts.regular, fonts.bold])
    expect(firstMissing([...awkwardNames, '–„“…×§ẞ'].join(''), weight)).toBeUndefined();
});

it('sets each script in a face that has it, and never parts a letter from its mark', () => {
  const { regular } = fonts;
  const named = stretches('Գևորգ Петросян, გიორგი', regular);
  expect(named).toEqual([
    { text: 'Գևորգ', face: 1 },
    { text: ' Петросян, ', face: 0 },
    { text: 'გიორგი', face: 2 },
  ]);
  expect(stretches('ա\u0301', regular)).toEqual([{ text: 'ա\u0301', face: 1 }]);
});

it('names the letter it cannot print, and prints nothing', async () => {
  const data = { ...requestSample, applicant: { name: '王小明' } };
  expect(await render('request', data)).toEqual({
    ok: false,
    error: { code: 'documents.missing-glyph', params: { character: '王', code: 'U+738B' } },
  });
  const control = { ...requestSample, applicant: { name: 'Jan\u0007Novák' } };
  expect(await render('request', control)).toMatchObject({
    ok: false,
    error: { params: { code: 'U+0007' } },
  });
});

it('refuses a bar code of letters no reader knows, and a QR code that is too long', async () => {
  expect(await render('request', { ...requestSample, document: { number: 'číslo' } })).toMatchObject({
    ok: false,
    error: { code: 'documents.code-too-long' },
  });
});

it('refuses what is no template', async () => {
  const request = { data: {}, environment: 'training', createdAt, language: 'cs' } as const;
  for (const template of [null, 'request', {}, { name: 'x', version: 1, title: '<x>' }]) {
    expect(await renderDocument({ template, ...request }, fonts)).toMatchObject({
      ok: false,
      error: { code: 'documents.template-invalid' },
    });
  }
});
