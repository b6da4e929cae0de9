import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanFormData, validateForm } from './form-rules.ts';

const dog = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['name', 'heldSince', 'purpose', 'count'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 5 },
    chip: { type: 'string', pattern: '^\\d{15}$' },
    heldSince: { type: 'string', format: 'date' },
    purpose: { enum: ['guard', 'company'] },
    count: { type: 'integer', minimum: 1, maximum: 20 },
    weight: { type: 'number', exclusiveMinimum: 0 },
    declared: { const: true },
    address: { $ref: '#/$defs/address' },
    marks: { type: 'array', items: { type: 'string', maxLength: 3 }, maxItems: 2 },
  },
  $defs: {
    address: {
      type: 'object',
      required: ['town'],
      properties: { town: { type: 'string', maxLength: 10 } },
    },
  },
};
const good = { name: 'Rek', heldSince: '2026-04-01', purpose: 'guard', count: 1 };
const check = (change: Record<string, unknown>) => validateForm(dog, { ...good, ...change });

describe('codes', () => {
  it('finds nothing wrong with right data', () => {
    expect(check({})).toEqual([]);
    expect(
      check({ chip: '203098100000000', weight: 4.5, declared: true, address: { town: 'Klatovy' } }),
    ).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, unknown]>([
    ['missing', { name: undefined }, { field: 'name', code: 'form.required' }],
    ['left blank', { name: '  ' }, { field: 'name', code: 'form.required' }],
    ['too long', { name: 'Azorek' }, { field: 'name', code: 'form.too-long', params: { max: 5 } }],
    ['too short', { name: 'R' }, { field: 'name', code: 'form.too-short', params: { min: 2 } }],
    ['wrong shape', { chip: '1' }, { field: 'chip', code: 'form.pattern' }],
    ['no such day', { heldSince: '2026-02-29' }, { field: 'heldSince', code: 'form.date' }],
    ['a date written otherwise', { heldSince: '1. 4. 2026' }, { field: 'heldSince', code: 'form.date' }],
    ['not offered', { purpose: 'racing' }, { field: 'purpose', code: 'form.choice' }],
    [
      'out of range',
      { count: 21 },
      { field: 'count', code: 'form.number-range', params: { min: 1, max: 20 } },
    ],
    [
      'below a strict limit',
      { weight: 0 },
      { field: 'weight', code: 'form.number-range', params: { min: 0 } },
    ],
    ['a fraction', { count: 1.5 }, { field: 'count', code: 'form.not-integer' }],
    [
      'a text for a number',
      { count: '1' },
      { field: 'count', code: 'form.type', params: { expected: 'integer' } },
    ],
    ['a box not ticked', { declared: false }, { field: 'declared', code: 'form.required' }],
    ['a field nobody asked for', { colour: 'black' }, { field: 'colour', code: 'form.unknown-field' }],
    ['inside, through a reference', { address: {} }, { field: 'address.town', code: 'form.required' }],
    [
      'a limit behind a reference',
      { address: { town: 'Rokycany nad Klabavou' } },
      { field: 'address.town', code: 'form.too-long', params: { max: 10 } },
    ],
    [
      'an item of a list',
      { marks: ['long one'] },
      { field: 'marks.0', code: 'form.too-long', params: { max: 3 } },
    ],
    [
      'too many items',
      { marks: ['a', 'b', 'c'] },
      { field: 'marks', code: 'form.item-count', params: { max: 2 } },
    ],
  ])('%s', (_name, change, problem) => {
    expect(check(change)).toEqual([problem]);
  });

  it('tells all problems in the order of the form', () => {
    const fields = validateForm(dog, { count: 0, colour: 1 }).map(({ field, code }) => `${field} ${code}`);
    expect(fields).toEqual([
      'name form.required',
      'heldSince form.required',
      'purpose form.required',
      'count form.number-range',
      'colour form.unknown-field',
    ]);
  });

  it('follows conditions and alternatives', () => {
    const contact: object = JSON.parse(`{
      "type": "object",
      "properties": { "how": { "enum": ["post", "mail"] }, "mail": { "type": "string" }, "phone": { "type": "string" } },
      "if": { "properties": { "how": { "const": "mail" } }, "required": ["how"] },
      "then": { "required": ["mail"] },
      "anyOf": [{ "required": ["phone"] }, { "required": ["how"] }]
    }`);
    expect(validateForm(contact, { how: 'post' })).toEqual([]);
    expect(validateForm(contact, { how: 'mail' })).toEqual([{ field: 'mail', code: 'form.required' }]);
    expect(validateForm(contact, {})).toEqual([{ field: 'phone', code: 'form.required' }]);
    const both = { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(validateForm(both, { a: 1, b: 1 })).toEqual([{ field: '', code: 'form.choice' }]);
  });

  it('asks for what another field needs', () => {
    const schema = { type: 'object', dependentRequired: { chip: ['chippedOn'] } };
    expect(validateForm(schema, { chip: '1' })).toEqual([{ field: 'chippedOn', code: 'form.required' }]);
  });

  it('counts letters as people do', () => {
    expect(check({ name: '🐕🐕🐕🐕🐕' })).toEqual([]);
  });
});

it('leaves the definition as it was', () => {
  const before = JSON.stringify(dog);
  const frozen = Object.freeze(structuredClone(dog));
  validateForm(frozen, good);
  expect(JSON.stringify(frozen)).toBe(before);
});

it('refuses what is no JSON, and never throws', () => {
  const type = [{ field: '', code: 'form.type', params: { expected: 'object' } }];
  for (const data of [undefined, 1n, () => 1, { name: Number.NaN }, { '\ud800': 1 }, { list: [undefined] }]) {
    expect(validateForm(dog, data)).toEqual(type);
  }
  expect(validateForm(dog, null)).toEqual(type);
  expect(validateForm(dog, [])).toEqual(type);
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 3 }), (data) => {
      expect(Array.isArray(validateForm(dog, data))).toBe(true);
    }),
  );
});

it('finds something whenever data are wrong: prototype names are data too', () => {
  expect(validateForm(dog, JSON.parse('{"__proto__":{"a":1},"constructor":1}')).length).toBeGreaterThan(0);
  const names = check(JSON.parse('{"constructor":1}'));
  expect(names).toEqual([{ field: 'constructor', code: 'form.unknown-field' }]);
});

it('cleans data for keeping', () => {
  expect(
    cleanFormData({ a: '  Žofie ', b: '', c: undefined, d: null, e: 0, f: false, g: 'C\u030c' }),
  ).toEqual({
    a: 'Žofie',
    e: 0,
    f: false,
    g: 'Č',
  });
});
