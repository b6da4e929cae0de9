import { describe, expect, it } from 'vitest';
import { expand, type Run } from './expand.ts';
import { type Template, templateSchema } from './schema.ts';
import type { TemplateData } from './value.ts';

const template = (body: unknown[]): Template =>
  templateSchema.parse({
    name: 'test',
    version: 1,
    title: 'Zkouška',
    sources: [],
    page: { size: 'A4', orientation: 'portrait' },
    body,
  });

const runs = (body: unknown, data: TemplateData): Run[] | unknown => {
  const result = expand(template([body]), data);
  if (!result.ok) return result.error;
  const [first] = result.value.body;
  return first?.type === 'paragraph' ? first.runs : undefined;
};
const paragraph = (text: unknown) => ({ type: 'paragraph', text });
const text = (pattern: string, data: TemplateData) => {
  const result = runs(paragraph(pattern), data);
  return Array.isArray(result) ? result.map((run: Run) => run.text.replace(/\u00a0/g, ' ')).join('') : result;
};

describe('filters', () => {
  it.each([
    ['{{a|date}}', '2026-04-01', '1. 4. 2026'],
    ['{{a|dateTime}}', '2026-03-31T23:30:05Z', '1. 4. 2026 01:30:05'],
    ['{{a|crowns}}', 1530, '1 530 Kč'],
    ['{{a|crownsInWords}}', 30, 'třicet korun českých'],
    ['{{a|number}}', 1234567, '1 234 567'],
    ['{{a|groups}}', 'abcdefghij', 'abcdefgh ij'],
    ['{{a|plural:strana,strany,stran}}', 3, 'strany'],
    ['{{a|or:neuvedeno}}', undefined, 'neuvedeno'],
    ['{{a|or:neuvedeno}}', 'x', 'x'],
    ['[{{ a }}]', 'x', '[x]'],
  ])('%s of %s', (pattern, a, expected) => {
    expect(text(pattern, { a })).toBe(expected);
  });

  it.each([
    ['{{a|date}}', '2026-02-30'],
    ['{{a|dateTime}}', 'včera'],
    ['{{a|crowns}}', 1.5],
    ['{{a|crownsInWords}}', 1_000_000],
    ['{{a}}', { nested: true }],
  ])('%s refuses a wrong value', (pattern, a) => {
    expect(text(pattern, { a })).toEqual({ code: 'documents.data-wrong', params: { path: 'a' } });
  });

  it('fails on a filter that is none', () => {
    expect(text('{{a|shout}}', { a: 'x' })).toMatchObject({ code: 'documents.template-invalid' });
  });
});

it('never prints a hole: what is missing is named', () => {
  for (const data of [{}, { person: {} }, { person: { name: '' } }, { person: { name: null } }]) {
    expect(text('{{person.name}}', data)).toEqual({
      code: 'documents.data-missing',
      params: { path: 'person.name' },
    });
  }
});

it('does not reach beyond the data it was given', () => {
  expect(text('{{constructor.name}}', {})).toMatchObject({ code: 'documents.data-missing' });
  expect(text('{{a.length}}', { a: 'x' })).toMatchObject({ code: 'documents.data-missing' });
});

it('takes data as text, not as a template', () => {
  expect(text('{{a}}', { a: '{{b}}', b: 'secret' })).toBe('{{b}}');
});

it('strikes the alternatives that were not chosen', () => {
  const options = [
    { value: 'complete', text: 'úplná' },
    { value: 'partial', text: 'částečná' },
  ];
  const body = paragraph([{ alternatives: 'extent', options }]);
  expect(runs(body, { extent: 'complete' })).toEqual([
    { text: 'úplná', strong: false, struck: false },
    { text: ' – ', strong: false, struck: false },
    { text: 'částečná', strong: false, struck: true },
  ]);
  expect(runs(body, { extent: 'whole' })).toMatchObject({ code: 'documents.data-wrong' });
  expect(runs(body, {})).toMatchObject({ code: 'documents.data-missing' });
});

it('repeats and drops by the data', () => {
  const body = [
    {
      type: 'each',
      path: 'people',
      as: 'person',
      blocks: [
        { type: 'paragraph', text: '{{index}} {{person.name}}', when: { not: 'person.hidden' } },
        {
          type: 'paragraph',
          text: 'hlava',
          when: { all: ['person.hidden', { path: 'person.name', is: 'B' }] },
        },
      ],
    },
  ];
  const result = expand(template(body), {
    people: [{ name: 'A' }, { name: 'B', hidden: true }, { name: 'C' }],
  });
  const lines =
    result.ok && result.value.body.map((block) => block.type === 'paragraph' && block.runs[0]?.text);
  expect(lines).toEqual(['1 A', 'hlava', '3 C']);
});

it('composes decomposed letters', () => {
  expect(text('{{a}}', { a: 'R\u030cehoř' })).toBe('Řehoř');
});

it.each([
  [{ type: 'script', code: 'x' }],
  [{ type: 'paragraph', text: 'x', onload: 'x' }],
  [{ type: 'each', path: '../x', as: 'a', blocks: [] }],
])('refuses a template with %o', (block) => {
  expect(() => template([block])).toThrow();
});
