import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldDefinition } from './definition.ts';
import { type LintedService, lintService } from './lint.ts';

const folder = new URL('../../../resources/catalogue/services/', import.meta.url);
const shipped = (name: string): LintedService => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

describe('the linter', () => {
  it.each(readdirSync(folder))('finds nothing wrong with %s', (name) => {
    expect(lintService(shipped(name))).toEqual([]);
  });

  const words = (cs: string) => ({ cs, en: cs });
  const field = (name: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
    name,
    label: words(name),
    widget: 'text',
    ...more,
  });
  const text = { type: 'string', maxLength: 10 };
  const service = (
    fields: FieldDefinition[],
    properties: Record<string, object>,
    more: Partial<LintedService> & { required?: string[] } = {},
  ): LintedService => {
    const { required = [], ...rest } = more;
    return {
      kind: 'submission',
      steps: ['form', 'accept'],
      source: 'vyhláška',
      addressee: { rule: 'choose' },
      form: {
        schema: { type: 'object', additionalProperties: false, properties, required },
        ui: { sections: [{ id: 'all', title: words('all'), fields }] },
      },
      ...rest,
    };
  };
  const table = (
    columns: FieldDefinition[],
    properties: object,
  ): [FieldDefinition[], Record<string, object>] => [
    [field('rows', { widget: 'table', item: words('row'), fields: columns })],
    { rows: { type: 'array', maxItems: 5, items: { type: 'object', properties } } },
  ];

  it.each<[string, LintedService, string]>([
    ['a field without a property', service([field('a')], {}), 'has no property'],
    ['a property without a field', service([], { a: text }), 'No field shows'],
    ['a text of any length', service([field('a')], { a: { type: 'string' } }), 'maxLength'],
    ['another shape', service([field('a', { widget: 'number' })], { a: text }), '"type": "number"'],
    ['no source', { ...service([], {}), source: '' }, 'taken from'],
    ['a step without its part', service([], {}, { steps: ['form', 'attachments'] }), 'belong together'],
    [
      'a condition of an item on its own field that stands behind, though the form has one of that name before',
      (() => {
        const [fields, properties] = table([field('b', { when: { field: 'a', filled: true } }), field('a')], {
          a: text,
          b: text,
        });
        return service([field('a'), ...fields], { a: text, ...properties });
      })(),
      'no such field before',
    ],
    [
      'a condition on what stands behind',
      service([field('a', { when: { field: 'b', filled: true } }), field('b')], { a: text, b: text }),
      'no such field before',
    ],
    [
      'a condition on what is not offered',
      service(
        [
          field('a', { widget: 'select', options: [{ value: 'x', label: words('x') }] }),
          field('b', { when: { field: 'a', is: 'y' } }),
        ],
        { a: { type: 'string', enum: ['x'] }, b: text },
      ),
      'does not offer',
    ],
    [
      'options unlike the schema',
      service([field('a', { widget: 'radio', options: [{ value: 'x', label: words('x') }] })], {
        a: { type: 'string', enum: ['x', 'y'] },
      }),
      'not those of “enum”',
    ],
    [
      'a computation of a text',
      service([field('a'), field('b', { widget: 'computed', compute: { sum: [{ field: 'a' }] } })], {
        a: text,
        b: { type: 'number' },
      }),
      'no such number',
    ],
    [
      'streets without their town',
      service([field('a', { widget: 'code', list: 'streets', within: 'town' })], {
        a: { $ref: '#/$defs/code' },
      }),
      'must stand before it',
    ],
    [
      'a person in a cell',
      service(...table([field('p', { widget: 'person' })], { p: { $ref: '#/$defs/person' } })),
      'use a group',
    ],
    [
      'a total of words',
      service(...table([field('p', { total: true })], { p: text })),
      'Only a column of numbers',
    ],
    ['what is required and nowhere', service([], {}, { required: ['a'] }), 'not in the schema'],
    [
      'a deadline from a text',
      service(
        [field('a')],
        { a: text },
        {
          deadlines: [
            {
              id: 'd',
              title: words('d'),
              field: 'a',
              period: { days: 5 },
              keptBy: 'any-desk',
              paragraph: '§ 1',
            },
          ],
        },
      ),
      'of the kind date',
    ],
    [
      'an office by a town nobody must fill in',
      service(
        [field('a', { widget: 'code', list: 'municipalities' })],
        { a: { $ref: '#/$defs/code' } },
        {
          addressee: { rule: 'by-municipality', field: 'a', level: 'own' },
        },
      ),
      'must be required',
    ],
    [
      'the same attachment twice',
      service([], {}, { steps: ['form', 'attachments'], attachments: { slots: [{ id: 'a' }, { id: 'a' }] } }),
      'there twice',
    ],
    [
      'a pattern that is none',
      service([field('a')], { a: { ...text, pattern: '(' } }),
      'no regular expression',
    ],
    [
      'a pattern that would never end, in a table',
      service(...table([field('a')], { a: { ...text, pattern: '^(a+)+$' } })),
      'several ways',
    ],
    [
      'a name every object has',
      service([field('constructor')], { constructor: text }),
      'No field can be called “constructor”',
    ],
    [
      'a reference to nothing',
      service([field('a', { widget: 'select', options: [] })], { a: { $ref: '#/$defs/nic' } }),
      'leads to no shape',
    ],
    [
      'a reference elsewhere',
      service([field('a', { widget: 'select', options: [] })], { a: { $ref: 'https://example.org/x' } }),
      'leads to no shape',
    ],
    [
      'a table without an end',
      service([field('rows', { widget: 'table', item: words('row'), fields: [field('a')] })], {
        rows: { type: 'array', maxItems: 100_000, items: { type: 'object', properties: { a: text } } },
      }),
      '1000 items at most',
    ],
  ])('tells of %s, in one sentence', (_what, wrong, sentence) => {
    const faults = lintService(wrong);
    expect(faults.map(({ en }) => en)).toEqual([expect.stringContaining(sentence)]);
    for (const { at, cs } of faults) expect([at, cs].every((one) => one.length > 0)).toBe(true);
  });

  it('follows no reference for ever', () => {
    const loop = service([field('a')], { a: { ...text, $ref: '#/$defs/first' } });
    const schema = {
      ...loop.form?.schema,
      $defs: { first: { $ref: '#/$defs/second' }, second: { $ref: '#/$defs/first' } },
    };
    const faults = lintService({ ...loop, form: { schema, ui: loop.form?.ui ?? { sections: [] } } });
    expect(faults.map(({ en }) => en)).toEqual([expect.stringContaining('back to itself')]);
  });
});
